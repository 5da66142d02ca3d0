test_that("coefficients are per standard deviation", {
  fit <- rounded_fit()
  shown <- autoplot(fit, "coef", conf_level = NULL)$data
  expected <- coef(fit)[!grepl("Intercept", names(coef(fit)))]
  expect_equal(shown$estimate, unname(expected) * rep_len(
    unname(fit$frame$expert$scale[2:3]), length(expected)
  ))
})

test_that("coefficients keep their look", {
  expect_picture("coefficients", autoplot(rounded_fit(), "coef", conf_level = NULL))
})
