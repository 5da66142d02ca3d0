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

#' The raw covariates of a model
#'
#' @return A data frame of the variables that new data must have: from `data`, or from the training
#'   data that the fit holds, or else those that its call names.
#' @noRd
covariate_data <- function(object, data) {
  if (is.null(object$terms)) {
    needed <- unique(c(object$columns$expert[-1L], object$columns$gate[-1L]))
    out <- if (is.null(data)) as.data.frame(covariate_matrix(object)) else as.data.frame(data)
    if (is.null(data)) names(out) <- needed
  } else {
    needed <- object$terms$required
    out <- if (is.null(data)) stored_variables(object, needed) else data
  }
  check_new_columns(needed, names(out), "data")
  if (length(needed) == 0L) {
    moe_abort("The model has no covariates to look along.", "argument")
  }
  out <- as.data.frame(out)[needed]
  out[stats::complete.cases(out), , drop = FALSE]
}

stored_variables <- function(object, needed) {
  frame <- object$data$model_frame
  if (all(needed %in% names(frame))) {
    return(frame)
  }
  found <- tryCatch(
    eval(object$call$data, environment(object$formula)),
    error = function(e) NULL
  )
  if (!is.data.frame(found) || !all(needed %in% names(found))) {
    abort_no_plot_data(setdiff(needed, names(frame)))
  }
  found
}

# Variables of the gate or of the experts, in order.
part_variables <- function(object, type) {
  part <- if (type == "gate") "gate" else "expert"
  found <- if (is.null(object$terms)) {
    object$columns[[part]][-1L]
  } else {
    intersect(all.vars(object$terms[[part]]), object$terms$required)
  }
  if (length(found) == 0L) {
    moe_abort("The {part} part of the model has no covariates to look along.", "argument")
  }
  found
}

check_effect_variables <- function(variables, at, known, type) {
  most <- if (type == "class") 2L else 1L
  number <- if (most == 2L) "one or two covariates" else "one covariate"
  if (!is.character(variables) || !length(variables) %in% seq_len(most) ||
        anyDuplicated(variables)) {
    moe_abort(
      c(
        "{.arg variables} must be the name of {number}.",
        x = describe(variables)
      ),
      "argument"
    )
  }
  unknown <- setdiff(c(variables, names(at)), known)
  if (length(unknown) > 0L || (length(at) > 0L && is.null(names(at)))) {
    moe_abort(
      c(
        "{.arg variables} and {.arg at} must name covariates of the model.",
        x = if (length(unknown) > 0L) "Not among them: {.var {unknown}}.",
        i = "The model has {.var {known}}."
      ),
      "argument"
    )
  }
}

# One value: the median, or the most frequent one.
typical_value <- function(v) {
  if (is.matrix(v)) {
    return(matrix(apply(v, 2L, stats::median), 1L, dimnames = list(NULL, colnames(v))))
  }
  if (is.numeric(v) || inherits(v, c("Date", "POSIXct"))) {
    return(if (is.integer(v)) sort(v)[(length(v) + 1L) %/% 2L] else stats::median(v))
  }
  counts <- table(v)
  v[match(names(counts)[which.max(counts)], as.character(v))]
}

like_covariate <- function(value, v, name) {
  if (length(value) != 1L) {
    moe_abort(
      c("Every value in {.arg at} must be a single one.", x = "That of {.var {name}} is not."),
      "argument"
    )
  }
  if (is.factor(v)) factor(as.character(value), levels = levels(v)) else value
}

# Along a numeric covariate its range, along any other its values.
effect_values <- function(v, n) {
  if (is.factor(v)) {
    return(factor(levels(droplevels(v)), levels = levels(v), ordered = is.ordered(v)))
  }
  if (!is.numeric(v) && !inherits(v, c("Date", "POSIXct"))) {
    return(sort(unique(v)))
  }
  if (is.integer(v) && length(unique(v)) <= 10L) {
    return(sort(unique(v)))
  }
  if (is.integer(v)) v <- as.double(v)
  seq(min(v), max(v), length.out = n)
}

