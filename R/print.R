#' Print and summarise a mixture of experts
#'
#' @param x,object A fit of class `"moelogit"`, or its summary.
#' @param digits Significant digits.
#' @param ... Not used.
#' @return `print()` returns its argument, invisibly. `summary()` returns a list of class
#'   `"summary.moelogit"`: the coefficients in reference coding as matrices (`gate`: q x (K - 1),
#'   `expert`: a list of p x (M - 1) matrices), `experts` (a data frame of the experts' average gate
#'   probability and most probable class), criteria, and how the optimisation went.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' fit
#' summary(fit)
#' @export
print.moelogit <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat(headline(x), "\n\n", sep = "")
  cat("Call:\n", paste(deparse(x$call), collapse = "\n"), "\n\n", sep = "")
  cat("Average gate probability:\n")
  print(round(x$gate_mean, 3L))
  cat("\n", fit_lines(x, digits), sep = "")
  invisible(x)
}

#' @rdname print.moelogit
#' @export
summary.moelogit <- function(object, ...) {
  coefs <- reference_coding(object[c("gate", "expert")])
  experts <- data.frame(weight = object$gate_mean)
  structure(
    list(
      fit = object,
      experts = experts,
      gate = coefs$gate[, -1L, drop = FALSE],
      expert = lapply(stats::setNames(nm = colnames(object$gate)), function(k) {
        matrix(coefs$expert[, -1L, k], nrow(object$expert),
               dimnames = list(rownames(object$expert), object$classes[-1L]))
      }),
      criteria = c(logLik = object$loglik, AIC = stats::AIC(object), BIC = stats::BIC(object))
    ),
    class = "summary.moelogit"
  )
}

#' @rdname print.moelogit
#' @export
print.summary.moelogit <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  fit <- x$fit
  cat(headline(fit), "\n\n", sep = "")
  cat("Call:\n", paste(deparse(fit$call), collapse = "\n"), "\n", sep = "")
  if (fit$k > 1L) {
    cat("\nGate, log odds against expert 1:\n")
    print(x$gate, digits = digits)
  }
  for (k in names(x$expert)) {
    cat("\nExpert ", k, " (", round(100 * fit$gate_mean[[k]]), "% of the gate), log odds against \"",
        fit$classes[1L], "\":\n", sep = "")
    print(x$expert[[k]], digits = digits)
  }
  cat("\n", fit_lines(fit, digits), sep = "")
  invisible(x)
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
