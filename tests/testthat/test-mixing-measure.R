test_that("weights sum to 1 and both codings are symmetric, from any coding", {
  set.seed(1)
  gate <- rbind(c(0.3, -1, 2), c(1, 0, 4))
  expert <- array(rnorm(12), c(2, 2, 3))
  one <- mixing_measure(c(1, 2, 3), gate = gate, expert = expert)
  expect_equal(sum(exp(one$log_weight)), 1)
  expect_equal(rowSums(one$gate), c(0, 0))
  expect_equal(unname(apply(one$expert, c(1, 3), sum)), matrix(0, 2, 3))
  moved <- mixing_measure(
    c(1, 2, 3) - 40, gate = gate + c(5, -3), expert = expert + array(c(7, -2), c(2, 2, 3))
  )
  for (part in c("log_weight", "gate", "expert")) expect_equal(moved[[part]], one[[part]])
})

test_that("a list of coefficients is read with and without intercepts", {
  expert <- array(1:8 + 0, c(2, 2, 2))
  with <- mixing_measure(list(gate = rbind(log(c(3, 1)), c(2, 0)), expert = expert))
  expect_equal(unname(exp(with$log_weight)), c(0.75, 0.25))
  expect_equal(unname(with$gate), rbind(c(1, -1)))
  without <- mixing_measure(list(gate = rbind(c(2, 0)), expert = expert), intercept = FALSE)
  expect_equal(unname(exp(without$log_weight)), c(0.5, 0.5))
  expect_equal(without$gate, with$gate)
})

test_that("one expert, no slopes and weights of zero are measures too", {
  alone <- mixing_measure(3, expert = array(1:4 + 0, c(2, 2, 1)))
  expect_equal(unname(alone$log_weight), 0)
  expect_equal(dim(alone$gate), c(0L, 1L))
  expect_equal(summary(alone)$atoms$weight, 1)
  expect_equal(nrow(as.data.frame(alone)), 5L)
  empty <- mixing_measure(c(0, -Inf), expert = array(0, c(1, 2, 2)))
  expect_equal(unname(exp(empty$log_weight)), c(1, 0))
  expect_true(all(is.finite(measure_coef(empty)$gate)))
})

test_that("as.data.frame has every number once, under its names", {
  set.seed(2)
  measure <- mixing_measure(
    log(c(0.2, 0.8)), gate = rbind(age = c(1, 2)),
    expert = array(rnorm(8), c(2, 2, 2), list(c("(Intercept)", "age"), c("no", "yes"), NULL))
  )
  long <- as.data.frame(measure)
  expect_equal(long$value[long$part == "weight"], c(0.2, 0.8))
  one <- subset(long, expert == "2" & part == "expert" & term == "age" & class == "yes")
  expect_equal(one$value, measure$expert["age", "yes", "2"])
  expect_equal(subset(long, part == "gate" & expert == "1")$value, measure$gate["age", "1"])
  expect_equal(nrow(long), 2L + 2L + 8L)
})

test_that("summary names the nearest atom and its dissimilarity", {
  measure <- mixing_measure(
    log(c(0.5, 0.25, 0.25)), gate = rbind(c(0, 10, 11)), expert = array(0, c(1, 2, 3))
  )
  atoms <- summary(measure)$atoms
  expect_equal(atoms$nearest, c("2", "3", "2"))
  expect_equal(atoms$dissimilarity, c(100 / 6, 1 / 8, 1 / 8))
})

test_that("a standardised measure on the original scale is the same function", {
  set.seed(3)
  center <- list(expert = c(0, 2, -1), gate = 4)
  scale <- list(expert = c(1, 3, 0.5), gate = 2)
  gate <- matrix(rnorm(6), 2)
  expert <- array(rnorm(18), c(3, 3, 3))
  standardised <- new_mixing_measure(
    gate[1, ], gate[-1, , drop = FALSE], expert, gate_intercept = gate[1, ],
    scaling = list(
      expert = list(center = center$expert, scale = scale$expert),
      gate = list(center = center$gate, scale = scale$gate)
    )
  )
  original <- measure_coef(original_scale(standardised))
  x <- cbind(1, matrix(rnorm(20), 10))
  standard_x <- scale(x, center$expert, scale$expert)
  expect_equal(
    x %*% matrix(original$expert, 3), standard_x %*% matrix(standardised$expert, 3),
    ignore_attr = TRUE
  )
  z <- rnorm(10)
  probability <- function(link) exp(link) / rowSums(exp(link))
  expect_equal(
    probability(cbind(1, z) %*% original$gate), probability(cbind(1, (z - 4) / 2) %*% gate),
    ignore_attr = TRUE
  )
})

