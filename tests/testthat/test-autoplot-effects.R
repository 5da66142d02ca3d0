test_that("curves are the predictions, others at their median or most frequent value", {
  set.seed(1)
  d <- transform(mtcars, gear = factor(gear), am = am == 1, cyl = as.integer(cyl))
  fit <- moelogit(gear ~ wt + cyl + am | wt, d, k = 2, starts = 4)
  plot <- autoplot(fit, "class", "wt", conf_level = NULL, n = 5)
  wt <- seq(min(d$wt), max(d$wt), length.out = 5)
  # as many cars have 6 cylinders or fewer as have more
  typical <- data.frame(wt = wt, cyl = sort(d$cyl)[16], am = FALSE)
  expect_equal(plot$data$value, as.vector(predict(fit, typical, type = "prob")))
  expect_match(plot$labels$caption, "cyl = 6, am = FALSE")
  set <- autoplot(fit, "class", "wt", at = list(am = TRUE), conf_level = NULL, n = 5)
  expect_equal(set$data$value,
               as.vector(predict(fit, transform(typical, am = TRUE), type = "prob")))
  bands <- autoplot(fit, "gate", "wt", n = 5)$data
  limits <- predict(fit, typical, type = "gate", interval = "confidence")
  expect_equal(bands$low, as.vector(limits$lower))
  expect_draws(autoplot(fit, "class", "am"))
  expect_draws(autoplot(fit, "class", "cyl"))
})

test_that("curves keep their look", {
  fit <- rounded_fit()
  expect_picture("gate along a covariate", autoplot(fit, "gate", conf_level = NULL))
  expect_picture("classes along a covariate", autoplot(fit, "class", "Sepal.Width", n = 51))
})

test_that("bands are there for few groups, or in panels of their own", {
  expect_picture("covariates side by side", autoplot(rounded_fit(), "class", conf_level = NULL))
  many <- many_classes()
  one <- autoplot(many, "class", "x1", n = 11)
  expect_true(all(is.finite(one$data$low)))
  expect_equal(nrow(ggplot2::ggplot_build(one)$layout$layout), 10L)
  both <- autoplot(many, "class", n = 11)
  expect_null(both$data$low)
  expect_equal(nrow(ggplot2::ggplot_build(both)$layout$layout), 2L)
})

test_that("names of curves are moved apart, no farther than it takes", {
  expect_equal(spread_apart(c(0.5, 0.1), 0.1), c(0.5, 0.1))
  expect_equal(spread_apart(c(0.5, 0.45, 0.98, 1), 0.1), c(0.55, 0.45, 0.9, 1))
  expect_true(all(diff(sort(spread_apart(rep(1, 4), 0.2))) >= 0.2 - 1e-12))
})
