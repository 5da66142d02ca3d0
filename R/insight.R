# What package insight tells of a model to marginaleffects and to the packages of easystats
# (parameters, performance, ...).

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method insight::get_data
get_data.moelogit <- function(x, ...) {
  frame <- training_frame(x)
  if (is.null(x$terms)) {
    return(frame)
  }
  needed <- unique(c(response_variables(x), x$terms$required))
  if (all(needed %in% names(frame))) {
    return(frame[needed])
  }
  # the frame has calls as the formula writes them; the variables themselves are in the data
  written <- tryCatch(
    eval(x$call$data, environment(x$formula)),
    error = function(e) NULL
  )
  if (is.data.frame(written) && all(needed %in% names(written)) &&
        all(rownames(frame) %in% rownames(written))) {
    return(as.data.frame(written)[rownames(frame), needed, drop = FALSE])
  }
  stored_variables(x, x$terms$required)[unique(c(names(frame)[1L], x$terms$required))]
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
find_response.moelogit <- function(x, combine = TRUE, ...) {
  if (combine) fitted_response(x) else response_variables(x)
}

#' @exportS3Method insight::is_converged
is_converged.moelogit <- function(x, tolerance = 0.001, ...) x$converged

# Functions that compare models keep those that insight lists and drop the others.
#' @exportS3Method insight::ellipsis_info
ellipsis_info.moelogit <- function(objects, ...) {
  moe_abort(
    c(
      "Package insight has a list of the models that it compares, and this is none of them.",
      i = "Use {.code anova(fit1, fit2)}, {.code AIC(fit1, fit2)}, or {.fn model_performance} of \\
           each."
    ),
    "insight"
  )
}

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
  statistic <- replace(estimate / error, fixed_free(x$frame, x$fixed), NA)
  structure(
    data.frame(Parameter = names(estimate), Statistic = unname(statistic)),
    statistic = "z-statistic"
  )
}

#' @exportS3Method insight::find_statistic
find_statistic.moelogit <- function(x, ...) "z-statistic"

#' @exportS3Method insight::get_varcov
get_varcov.moelogit <- function(x, vcov = NULL, ...) chosen_covariance(x, vcov, "vcov")

# One row per row of the data and class, with limits where they are asked for; or the classes.
#' @exportS3Method insight::get_predicted
get_predicted.moelogit <- function(x, data = NULL, predict = "expectation", ci = NULL, ...) {
  kinds <- c("expectation", "response", "link", "classification")
  predict <- check_choice(if (is.null(predict)) kinds[1L] else predict, kinds, "predict")
  if (predict == "classification") {
    return(structure(
      unname(stats::predict(x, data, type = "class")), class = c("get_predicted", "factor")
    ))
  }
  type <- if (predict == "link") "link" else "prob"
  found <- if (is.null(ci)) {
    list(fit = stats::predict(x, data, type = type))
  } else {
    stats::predict(x, data, type = type, interval = "confidence", level = check_level(ci))
  }
  rows <- nrow(found$fit)
  out <- data.frame(
    Row = rep(seq_len(rows), ncol(found$fit)), Response = rep(colnames(found$fit), each = rows),
    Predicted = as.vector(found$fit)
  )
  if (!is.null(ci)) {
    out$SE <- as.vector(found$se.fit)
    out$CI_low <- as.vector(found$lower)
    out$CI_high <- as.vector(found$upper)
  }
  structure(out, class = c("get_predicted", "data.frame"))
}

#' @exportS3Method insight::get_df
get_df.moelogit <- function(x, type = "residual", ...) {
  switch(type, model = x$df, residual = stats::df.residual(x), Inf)
}

# nolint end
