test_that("coefficients can be set", {
  fit <- ppi_fit()
  expect_equal(set_coefficients(fit, coef(fit)), fit)
  moved <- coef(fit) + seq_along(coef(fit)) / 100
  expect_equal(coef(set_coefficients(fit, moved)), moved)
  one <- set_coefficients(fit, moved[3])
  expect_equal(coef(one)[-3], coef(fit)[-3])
})
