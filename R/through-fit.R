# A selection, a sweep and a cross-validation hold a fit, and answer the generics of fits with it.

#' Generics of fits for a selection, a sweep or a cross-validation
#'
#' What these say of one model they say of their `$fit`: the chosen number of experts, the chosen
#' setting.
#'
#' @param object,x,formula A result of [select_experts()], [sweep_experts()] or [cv_moelogit()].
#' @param ... Passed to the method for fits.
#' @return What the generic returns for the fit. `tidy()` gives the table of what was compared.
#'   Predictions of a stack are those of [predict.cv_moelogit()], not of its `fit`.
#' @section Errors: `"moelogit_error_no_fit"` when an interrupt has left no fit.
#' @seealso [moelogit()]
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length, data = iris, k_max = 2)
#' coef(choice)
#' c(logLik(choice), BIC(choice))
#' head(fitted(choice))
#' @name through-fit
NULL

held_fit <- function(object) {
  if (is.null(object$fit)) {
    moe_abort(c("There is no fit: it was interrupted.", i = "Run it again."), "no_fit")
  }
  object$fit
}

# The generic that was called, for the fit. S3 tells a method its name.
answer_by_fit <- function(object, ...) match.fun(.Generic)(held_fit(object), ...)
answer_by_fit_x <- function(x, ...) match.fun(.Generic)(held_fit(x), ...)

#' @rdname through-fit
#' @export
coef.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
fitted.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
residuals.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
logLik.moelogit_selection <- answer_by_fit # nolint: object_name_linter.

#' @rdname through-fit
#' @export
nobs.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
deviance.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
vcov.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
simulate.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
ICL.moelogit_selection <- answer_by_fit # nolint: object_name_linter.

#' @rdname through-fit
#' @export
anova.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
bootstrap.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
relabel.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
df.residual.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @export
model.matrix.moelogit_selection <- answer_by_fit

#' @rdname through-fit
#' @method glance moelogit_selection
#' @export
glance.moelogit_selection <- answer_by_fit_x

#' @rdname through-fit
#' @method augment moelogit_selection
#' @export
augment.moelogit_selection <- answer_by_fit_x

#' @rdname through-fit
#' @export
formula.moelogit_selection <- answer_by_fit_x

#' @rdname through-fit
#' @export
terms.moelogit_selection <- answer_by_fit_x

#' @rdname through-fit
#' @export
fitted.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
residuals.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
logLik.cv_moelogit <- answer_by_fit # nolint: object_name_linter.

#' @rdname through-fit
#' @export
nobs.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
deviance.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
vcov.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
confint.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
simulate.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
ICL.cv_moelogit <- answer_by_fit # nolint: object_name_linter.

#' @rdname through-fit
#' @export
anova.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
bootstrap.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
relabel.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
df.residual.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @export
model.matrix.cv_moelogit <- answer_by_fit

#' @rdname through-fit
#' @method augment cv_moelogit
#' @export
augment.cv_moelogit <- answer_by_fit_x

#' @rdname through-fit
#' @export
formula.cv_moelogit <- answer_by_fit_x

#' @rdname through-fit
#' @export
terms.cv_moelogit <- answer_by_fit_x

#' @rdname through-fit
#' @method model.frame moelogit_selection
#' @export
model.frame.moelogit_selection <- function(formula, ...) stats::model.frame(held_fit(formula), ...)

#' @rdname through-fit
#' @method model.frame cv_moelogit
#' @export
model.frame.cv_moelogit <- model.frame.moelogit_selection

#' @rdname through-fit
#' @method tidy moelogit_selection
#' @export
tidy.moelogit_selection <- function(x, ...) {
  check_no_dots(...)
  x$table
}