# Says at which values the other covariates are.
typical_caption <- function(base, given) {
  if (length(base) == 0L) {
    return(NULL)
  }
  value <- vapply(base, function(v) {
    text <- if (is.numeric(v)) format(v, digits = 3L, trim = TRUE) else as.character(v)
    if (length(text) > 1L) paste0("(", paste(text, collapse = ", "), ")") else text
  }, "")
  text <- paste0("Others at ", if (length(given) == 0L) "typical values: ", paste(
    names(base), "=", value, collapse = ", "
  ), ".")
  paste(strwrap(text, 72L), collapse = "\n")
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

zero_offset <- function(object, n) {
  if (isTRUE(object$offset_argument)) matrix(0, n, length(object$classes))
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
    ggplot2::theme(legend.position = "bottom", legend.margin = ggplot2::margin(0, 0, 0, 0))
}

# Scales of what the layers use: curves with or without bands, or points.
effect_scales <- function(colours, labels, title, curves, bands) {
  groups <- names(colours)
  types <- rep_len(c("solid", "42", "22", "4212", "12", "62"), length(groups))
  shapes <- rep_len(c(19, 17, 15, 18, 1, 2, 0, 5), length(groups))
  list(
    ggplot2::scale_colour_manual(name = title, values = colours, labels = labels),
    if (curves && bands) {
      ggplot2::scale_fill_manual(name = title, values = colours, labels = labels)
    },
    if (curves) {
      ggplot2::scale_linetype_manual(
        name = title, values = stats::setNames(types, groups), labels = labels
      )
    } else {
      ggplot2::scale_shape_manual(
        name = title, values = stats::setNames(shapes, groups), labels = labels
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

# The most probable class over two covariates.
plot_map <- function(object, new, variables, covariates, caption) {
  numeric <- vapply(covariates[variables], is.numeric, NA)
  if (!all(numeric)) {
    moe_abort(
      c("A map needs two numeric covariates.", x = "Not numeric: {.var {variables[!numeric]}}."),
      "argument"
    )
  }
  prob <- predict(object, new, type = "prob", newoffset = zero_offset(object, nrow(new)))
  best <- max.col(prob, "first")
  data <- data.frame(
    new[variables], class = factor(object$classes[best], levels = object$classes),
    prob = prob[cbind(seq_along(best), best)]
  )
  names(data)[1:2] <- c("x", "y")
  colours <- stats::setNames(group_colours(length(object$classes)), object$classes)
  ggplot2::ggplot(data, aes_of(x = "x", y = "y")) +
    ggplot2::geom_raster(aes_of(fill = "class", alpha = "prob")) +
    map_rows(object, variables, covariates) +
    ggplot2::scale_fill_manual(
      name = "Most probable class", values = colours, drop = FALSE,
      guide = ggplot2::guide_legend(order = 1L)
    ) +
    ggplot2::scale_alpha_continuous(
      name = "Its probability", range = c(0.15, 0.75), limits = c(1 / length(colours), 1),
      guide = ggplot2::guide_legend(order = 2L)
    ) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::scale_y_continuous(expand = c(0, 0)) +
    ggplot2::labs(x = variables[1L], y = variables[2L], caption = caption) +
    picture_theme()
}

# Up to 500 rows, evenly spaced in the order of the data: with their class when the model has no
# other covariates and they are those of the fit, or else as dots that show where the data are.
map_rows <- function(object, variables, covariates) {
  rows <- unique(round(seq(1, nrow(covariates), length.out = min(500L, nrow(covariates)))))
  data <- data.frame(
    x = covariates[[variables[1L]]][rows], y = covariates[[variables[2L]]][rows]
  )
  plain <- length(covariates) == 2L && is.null(object$data$row) &&
    nrow(covariates) == length(object$data$y)
  if (!plain) {
    return(ggplot2::geom_point(data = data, size = 0.4, colour = "grey20", alpha = 0.6))
  }
  data$class <- factor(object$classes[object$data$y[rows]], levels = object$classes)
  list(
    ggplot2::geom_point(
      aes_of(shape = "class", fill = "class"), data, size = 1.8, colour = "black", stroke = 0.3,
      show.legend = c(shape = TRUE, fill = FALSE)
    ),
    ggplot2::scale_shape_manual(
      name = "Observed class", drop = FALSE, guide = ggplot2::guide_legend(order = 3L),
      values = stats::setNames(
        rep_len(c(21, 24, 22, 23, 25), length(object$classes)), object$classes
      )
    )
  )
}
