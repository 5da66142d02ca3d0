test_that("every picture draws, and keeps its look", {
  fit <- rounded_fit()
  expect_picture("trace and starts", autoplot(fit))
  expect_picture("gate along a covariate", autoplot(fit, "gate", conf_level = NULL))
  expect_picture("classes along a covariate", autoplot(fit, "class", "Sepal.Width", n = 51))
  expect_picture("decision map", autoplot(fit, "class", c("Sepal.Length", "Sepal.Width"), n = 21))
  expect_picture("coefficients", autoplot(fit, "coef", conf_level = NULL))
  expect_picture("posterior", autoplot(fit, "posterior"))
  for (type in c("trace", "gate", "class", "coef", "posterior", "reliability")) {
    expect_draws(autoplot(fit, type))
  }
  expect_draws(autoplot(fit, "class", "Sepal.Width") + ggplot2::ggtitle("extended"))
})

test_that("plot() draws and returns its argument", {
  fit <- rounded_fit()
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  drawn <- withVisible(plot(fit, "gate"))
  grDevices::dev.off()
  expect_identical(drawn, list(value = fit, visible = FALSE))
  expect_gt(file.size(file), 1000)
})

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

test_that("coefficients are per standard deviation", {
  fit <- rounded_fit()
  shown <- autoplot(fit, "coef", conf_level = NULL)$data
  expected <- coef(fit)[!grepl("Intercept", names(coef(fit)))]
  expect_equal(shown$estimate, unname(expected) * rep_len(
    unname(fit$frame$expert$scale[2:3]), length(expected)
  ))
})

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

test_that("fits to matrices, with an offset, without data, and with one expert", {
  x <- as.matrix(iris[1:2])
  z <- cbind(w = iris[[3]])
  set.seed(1)
  fit <- moelogit(unname(x), iris$Species, k = 2, z = z, offset = matrix(0.1, 150, 3), starts = 4)
  expect_draws(autoplot(fit, "gate"))
  expect_equal(autoplot(fit, "gate")$labels$x, "w")
  expect_draws(autoplot(fit, "class", c("x1", "x2"), n = 11))
  small <- moelogit(x, iris$Species, k = 2, keep_data = FALSE, starts = 4)
  expect_draws(autoplot(small, "coef"))
  expect_draws(autoplot(small, "gate", data = iris))
  one <- moelogit(x, iris$Species, k = 1)
  for (type in c("trace", "class", "coef", "reliability")) expect_draws(autoplot(one, type))
  expect_snapshot_output(show_errors(
    autoplot(one, "gate"),
    autoplot(small, "gate"),
    autoplot(small, "posterior"),
    autoplot(one, "tree"),
    autoplot(one, "class", "Petal.Width"),
    autoplot(one, "class", c("Sepal.Length", "Sepal.Width", "Petal.Width")),
    autoplot(one, "class", "Sepal.Length", at = list(Petal.Width = 1)),
    autoplot(one, "class", "Sepal.Length", at = list(Sepal.Width = 1:2)),
    autoplot(moelogit(Species ~ 1, iris, k = 1), "coef"),
    autoplot(moelogit(Species ~ 1, iris, k = 1), "class")
  ))
})

test_that("short runs on some of the rows are not shown with the objective of all", {
  fit <- rounded_fit()
  fit$runs$short <- fit$runs$short / 2
  layers <- autoplot(fit)$layers
  points <- layers[[length(layers)]]$data
  expect_equal(nrow(points), 3)
})
