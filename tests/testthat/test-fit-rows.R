test_that("fitted classes are the most probable ones", {
  fit <- fit_for_prediction()
  expect_identical(fitted(fit, "class"), predict(fit))
})

test_that("numbers far outside the data give probabilities, not NaN", {
  fit <- fit_for_prediction()
  far <- data.frame(x = c(1e6, -1e12), z = c(-1e9, 1e3), f = "p", y = "mid")
  for (type in setdiff(types, "class")) expect_true(all(is.finite(predict(fit, far, type = type))))
  expect_equal(unname(rowSums(predict(fit, far, type = "prob"))), c(1, 1))
})

test_that("the posterior of counts is that of their records, also of one row and without weight", {
  set.seed(1)
  data <- data.frame(x = rnorm(12))
  data$y <- cbind(a = rpois(12, 2), b = rpois(12, 1), c = rpois(12, 1) + 1)
  data$y[5, ] <- 0
  fit <- moelogit(y ~ x, data, k = 2, starts = 3, penalty = 0.1, weights = rep(c(0, 2), 6))
  posterior <- predict(fit, type = "posterior")
  gate <- predict(fit, type = "gate")
  expert <- predict(fit, type = "expert")
  for (i in c(1, 2, 6, 12)) {
    by_class <- gate[i, ] * t(expert[i, , ])
    by_class <- t(by_class) / colSums(by_class)
    expect_equal(posterior[i, ], colSums(data$y[i, ] * by_class) / sum(data$y[i, ]))
    expect_equal(predict(fit, data[i, ], type = "posterior"), posterior[i, , drop = FALSE])
  }
  # a row without any count says nothing
  expect_true(all(is.na(posterior[5, ])))
  expect_false(any(is.nan(posterior)))
})

test_that("the classes of rows of counts do not depend on the case weights", {
  data <- data.frame(x = c(1, 2, 4, 3))
  data$y <- cbind(a = c(1, 2, 0, 3), b = c(3, 2, 0, 1))
  fit <- moelogit(y ~ x, data, k = 1, weights = c(0, 1, 2, 3))
  observed <- observed_classes(fit)
  expect_equal(observed$share, unname(rbind(c(1, 3) / 4, c(1, 1) / 2, c(0, 0), c(3, 1) / 4)))
  expect_equal(observed$total, c(4, 4, 0, 4))
  expect_equal(observed$weight, c(0, 4, 0, 12))
})

test_that("what inference needs of the rows are sums of probabilities", {
  set.seed(8)
  weights <- runif(150)
  fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, starts = 2, weights = weights)
  found <- row_inference(fit, training_problem(fit))
  gate <- predict(fit, type = "gate")
  own <- weights * predict(fit, type = "posterior")
  expert <- predict(fit, type = "expert")
  expect_equal(found$gate$rows, colSums(weights * gate), ignore_attr = TRUE)
  expect_equal(found$gate$information, colSums(weights * gate * (1 - gate)), ignore_attr = TRUE)
  expect_equal(found$gate$total, sum(weights))
  expect_equal(found$expert$total, colSums(own), ignore_attr = TRUE)
  for (k in 1:2) {
    prob <- expert[, , k]
    expect_equal(found$expert$rows[, k], colSums(own[, k] * prob), ignore_attr = TRUE)
    expect_equal(
      found$expert$information[, k], colSums(own[, k] * prob * (1 - prob)), ignore_attr = TRUE
    )
  }
})
