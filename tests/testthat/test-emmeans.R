test_that("the derivatives of the class probabilities are right", {
  fit <- ppi_fit()
  design <- new_design(fit, fit$data$model_frame[1:5, ])
  own <- probability_jacobian(fit, design)
  free <- free_to_standard(fit$frame, cbind(coef(fit)))
  expect_equal(own, central_differences(function(standard) {
    moved <- set_coefficients(fit, stats::setNames(
      drop(free_to_original(fit$frame, cbind(standard))), names(coef(fit))
    ))
    as.vector(predict(moved, fit$data$model_frame[1:5, ], type = "prob"))
  }, drop(free)), tolerance = 1e-6, ignore_attr = TRUE)
})

test_that("emmeans averages class probabilities, with their covariance", {
  skip_if_not_installed("emmeans")
  fit <- ppi_fit()
  found <- as.data.frame(emmeans::emmeans(fit, ~ confidence | same))
  at <- data.frame(
    log_common = mean(fit$data$model_frame$log_common),
    log_degree_min = mean(fit$data$model_frame$log_degree_min), same = c("no", "yes")
  )
  expected <- predict(fit, at, type = "prob", se.fit = TRUE)
  order <- order(found$confidence, found$same)
  expect_equal(found$prob[order], as.vector(expected$fit))
  expect_equal(found$SE[order], as.vector(expected$se.fit))
  pairs <- as.data.frame(graphics::pairs(emmeans::emmeans(fit, ~ same | confidence)))
  expect_equal(pairs$estimate, unname(expected$fit[1, ] - expected$fit[2, ]))
})

test_that("emmeans takes terms that are functions of covariates, and offsets", {
  skip_if_not_installed("emmeans")
  set.seed(1)
  fit <- moelogit(Species ~ poly(Sepal.Length, 2), iris, k = 2, starts = 4,
                  offset = matrix(0.5, 150, 3))
  found <- as.data.frame(emmeans::emmeans(fit, ~Species, at = list(Sepal.Length = 6)))
  expected <- predict(fit, data.frame(Sepal.Length = 6), type = "prob",
                      newoffset = matrix(0, 1, 3))
  expect_equal(found$prob, as.vector(expected))
})

test_that("emmeans takes offsets that are terms at their means", {
  skip_if_not_installed("emmeans")
  d <- fit_data()
  d$o <- matrix(rep(c(0, 0.2, 0.4), each = nrow(d)), ncol = 3)
  fit <- quick_fit(y ~ x + offset(o), d, k = 2)
  found <- as.data.frame(emmeans::emmeans(fit, ~y, at = list(x = 1)))
  at <- data.frame(x = 1)
  at$o <- t(colMeans(d$o))
  expected <- predict(fit, at, type = "prob")
  expect_equal(found$prob, as.vector(expected))
})

test_that("emmeans takes a response that is a call", {
  skip_if_not_installed("emmeans")
  d <- fit_data()
  fit <- quick_fit(factor(y, rev(levels(y))) ~ x, d, k = 1)
  expect_silent(grid <- emmeans::ref_grid(fit))
  found <- as.data.frame(emmeans::emmeans(grid, ~y))
  expect_identical(as.character(found$y), rev(levels(d$y)))
  expect_equal(found$prob, as.vector(predict(fit, data.frame(x = mean(d$x)), type = "prob")))
})
