#' Picture of a bootstrap
#'
#' The replicates of every coefficient: their middle half and 95 percent as bars, and the estimate
#' of the fit as a point.
#'
#' @param object,x A result of [bootstrap()].
#' @param level Share of the replicates under the thin bar.
#' @param ... For `autoplot()`, not used; for `plot()`, passed to it.
#' @return `autoplot()`: a [ggplot2::ggplot()] object. `plot()` draws it and returns its argument,
#'   invisibly.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 1)
#' autoplot(bootstrap(fit, R = 50, type = "parametric"))
#' @export
autoplot.moelogit_bootstrap <- function(object, level = 0.95, ...) {
  check_no_dots(...)
  table <- tidy(object, conf.int = TRUE, conf.level = level)
  half <- stats::confint(object, level = 0.5)
  table$low <- half[, 1L]
  table$high <- half[, 2L]
  table$term <- factor(table$term, levels = rev(table$term))
  table <- table[stats::complete.cases(table), ]
  ggplot2::ggplot(table, aes_of(y = "term")) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey70") +
    geom_lines(table, aes_of(x = "conf.low", xend = "conf.high", yend = "term"), width = 0.5) +
    geom_lines(table, aes_of(x = "low", xend = "high", yend = "term"), width = 1.5) +
    ggplot2::geom_point(aes_of(x = "estimate"), size = 2) +
    ggplot2::labs(x = "Coefficient", y = NULL) +
    picture_theme()
}

#' @rdname autoplot.moelogit_bootstrap
#' @export
plot.moelogit_bootstrap <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
