test_that("R2 is McFadden's", {
  skip_if_not_installed("performance")
  d <- fit_data()
  fit <- quick_fit(y ~ x, d, k = 1, weights = w)
  null <- quick_fit(y ~ 1, d, k = 1, weights = w, penalty = 0)
  expected <- 1 - fit$loglik / null$loglik
  expect_equal(unname(performance::r2(fit)$R2), expected, tolerance = 1e-6)
  found <- performance::model_performance(fit)
  expect_equal(found$R2_McFadden, expected, tolerance = 1e-6)
  expect_equal(found$AIC, AIC(fit))
  expect_equal(found$Log_loss, -fit$loglik / sum(d$w))
})

test_that("checks and comparisons that do not fit say so, and where to go", {
  skip_if_not_installed("performance")
  fit <- quick_fit(y ~ x, fit_data(), k = 2)
  for (check in c("check_collinearity", "check_outliers", "check_autocorrelation")) {
    expect_error(getExportedValue("performance", check)(fit), class = "moelogit_error_performance")
  }
  expect_error(performance::check_model(fit), "calibration", class = "moelogit_error_performance")
  expect_true(as.logical(performance::check_convergence(fit)))
  expect_equal(performance::r2_mcfadden(fit), performance::r2(fit))
  expect_error(performance::compare_performance(fit, fit), "anova",
               class = "moelogit_error_insight")
})
