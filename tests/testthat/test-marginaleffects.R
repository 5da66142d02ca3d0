test_that("marginaleffects finds data, predictions and slopes", {
  skip_if_not_installed("marginaleffects")
  fit <- ppi_fit()
  found <- tryCatch(marginaleffects::avg_predictions(fit), error = function(e) {
    skip(paste("marginaleffects does not run here:", conditionMessage(e)))
  })
  expect_equal(found$estimate, unname(colMeans(predict(fit, type = "prob"))))
  slopes <- marginaleffects::avg_slopes(fit, variables = "log_common")
  h <- 1e-4
  moved <- fit$data$model_frame
  moved$log_common <- moved$log_common + h
  up <- predict(fit, moved, type = "prob")
  moved$log_common <- moved$log_common - 2 * h
  expect_equal(slopes$estimate, unname(colMeans(up - predict(fit, moved, type = "prob"))) / (2 * h),
               tolerance = 1e-3)
  expect_equal(as.character(slopes$group), fit$classes)
  rows <- data.frame(log_common = 1:2, same = "yes", log_degree_min = 2)
  expect_equal(marginaleffects::predictions(fit, newdata = rows)$std.error,
               as.vector(predict(fit, rows, type = "prob", se.fit = TRUE)$se.fit), tolerance = 1e-3)
})
