test_that("adjusted predictions are those of predict()", {
  fit <- ppi_fit()
  grid <- data.frame(log_common = 1:2, same = "yes", log_degree_min = 2)
  own <- predict(fit, grid, type = "prob", interval = "confidence")
  found <- adjusted_predictions(fit, grid)
  expect_equal(found$predicted, as.vector(own$fit))
  expect_equal(found$conf.low, as.vector(own$lower))
  expect_identical(found$response.level, rep(fit$classes, each = 2))
})

test_that("ggpredict() and ggemmeans() give class probabilities", {
  skip_if_not_installed("ggeffects", "2.0")
  fit <- ppi_fit()
  found <- as.data.frame(ggeffects::ggpredict(fit, "log_common [1, 2]"))
  grid <- data.frame(log_common = 1:2, same = levels(fit$data$model_frame$same)[1],
                     log_degree_min = mean(fit$data$model_frame$log_degree_min))
  own <- predict(fit, grid, type = "prob")
  for (class in fit$classes) {
    rows <- found[found$response.level == class, ]
    expect_equal(rows$predicted[order(rows$x)], unname(own[, class]), tolerance = 1e-2)
  }
})
