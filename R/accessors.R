#' Parts of a fitted mixture of experts
#'
#' @param x,object,formula A fit of class `"moelogit"`.
#' @param part Which part of the model: `"expert"`, `"gate"`, or for `terms()` also `"full"`.
#' @param ... Not used.
#' @return `formula()`: the two-part formula. `terms()`: the terms of one part. `model.frame()`: the
#'   data frame of the variables, one row per fitted row. `model.matrix()`: the n x p (or n x q)
#'   design matrix of one part, with the intercept.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' formula(fit)
#' head(model.matrix(fit, part = "gate"))
#' @name accessors
NULL

#' @rdname accessors
#' @export
formula.moelogit <- function(x, ...) {
  check_no_dots(..., .also = "env") # what as.formula() gives
  check_formula_fit(x)
  x$formula
}

#' @rdname accessors
#' @export
terms.moelogit <- function(x, part = c("full", "expert", "gate"), ...) {
  check_no_dots(...)
  check_formula_fit(x)
  x$terms[[check_choice(part, c("full", "expert", "gate"), "part")]]
}

#' @rdname accessors
#' @importFrom stats model.frame
#' @export
model.frame.moelogit <- function(formula, ...) {
  check_no_dots(...)
  check_formula_fit(formula)
  check_kept(formula, formula$data)
  formula$data$model_frame
}

#' @rdname accessors
#' @importFrom stats model.matrix
#' @export
model.matrix.moelogit <- function(object, part = c("expert", "gate"), ...) {
  check_no_dots(...)
  part <- check_choice(part, c("expert", "gate"), "part")
  design <- stored_design(object)
  x <- if (part == "expert" || object$shared) design$x else design$z
  if (object$implicit) x <- cbind(`(Intercept)` = 1, x)
  dimnames(x) <- list(row_labels(design), object$columns[[part]])
  x
}

check_formula_fit <- function(object) {
  if (is.null(object$terms)) {
    moe_abort(
      c(
        "The model was fitted to matrices, so it has no formula.",
        i = "Use the formula interface of {.fn moelogit}."
      ),
      "no_formula"
    )
  }
}

# The variables in the response, where it is a call.
response_variables <- function(object) {
  if (is.null(object$terms)) {
    return(object$response_name)
  }
  all.vars(attr(object$terms$full, "variables")[[2L]])
}

# What the response is called: its variable, or the call where it has several.
fitted_response <- function(object) {
  variables <- response_variables(object)
  if (length(variables) == 1L) variables else object$response_name
}

#' Update and refit a mixture of experts
#'
#' As [stats::update()], with two-part formulas: `update(fit, . ~ . | z)`.
#'
#' @param object A fit of class `"moelogit"`.
#' @param formula. Changes to the formula, a two-part formula in which `.` stands for what was
#'   there.
#' @param ... Other arguments to change. While the formula, the data and the number of experts stay,
#'   the new fit starts from the coefficients of the old one (a warm start), which also continues a
#'   fit that stopped early. `start = NULL`, or a number of `starts`, asks for a fresh search.
#' @param evaluate Whether to evaluate the new call or return it.
#' @return A new fit, or the call.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' update(fit, . ~ . + Sepal.Width, penalty = 0.5)
#' @importFrom stats update
#' @export
update.moelogit <- function(object, formula., ..., evaluate = TRUE) {
  call <- object$call
  if (!missing(formula.)) {
    check_formula_fit(object)
    call$formula <- stats::formula(stats::update(object$formula, Formula::as.Formula(formula.)))
    if (is.null(object$data)) {
      environment(call$formula) <- remembered_frame(object$formula, parent.frame())
    }
  }
  extras <- match.call(expand.dots = FALSE)$...
  for (name in names(extras)) {
    if (name %in% names(call) || !is.null(extras[[name]])) call[[name]] <- extras[[name]]
  }
  if (!evaluate) {
    return(call)
  }
  frame <- parent.frame()
  warm <- missing(formula.) && is.null(call$control) && all(names(extras) %in% warm_changes)
  if (!warm) {
    return(eval(call, frame))
  }
  warm_call <- call
  warm_call$start <- unclass(object)[start_fields]
  # data that have changed under the same name may have other columns
  fit <- tryCatch(
    eval(warm_call, frame),
    moelogit_error_start = function(error) eval(call, frame)
  )
  fit$call <- call
  fit
}

# Arguments that change a fit, but not what its coefficients mean.
warm_changes <- c(
  "weights", "penalty", "penalize_intercept", "method", "curvature", "tol", "max_iter", "threads",
  "standardize", "progress", "keep_data", "on_interrupt"
)

# Where the new formula of a fit without its data finds what forget_frames() has kept, and the rest.
remembered_frame <- function(formula, frame) {
  slim <- environment(formula)
  if (is.null(slim) || identical(slim, topenv(slim))) {
    return(frame)
  }
  list2env(as.list(slim), parent = frame)
}
