test_that("means are those of the rows weighted by posterior and case weight", {
  d <- fit_data()
  set.seed(1)
  fit <- quick_fit(y ~ x + f | z, d, k = 2, weights = w)
  profile <- expert_profile(fit)
  weight <- predict(fit, type = "posterior") * d$w
  for (k in 1:2) {
    one <- profile[profile$expert == k, ]
    center <- weighted.mean(d$x, weight[, k])
    of_x <- one[one$variable == "x", ]
    expect_equal(of_x$mean, center)
    expect_equal(of_x$sd, sqrt(weighted.mean((d$x - center)^2, weight[, k])))
    all <- weighted.mean(d$x, d$w)
    expect_equal(of_x$overall, all)
    expect_equal(of_x$difference, (center - all) / sqrt(weighted.mean((d$x - all)^2, d$w)))
    expect_equal(one$mean[one$variable == "f" & one$level == "q"],
                 weighted.mean(d$f == "q", weight[, k]))
    expect_equal(sum(one$mean[one$part == "class"]), 1)
  }
})

test_that("matrices, sparse ones, counts and functions of covariates have profiles", {
  x <- as.matrix(iris[1:2])
  set.seed(1)
  dense <- quick_fit(x, iris$Species, k = 2)
  start <- predict(dense, type = "posterior")
  sparse <- moelogit(Matrix::Matrix(x, sparse = TRUE), iris$Species, k = 2, start = start)
  again <- moelogit(x, iris$Species, k = 2, start = start)
  expect_equal(expert_profile(sparse)$mean, expert_profile(again)$mean, tolerance = 1e-6)
  counts <- as.matrix(data.frame(a = rep(1:3, 50), b = rep(2:1, 75)))
  fit <- quick_fit(counts ~ log(Sepal.Length), iris, k = 2)
  profile <- expert_profile(fit)
  expect_equal(profile$variable[profile$part == "covariate"], rep("log(Sepal.Length)", 2))
  share <- profile[profile$part == "class" & profile$level == "a" & profile$expert == 1, ]
  expect_equal(share$overall, sum(counts[, "a"]) / sum(counts))
})

test_that("summary() has and prints it", {
  fit <- rounded_fit()
  summary <- summary(fit)
  expect_equal(summary$profile, expert_profile(fit))
  expect_snapshot_output(print_profile(summary$profile))
  expect_snapshot_output(print_profile(summary$profile, most = 2L))
  one <- moelogit(Species ~ Sepal.Length, iris, k = 1)
  expect_false(any(grepl("Means by expert", capture.output(print(summary(one))))))
})

test_that("a fit without its data has none", {
  fit <- quick_fit(Species ~ Sepal.Length, iris, k = 2, keep_data = FALSE)
  expect_null(summary(fit)$profile)
  expect_error(autoplot(fit, "profile"), class = "moelogit_error_no_data")
})