test_that("the Gram matrix of the slopes is that of the centred columns", {
  set.seed(4)
  x <- cbind(1, matrix(rnorm(60, mean = 5), 20))
  expect_equal(gram_of_slopes(crossprod(x) / 20), cov(x[, -1]) * 19 / 20)
  expect_equal(dim(gram_of_slopes(matrix(1))), c(0L, 0L))
})

test_that("of a fit: its coefficients, either kind of weights, and only the columns kept", {
  set.seed(5)
  iris$twice <- 2 * iris$Petal.Length
  fit <- suppressMessages(moelogit(
    Species ~ Petal.Length + twice | Sepal.Width, data = iris, k = 3, starts = 2
  ))
  measure <- mixing_measure(fit)
  expect_equal(dim(measure$expert), c(2L, 3L, 3L))
  expect_equal(measure_coef(measure), standardised_coef(fit$frame, fit), ignore_attr = TRUE)
  average <- mixing_measure(fit, weighting = "average")
  expect_equal(exp(average$log_weight), fit$gate_mean)
  kept <- !fit$frame$expert$aliased
  original <- measure_coef(original_scale(measure))
  expect_equal(original$expert, fit$expert[kept, , ], ignore_attr = TRUE)
  expect_equal(original$gate, fit$gate, ignore_attr = TRUE)
})

test_that("a gate of intercepts has no slopes, and both kinds of weights agree", {
  set.seed(6)
  fit <- moelogit(Species ~ Petal.Length | 1, data = iris, k = 2, starts = 2)
  measure <- mixing_measure(fit)
  expect_equal(dim(measure$gate), c(0L, 2L))
  expect_equal(measure$log_weight, mixing_measure(fit, weighting = "average")$log_weight)
  expect_length(mixing_dendrogram(fit)$height, 1L)
})

test_that("the curvature metric of a fit is half the mean square of the differences of links", {
  set.seed(7)
  weights <- rep(1:3, 50)
  fit <- moelogit(
    Species ~ Petal.Length + Sepal.Width, data = iris, k = 3, starts = 2, weights = weights
  )
  x <- cbind(1, iris$Petal.Length, iris$Sepal.Width)
  mean_square <- function(link) sum(weights * link^2) / sum(weights) / 2
  apart <- dissimilarity_matrix(mixing_measure(fit, weighting = "average"), "curvature")
  for (pair in list(1:2, 2:3, c(1, 3))) {
    gate <- x %*% (fit$gate[, pair[1L]] - fit$gate[, pair[2L]])
    gate <- gate - sum(weights * gate) / sum(weights)
    expert <- x %*% (fit$expert[, , pair[1L]] - fit$expert[, , pair[2L]])
    expected <- (mean_square(gate) + mean_square(expert)) / sum(1 / fit$gate_mean[pair])
    expect_equal(apart[pair[1L], pair[2L]], expected, tolerance = 1e-10)
  }
})

test_that("printing shows the weights", {
  measure <- mixing_measure(
    log(c(0.5, 0.3, 0.2)), gate = rbind(c(0, 1, 3)), expert = array(0, c(2, 3, 3))
  )
  expect_snapshot(measure)
  expect_snapshot(summary(measure))
})

test_that("bad parts are refused by name", {
  expert <- array(0, c(2, 2, 2))
  expect_snapshot_output(show_errors(
    mixing_measure("a"),
    mixing_measure(c(0, NA), expert = expert),
    mixing_measure(c(0, 0), expert = matrix(0, 2, 2)),
    mixing_measure(c(0, 0), gate = matrix(0, 1, 3), expert = expert),
    mixing_measure(c(0, 0), expert = expert, gram = list(expert = diag(3))),
    mixing_measure(list(gate = 1)),
    mixing_measure(c(0, 0), expert = expert, weighting = "mean")
  ))
  expect_error(mixing_measure("a"), class = "moelogit_error_argument")
})

test_that("a measure needs experts", {
  expect_error(mixing_measure(1:3), class = "moelogit_error_argument")
})
