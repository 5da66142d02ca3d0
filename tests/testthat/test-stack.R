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
