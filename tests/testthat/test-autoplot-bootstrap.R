test_that("a bootstrap has a picture and a tidy table", {
  set.seed(1)
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 1)
  boot <- bootstrap(fit, R = 40, type = "parametric")
  expect_draws(autoplot(boot))
  table <- tidy(boot, conf.int = TRUE, conf.level = 0.8, type = "basic")
  expect_identical(table$term, names(coef(fit)))
  expect_equal(table$estimate, unname(coef(fit)))
  expect_equal(table$std.error, unname(sqrt(diag(vcov(boot)))))
  expect_equal(cbind(table$conf.low, table$conf.high),
               unname(confint(boot, level = 0.8, type = "basic")))
  drawn <- ggplot2::layer_data(autoplot(boot, level = 0.9), 2)
  expect_setequal(round(drawn$x, 8), round(confint(boot, level = 0.9)[, 1], 8))
})
