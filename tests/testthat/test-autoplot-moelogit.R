test_that("every picture draws and can be added to", {
  skip_on_cran()
  fit <- rounded_fit()
  for (type in picture_types) {
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

test_that("fits to matrices, with an offset, without data, and with one expert", {
  skip_on_cran()
  x <- as.matrix(iris[1:2])
  z <- cbind(w = iris[[3]])
  set.seed(1)
  fit <- moelogit(unname(x), iris$Species, k = 2, z = z, offset = matrix(0.1, 150, 3), starts = 4)
  expect_draws(autoplot(fit, "gate"))
  expect_equal(autoplot(fit, "gate")$labels$x, "w")
  expect_draws(autoplot(fit, "map", c("x1", "x2"), n = 11))
  small <- moelogit(x, iris$Species, k = 2, keep_data = FALSE, starts = 4)
  expect_draws(autoplot(small, "coef"))
  expect_draws(autoplot(small, "gate", data = iris))
  one <- moelogit(x, iris$Species, k = 1)
  for (type in c("experts", "class", "map", "coef", "trace", "reliability")) {
    expect_draws(autoplot(one, type))
  }
  expect_snapshot_output(show_errors(
    autoplot(one, "gate"),
    autoplot(small, "gate"),
    autoplot(small, "posterior"),
    autoplot(one, "tree"),
    autoplot(one, "class", "Petal.Width"),
    autoplot(one, "class", c("Sepal.Length", "Sepal.Length")),
    autoplot(small),
    autoplot(one, "class", "Sepal.Length", at = list(Petal.Width = 1)),
    autoplot(one, "class", "Sepal.Length", at = list(Sepal.Width = 1:2)),
    autoplot(moelogit(Species ~ 1, iris, k = 1), "coef"),
    autoplot(moelogit(Species ~ 1, iris, k = 1), "class")
  ))
})
