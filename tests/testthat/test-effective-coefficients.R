test_that("effective coefficients are the trace of the penalised information's share", {
  fit <- selection()$fits[["3"]]
  problem <- training_problem(fit)
  information <- fit_information(fit, problem)
  lambda <- Re(eigen(solve(information$penalty, information$data))$values)
  lambda <- pmax(lambda, 0)
  found <- effective_coefficients(fit, problem)
  expect_equal(found[["edf"]], sum(lambda / (1 + lambda)), tolerance = 1e-6)
  expect_equal(found[["evidence"]], fit$objective - sum(log(1 + lambda)) / 2, tolerance = 1e-6)
  expect_gt(found[["edf"]], 0)
  expect_lt(found[["edf"]], fit$df)
})

test_that("they do not depend on the order of classes and experts", {
  data <- two_experts()
  fit <- moelogit(y ~ x + z, data, k = 2, start = fit_start(400), tol = 1e-12)
  data$y <- factor(data$y, rev(levels(data$y)))
  back <- moelogit(y ~ x + z, data, k = 2, start = fit_start(400), tol = 1e-12)
  for (exact in c(TRUE, FALSE)) {
    value <- function(fit) effective_coefficients(fit, training_problem(fit), exact)
    expect_equal(value(back), value(fit), tolerance = 1e-5)
    expect_equal(value(relabel(fit, 2:1)), value(fit))
  }
})

test_that("one expert and two classes have one logit, so its block is all there is", {
  data <- two_experts()
  data$y <- factor(data$y == levels(data$y)[1])
  fit <- moelogit(y ~ x + z, data, k = 1)
  problem <- training_problem(fit)
  expect_equal(
    effective_coefficients(fit, problem, exact = FALSE),
    effective_coefficients(fit, problem, exact = TRUE)
  )
})

test_that("the blocks of logits come within a tenth", {
  for (fit in selection()$fits[1:2]) {
    problem <- training_problem(fit)
    expect_equal(
      effective_coefficients(fit, problem, exact = FALSE)[["edf"]],
      effective_coefficients(fit, problem, exact = TRUE)[["edf"]], tolerance = 0.1
    )
  }
})

test_that("curvatures and diagonals of logits are those of the information", {
  fit <- selection()$fits[["2"]]
  problem <- training_problem(fit)
  m <- length(fit$classes)
  curvature <- logit_curvature(problem, object_theta(fit), 1L)
  parts <- lapply(c(gate = "gate", expert = "expert"), function(part) {
    logit_diagonals(problem, part, curvature[[part]] * problem$weight)
  })
  # reference coding leaves out the first logit of each
  others <- !(seq_len(2 * m) %% m == 1)
  by_hand <- diag(fit_information(fit, problem)$data)
  expect_equal(unname(c(parts$gate[, -1], parts$expert[, others])), unname(by_hand))
  blocks <- logit_blocks(problem, "expert", curvature$expert * problem$weight)
  expect_equal(apply(blocks, 3, diag), unname(parts$expert))
})

test_that("coefficients without a penalty count as with one of 1", {
  data <- two_experts()
  fit <- moelogit(y ~ x, data, k = 1)
  free <- fit
  free$penalty[] <- 0
  expect_equal(
    effective_coefficients(free, training_problem(free)),
    effective_coefficients(fit, training_problem(fit))
  )
})
