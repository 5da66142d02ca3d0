# Marginal means by package emmeans.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method emmeans::recover_data
recover_data.moelogit <- function(object, ...) {
  check_formula_fit(object)
  frame <- if (!is.null(object$data)) object$data$model_frame
  frame <- frame[setdiff(names(frame), "(offset)")]
  if (!all(object$terms$required %in% names(frame))) frame <- NULL
  if (!is.null(frame)) frame <- fill_missing(frame, object$filled)
  terms <- stats::delete.response(object$terms$full)
  # offsets are logits of every class, which the basis takes care of; a response that is a call, or
  # the offset of a one-sided formula, would be taken for a transformation of a number
  attr(terms, "offset") <- NULL
  call <- object$call
  call$offset <- NULL
  call$formula <- call("~", as.name(fitted_response(object)), stats::formula(terms)[[2L]])
  emmeans::recover_data(call, terms, object$na.action, frame = frame, ...)
}

# The class probabilities at the points of the grid are the parameters that emmeans combines, with
# their joint covariance by the delta method.
#' @exportS3Method emmeans::emm_basis
emm_basis.moelogit <- function(object, trms, xlev, grid, ...) {
  design <- new_design(object, grid, newoffset = zero_offset(object, nrow(grid)))
  prob <- class_probabilities(object, design, NULL)
  jacobian <- probability_jacobian(object, design)
  size <- length(prob)
  levels <- stats::setNames(list(object$classes), fitted_response(object))
  list(
    X = diag(size), bhat = as.vector(prob), nbasis = matrix(NA_real_),
    V = jacobian %*% tcrossprod(standard_vcov(object, NULL), jacobian),
    dffun = function(k, dfargs) Inf, dfargs = list(),
    misc = list(ylevs = levels, postGridHook = name_estimates)
  )
}

# nolint end

name_estimates <- function(object, ...) {
  object@misc$estName <- "prob"
  object
}

# d (n x M class probabilities, column by column) / d free coefficients on standardised covariates
probability_jacobian <- function(object, design) {
  problem <- problem_at(object, design, complete_at(design))
  prob <- core_predict(
    problem, object_theta(object), c("gate", "expert", "class"), object$control$threads
  )
  logits <- free_logits(object$frame)
  rows <- seq_len(nrow(prob$class))
  covariates <- lapply(stats::setNames(nm = unique(logits$part)), function(part) {
    part_covariates(problem, part, rows)
  })
  do.call(rbind, lapply(prediction_derivatives(prob, "prob", logits, object$k), function(one) {
    do.call(cbind, lapply(seq_along(one$logits), function(l) {
      one$d[, l] * covariates[[logits$part[one$logits[l]]]]
    }))
  }))
}
