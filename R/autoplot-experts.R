# What the experts say: class probabilities by expert along each covariate, and where each of them
# is asked. A row of panels per expert, a column per covariate.

plot_experts <- function(object, variables, at, data, n) {
  if (all(unlist(object$columns[c("expert", "gate")]) == "(Intercept)")) {
    return(plot_constant_experts(object))
  }
  covariates <- covariate_data(object, data)
  base <- base_row(covariates, at)
  own <- part_variables(object, c("expert", "gate"))
  chosen <- if (is.null(variables)) leading_variables(object, covariates, base, own, 4L)
  if (is.null(variables)) variables <- chosen
  check_variables(variables, names(covariates))
  values <- lapply(covariates[variables], effect_values, n)
  axes <- covariate_axes(values)
  table <- along_covariates(base, values, axes$axes, function(new) {
    expert_table(object, new)
  })
  titles <- expert_titles(object)
  table$expert <- factor(titles[table$expert], levels = titles)
  table$group <- factor(table$group, levels = object$classes)
  several <- length(variables) > 1L
  tiles <- length(object$classes) > most_lines
  caption <- caption_text(
    if (object$k > 1L) {
      paste0(
        if (tiles) "(gate)" else "Grey", ": the expert's share of the gate at this point."
      )
    },
    chosen_caption(chosen, own),
    typical_caption(base[setdiff(names(covariates), variables)], names(at))
  )
  plot <- if (tiles) {
    expert_tiles(object, table, if (several) object$k else ceiling(object$k / 3))
  } else {
    expert_curves(object, table, rug_table(covariates[variables], axes$axes))
  }
  plot +
    axes$scale +
    expert_panels(several, object$k) +
    ggplot2::labs(x = if (!several) variables, caption = caption)
}

expert_titles <- function(object) {
  share <- format(round(100 * object$gate_mean), trim = TRUE)
  paste0("Expert ", colnames(object$gate), "\n", share, " %")
}

expert_panels <- function(several, k) {
  if (!several) {
    return(ggplot2::facet_wrap(~expert, nrow = ceiling(k / 3), labeller = one_line_labeller()))
  }
  list(
    ggplot2::facet_grid(
      expert ~ variable, scales = "free_x", switch = "x",
      labeller = ggplot2::labeller(variable = wrapping_labeller(18L))
    ),
    panel_names_below(),
    ggplot2::theme(strip.text.y = ggplot2::element_text(angle = 0))
  )
}

one_line_labeller <- function() ggplot2::as_labeller(function(x) sub("\n", ", ", x, fixed = TRUE))

# A data frame: row, expert, group (class), value and gate, the gate probability of the expert.
expert_table <- function(object, new) {
  n <- nrow(new)
  m <- length(object$classes)
  offsets <- zero_offset(object, n)
  gate <- predict(object, new, type = "gate", newoffset = offsets)
  expert <- predict(object, new, type = "expert", newoffset = offsets)
  data.frame(
    row = rep(seq_len(n), m * object$k), expert = rep(seq_len(object$k), each = n * m),
    group = rep(rep(object$classes, each = n), object$k), value = as.vector(expert),
    gate = as.vector(gate[, rep(seq_len(object$k), each = m)])
  )
}

expert_curves <- function(object, table, rug) {
  share <- table[table$group == object$classes[1L], ]
  bars <- share[!share$curve, ]
  bars[c("left", "right")] <- list(bars$x - bars$width / 2, bars$x + bars$width / 2)
  labels <- wrapped(object$classes, 22L)
  ggplot2::ggplot(table, aes_of(x = "x", y = "value")) +
    picture_theme() +
    (if (object$k > 1L) {
      list(
        if (any(share$curve)) {
          ggplot2::geom_area(aes_of(y = "gate"), share[share$curve, ], fill = "grey85")
        },
        if (nrow(bars) > 0L) {
          ggplot2::geom_rect(
            aes_of(xmin = "left", xmax = "right", ymax = "gate"), bars,
            inherit.aes = FALSE, ymin = 0, fill = "grey85"
          )
        }
      )
    }) +
    effect_layers(table, rug) +
    group_scales(
      object$classes, class_colours(length(labels)), labels, "Class", legend_of(labels), table
    ) +
    ggplot2::scale_y_continuous(breaks = c(0, 0.5, 1), labels = c("0", "0.5", "1")) +
    ggplot2::coord_cartesian(ylim = c(0, 1)) +
    ggplot2::labs(y = "Class probability given the expert") +
    legend_below()
}

# The share of the gate is one more row of tiles, on top.
expert_tiles <- function(object, table, rows) {
  share <- table[table$group == object$classes[1L], ]
  share$value <- share$gate
  share$group <- "(gate)"
  table$group <- as.character(table$group)
  table <- if (object$k > 1L) rbind(share, table) else table
  table$group <- factor(
    table$group, levels = c(if (object$k > 1L) "(gate)", object$classes)
  )
  ggplot2::ggplot(table, aes_of(x = "x", y = "group")) +
    picture_theme() +
    tile_layers(table, "Probability", rows) +
    ggplot2::labs(y = NULL)
}

# Without covariates: one probability per class and expert.
plot_constant_experts <- function(object) {
  m <- length(object$classes)
  titles <- expert_titles(object)
  logits <- matrix(object$expert["(Intercept)", , ], m)
  odds <- exp(logits - rep(apply(logits, 2L, max), each = m))
  table <- data.frame(
    group = factor(rep(object$classes, object$k), levels = rev(object$classes)),
    expert = factor(rep(titles, each = m), levels = titles),
    value = as.vector(odds / rep(colSums(odds), each = m))
  )
  ggplot2::ggplot(table, aes_of(x = "value", y = "group", fill = "group")) +
    ggplot2::geom_col(width = 0.7, show.legend = FALSE) +
    ggplot2::facet_wrap(~expert, nrow = ceiling(object$k / 3), labeller = one_line_labeller()) +
    ggplot2::scale_fill_manual(
      values = stats::setNames(class_colours(m), object$classes)
    ) +
    ggplot2::scale_x_continuous(
      limits = c(0, 1), breaks = c(0, 0.5, 1), labels = c("0", "0.5", "1")
    ) +
    ggplot2::scale_y_discrete(labels = function(x) wrapped(x, 24L)) +
    ggplot2::labs(x = "Class probability given the expert", y = NULL) +
    picture_theme()
}
