#' @rdname select_experts
#' @param digits Significant digits.
#' @export
print.moelogit_selection <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  check_no_dots(...)
  kind <- if (inherits(x, "moelogit_sweep")) "a sweep of" else "of"
  cat("Number of experts: ", x$k, " (", kind, " at most ", x$k_max, ", by ", x$criterion, ")\n",
      if (x$interrupted) "Interrupted: some numbers were not fitted\n", "\n", sep = "")
  if (!is.null(x$table$weight)) cat(weight_line(x), "\n\n", sep = "")
  shown <- c("k", "height", "loglik", "df", "edf", "weight", x$criterion, "aic", "bic", "agreeing")
  table <- x$table[intersect(shown, names(x$table))]
  if (!is.null(table$weight)) table$weight <- round(table$weight, 3L)
  print(table, digits = digits, row.names = FALSE)
  criteria <- intersect(selection_criteria, names(x$table))
  votes <- vapply(criteria, function(criterion) choose_level(x$table, criterion), 0L)
  cat("\nChosen by ", paste0(names(votes), ": ", votes, collapse = ", "), "\n",
      vote_advice(x, votes), "\n",
      if (!is.null(x$fit)) paste0(penalty_line(x$fit), "\n"), sep = "")
  invisible(x)
}

# What to make of the votes. Only criteria that answer a question of users are weighed.
vote_advice <- function(x, votes) {
  asked <- votes[intersect(c(x$criterion, "aic", "bic"), names(votes))]
  sure <- if (is.null(x$table$weight)) "select_experts()" else "confint()"
  if (length(unique(asked)) == 1L) {
    agree <- paste(unique(names(asked)), collapse = ", ")
    return(paste0("Advice: ", agree, " agree on ", asked[[1L]]))
  }
  paste0(
    "Advice: ", votes[["aic"]], " (aic) for prediction, ", votes[["bic"]],
    " (bic) for experts beyond doubt; ", sure, " says how sure one can be"
  )
}

#' @rdname select_experts
#' @param object A selection.
#' @return `summary()` returns its argument with class `"summary.moelogit_selection"` added, whose
#'   `print()` also shows the chosen fit.
#' @export
summary.moelogit_selection <- function(object, ...) {
  check_no_dots(...)
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
#' @param average For `predict()`: whether to average over the numbers of experts, by their
#'   `weight` in the table, instead of predicting with the chosen one; for `type = "prob"` and
#'   `"class"`.
#' @return `predict()`: as [predict.moelogit()], to which `...` goes.
#' @export
predict.moelogit_selection <- function(object, ..., average = FALSE) {
  if (check_flag(average, "average")) {
    return(predict_average(object, ...))
  }
  stats::predict(object$fit, ...)
}

predict_average <- function(object, newdata = NULL, type = c("class", "prob"), ...) {
  type <- check_choice(type, c("class", "prob"), "type")
  weight <- selection_weight(object)
  at <- which(weight > 1e-8)
  prob <- Map(function(k, weight) {
    weight * stats::predict(object$fits[[as.character(k)]], newdata, type = "prob", ...)
  }, object$table$k[at], weight[at] / sum(weight[at]))
  prob <- Reduce(`+`, prob)
  if (type == "class") most_probable(object$fit, prob) else prob
}
