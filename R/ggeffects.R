# Adjusted predictions by package ggeffects, whose older versions have no generic for them.

register_ggeffects <- function() {
  if ("get_predictions" %in% getNamespaceExports("ggeffects")) {
    registerS3method(
      "get_predictions", "moelogit", adjusted_predictions, envir = asNamespace("ggeffects")
    )
  }
}

# One row per row of the grid and class, with limits on the logit scale.
adjusted_predictions <- function(model, data_grid, ci_level = 0.95, vcov = NULL, ...) {
  level <- if (is.null(ci_level) || is.na(ci_level)) 0.95 else ci_level
  covariance <- chosen_covariance(model, vcov, "vcov")
  found <- predict(
    model, data_grid, type = "prob", interval = "confidence", level = level, vcov. = covariance,
    newoffset = zero_offset(model, nrow(data_grid))
  )
  out <- data_grid[rep(seq_len(nrow(data_grid)), length(model$classes)), , drop = FALSE]
  row.names(out) <- NULL
  out$response.level <- rep(model$classes, each = nrow(data_grid))
  out$predicted <- as.vector(found$fit)
  out$conf.low <- as.vector(found$lower)
  out$conf.high <- as.vector(found$upper)
  attr(out, "std.error") <- as.vector(found$se.fit)
  out
}
