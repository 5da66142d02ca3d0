test_that("a covariance is named, computed or given", {
  d <- transform(iris, plot = rep(1:30, 5))
  set.seed(1)
  fit <- suppressMessages(moelogit(
    Species ~ Sepal.Width + I(2 * Sepal.Width) | Sepal.Length, d, k = 2, starts = 3
  ))
  own <- vcov(fit, complete = FALSE)
  expect_equal(chosen_covariance(fit, NULL, "v"), own)
  expect_equal(chosen_covariance(fit, TRUE, "v"), own)
  expect_equal(chosen_covariance(fit, "opg", "v"), vcov(fit, "opg", complete = FALSE))
  expect_equal(chosen_covariance(fit, "HC0", "v"), vcov(fit, "sandwich", complete = FALSE))
  expect_equal(chosen_covariance(fit, vcov, "v"), own)
  expect_equal(chosen_covariance(fit, vcov(fit), "v"), own)
  skip_if_not_installed("sandwich")
  expect_equal(chosen_covariance(fit, ~plot, "v"), sandwich::vcovCL(fit, cluster = d$plot))
  for (bad in list("HC9", diag(3), 1, function(m) 1)) {
    expect_error(chosen_covariance(fit, bad, "v"), class = "moelogit_error_argument")
  }
})
