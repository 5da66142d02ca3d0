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
