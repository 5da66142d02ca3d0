# What package insight tells of a model to marginaleffects and to the packages of easystats
# (parameters, performance, ...).

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method insight::get_data
get_data.moelogit <- function(x, ...) {
  if (is.null(x$terms)) {
    return(training_frame(x))
  }
  found <- stored_variables(x, x$terms$required)
  response <- all.vars(attr(x$terms$full, "variables")[[2L]])
  as.data.frame(found)[intersect(names(found), c(response, x$terms$required))]
}

#' @exportS3Method insight::find_predictors
find_predictors.moelogit <- function(x, flatten = FALSE, ...) {
  names <- if (is.null(x$terms)) {
    unique(c(x$columns$expert[-1L], x$columns$gate[-1L]))
  } else {
    x$terms$required
  }
  if (flatten) names else list(conditional = names)
}

#' @exportS3Method insight::find_response
find_response.moelogit <- function(x, ...) x$response_name

#' @exportS3Method insight::find_formula
find_formula.moelogit <- function(x, ...) {
  check_formula_fit(x)
  whole <- x$formula
  gate <- stats::formula(whole, lhs = 0L, rhs = length(whole)[2L])
  structure(
    list(conditional = stats::formula(whole, rhs = 1L), gate = gate),
    class = c("insight_formula", "list")
  )
}

#' @exportS3Method insight::model_info
model_info.moelogit <- function(x, ...) {
  method <- utils::getS3method("model_info", "multinom", envir = asNamespace("insight"))
  info <- method(x, ...)
  info$is_multinomial <- length(x$classes) > 2L
  info$is_mixture <- x$k > 1L
  info$family <- if (info$is_multinomial) "multinomial" else "binomial"
  info$is_binomial <- !info$is_multinomial
  info
}

#' @exportS3Method insight::find_parameters
find_parameters.moelogit <- function(x, flatten = FALSE, ...) {
  names <- names(coef(x, complete = FALSE))
  if (flatten) names else list(conditional = names)
}

#' @exportS3Method insight::get_parameters
get_parameters.moelogit <- function(x, ...) {
  estimate <- coef(x, complete = FALSE)
  data.frame(Parameter = names(estimate), Estimate = unname(estimate))
}

#' @exportS3Method insight::get_statistic
get_statistic.moelogit <- function(x, ...) {
  estimate <- coef(x, complete = FALSE)
  error <- sqrt(diag(stats::vcov(x, complete = FALSE)))
  structure(
    data.frame(Parameter = names(estimate), Statistic = unname(estimate / error)),
    statistic = "z-statistic"
  )
}

#' @exportS3Method insight::find_statistic
find_statistic.moelogit <- function(x, ...) "z-statistic"

#' @exportS3Method insight::get_varcov
get_varcov.moelogit <- function(x, vcov = NULL, ...) chosen_covariance(x, vcov, "vcov")

#' @exportS3Method insight::get_df
get_df.moelogit <- function(x, type = "residual", ...) {
  switch(type, model = x$df, residual = stats::df.residual(x), Inf)
}

# nolint end
