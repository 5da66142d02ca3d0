# What other packages need to work with a fit. Methods for their generics are registered when they
# are loaded; nothing here is needed without them.

.onLoad <- function(libname, pkgname) {
  # marginaleffects takes models of other packages whose class is in this option
  known <- getOption("marginaleffects_model_classes")
  options(marginaleffects_model_classes = union(known, "moelogit"))
  if (isNamespaceLoaded("parsnip")) register_parsnip()
  setHook(packageEvent("parsnip", "onLoad"), function(...) register_parsnip())
}

# A copy of a fit with other values of coef(), for numerical derivatives.
set_coefficients <- function(object, coefs) {
  full <- coef(object)
  full[names(coefs)] <- coefs
  gate_size <- nrow(object$gate) * (object$k - 1L)
  gate <- cbind(0, matrix(full[seq_len(gate_size)], nrow(object$gate)))
  expert <- array(0, dim(object$expert))
  expert[, -1L, ] <- full[gate_size + seq_len(length(full) - gate_size)]
  symmetric <- center_coding(list(gate = gate, expert = expert))
  object$gate[] <- symmetric$gate
  object$expert[] <- symmetric$expert
  object
}

# Names and arguments are those of the packages.
# nolint start: object_name_linter.

# marginaleffects ------------------------------------------------------------------------------

#' @exportS3Method marginaleffects::get_coef
get_coef.moelogit <- function(model, ...) coef(model, complete = FALSE)

#' @exportS3Method marginaleffects::set_coef
set_coef.moelogit <- function(model, coefs, ...) set_coefficients(model, coefs)

#' @exportS3Method marginaleffects::get_vcov
get_vcov.moelogit <- function(model, vcov = NULL, ...) {
  if (isFALSE(vcov)) {
    return(NULL)
  }
  if (is.matrix(vcov)) {
    return(vcov)
  }
  type <- if (is.character(vcov)) vcov else "hessian"
  stats::vcov(model, type = type, complete = FALSE)
}

#' @exportS3Method marginaleffects::get_predict
get_predict.moelogit <- function(model, newdata = NULL, type = "response", ...) {
  if (is.null(type) || type == "response") type <- "prob"
  type <- check_choice(type, c("prob", "link", "gate"), "type")
  offset <- zero_offset(model, nrow(newdata))
  prob <- predict(model, as.data.frame(newdata), type = type, newoffset = offset)
  row <- if (is.null(newdata$rowid)) seq_len(nrow(prob)) else newdata$rowid
  data.frame(
    rowid = rep(row, ncol(prob)),
    group = factor(rep(colnames(prob), each = nrow(prob)), levels = colnames(prob)),
    estimate = as.vector(prob)
  )
}

# insight, through which marginaleffects finds data and predictors -------------------------------

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

# emmeans ----------------------------------------------------------------------------------------

#' @exportS3Method emmeans::recover_data
recover_data.moelogit <- function(object, ...) {
  check_formula_fit(object)
  frame <- if (!is.null(object$data)) object$data$model_frame
  if (!all(object$terms$required %in% names(frame))) frame <- NULL
  terms <- stats::delete.response(object$terms$full)
  emmeans::recover_data(object$call, terms, object$na.action, frame = frame, ...)
}

# The class probabilities at the points of the grid are the parameters that emmeans combines, with
# their joint covariance by the delta method.
#' @exportS3Method emmeans::emm_basis
emm_basis.moelogit <- function(object, trms, xlev, grid, ...) {
  design <- new_design(object, grid, newoffset = zero_offset(object, nrow(grid)))
  prob <- class_probabilities(object, design, NULL)
  jacobian <- probability_jacobian(object, design)
  size <- length(prob)
  levels <- stats::setNames(list(object$classes), object$response_name)
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

# parsnip ----------------------------------------------------------------------------------------

#' Mixtures of experts in tidymodels
#'
#' With package parsnip loaded, `"moelogit"` is an engine of `multinom_reg()`: `penalty` is
#' that of [moelogit_control()], and `k` (the number of experts) and other arguments of [moelogit()]
#' are arguments of the engine, set in `set_engine()`. The formula may have two parts,
#' `y ~ experts | gate`, in its `fit()`.
#'
#' @return Nothing; predictions of types `"class"`, `"prob"` and `"raw"` have the shapes of parsnip.
#' @examplesIf requireNamespace("parsnip", quietly = TRUE)
#' spec <- parsnip::multinom_reg(penalty = 1)
#' spec <- parsnip::set_engine(spec, "moelogit", k = 2)
#' set.seed(1)
#' fit <- parsnip::fit(spec, Species ~ Sepal.Length | Sepal.Width, data = iris)
#' predict(fit, iris[c(1, 51, 101), ], type = "prob")
#' @name parsnip-engine
NULL

register_parsnip <- function() {
  engines <- parsnip::get_from_env("multinom_reg")
  if ("moelogit" %in% engines$engine) {
    return(invisible())
  }
  model <- "multinom_reg"
  mode <- "classification"
  parsnip::set_model_engine(model, mode, "moelogit")
  parsnip::set_dependency(model, "moelogit", "moelogit", mode)
  parsnip::set_model_arg(
    model, "moelogit", parsnip = "penalty", original = "penalty",
    func = list(pkg = "dials", fun = "penalty"), has_submodel = FALSE
  )
  parsnip::set_fit(model, mode, "moelogit", list(
    interface = "formula", protect = c("formula", "data", "weights"),
    func = c(pkg = "moelogit", fun = "moelogit"), defaults = list()
  ))
  parsnip::set_encoding(model, mode, "moelogit", list(
    predictor_indicators = "none", compute_intercept = FALSE, remove_intercept = FALSE,
    allow_sparse_x = FALSE
  ))
  prediction <- function(type, post) {
    parsnip::set_pred(model, mode, "moelogit", type, list(
      pre = NULL, post = post, func = c(fun = "predict"),
      args = list(
        object = quote(object$fit), newdata = quote(new_data),
        type = if (type == "class") "class" else "prob"
      )
    ))
  }
  prediction("class", function(x, object) unname(x))
  prediction("prob", function(x, object) {
    as.data.frame(x, row.names = seq_len(nrow(x)), optional = TRUE)
  })
  prediction("raw", NULL)
}
