#' @rdname select_experts
#' @param digits Significant digits.
#' @export
print.moelogit_selection <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  kind <- if (inherits(x, "moelogit_sweep")) "a sweep of" else "of"
  cat("Number of experts: ", x$k, " (", kind, " at most ", x$k_max, ", by ", x$criterion, ")\n",
      if (x$interrupted) "Interrupted: some numbers were not fitted\n", "\n", sep = "")
  shown <- c("k", "height", "loglik", "df", x$criterion, "aic", "bic", "agreeing")
  print(x$table[intersect(shown, names(x$table))], digits = digits, row.names = FALSE)
  criteria <- intersect(selection_criteria, names(x$table))
  votes <- vapply(criteria, function(criterion) choose_level(x$table, criterion), 0L)
  cat("\nChosen by ", paste0(names(votes), ": ", votes, collapse = ", "), "\n", sep = "")
  invisible(x)
}

#' @rdname select_experts
#' @param object A selection.
#' @return `summary()` returns its argument with class `"summary.moelogit_selection"` added, whose
#'   `print()` also shows the chosen fit.
#' @export
summary.moelogit_selection <- function(object, ...) {
  structure(object, class = c("summary.moelogit_selection", class(object)))
}

#' @export
print.summary.moelogit_selection <- function(x, ...) {
  NextMethod()
  if (!is.null(x$experts)) {
    cat("\nExperts of the overfitted fit in each chosen one: ",
        paste0(seq_len(x$k), " = {", gsub("+", ", ", x$experts[[x$k]], fixed = TRUE), "}",
               collapse = "; "), "\n", sep = "")
  }
  cat("\n")
  print(x$fit)
  invisible(x)
}

#' @rdname select_experts
#' @export
predict.moelogit_selection <- function(object, ...) stats::predict(object$fit, ...)
