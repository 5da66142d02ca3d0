# Pictures of gate and class probabilities along covariates.

plot_effect <- function(object, type, variables, at, data, conf_level, n) {
  covariates <- covariate_data(object, data)
  base <- base_row(covariates, at)
  own <- part_variables(object, if (type == "gate") "gate" else c("expert", "gate"))
  groups <- if (type == "gate") colnames(object$gate) else object$classes
  chosen <- if (is.null(variables)) {
    leading_variables(object, covariates, base, own, if (length(groups) > most_lines) 3L else 6L)
  }
  if (is.null(variables)) variables <- chosen
  check_variables(variables, names(covariates))
  values <- lapply(covariates[variables], effect_values, n)
  several <- length(variables) > 1L
  if (several && length(groups) > most_bands) conf_level <- NULL
  axes <- covariate_axes(values)
  table <- along_covariates(base, values, axes$axes, function(new) {
    effect_probabilities(object, new, type, conf_level)
  })
  table$group <- factor(table$group, levels = groups)
  tiles <- several && length(groups) > most_lines
  panel_rows <- ceiling(length(variables) / 3)
  what <- if (type == "gate") "Gate probability" else "Class probability"
  ggplot2::ggplot(table, aes_of(x = "x", y = if (tiles) "group" else "value")) +
    picture_theme() +
    (if (tiles) {
      tile_layers(table, what, panel_rows, 200 - 45 * panel_rows)
    } else {
      list(
        effect_layers(table, rug_table(covariates[variables], axes$axes)),
        effect_scales(object, type, table, several),
        effect_limits(table, several)
      )
    }) +
    axes$scale +
    effect_panels(table, several, if (type == "gate") paste("Expert", expert_shares(object))) +
    ggplot2::labs(
      x = if (!several) variables, y = if (!tiles) what,
      caption = caption_text(
        chosen_caption(chosen, own),
        typical_caption(base[setdiff(names(covariates), variables)], names(at))
      )
    ) +
    if (several) panel_names_below()
}

# One panel per covariate; along a single one, one per group where bands would hide each other.
effect_panels <- function(table, several, names) {
  if (several) {
    return(ggplot2::facet_wrap(
      ~variable, scales = "free_x", strip.position = "bottom", labeller = wrapping_labeller(24L)
    ))
  }
  if (nlevels(table$group) > most_bands) {
    groups <- levels(table$group)
    names <- stats::setNames(wrapped(if (is.null(names)) groups else names, 20L), groups)
    ggplot2::facet_wrap(~group, labeller = ggplot2::as_labeller(names))
  }
}

# All of [0, 1], but in a panel for each group no more than what is reached; where the curves are
# named beside the panel it ends where they do.
effect_limits <- function(table, several) {
  direct <- !several && nlevels(table$group) <= most_bands && table$curve[1L]
  if (direct) {
    return(ggplot2::coord_cartesian(ylim = c(-0.02, 1.02), expand = FALSE, clip = "off"))
  }
  top <- if (several || nlevels(table$group) <= most_bands) 1 else max(table$value, table$high)
  ggplot2::coord_cartesian(ylim = c(0, top))
}

#' Probabilities along several covariates, one after the other
#'
#' @param probabilities Function of new data that returns a data frame with a column `row`.
#' @return Its results in one data frame, with the columns `variable` (a factor), `x` (the place on
#'   the axis), `curve` and `width` (of a step along it).
#' @noRd
along_covariates <- function(base, values, axes, probabilities) {
  table <- do.call(rbind, lapply(names(values), function(name) {
    found <- probabilities(rows_along(base, values[name]))
    axis <- axes[[name]]
    data.frame(
      variable = name, x = axis$place(values[[name]])[found$row], curve = axis$curve,
      width = axis$step, found[names(found) != "row"]
    )
  }))
  table$variable <- factor(table$variable, levels = names(values))
  table
}

# A data frame: row, group, value and, with a level, low and high.
effect_probabilities <- function(object, new, type, conf_level) {
  offsets <- zero_offset(object, nrow(new))
  kind <- if (type == "class") "prob" else type
  long <- function(p) {
    data.frame(
      row = rep(seq_len(nrow(p)), ncol(p)), group = rep(colnames(p), each = nrow(p)),
      value = as.vector(p)
    )
  }
  if (is.null(conf_level)) {
    return(long(predict(object, new, type = kind, newoffset = offsets)))
  }
  found <- predict(
    object, new, type = kind, newoffset = offsets, interval = "confidence", level = conf_level
  )
  data.frame(
    long(found$fit), low = as.vector(found$lower), high = as.vector(found$upper)
  )
}

# Where the data are, at most 500 values of each covariate that has a curve.
rug_table <- function(covariates, axes) {
  do.call(rbind, lapply(names(covariates), function(name) {
    v <- covariates[[name]]
    if (!axes[[name]]$curve) {
      return(NULL)
    }
    if (length(v) > 500L) v <- stats::quantile(v, seq(0, 1, length.out = 500L), type = 1L)
    data.frame(
      variable = factor(name, levels = names(covariates)), x = axes[[name]]$place(unname(v))
    )
  }))
}

