# Package effects refits the model by glm(), which a mixture is not.

#' @exportS3Method effects::Effect
Effect.moelogit <- function(focal.predictors, mod, ...) { # nolint: object_name_linter.
  moe_abort(
    c(
      "Package effects cannot show a mixture of experts, which is no generalised linear model.",
      i = "Use {.code autoplot(fit)}, {.fn emmeans} of package emmeans, or \\
           {.fn avg_predictions} of package marginaleffects."
    ),
    "effects"
  )
}
