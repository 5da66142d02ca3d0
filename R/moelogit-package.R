#' @keywords internal
"_PACKAGE"

#' @useDynLib moelogit, .registration = TRUE
#' @importFrom Formula as.Formula
#' @importFrom Matrix colSums
#' @importFrom Rcpp sourceCpp
#' @importFrom ggplot2 autoplot
#' @importFrom stats coef fitted formula logLik nobs predict simulate terms update
NULL

#' @importFrom ggplot2 autoplot
#' @export
ggplot2::autoplot
