test_that("every plain MM step gains at least half the decrement", {
  set.seed(1)
  for (curvature in c("tight", "loose")) {
    for (penalty in c(0, 1)) {
      for (repeat_ in 1:6) {
        case <- random_problem(
          n = 60, p = sample(1:4, 1), k = sample(1:4, 1), m = sample(2:4, 1), penalty = penalty,
          separated = repeat_ %% 3 == 0, curvature = curvature
        )
        theta <- random_theta(case$problem, sample(c(0.1, 3), 1))
        for (step in 1:6) {
          now <- evaluate(case, theta)
          theta <- theta + now$step
          gain <- evaluate(case, theta)$objective - now$objective
          expect_gte(now$decrement, 0)
          expect_gte(gain - now$decrement / 2, -1e-11 * (1 + abs(now$objective)))
        }
      }
    }
  }
})

test_that("the gradient is that of the objective", {
  set.seed(2)
  for (k in c(1, 3)) {
    case <- random_problem(n = 50, p = 2, k = k, penalty = c(0.5, 2))
    theta <- random_theta(case$problem)
    gradient <- evaluate(case, theta)$gradient
    h <- 1e-5
    numeric <- vapply(seq_along(theta), function(j) {
      e <- replace(numeric(length(theta)), j, h)
      (evaluate(case, theta + e)$objective - evaluate(case, theta - e)$objective) / (2 * h)
    }, 0)
    # the gradient is within symmetric coding: a common shift of a row's logits only meets the ridge
    expect_equal(numeric, gradient, tolerance = 1e-6)
  }
})

test_that("the decrement is the gradient's length in the metric of the step", {
  set.seed(3)
  case <- random_problem()
  now <- evaluate(case, random_theta(case$problem))
  expect_equal(now$decrement, sum(now$gradient * now$step))
})

test_that("no iteration lowers the objective: separation, no penalty, both methods", {
  set.seed(4)
  for (i in 1:40) {
    case <- random_problem(
      n = sample(c(15, 40, 150), 1), p = sample(1:4, 1), k = sample(1:4, 1), m = sample(2:4, 1),
      penalty = sample(c(0, 1e-3, 1), 1), separated = i %% 2 == 0,
      curvature = c("tight", "loose")[i %% 3 %% 2 + 1],
      method = c("accelerated", "mm")[i %% 5 %% 2 + 1], tol = c(0, 1e-9)[i %% 4 %/% 2 + 1]
    )
    run <- climb(case, random_theta(case$problem, 2), max_iter = 150L)
    expect_true(all(diff(run$trace) >= 0))
    expect_lte(length(run$trace), 151L)
    expect_true(all(is.finite(run$theta)))
  }
})

test_that("accelerated, plain, tight and loose end at the same optimum of a concave problem", {
  set.seed(5)
  case <- random_problem(n = 200, k = 1, penalty = 0.5)
  zero <- numeric(coefficient_count(case$problem$frame))
  best <- climb(case, zero)
  expect_true(best$converged)
  for (curvature in c("tight", "loose")) {
    plain <- climb(case, zero, method = "mm", curvature = curvature, tol = 1e-14)
    expect_true(plain$converged)
    expect_equal(plain$theta, best$theta, tolerance = 1e-6)
    expect_gt(plain$evaluations, best$evaluations)
  }
})

test_that("the finish reaches the optimum to the last digits, from where the tolerance stops", {
  set.seed(6)
  case <- random_problem(n = 300, p = 4, k = 2)
  theta <- random_theta(case$problem)
  rough <- climb(case, theta, finish = FALSE, tol = 1e-7)
  exact <- climb(case, rough$theta)
  expect_true(rough$converged)
  expect_lte(length(exact$trace), 11L)
  expect_gte(exact$trace[length(exact$trace)], rough$trace[length(rough$trace)])
  gradient <- function(run) max(abs(evaluate(case, run$theta)$gradient))
  expect_lt(gradient(exact), 1e-3 * gradient(rough))
})

test_that("the number of threads changes no bit", {
  set.seed(7)
  case <- random_problem(n = 1500, p = 4, k = 3)
  theta <- random_theta(case$problem)
  expect_identical(climb(case, theta, threads = 1L), climb(case, theta, threads = 2L))
  thetas <- cbind(theta, random_theta(case$problem), random_theta(case$problem))
  expect_identical(
    core_ascend(case$problem, thetas, run_options(case$control), 1L, NULL),
    core_ascend(case$problem, thetas, run_options(case$control), 2L, NULL)
  )
})

test_that("sparse and dense covariates are the same problem", {
  set.seed(8)
  x <- matrix(rnorm(240) * rbinom(240, 1, 0.4), 60)
  y <- factor(sample(letters[1:3], 60, TRUE))
  control <- moelogit_control()
  dense <- build_problem(model_design_matrix(x, y), 2L, control)
  sparse <- build_problem(model_design_matrix(Matrix::Matrix(x, sparse = TRUE), y), 2L, control)
  expect_s4_class(sparse$expert$x, "dgCMatrix")
  theta <- random_theta(dense)
  expect_equal(
    core_evaluate(sparse, theta, run_options(control), 1L),
    core_evaluate(dense, theta, run_options(control), 1L),
    tolerance = 1e-12
  )
  expect_equal(
    core_predict(sparse, theta, c("gate", "expert", "class"), 1L),
    core_predict(dense, theta, c("gate", "expert", "class"), 1L), tolerance = 1e-12
  )
})

test_that("with hundreds of covariates the metric is diagonal, the steps still ascend", {
  set.seed(9)
  n <- 150
  x <- Matrix::rsparsematrix(n, 450, 0.02)
  y <- factor(sample(letters[1:3], n, TRUE))
  control <- moelogit_control()
  problem <- suppressMessages(build_problem(model_design_matrix(x, y), 2L, control))
  theta <- random_theta(problem, 0.1)
  for (step in 1:5) {
    now <- core_evaluate(problem, theta, run_options(control), 1L)
    theta <- theta + now$step
    gain <- core_evaluate(problem, theta, run_options(control), 1L)$objective - now$objective
    expect_gte(gain, now$decrement / 2)
  }
  run <- core_ascend(problem, cbind(theta), run_options(control), 1L, NULL)[[1L]]
  expect_true(run$converged)
  expect_true(all(diff(run$trace) >= 0))
})

test_that("progress is reported by the clock", {
  set.seed(10)
  case <- random_problem(n = 2000, p = 5, k = 3)
  seen <- NULL
  took <- system.time(
    core_ascend(case$problem, cbind(random_theta(case$problem)), run_options(case$control),
                1L, function(iteration, ...) seen <<- c(seen, iteration))
  )[["elapsed"]]
  expect_equal(seen[1L], 1)  # the first report comes at once, then one every 0.2 seconds
  expect_lte(length(seen), 1 + took / 0.2)
})
