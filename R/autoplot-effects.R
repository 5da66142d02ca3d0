# Pictures of predicted probabilities along covariates.

plot_effect <- function(object, type, variables, at, data, conf_level, n) {
  covariates <- covariate_data(object, data)
  own <- part_variables(object, type)
  if (is.null(variables)) variables <- own[1L]
  check_effect_variables(variables, at, names(covariates), type)
  base <- covariates[1L, , drop = FALSE]
  base[] <- lapply(covariates, typical_value)
  for (name in names(at)) base[[name]] <- like_covariate(at[[name]], covariates[[name]], name)
  others <- setdiff(names(covariates), variables)
  along <- lapply(covariates[variables], effect_values, n)
  grid <- expand.grid(along, KEEP.OUT.ATTRS = FALSE, stringsAsFactors = FALSE)
  new <- base[rep_len(1L, nrow(grid)), , drop = FALSE]
  new[variables] <- grid
  rownames(new) <- NULL
  caption <- typical_caption(base[others], names(at))
  if (length(variables) == 2L) {
    return(plot_map(object, new, variables, covariates, caption))
  }
  values <- effect_probabilities(object, new, type, conf_level)
  plot_curves(object, new[[variables]], variables, values, type, covariates, caption)
}

# A data frame: row, group, estimate and, with a level, low and high.
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

plot_curves <- function(object, x, variable, values, type, covariates, caption) {
  groups <- if (type == "gate") colnames(object$gate) else object$classes
  values$group <- factor(values$group, levels = groups)
  values$x <- x[values$row]
  labels <- if (type == "gate") {
    paste0(groups, " (", format(round(100 * object$gate_mean), trim = TRUE), " %)")
  } else {
    groups
  }
  colours <- stats::setNames(group_colours(length(groups)), groups)
  title <- if (type == "gate") "Expert" else "Class"
  continuous <- is.numeric(covariates[[variable]]) && length(x) > 10L ||
    inherits(x, c("Date", "POSIXct"))
  layers <- if (continuous) {
    curve_layers_of(values, covariates[variable])
  } else {
    values$x <- factor(values$x, levels = unique(as.character(x)))
    point_layers_of(values)
  }
  ggplot2::ggplot(values, aes_of(x = "x", y = "value", colour = "group")) +
    layers +
    effect_scales(colours, labels, title, continuous, bands = any(is.finite(values$low))) +
    ggplot2::coord_cartesian(ylim = c(0, 1)) +
    ggplot2::labs(
      x = variable, caption = caption,
      y = if (type == "gate") "Gate probability" else "Class probability"
    ) +
    picture_theme() +
    legend_below()
}

# Scales of what the layers use: curves with or without bands, or points.
effect_scales <- function(colours, labels, title, curves, bands) {
  groups <- names(colours)
  list(
    ggplot2::scale_colour_manual(name = title, values = colours, labels = labels),
    if (curves && bands) {
      ggplot2::scale_fill_manual(name = title, values = colours, labels = labels)
    },
    if (curves) {
      ggplot2::scale_linetype_manual(
        name = title, labels = labels,
        values = stats::setNames(group_linetypes(length(groups)), groups)
      )
    } else {
      ggplot2::scale_shape_manual(
        name = title, labels = labels,
        values = stats::setNames(group_shapes(length(groups)), groups)
      )
    }
  )
}

# Curves with bands, and a rug of where the data are.
curve_layers_of <- function(values, covariate) {
  rug <- covariate[[1L]]
  if (length(rug) > 500L) rug <- stats::quantile(rug, seq(0, 1, length.out = 500L), type = 1L)
  list(
    if (any(is.finite(values$low))) {
      ggplot2::geom_ribbon(
        aes_of(ymin = "low", ymax = "high", fill = "group"), values[is.finite(values$low), ],
        colour = NA, alpha = 0.2
      )
    },
    do.call(ggplot2::geom_line, c(list(aes_of(linetype = "group")), line_width(0.8))),
    ggplot2::geom_rug(
      aes_of(x = "x"), data.frame(x = rug), inherit.aes = FALSE, sides = "b", alpha = 0.15,
      length = ggplot2::unit(0.02, "npc")
    )
  )
}

point_layers_of <- function(values) {
  dodge <- ggplot2::position_dodge(width = 0.3)
  list(
    if (!is.null(values$low)) {
      ggplot2::geom_linerange(aes_of(ymin = "low", ymax = "high"), position = dodge, na.rm = TRUE)
    },
    ggplot2::geom_point(aes_of(shape = "group"), position = dodge, size = 2.5)
  )
}
