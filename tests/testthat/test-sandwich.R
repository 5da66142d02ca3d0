test_that("vcovHC() is the sandwich, and refuses what needs leverages", {
  skip_if_not_installed("sandwich")
  d <- transform(fit_data(), twice = 2 * x)
  fit <- suppressMessages(quick_fit(y ~ x + twice | z, d, k = 2, weights = w))
  expect_equal(sandwich::vcovHC(fit), sandwich::sandwich(fit))
  expect_equal(sandwich::vcovHC(fit, "HC1"), sandwich::sandwich(fit, adjust = TRUE) *
                 (150 - ncol(sandwich::sandwich(fit))) / (150 - fit$df))
  expect_error(sandwich::vcovHC(fit, sandwich = FALSE), class = "moelogit_error_argument")
  expect_snapshot_output(show_errors(
    sandwich::vcovHC(fit, "HC3"), sandwich::vcovBS(fit, cluster = 1:150), sandwich::vcovHAC(fit)
  ))
})

test_that("vcovBS() is the bootstrap of rows", {
  skip_if_not_installed("sandwich")
  fit <- quick_fit(y ~ x | z, fit_data(), k = 2)
  set.seed(3)
  own <- vcov(bootstrap(fit, R = 10, progress = FALSE))
  set.seed(3)
  expect_equal(sandwich::vcovBS(fit, R = 10), own)
})
