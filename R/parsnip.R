# The engine of package parsnip.

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
