#' Tidy data frames from a mixture of experts
#'
#' The generics of package generics, as in package broom and with its column names.
#'
#' @param x A fit of class `"moelogit"`, a [bootstrap()], a [calibration()] or a [cv_moelogit()].
#' @param conf.int,conf.level Whether to add intervals, and their level.
#' @param exponentiate Whether to give odds ratios: `estimate` and the interval are exponentiated,
#'   the standard error and the statistic stay as they are, as broom has it.
#' @param data The training data with columns that are not in the model, to which the new columns
#'   are added; without it the variables of the model.
#' @param newdata New data, to which the new columns are added; see [predict.moelogit()].
#' @param newz,newoffset See [predict.moelogit()].
#' @param ... For `tidy()`, passed to [vcov.moelogit()], such as its `type`; otherwise not used.
#'
#' @details
#' Coefficients are in reference coding, as in [coef()]: those of the gate are log odds of an expert
#' against the first, those of an expert log odds of a class against the first. Standard errors are
#' those of [vcov.moelogit()], 0 without a statistic for coefficients that are `fixed`; a fit that
#' does not hold its data has none, with a warning.
#'
#' @return A plain data frame:
#' * `tidy()`: one row per free coefficient, in the order of [coef()]: `component` (`"gate"` or
#'   `"expert"`), `expert`, `class` (`NA` in the gate), `term` (column of the design), `estimate`,
#'   `std.error`, `statistic`, `p.value` (normal), and `conf.low`, `conf.high` if asked for. Aliased
#'   columns have `NA`.
#' * `glance()`: one row: `k`, `logLik`, `AIC`, `BIC`, `ICL` (`NA` when the fit does not hold its
#'   data), `deviance`, `df`, `df.residual`, `nobs`, `penalty.gate`, `penalty.expert`, `converged`.
#' * `augment()`: the data and the columns `.fitted` (the most probable class), `.prob_<class>`,
#'   and, where the response is known, `.expert` (the expert of largest posterior probability) and
#'   `.posterior` (that probability). Rows with missing covariates have `NA`.
#' * For a [calibration()], `tidy()` gives the reliability curves and `glance()` the scores, one row
#'   a model; for a [cv_moelogit()], the table and its chosen row. For a [bootstrap()], `tidy()`
#'   gives a row per coefficient: `term` (its name in [coef()]), `estimate`, `bias`, `std.error`,
#'   and the intervals of [confint.moelogit_bootstrap()], whose `type` goes into `...`.
#' @seealso [coef.moelogit()], [predict.moelogit()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' tidy(fit)
#' glance(fit)
#' head(augment(fit))
#' augment(fit, newdata = data.frame(Sepal.Length = c(5, 6)))
#' @name tidiers
NULL

#' @importFrom generics tidy
#' @export
generics::tidy

#' @importFrom generics glance
#' @export
generics::glance

#' @importFrom generics augment
#' @export
generics::augment

#' @rdname tidiers
#' @method tidy moelogit
#' @export
tidy.moelogit <- function(x, conf.int = FALSE, conf.level = 0.95, # nolint: object_name_linter.
                          exponentiate = FALSE, ...) {
  intervals <- check_flag(conf.int, "conf.int")
  exponentiate <- check_flag(exponentiate, "exponentiate")
  level <- check_number(conf.level, "conf.level", min = 0, max = 1)
  estimate <- coef(x)
  error <- standard_errors(x, ...)
  statistic <- replace(estimate / error, fixed_at(x$frame, x$fixed), NA)
  out <- data.frame(
    coef_labels(x$frame), estimate = unname(estimate), std.error = error,
    statistic = unname(statistic), p.value = unname(2 * stats::pnorm(-abs(statistic)))
  )
  if (intervals) {
    half <- stats::qnorm((1 + level) / 2) * error
    out$conf.low <- out$estimate - half
    out$conf.high <- out$estimate + half
  }
  if (exponentiate) {
    scaled <- intersect(c("estimate", "conf.low", "conf.high"), names(out))
    out[scaled] <- exp(out[scaled])
  }
  out
}

# In the order of coef(); NA where there is none.
standard_errors <- function(object, ...) {
  if (!has_information(object)) {
    moe_warn(
      c(
        "There are no standard errors: the fit does not hold its training data.",
        i = "Fit with {.code keep_data = TRUE}."
      ),
      "no_data"
    )
    return(rep_len(NA_real_, length(coef(object))))
  }
  unname(sqrt(diag(stats::vcov(object, ...))))
}

