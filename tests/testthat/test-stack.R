test_that("weights maximise the likelihood of the mixture", {
  set.seed(1)
  p <- cbind(runif(200, 0.2, 1), runif(200, 0.2, 1), runif(200, 0, 0.6))
  weights <- rep(1:2, 100)
  w <- stack_weights(p, weights, tol = 1e-10)
  expect_equal(sum(w), 1)
  loss <- function(theta) {
    w <- exp(c(theta, 0))
    -sum(weights * log(p %*% (w / sum(w))))
  }
  best <- optim(c(0, 0), loss, method = "BFGS", control = list(reltol = 1e-14))
  expect_equal(-sum(weights * log(p %*% w)), best$value, tolerance = 1e-8)
  # no other weights gain more than the tolerance
  loose <- stack_weights(p, weights, tol = 1e-3)
  gain <- sum(weights * log(p %*% w)) - sum(weights * log(p %*% loose))
  expect_lt(gain / sum(weights), 1e-3)
})

test_that("a perfect model gets all the weight, and equal ones share it", {
  p <- cbind(c(0.9, 0.8, 0.9), c(0.5, 0.5, 0.5))
  expect_equal(sparse_stack_weights(p, c(1, 1, 1)), c(1, 0))
  expect_equal(stack_weights(p[, c(1, 1)], c(1, 1, 1)), c(0.5, 0.5))
})

test_that("small weights are left out and the others found anew", {
  set.seed(2)
  p <- matrix(runif(300 * 20, 0.2, 1), 300)
  full <- stack_weights(p, rep(1, 300))
  sparse <- sparse_stack_weights(p, rep(1, 300), least = 0.05)
  used <- sparse > 0
  expect_gt(sum(full > 0), sum(used))
  expect_gte(min(sparse[used]), 0.05)
  expect_equal(sparse[used], stack_weights(p[, used], rep(1, 300)))
})

# What other weights can gain at most, in mean log-likelihood: zero at the optimum.
gain_left <- function(p, weights, w) {
  log(max(crossprod(p, weights / sum(weights) / drop(p %*% w))))
}

# The EM algorithm for mixture weights, which never falls.
em_weights <- function(p, weights, steps) {
  w <- rep(1 / ncol(p), ncol(p))
  for (i in seq_len(steps)) {
    w <- w * drop(crossprod(p, weights / sum(weights) / drop(p %*% w)))
  }
  w
}

random_columns <- list(
  alike = function(n, m) runif(n) * exp(1e-6 * matrix(rnorm(n * m), n)),
  decided = function(n, m) matrix(rbeta(n * m, 0.05, 0.05), n),
  tiny = function(n, m) pmin(exp(matrix(rnorm(n * m, -2, 8), n)), 1),
  repeated = function(n, m) matrix(runif(n * m), n)[, sample(m, m, TRUE), drop = FALSE],
  impossible = function(n, m) matrix(runif(n * m) * (runif(n * m) < 0.5), n)
)

test_that("the optimum is reached whatever the probabilities, and no EM step finds more", {
  skip_on_cran()
  for (seed in 1:12) {
    for (name in names(random_columns)) {
      set.seed(seed)
      n <- c(3, 40, 500)[seed %% 3 + 1]
      p <- pmax(random_columns[[name]](n, c(1, 2, 6, 40)[seed %% 4 + 1]), least_stacked)
      weights <- rpois(n, 1) + (seq_len(n) == 1)
      w <- stack_weights(p, weights)
      expect_gte(min(w), 0)
      expect_equal(sum(w), 1)
      expect_lte(gain_left(p, weights, w), 1e-8)
      mean_loglik <- function(w) sum(weights * log(drop(p %*% w))) / sum(weights)
      expect_gte(mean_loglik(w), mean_loglik(em_weights(p, weights, 300)) - 1e-12)
    }
  }
})

test_that("models that the mixture has no need of weigh nothing, not just little", {
  set.seed(3)
  p <- matrix(runif(300 * 30, 0.2, 1), 300)
  w <- stack_weights(p, rep(1, 300))
  gain <- drop(crossprod(p, 1 / 300 / drop(p %*% w)))
  expect_true(any(w == 0))
  expect_lt(max(abs(gain[w > 0] - 1)), 1e-6)
  expect_true(all(gain[w == 0] < 1 + 1e-8))
})

test_that("equal models weigh the same beside others, and rows of weight zero say nothing", {
  set.seed(4)
  p <- matrix(runif(100 * 3, 0.2, 1), 100)
  w <- stack_weights(p[, c(1, 2, 3, 1)], rep(1, 100))
  expect_equal(w[4], w[1], tolerance = 1e-6)
  expect_equal(c(w[1] + w[4], w[2:3]), stack_weights(p, rep(1, 100)), tolerance = 1e-5)
  half <- rep(1:0, 50)
  expect_equal(stack_weights(p, half), stack_weights(p[half == 1, ], rep(1, 50)))
})

test_that("the minimum over non-negative vectors is that of the optimality conditions", {
  set.seed(5)
  a <- crossprod(matrix(rnorm(200), 20))
  b <- rnorm(10)
  for (x in list(rep(1, 10), replace(numeric(10), 3, 1))) {
    found <- nonnegative_minimum(a, b, x, 1e-10)
    slope <- drop(a %*% found) - b
    expect_true(all(found >= 0 & slope >= -1e-10))
    expect_lt(max(abs(slope[found > 0])), 1e-10)
  }
})
