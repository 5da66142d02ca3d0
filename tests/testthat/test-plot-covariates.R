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

test_that("values at which other covariates are must be possible", {
  d <- transform(fit_data(), flag = x > 0, name = as.character(f))
  set.seed(1)
  fit <- quick_fit(y ~ x + f + name + flag, d, k = 2)
  expect_draws(autoplot(fit, "gate", "x", at = list(f = "q", flag = TRUE, name = "p")))
  expect_snapshot_output(show_errors(
    autoplot(fit, "gate", "x", at = list(f = "no such level")),
    autoplot(fit, "gate", "x", at = list(name = "no such name")),
    autoplot(fit, "gate", "f", at = list(x = "high")),
    autoplot(fit, "gate", "f", at = list(x = NA)),
    autoplot(fit, "gate", "f", at = list(1)),
    autoplot(fit, "gate", "f", at = c(x = 1))
  ))
})

test_that("the covariates that change most are chosen, in the order of the model", {
  sim <- two_experts()
  set.seed(2)
  sim$noise <- rnorm(nrow(sim))
  fit <- quick_fit(y ~ noise + x + z, sim, k = 2)
  covariates <- covariate_data(fit, NULL)
  chosen <- leading_variables(fit, covariates, base_row(covariates, list()), names(covariates), 2L)
  expect_equal(chosen, c("x", "z"))
})

test_that("numbers stand where they are; with factors each has its stretch of the axis", {
  numbers <- list(a = seq(0, 5, length.out = 21), b = seq(-1, 1, length.out = 21))
  expect_equal(covariate_axes(numbers)$axes$a$place(3), 3)
  expect_null(covariate_axes(numbers)$scale)
  mixed <- covariate_axes(c(numbers, list(f = factor(c("p", "q")))))
  expect_equal(range(mixed$axes$b$place(numbers$b)), c(20, 21))
  expect_equal(mixed$axes$f$place(c("q", "p")), c(30.75, 30.25))
  expect_equal(mixed$axes$f$labels, c("p", "q"))
})
