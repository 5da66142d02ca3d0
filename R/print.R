#' Print a mixture of experts
#'
#' @param x A fit of class `"moelogit"`.
#' @param digits Significant digits.
#' @param ... Not used.
#' @return `x`, invisibly. See [summary.moelogit()] for the coefficients.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' fit
#' @export
print.moelogit <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat(headline(x), "\n\n", sep = "")
  cat("Call:\n", call_text(x$call), "\n\n", sep = "")
  cat("Average gate probability:\n")
  print(round(x$gate_mean, 3L))
  cat("\n", fit_lines(x, digits), sep = "")
  invisible(x)
}

# do.call() writes the data themselves into the call: only its beginning is shown.
call_text <- function(call, most = 10L) {
  text <- deparse(call)
  if (length(text) > most) text <- c(text[seq_len(most)], "...")
  paste(text, collapse = "\n")
}

headline <- function(x) {
  paste0(
    "Mixture of ", x$k, " multinomial-logit expert", if (x$k > 1L) "s", " for ",
    length(x$classes), " classes (", paste(utils::head(x$classes, 6L), collapse = ", "),
    if (length(x$classes) > 6L) ", ...", ")"
  )
}

# How good the fit is and how it was reached.
fit_lines <- function(x, digits) {
  iterations <- length(x$trace) - 1L
  aliased <- sum(unlist(x$aliased[if (x$shared) "expert" else c("expert", "gate")]))
  paste0(c(
    paste0(
      "Log-likelihood ", format(x$loglik, digits = digits + 3L), " on ", x$df, " df, ",
      format(x$nobs), " observations; AIC ", format(stats::AIC(x), digits = digits + 3L),
      ", BIC ", format(stats::BIC(x), digits = digits + 3L)
    ),
    paste0(
      if (x$converged) "Converged in " else "NOT converged after ", iterations, " iteration",
      if (iterations != 1L) "s", "; ", starts_line(x$starts)
    ),
    if (aliased > 0L) paste0("(", aliased, " column", if (aliased > 1L) "s",
                             " not defined because of singularities)")
  ), "\n")
}

starts_line <- function(starts) {
  continued <- sum(starts$continued)
  best <- sum(starts$best, na.rm = TRUE)
  if (nrow(starts) == 1L) {
    return("one start")
  }
  paste0(
    best, " of the ", continued, " best starts (of ", nrow(starts), ") reached the best optimum"
  )
}
