test_that("texreg has a row of its own for every coefficient", {
  skip_if_not_installed("texreg")
  fit <- ppi_fit()
  found <- texreg::extract(fit)
  expect_identical(found@coef.names, names(coef(fit)))
  expect_equal(found@coef, unname(coef(fit)))
  expect_equal(found@se, tidy(fit)$std.error)
  expect_output(print(texreg::screenreg(fit)), "expert_2:high:same", fixed = TRUE)
})
