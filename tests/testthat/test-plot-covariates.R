test_that("covariates behind functions are found again, or asked for", {
  d <- iris
  set.seed(1)
  fit <- moelogit(Species ~ poly(Sepal.Length, 2), d, k = 2, starts = 4)
  expect_draws(autoplot(fit, "class", conf_level = NULL))
  expected <- autoplot(fit, "class", n = 5)$data
  rm(d)
  expect_snapshot_output(show_errors(autoplot(fit, "class")))
  expect_equal(autoplot(fit, "class", data = iris, n = 5)$data, expected)
})