#' @rdname tidiers
#' @method glance moelogit
#' @export
glance.moelogit <- function(x, ...) {
  check_no_dots(...)
  data.frame(
    k = x$k, logLik = x$loglik, AIC = stats::AIC(x), BIC = stats::BIC(x),
    ICL = if (is.null(x$data)) NA_real_ else ICL(x), deviance = stats::deviance(x), df = x$df,
    df.residual = stats::df.residual(x), nobs = nobs(x), penalty.gate = x$penalty[["gate"]],
    penalty.expert = x$penalty[["expert"]], converged = x$converged
  )
}

#' @rdname tidiers
#' @method augment moelogit
#' @export
augment.moelogit <- function(x, data = NULL, newdata = NULL, newz = NULL, newoffset = NULL, ...) {
  check_no_dots(...)
  given <- if (is.null(newdata)) data else newdata
  trained <- is.null(given)
  prob <- predict(x, given, type = "prob", newz = newz, newoffset = newoffset)
  if (trained) {
    given <- training_frame(x)
    prob <- prob[stats::complete.cases(prob), , drop = FALSE]
  }
  out <- as.data.frame(given)
  out$.fitted <- unname(most_probable(x, prob))
  out[paste0(".prob_", x$classes)] <- as.data.frame(prob)
  if (!trained && !has_response(x, given)) {
    return(out)
  }
  design <- if (trained) stored_design(x) else new_design(x, given, newz, newoffset)
  response <- if (trained) x$data else new_response(x, given)
  posterior <- posterior_probabilities(x, design, response, NULL)
  known <- which(stats::complete.cases(posterior))
  best <- rep_len(NA_integer_, nrow(posterior))
  best[known] <- max.col(posterior[known, , drop = FALSE], "first")
  out$.expert <- factor(colnames(posterior)[best], levels = colnames(posterior))
  out$.posterior <- posterior[cbind(seq_along(best), best)]
  out
}

has_response <- function(object, data) {
  variables <- all.vars(attr(object$terms$full, "variables")[[2L]])
  !is.null(object$terms) && all(variables %in% names(data))
}

# The variables of the model as a data frame, one row per fitted row.
training_frame <- function(object) {
  check_kept(object, object$data)
  if (!is.null(object$terms)) {
    return(object$data$model_frame)
  }
  out <- as.data.frame(covariate_matrix(object))
  if (is.null(object$data$row)) {
    out[[object$response_name]] <- factor(object$classes[object$data$y], levels = object$classes)
  }
  out
}

# Matrix fits: the covariates of experts and gate side by side, each once.
covariate_matrix <- function(object) {
  columns <- lapply(object$columns, `[`, -1L)
  x <- as.matrix(object$data$x)
  colnames(x) <- columns$expert
  if (object$shared) {
    return(x)
  }
  z <- as.matrix(object$data$z)
  colnames(z) <- columns$gate
  cbind(x, z[, setdiff(columns$gate, columns$expert), drop = FALSE])
}

#' @rdname tidiers
#' @method tidy moelogit_calibration
#' @export
tidy.moelogit_calibration <- function(x, ...) {
  check_no_dots(...)
  x$curve
}

#' @rdname tidiers
#' @method glance moelogit_calibration
#' @export
glance.moelogit_calibration <- function(x, ...) {
  check_no_dots(...)
  x$scores
}

#' @rdname tidiers
#' @method tidy cv_moelogit
#' @export
tidy.cv_moelogit <- function(x, ...) {
  check_no_dots(...)
  x$table
}

#' @rdname tidiers
#' @method glance cv_moelogit
#' @export
glance.cv_moelogit <- function(x, ...) {
  check_no_dots(...)
  x$best
}

#' @rdname tidiers
#' @method tidy moelogit_bootstrap
#' @export
tidy.moelogit_bootstrap <- function(x, conf.int = FALSE, conf.level = 0.95, ...) { # nolint
  intervals <- check_flag(conf.int, "conf.int")
  out <- data.frame(
    term = names(x$estimate), estimate = unname(x$estimate),
    bias = unname(colMeans(x$replicates) - x$estimate),
    std.error = unname(apply(x$replicates, 2L, stats::sd))
  )
  if (intervals) {
    limits <- stats::confint(x, level = conf.level, ...)
    out$conf.low <- unname(limits[, 1L])
    out$conf.high <- unname(limits[, 2L])
  } else {
    check_no_dots(...)
  }
  out
}
