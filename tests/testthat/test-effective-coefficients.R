fitted_case <- function(seed = 1, k = 2L, penalty = 1) {
  set.seed(seed)
  data <- two_experts(150)
  fit <- moelogit(y ~ x + z, data, k = k, penalty = penalty, starts = 4)
  list(fit = fit, problem = training_problem(fit))
}

test_that("with one expert the effective coefficients are the trace of the ridge's smoother", {
  case <- fitted_case(k = 1L)
  information <- fit_information(case$fit, case$problem)
  expected <- sum(diag(solve(information$data + information$penalty, information$data)))
  got <- effective_coefficients(case$fit, case$problem)
  expect_equal(got[["edf"]], expected)
  expect_lt(got[["edf"]], case$fit$df)
  # Laplace's approximation, from determinants
  prior <- -penalty_value(case$problem, standardised_coef(case$fit$frame, case$fit))
  ratio <- determinant(information$data + information$penalty)$modulus -
    determinant(information$penalty)$modulus
  expect_equal(got[["evidence"]], case$fit$loglik + prior - as.numeric(ratio) / 2)
})

test_that("a large penalty leaves no coefficient free, next to none leaves all", {
  tight <- fitted_case(penalty = 1e8)
  expect_lt(effective_coefficients(tight$fit, tight$problem)[["edf"]], 1e-3)
  loose <- fitted_case(k = 1L, penalty = 1e-8)
  expect_equal(effective_coefficients(loose$fit, loose$problem)[["edf"]], loose$fit$df,
               tolerance = 1e-4)
})

test_that("the diagonal that stands in for many coefficients is that of the information", {
  case <- fitted_case(3)
  information <- fit_information(case$fit, case$problem)
  expect_equal(as.vector(information_diagonal(case$fit, case$problem)), diag(information$data))
  expect_equal(penalty_diagonal(case$problem), diag(information$penalty))
})

test_that("the penalty is what the objective lacks of the log-likelihood", {
  case <- fitted_case(4)
  value <- penalty_value(case$problem, standardised_coef(case$fit$frame, case$fit))
  expect_equal(case$fit$loglik - value, case$fit$objective, tolerance = 1e-8)
})
