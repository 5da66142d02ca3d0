# Measures of a model by package performance.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method performance::r2
r2.moelogit <- function(model, ...) {
  structure(list(R2 = c("McFadden's R2" = mcfadden(model))), class = "r2_generic")
}

#' @exportS3Method performance::r2_mcfadden
r2_mcfadden.moelogit <- function(model, ...) r2.moelogit(model)

#' @exportS3Method performance::model_performance
model_performance.moelogit <- function(model, ...) {
  structure(
    data.frame(
      AIC = stats::AIC(model), BIC = stats::BIC(model), R2_McFadden = mcfadden(model),
      Log_loss = -model$loglik / model$nobs
    ),
    class = c("performance_model", "data.frame")
  )
}

# nolint end

# One minus the ratio of the log-likelihood to that of the shares of the classes.
mcfadden <- function(object) {
  check_kept(object, object$data)
  observed <- observed_classes(object)
  total <- colSums(observed$share * observed$weight)
  total <- total[total > 0]
  1 - object$loglik / sum(total * log(total / sum(total)))
}

# The checks of the package are of one linear predictor and its residuals. Not every version has
# every one of them as a generic.
register_performance <- function() {
  home <- asNamespace("performance")
  checks <- paste0("check_", c(
    "autocorrelation", "collinearity", "concurvity", "heteroscedasticity", "homogeneity", "model",
    "normality", "outliers", "overdispersion", "predictions", "residuals", "singularity",
    "zeroinflation"
  ))
  for (check in checks) {
    generic <- get0(check, home, inherits = FALSE)
    if (is.function(generic) && "UseMethod" %in% all.names(body(generic))) {
      registerS3method(check, "moelogit", refuse_check, envir = home)
    }
  }
}

refuse_check <- function(x, ...) {
  moe_abort(
    c(
      "The checks of package performance are for models with one linear predictor.",
      i = "{.code calibration(fit)} compares probabilities with what happened, \\
           {.code summary(fit)} says which coefficients the data tell little about, and \\
           {.code residuals(fit, \"quantile\")} are normal where the model holds."
    ),
    "performance"
  )
}
