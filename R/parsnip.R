# The model function and the engine of tidymodels.

#' Mixtures of experts in tidymodels
#'
#' `mixture_of_experts()` is a model function like those of package parsnip, whose main arguments,
#' the number of experts and the penalty, can be tuned. `"moelogit"` is also an engine of
#' `multinom_reg()` and, for two classes, of `logistic_reg()`; there the number of experts is an
#' argument of the engine, `k` in `set_engine()`.
#'
#' @param mode Only `"classification"`.
#' @param engine Only `"moelogit"`.
#' @param num_experts Number of experts, `k` of [moelogit()].
#' @param penalty The penalty of [moelogit_control()].
#' @param object A specification.
#' @param parameters,fresh,... As in `update()` of package parsnip.
#' @param range Smallest and largest number of experts to try.
#' @param trans `NULL`, or a transformation of package scales.
#'
#' @details
#' Other arguments of [moelogit()] and settings of [moelogit_control()] are given in `set_engine()`.
#' A gate of its own is written into the formula of the model, `y ~ experts | gate`: in `fit()`, or
#' in a workflow with `add_variables()` (or a recipe) and
#' `add_model(spec, formula = y ~ experts | gate)`.
#'
#' Predictions have the types `"class"`, `"prob"`, `"conf_int"` and `"raw"` (a matrix of
#' probabilities).
#' @return `mixture_of_experts()`: a model specification. `num_experts()`: a parameter of package
#'   dials.
#' @examplesIf requireNamespace("parsnip", quietly = TRUE)
#' spec <- parsnip::set_engine(mixture_of_experts(num_experts = 2), "moelogit", starts = 4)
#' set.seed(1)
#' fit <- parsnip::fit(spec, Species ~ Sepal.Length | Sepal.Width, data = iris)
#' predict(fit, iris[c(1, 51, 101), ], type = "prob")
#' @export
mixture_of_experts <- function(mode = "classification", engine = "moelogit", num_experts = 1L,
                               penalty = NULL) {
  rlang::check_installed("parsnip")
  parsnip::new_model_spec(
    "mixture_of_experts",
    args = list(num_experts = rlang::enquo(num_experts), penalty = rlang::enquo(penalty)),
    eng_args = NULL, mode = mode, method = NULL, engine = engine
  )
}

#' @rdname mixture_of_experts
#' @export
update.mixture_of_experts <- function(object, parameters = NULL, num_experts = NULL,
                                      penalty = NULL, fresh = FALSE, ...) {
  parsnip::update_spec(
    object = object, parameters = parameters,
    args_enquo_list = list(
      num_experts = rlang::enquo(num_experts), penalty = rlang::enquo(penalty)
    ),
    fresh = fresh, cls = "mixture_of_experts", ...
  )
}

#' @export
print.mixture_of_experts <- function(x, ...) {
  cat("Mixture of Experts Model Specification (", x$mode, ")\n\n", sep = "")
  parsnip::model_printer(x, ...)
  invisible(x)
}

#' @rdname mixture_of_experts
#' @export
num_experts <- function(range = c(1L, 6L), trans = NULL) {
  rlang::check_installed("dials")
  dials::new_quant_param(
    type = "integer", range = range, inclusive = c(TRUE, TRUE), trans = trans,
    label = c(num_experts = "# Experts"), finalize = NULL
  )
}

register_parsnip <- function() {
  if ("mixture_of_experts" %in% parsnip::get_from_env("models")) {
    return(invisible())
  }
  parsnip::set_new_model("mixture_of_experts")
  parsnip::set_model_mode("mixture_of_experts", "classification")
  for (model in c("mixture_of_experts", "multinom_reg", "logistic_reg")) register_engine(model)
  parsnip::set_model_arg(
    "mixture_of_experts", "moelogit", parsnip = "num_experts", original = "k",
    func = list(pkg = "moelogit", fun = "num_experts"), has_submodel = FALSE
  )
}

# Parameters have the range in which penalties of a sum over observations lie.
register_engine <- function(model) {
  mode <- "classification"
  parsnip::set_model_engine(model, mode, "moelogit")
  parsnip::set_dependency(model, "moelogit", "moelogit", mode)
  parsnip::set_model_arg(
    model, "moelogit", parsnip = "penalty", original = "penalty",
    func = list(pkg = "dials", fun = "penalty", range = c(-2, 2)), has_submodel = FALSE
  )
  parsnip::set_fit(model, mode, "moelogit", list(
    interface = "formula", protect = c("formula", "data", "weights"),
    func = c(pkg = "moelogit", fun = "moelogit"), defaults = list()
  ))
  parsnip::set_encoding(model, mode, "moelogit", list(
    predictor_indicators = "none", compute_intercept = FALSE, remove_intercept = FALSE,
    allow_sparse_x = FALSE
  ))
  for (type in c("class", "prob", "conf_int", "raw")) {
    parsnip::set_pred(model, mode, "moelogit", type, parsnip_prediction(type))
  }
}

parsnip_prediction <- function(type) {
  asked <- switch(type,
    class = list(type = "class"),
    conf_int = list(type = "prob", interval = "confidence", level = quote(level)),
    list(type = "prob")
  )
  list(
    pre = NULL,
    post = switch(type,
      class = function(x, object) unname(x),
      prob = function(x, object) prediction_table(x),
      conf_int = function(x, object) parsnip_limits(x, object$spec$method$pred$conf_int$extras)
    ),
    func = c(fun = "predict"),
    args = c(list(object = quote(object$fit), newdata = quote(new_data)), asked)
  )
}

prediction_table <- function(x) {
  as.data.frame(x, row.names = seq_len(nrow(x)), optional = TRUE)
}

# .pred_lower_<class>, .pred_upper_<class>, and if asked for .std_error_<class>
parsnip_limits <- function(x, extras) {
  named <- function(matrix, prefix) {
    colnames(matrix) <- paste0(prefix, colnames(matrix))
    prediction_table(matrix)
  }
  out <- cbind(named(x$lower, ".pred_lower_"), named(x$upper, ".pred_upper_"))
  out <- out[order(rep(seq_len(ncol(x$lower)), 2L))]
  if (isTRUE(extras$std_error)) out <- cbind(out, named(x$se.fit, ".std_error_"))
  rlang::check_installed("tibble")
  tibble::as_tibble(out)
}
