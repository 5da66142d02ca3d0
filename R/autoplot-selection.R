#' Pictures of the choice of the number of experts
#'
#' `"tree"`: the dendrogram of the polished path from the overfitted fit on the left to one expert
#' on the right, with the cut at the chosen number; under it, level by level, the heights, the
#' criterion and the log-likelihood. See [autoplot.mixing_dendrogram()] for the details.
#' `"experts"`: what the chosen experts say, and which experts of the overfitted fit each holds. All
#' other types are those of [autoplot.moelogit()], too, for the chosen fit.
#'
#' @param object,x A selection by [select_experts()].
#' @param type `"tree"`, `"experts"`, or another type of [autoplot.moelogit()].
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
autoplot.moelogit_selection <- function(object, type = "tree",
                                        criterion = object$criterion, k = object$k, ...) {
  type <- check_choice(type, c("tree", picture_types), "type")
  k <- check_count(k, "k", max = object$k_max)
  if (type == "tree") {
    criterion <- check_choice(
      criterion, intersect(selection_criteria, names(object$table)), "criterion"
    )
    return(autoplot(object$dendrogram, k = k, table = object$table, criterion = criterion, ...))
  }
  fit <- object$fits[[as.character(k)]]
  if (is.null(fit)) {
    moe_abort(c("There is no fit with {k} expert{?s}.", i = "It was interrupted."), "argument")
  }
  plot <- autoplot(fit, type, ...)
  if (type != "experts" || is.null(object$experts)) {
    return(plot)
  }
  leaves <- gsub("+", ", ", object$experts[[k]], fixed = TRUE)
  plot + ggplot2::labs(subtitle = caption_text(paste0(
    "Experts of the overfitted fit in each: ",
    paste0(seq_len(k), " = {", leaves, "}", collapse = "; ")
  )))
}

#' @rdname autoplot.moelogit_selection
#' @export
plot.moelogit_selection <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
