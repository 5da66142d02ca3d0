#' Pictures of the choice of the number of experts
#'
#' `"tree"`: the dendrogram of the polished path from the overfitted fit on the left to one expert
#' on the right, with the cut at the chosen number; under it, level by level, the heights, the
#' criterion and the log-likelihood. See [autoplot.mixing_dendrogram()] for the details.
#' `"experts"`: what the chosen experts are, their coefficients by class, and which experts of the
#' overfitted fit each holds; see [autoplot.moelogit()].
#'
#' @param object,x A selection by [select_experts()].
#' @param type `"tree"` or `"experts"`.
#' @param criterion Which column of the table to show; by default the one that chose.
#' @param k Where to cut, and whose experts to show; by default the chosen number.
#' @param ... Passed to [autoplot.mixing_dendrogram()] or [autoplot.moelogit()]; for `plot()`, to
#'   `autoplot()`.
#' @return `autoplot()`: a [ggplot2::ggplot()] object. `plot()` draws it and returns its argument,
#'   invisibly.
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length, data = iris, k_max = 3)
#' autoplot(choice)
#' autoplot(choice, "experts", k = 2)
#' @export
autoplot.moelogit_selection <- function(object, type = c("tree", "experts"),
                                        criterion = object$criterion, k = object$k, ...) {
  type <- check_choice(type, c("tree", "experts"), "type")
  k <- check_count(k, "k", max = object$k_max)
  if (type == "tree") {
    criterion <- check_choice(criterion, selection_criteria, "criterion")
    return(autoplot(object$dendrogram, k = k, table = object$table, criterion = criterion, ...))
  }
  leaves <- gsub("+", ", ", object$experts[[k]], fixed = TRUE)
  autoplot(object$fits[[k]], "coef", ...) +
    ggplot2::labs(subtitle = paste0(
      "Experts of the overfitted fit in each: ", paste0(seq_len(k), " = {", leaves, "}",
                                                        collapse = "; ")
    ))
}

#' @rdname autoplot.moelogit_selection
#' @export
plot.moelogit_selection <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