# Curves with bands, and points with lines where a covariate has few values.
effect_layers <- function(table, rug) {
  curves <- table[table$curve, ]
  points <- table[!table$curve, ]
  groups <- nlevels(table$group)
  points$x <- points$x +
    0.6 * points$width * (as.integer(points$group) - (groups + 1) / 2) / max(groups, 3)
  bands <- curves[is.finite(curves$low), ]
  list(
    if (NROW(bands) > 0L) {
      ggplot2::geom_ribbon(
        aes_of(ymin = "low", ymax = "high", fill = "group"), bands, colour = NA, alpha = 0.2,
        show.legend = FALSE
      )
    },
    if (nrow(curves) > 0L) {
      do.call(ggplot2::geom_line, c(
        list(aes_of(colour = "group", linetype = "group"), curves), line_width(0.8)
      ))
    },
    if (!is.null(points$low)) {
      ggplot2::geom_linerange(
        aes_of(ymin = "low", ymax = "high", colour = "group"), points, na.rm = TRUE
      )
    },
    if (nrow(points) > 0L) {
      ggplot2::geom_point(aes_of(colour = "group", shape = "group"), points, size = 2.2)
    },
    if (!is.null(rug)) {
      ggplot2::geom_rug(
        aes_of(x = "x"), rug, inherit.aes = FALSE, sides = "b", alpha = 0.15,
        length = ggplot2::unit(0.02, "npc")
      )
    }
  )
}

# Colours, line types and shapes, and what names them: the panel, labels at the ends of the curves,
# or a legend.
effect_scales <- function(object, type, table, several) {
  groups <- levels(table$group)
  gate <- type == "gate"
  labels <- if (gate) expert_shares(object) else groups
  one_panel <- !several && length(groups) <= most_bands
  direct <- one_panel && table$curve[1L]
  labels <- wrapped(labels, 22L)
  guide <- if (several || one_panel && !direct) legend_of(labels) else "none"
  scales <- group_scales(
    groups, if (gate) group_colours(length(groups)) else class_colours(length(groups)),
    labels, if (gate) "Expert" else "Class", guide, table
  )
  if (gate) labels <- paste("Expert", labels)
  list(scales, if (direct) end_labels(table, labels), legend_below())
}

# Of the aesthetics that `table` has something for: ggplot2 4 warns of others.
group_scales <- function(groups, colours, labels, title, guide, table) {
  scale <- function(make, values) {
    make(
      name = title, values = stats::setNames(values, groups), labels = labels, guide = guide,
      drop = FALSE
    )
  }
  n <- length(groups)
  list(
    scale(ggplot2::scale_colour_manual, colours),
    if (!is.null(table$low)) scale(ggplot2::scale_fill_manual, colours),
    if (any(table$curve)) scale(ggplot2::scale_linetype_manual, group_linetypes(n)),
    if (!all(table$curve)) scale(ggplot2::scale_shape_manual, group_shapes(n))
  )
}

# The names of the curves beside their right ends, in a margin as wide as they are.
end_labels <- function(table, labels) {
  end <- table[table$x == max(table$x), ]
  lines <- strsplit(labels, "\n", fixed = TRUE)
  end$label <- vapply(lines, function(line) paste0("  ", line, collapse = "\n"), "")[
    as.integer(end$group)
  ]
  end$value <- spread_apart(end$value, 0.055 * max(lengths(lines)))
  widest <- max(nchar(unlist(lines)))
  list(
    ggplot2::geom_text(
      aes_of(label = "label", colour = "group"), end, hjust = 0, size = 3.3, lineheight = 0.85,
      show.legend = FALSE
    ),
    ggplot2::theme(plot.margin = ggplot2::margin(5.5, 16 + 5.8 * widest, 5.5, 5.5))
  )
}

# Values in [0, 1] moved as little as it takes to be `gap` apart.
spread_apart <- function(x, gap) {
  order <- order(x)
  y <- x[order]
  gap <- min(gap, 1 / max(length(y) - 1L, 1L))
  for (i in seq_along(y)[-1L]) y[i] <- max(y[i], y[i - 1L] + gap)
  over <- max(y) - 1
  if (over > 0) {
    y[length(y)] <- 1
    for (i in rev(seq_along(y))[-1L]) y[i] <- min(y[i], y[i + 1L] - gap)
  }
  x[order] <- y
  x
}

# For many groups: their names on the axis, the probability as a shade. `rows`: of panels, for which
# a page of the usual height has `room`, in points.
tile_layers <- function(table, what, rows, room = 200) {
  table$group <- factor(table$group, levels = rev(levels(table$group)))
  list(
    ggplot2::geom_tile(aes_of(fill = "value", width = "width"), table),
    share_scale(what),
    # Names that have no room are left out
    ggplot2::scale_y_discrete(
      labels = function(x) shortened(x, 30L), guide = ggplot2::guide_axis(check.overlap = TRUE)
    ),
    ggplot2::theme(
      legend.position = "bottom",
      axis.text.y = ggplot2::element_text(
        size = fitting_size(nlevels(table$group) * rows, room)
      )
    )
  )
}

# Says that not all covariates are shown, where they were chosen by themselves.
chosen_caption <- function(chosen, own) {
  if (!is.null(chosen) && length(chosen) < length(own)) {
    paste0(
      "The ", length(chosen), " of ", length(own), " covariates along which probabilities change ",
      "most."
    )
  }
}
