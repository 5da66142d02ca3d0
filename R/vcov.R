#' Covariance matrix and confidence intervals of the coefficients
#'
#' @param object A fit of class `"moelogit"` that holds its training data (`keep_data`, the
#'   default).
#' @param type Where the covariance comes from:
#'   * `"hessian"`: the inverse of the observed information, the exact negative Hessian of the
#'     objective with gate, expert and cross blocks (the quantity of Louis 1982, here in closed
#'     form).
#'   * `"opg"`: the same with the outer products of the scores of the observations in the place of
#'     the negative Hessian of the log-likelihood (Berndt, Hall, Hall and Hausman 1974).
#'   * `"sandwich"`: the inverse of the information around the outer products of the scores of the
#'     cases, valid also when the model is wrong (White 1982); what [sandwich::sandwich()] gives.
#'   * `"bootstrap"`: from the replicates of [bootstrap()], to which `...` goes.
#' @param complete Whether linearly dependent columns have rows and columns of `NA`, as in
#'   [stats::vcov()].
#' @param penalized Whether the information is that of the penalised objective, the Hessian of the
#'   log-likelihood plus the ridge (the default; the covariance of the posterior that has the
#'   penalty as its normal prior, and the one whose intervals cover best for penalised fits, Wood
#'   2006), or that of the log-likelihood alone. The same when `penalty = 0`.
#' @param ... For `type = "bootstrap"`, arguments of [bootstrap()]; otherwise not used.
#'
#' @details
#' Coefficients are those of [coef()]: in reference coding, on the scale of the covariates. The
#' number of experts is taken as known, and the labels as those of the fit.
#'
#' Case weights count observations, so a weight of 2 gives the `"hessian"` and `"opg"` of the row
#' twice. The `"sandwich"` takes each row of the data (a row of counts too) as one case, whose
#' score is multiplied by its weight, as for other models in package sandwich: rows counted twice
#' are then two copies of one case, not two cases. Expand the rows when they are.
#'
#' Where the information is singular, as with redundant experts and no penalty, coefficients on
#' which it says nothing get `NA`, with a warning of class `"moelogit_warning_information"`; a point
#' that is no maximum gives the same warning.
#'
#' Coefficients that are `fixed` do not vary: their rows and columns are 0, and so are their
#' standard errors; an interval is the value twice. Those of the others are for these values being
#' known.
#'
#' @return `vcov()`: a symmetric D x D matrix, D = (K - 1) q + K (M - 1) p, whose row and column
#'   names are those of [coef()].
#' @references
#' Louis, T. A. (1982). Finding the observed information matrix when using the EM algorithm.
#' *JRSS B*, 44, 226-233. \doi{10.1111/j.2517-6161.1982.tb01203.x}
#'
#' White, H. (1982). Maximum likelihood estimation of misspecified models. *Econometrica*, 50, 1-25.
#' \doi{10.2307/1912526}
#'
#' Wood, S. N. (2006). On confidence intervals for generalized additive models based on penalized
#' regression splines. *Australian & New Zealand Journal of Statistics*, 48, 445-464.
#' \doi{10.1111/j.1467-842X.2006.00450.x}
#' @seealso [summary.moelogit()], [bootstrap()], [predict.moelogit()] for standard errors of
#'   probabilities.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' sqrt(diag(vcov(fit)))
#' confint(fit, type = "sandwich")
#' confint(fit, "Sepal.Length")
#' @importFrom stats vcov
#' @export
vcov.moelogit <- function(object, type = c("hessian", "opg", "sandwich", "bootstrap"),
                          complete = TRUE, penalized = TRUE, ...) {
  type <- check_choice(type, c("hessian", "opg", "sandwich", "bootstrap"), "type")
  complete <- check_flag(complete, "complete")
  if (type == "bootstrap") {
    return(vcov(bootstrap(object, ...), complete = complete))
  }
  check_no_dots(...)
  inverse <- free_vcov(object, type, check_flag(penalized, "penalized"))
  warn_information(object, inverse)
  own <- recode_vcov(object$frame, inverse$vcov, free_to_original)
  fixed <- fixed_free(object$frame, object$fixed)
  own[fixed, ] <- 0
  own[, fixed] <- 0
  coefs <- coef(object)
  free <- free_coefficients(object$frame)
  if (!complete) {
    return(structure(own, dimnames = list(names(coefs)[free], names(coefs)[free])))
  }
  out <- matrix(NA_real_, length(coefs), length(coefs), dimnames = list(names(coefs), names(coefs)))
  out[free, free] <- own
  out
}

#' Covariance of the free coefficients on standardised covariates
#'
#' @return As `invert_information()`.
#' @noRd
free_vcov <- function(object, type, penalized) {
  check_fit(object)
  information <- if (type == "opg") {
    scores <- record_scores(object)
    list(data = score_products(scores), penalty = penalty_information(scores$problem))
  } else {
    fit_information(object)
  }
  inverse <- invert_for_fit(object, information$data + if (penalized) information$penalty else 0)
  if (type == "sandwich") {
    scores <- row_scores(object)
    scores$weight <- scores$weight^2
    inverse$vcov <- inverse$vcov %*% score_products(scores) %*% inverse$vcov
  }
  inverse
}

warn_information <- function(object, inverse) {
  if (!inverse$maximum) {
    moe_warn(
      c(
        "The information matrix is not positive definite: the fit is not at a maximum.",
        i = "Let it converge, with more {.arg max_iter} or a smaller {.arg tol}."
      ),
      "information"
    )
  } else if (any(inverse$unknown)) {
    unknown <- names(coef(object))[free_coefficients(object$frame)][inverse$unknown]
    moe_warn(
      c(
        "The information matrix is singular: it says nothing about {length(unknown)} \\
         coefficient{?s}.",
        x = "{cli::qty(unknown)}{?Its/Their} standard error{?s} {?is/are} {.code NA}: \\
             {.val {unknown}}.",
        i = "Try fewer experts or a larger {.arg penalty}."
      ),
      "information"
    )
  }
}

#' @rdname vcov.moelogit
#' @param parm Numbers or names of coefficients; all by default. A name may also be that of a term
#'   of the formula (a covariate: its coefficients in gate and experts), `"gate"` or `"expert"`, the
#'   beginning of names up to a colon (`"expert_2"`), or a part that only names of one term contain.
#' @param level Confidence level, between 0 and 1.
#' @return `confint()`: a matrix with one row per coefficient and the columns of
#'   [stats::confint()]: Wald intervals. See [confint.moelogit_bootstrap()] for others.
#' @importFrom stats confint
#' @export
confint.moelogit <- function(object, parm, level = 0.95, ...) {
  tail <- (1 - check_level(level)) / 2
  coefs <- coef(object)
  error <- sqrt(diag(vcov(object, ...)))
  out <- coefs + outer(error, stats::qnorm(c(tail, 1 - tail)))
  colnames(out) <- interval_names(level)
  out[chosen_coefficients(names(coefs), parm, coefficient_terms(object)), , drop = FALSE]
}
