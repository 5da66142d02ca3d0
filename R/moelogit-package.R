#' moelogit: mixtures of multinomial-logit experts
#'
#' Fits mixtures of multinomial-logit experts with a softmax gate by an algorithm whose likelihood
#' never steps down, and reads the number of experts off a dendrogram of one overfitted fit. Begin
#' with [moelogit()] and `vignette("moelogit")`.
#'
#' @name moelogit-package
#' @keywords internal
NULL

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
