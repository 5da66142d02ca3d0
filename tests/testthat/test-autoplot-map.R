test_that("maps keep their look", {
  fit <- rounded_fit()
  expect_picture("decision map", autoplot(fit, "class", c("Sepal.Length", "Sepal.Width"), n = 21))
})

test_that("each point of the map has its most probable class", {
  fit <- rounded_fit()
  map <- autoplot(fit, "class", c("Sepal.Length", "Sepal.Width"), n = 11)$data
  new <- data.frame(Sepal.Length = map$x, Sepal.Width = map$y)
  expect_equal(map$class, unname(predict(fit, new)))
  expect_equal(map$prob, unname(apply(predict(fit, new, type = "prob"), 1, max)))
})

test_that("a map needs two numbers", {
  d <- transform(mtcars, gear = factor(gear), am = am == 1)
  set.seed(1)
  fit <- moelogit(gear ~ wt + am, d, k = 1)
  expect_snapshot_output(show_errors(autoplot(fit, "class", c("wt", "am"))))
})
