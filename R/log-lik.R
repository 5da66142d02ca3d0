#' Likelihood and information criteria
#'
#' @param object A fit of class `"moelogit"`.
#' @param ... Not used.
#' @return `logLik()`: the log-likelihood without the penalty, the sum of case weight times log
#'   predicted probability of the observed class, with attributes `df` (the number of free
#'   coefficients, (K - 1) q + K (M - 1) p) and `nobs`; [stats::AIC()] and [stats::BIC()] work on
#'   it.
#'   `nobs()`: the sum of the case weights, so that a weight of 2 is the row twice. `deviance()`:
#'   minus twice the log-likelihood. `df.residual()`: `nobs` minus `df`. `ICL()`: BIC plus twice the
#'   entropy of the posterior expert probabilities, small when the experts are well separated
#'   (Biernacki, Celeux and Govaert 2000, \doi{10.1109/34.865189}); smaller is better, as for BIC.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' logLik(fit)
#' c(AIC(fit), BIC(fit), ICL(fit))
#' @name likelihood
NULL

#' @rdname likelihood
#' @export
logLik.moelogit <- function(object, ...) {
  check_no_dots(...)
  check_fit(object)
  structure(object$loglik, df = object$df, nobs = object$nobs, class = "logLik")
}

#' @rdname likelihood
#' @export
nobs.moelogit <- function(object, ...) {
  check_no_dots(..., .also = "use.fallback") # what step() gives every model
  check_fit(object)$nobs
}

#' @rdname likelihood
#' @export
deviance.moelogit <- function(object, ...) {
  check_no_dots(...)
  -2 * check_fit(object)$loglik
}

#' @rdname likelihood
#' @export
df.residual.moelogit <- function(object, ...) {
  check_no_dots(...)
  check_fit(object)
  object$nobs - object$df
}

#' @rdname likelihood
#' @export
ICL <- function(object, ...) UseMethod("ICL")

#' @rdname likelihood
#' @export
ICL.moelogit <- function(object, ...) {
  check_no_dots(...)
  stats::BIC(object) + 2 * posterior_entropy(object)
}
