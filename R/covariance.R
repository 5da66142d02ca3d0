# The covariance matrix that a user asks for, in any of the ways of other packages.

#' Covariance of the free coefficients
#'
#' @param vcov `NULL` or `TRUE`: that of `vcov()`. A type of [vcov.moelogit()], or the name `"HC0"`
#'   for its sandwich. A one-sided formula of clusters, for [sandwich::vcovCL()]. A function of the
#'   fit. A covariance matrix with the names of the coefficients.
#' @param arg The argument's name.
#' @return A matrix whose row and column names are those of the coefficients that are not aliased.
#' @noRd
chosen_covariance <- function(object, vcov, arg) {
  if (is.null(vcov) || isTRUE(vcov)) vcov <- "hessian"
  if (is.character(vcov)) {
    type <- check_choice(vcov, c("hessian", "opg", "sandwich", "bootstrap", "HC0"), arg)
    return(stats::vcov(object, type = if (type == "HC0") "sandwich" else type, complete = FALSE))
  }
  if (inherits(vcov, "formula")) {
    rlang::check_installed("sandwich", "for standard errors by cluster.")
    vcov <- sandwich::vcovCL(object, cluster = vcov)
  } else if (is.function(vcov)) {
    vcov <- vcov(object)
  }
  names <- names(coef(object, complete = FALSE))
  if (!is.matrix(vcov) || !is.numeric(vcov) || !all(names %in% rownames(vcov)) ||
        !all(names %in% colnames(vcov))) {
    moe_abort(
      c(
        "{.arg {arg}} must give a covariance matrix whose row and column names are those of the \\
         coefficients, as {.fn vcov} does.",
        x = describe(vcov)
      ),
      "argument"
    )
  }
  vcov[names, names, drop = FALSE]
}
