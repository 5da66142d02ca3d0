# Measures of a model by package performance.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method performance::r2
r2.moelogit <- function(model, ...) {
  structure(list(R2 = c("McFadden's R2" = mcfadden(model))), class = "r2_generic")
}

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
