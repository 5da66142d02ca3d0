# Over two covariates: the most probable expert of the gate beside the most probable class.

plot_map <- function(object, variables, at, data, n) {
  covariates <- covariate_data(object, data)
  base <- base_row(covariates, at)
  variables <- map_variables(object, variables, covariates, base)
  n <- min(n, 101L)
  values <- lapply(covariates[variables], function(v) seq(min(v), max(v), length.out = n))
  map <- map_table(object, rows_along(base, values), variables)
  labels <- do.call(rbind, lapply(split(map, map$kind), region_labels, n))
  ggplot2::ggplot(map, aes_of(x = "x", y = "y")) +
    ggplot2::geom_raster(aes_of(fill = "fill", alpha = "prob")) +
    map_rows(object, variables, covariates) +
    geom_labels(labels) +
    ggplot2::facet_wrap(~kind, nrow = 1L) +
    ggplot2::scale_fill_identity() +
    ggplot2::scale_alpha_continuous(
      name = "Its probability", range = c(0.1, 0.85), limits = c(0, 1), breaks = c(0.25, 0.5, 1),
      guide = ggplot2::guide_legend(order = 1L)
    ) +
    ggplot2::scale_x_continuous(expand = c(0, 0)) +
    ggplot2::scale_y_continuous(expand = c(0, 0)) +
    ggplot2::labs(
      x = variables[1L], y = variables[2L],
      caption = caption_text(
        typical_caption(base[setdiff(names(covariates), variables)], names(at))
      )
    ) +
    picture_theme() +
    legend_below() +
    ggplot2::theme(legend.box = "vertical", legend.spacing.y = ggplot2::unit(0, "pt"))
}

# Names on a half transparent ground, without the border of ggplot2, whose width has had two names.
geom_labels <- function(labels) {
  old <- is.null(ggplot2::GeomLabel$default_aes$linewidth)
  args <- list(
    aes_of(label = "label", hjust = "hjust"), labels, size = 3.2, alpha = 0.75, lineheight = 0.85
  )
  do.call(ggplot2::geom_label, c(args, if (old) list(label.size = 0) else list(linewidth = 0)))
}

# Two numeric covariates: those given, or the two along which probabilities change most.
map_variables <- function(object, variables, covariates, base) {
  numeric <- vapply(covariates, function(v) is.numeric(v) && is.null(dim(v)), NA)
  known <- intersect(part_variables(object), names(covariates)[numeric])
  if (is.null(variables)) {
    if (length(known) < 2L) {
      moe_abort(
        c("A map needs two numeric covariates.", x = "The model has {length(known)}."), "argument"
      )
    }
    variables <- leading_variables(object, covariates, base, known, 2L)
  }
  check_variables(variables, names(covariates), count = 2L)
  if (!all(numeric[variables])) {
    moe_abort(
      c(
        "A map needs two numeric covariates.",
        x = "Not numeric: {.var {setdiff(variables, names(which(numeric)))}}."
      ),
      "argument"
    )
  }
  variables
}

# A data frame: x, y, kind (the panel), group, label, fill and prob, of the most probable one.
map_table <- function(object, new, variables) {
  offsets <- zero_offset(object, nrow(new))
  panels <- c("Most probable expert", "Most probable class")
  best_of <- function(type, panel, labels, colours) {
    prob <- predict(object, new, type = type, newoffset = offsets)
    best <- max.col(prob, "first")
    data.frame(
      x = new[[variables[1L]]], y = new[[variables[2L]]], kind = panels[panel],
      group = colnames(prob)[best], label = labels[best], fill = colours[best],
      prob = prob[cbind(seq_along(best), best)]
    )
  }
  classes <- best_of(
    "prob", 2L, wrapped(object$classes, 16L), class_colours(length(object$classes))
  )
  experts <- if (object$k > 1L) {
    best_of("gate", 1L, paste("Expert", colnames(object$gate)), group_colours(object$k))
  }
  map <- rbind(experts, classes)
  map$kind <- factor(map$kind, levels = panels[if (object$k > 1L) 1:2 else 2L])
  map
}

#' Where the regions of a panel have their names
#'
#' Each as far from the border of its region as it can be without hiding the name of a smaller one.
#' @param map The rows of one panel. @param n Points along each side of it.
#' @return The rows of `map` to label, one per group, with `hjust`: the name of a region on the left
#'   goes on to the right, and the other way round.
#' @noRd
region_labels <- function(map, n) {
  groups <- unique(map$group)
  depth <- lapply(groups, function(group) border_distance(matrix(map$group == group, n)))
  side <- (seq_len(n) - 1) / (n - 1)
  map$hjust <- rep(side, n)
  up <- rep(side, each = n)
  placed <- NULL
  for (deep in depth[order(vapply(depth, max, 0))]) {
    rows <- order(-deep)[seq_len(sum(deep > 0))]
    lines <- strsplit(map$label[rows[1L]], "\n", fixed = TRUE)[[1L]]
    # Half the sides of its box, as shares of a panel of the usual size
    wide <- 0.0135 * max(nchar(lines)) + 0.01
    high <- 0.035 * length(lines) + 0.01
    across <- map$hjust[rows] + (1 - 2 * map$hjust[rows]) * wide
    free <- rep_len(TRUE, length(rows))
    for (i in seq_len(NROW(placed))) {
      free <- free & (abs(across - placed$across[i]) > wide + placed$wide[i] |
                        abs(up[rows] - placed$up[i]) > high + placed$high[i])
    }
    best <- which.max(free)
    placed <- rbind(placed, data.frame(
      row = rows[best], across = across[best], up = up[rows[best]], wide = wide, high = high
    ))
  }
  map[placed$row, ]
}

# How often a region can lose its border until a point is gone.
border_distance <- function(inside) {
  n <- nrow(inside)
  depth <- inside + 0
  while (any(inside)) {
    ring <- cbind(FALSE, rbind(FALSE, inside, FALSE), FALSE)
    mid <- seq_len(n) + 1L
    inside <- inside & ring[mid - 1L, mid] & ring[mid + 1L, mid] & ring[mid, mid - 1L] &
      ring[mid, mid + 1L]
    depth <- depth + inside
  }
  depth
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
  classes <- object$classes
  colours <- class_colours(length(classes))
  data$class <- factor(classes[object$data$y[rows]], levels = classes)
  data$fill <- colours[as.integer(data$class)]
  list(
    ggplot2::geom_point(
      aes_of(shape = "class", fill = "fill"), data, size = 1.8, colour = "black", stroke = 0.3
    ),
    ggplot2::scale_shape_manual(
      name = "Observed class", drop = FALSE, labels = wrapped(classes, 22L),
      values = stats::setNames(filled_shapes(length(classes)), classes),
      guide = legend_of(wrapped(classes, 22L), order = 2L, override.aes = list(fill = colours))
    )
  )
}
