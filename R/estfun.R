#' Scores and bread for robust covariances
#'
#' With these, [sandwich::sandwich()], [sandwich::vcovCL()] (clustered errors), [lmtest::coeftest()]
#' and the other functions of packages sandwich and lmtest work on a fit. `vcovHC()` gives the types
#' `"HC0"` and `"HC1"`, `vcovBS()` the covariance of [bootstrap()].
#'
#' @param x A fit of class `"moelogit"` that holds its training data.
#' @param ... Not used.
#' @return `estfun()`: a matrix with a row for each fitted row of the data and a column for each
#'   coefficient of [coef()] that is not aliased: the derivatives of the row's share of the
#'   penalised objective (the penalty is divided in proportion to the weights), times its case
#'   weight, so that columns sum to zero at the optimum; 0 for coefficients that are `fixed`.
#'   `bread()`: the number of rows times the `"hessian"` type of [vcov.moelogit()],
#'   likewise without aliased coefficients.
#' @references Zeileis, A. (2006). Object-oriented computation of sandwich estimators. *Journal of
#' Statistical Software*, 16(9). \doi{10.18637/jss.v016.i09}
#' @examplesIf requireNamespace("sandwich", quietly = TRUE)
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' all.equal(sandwich::sandwich(fit), vcov(fit, type = "sandwich"))
#' @name estfun.moelogit
#' @exportS3Method sandwich::estfun
estfun.moelogit <- function(x, ...) {
  check_no_dots(...)
  scores <- row_scores(x)
  to_standard <- free_to_standard(x$frame, diag(length(scores$shift)))
  out <- scores$weight * shifted_scores(scores, seq_along(scores$weight)) %*% to_standard
  out[, fixed_free(x$frame, x$fixed)] <- 0
  dimnames(out) <- list(row_labels(stored_design(x)), names(coef(x))[free_coefficients(x$frame)])
  out
}

#' @rdname estfun.moelogit
#' @exportS3Method sandwich::bread
bread.moelogit <- function(x, ...) {
  check_no_dots(...)
  x$n * vcov(x, complete = FALSE)
}
