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
