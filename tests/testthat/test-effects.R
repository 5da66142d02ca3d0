test_that("package effects is told what a mixture is not", {
  skip_if_not_installed("effects")
  fit <- ppi_fit()
  expect_error(effects::Effect("log_common", fit), "emmeans", class = "moelogit_error_effects")
  expect_error(effects::allEffects(fit), class = "moelogit_error_effects")
})
