#' Picture of the choice of the number of experts
#'
#' The dendrogram of the polished path from the overfitted fit on the left to one expert on the
#' right, with the cut at the chosen number; under it, level by level, the heights, the criterion
#' and the log-likelihood. See [autoplot.mixing_dendrogram()] for the details.
#'
#' @param object,x A selection by [select_experts()].
#' @param criterion Which column of the table to show; by default the one that chose.
#' @param k Where to cut; by default the chosen number.
#' @param ... Passed to [autoplot.mixing_dendrogram()]; for `plot()`, to `autoplot()`.
#' @return `autoplot()`: a [ggplot2::ggplot()] object. `plot()` draws it and returns its argument,
#'   invisibly.
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length, data = iris, k_max = 3)
#' autoplot(choice)
#' @export
autoplot.moelogit_selection <- function(object, criterion = object$criterion, k = object$k, ...) {
  autoplot(object$dendrogram, k = k, table = object$table, criterion = criterion, ...)
}

#' @rdname autoplot.moelogit_selection
#' @export
plot.moelogit_selection <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
