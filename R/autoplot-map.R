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
