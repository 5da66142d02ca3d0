test_that("what the experts say keeps its look", {
  expect_picture("experts", autoplot(rounded_fit(), n = 51))
})

test_that("it is what a fit shows by itself: predictions by expert over the gate", {
  fit <- rounded_fit()
  shown <- autoplot(fit, variables = "Sepal.Width", n = 11)$data
  width <- seq(min(iris$Sepal.Width), max(iris$Sepal.Width), length.out = 11)
  new <- data.frame(Sepal.Length = median(iris$Sepal.Length), Sepal.Width = width)
  expect_equal(shown$value, as.vector(predict(fit, new, type = "expert")))
  gate <- predict(fit, new, type = "gate")
  expect_equal(shown$gate[shown$group == "setosa"], as.vector(gate))
  expect_equal(levels(shown$expert), c("Expert 1\n60 %", "Expert 2\n40 %"))
})

test_that("factors, numbers and many classes have panels beside each other", {
  skip_on_cran()
  d <- fit_data()
  set.seed(1)
  fit <- quick_fit(y ~ x + z + f, d, k = 2)
  plot <- autoplot(fit)
  expect_draws(plot)
  expect_setequal(levels(plot$data$variable), c("x", "z", "f"))
  points <- plot$data[plot$data$variable == "f", ]
  expect_length(unique(points$x), nlevels(d$f))
  many <- many_classes()
  plot <- autoplot(many)
  expect_draws(plot)
  expect_equal(levels(plot$data$group), c("(gate)", many$classes))
  expect_draws(autoplot(many, "class"))
  expect_draws(autoplot(many, "class", "x1"))
})

test_that("experts without covariates have one probability per class", {
  fit <- moelogit(Species ~ 1, iris[-(1:30), ], k = 1, penalty = 0)
  plot <- autoplot(fit)
  expect_draws(plot)
  expect_equal(plot$data$value, c(20, 50, 50) / 120, tolerance = 1e-6)
  set.seed(1)
  gated <- quick_fit(Species ~ 1 | Sepal.Width, iris, k = 2)
  expect_draws(autoplot(gated))
})

test_that("a column without an intercept is a covariate, and large intercepts are probabilities", {
  set.seed(1)
  slope <- moelogit(Species ~ Sepal.Width - 1, iris, k = 2, starts = 1)
  expect_draws(autoplot(slope, "experts"))
  constant <- moelogit(Species ~ 1, iris, k = 2, starts = 1)
  constant$expert[] <- 1e4 * constant$expert
  value <- autoplot(constant, "experts")$data$value
  expect_equal(sum(value), 2)
  expect_true(all(value >= 0 & value <= 1))
})
