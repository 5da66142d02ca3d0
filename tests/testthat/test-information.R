test_that("the information is the derivative of the gradient on 50 random problems", {
  skip_on_cran()
  for (seed in 1:50) {
    fit <- random_fit(seed)
    problem <- training_problem(fit)
    free <- function(arrays) c(arrays$gate[, -1L], arrays$expert[, -1L, ])
    gradient <- function(at) {
      theta <- object_theta(with_coefficients(fit, free_to_original(fit$frame, cbind(at))))
      now <- core_evaluate(problem, theta, run_options(fit$control), 1L)
      free(theta_to_arrays(problem$frame, now$gradient))
    }
    at <- free(reference_coding(standardised_coef(fit$frame, fit)))
    numeric <- -central_differences(gradient, at)
    information <- fit_information(fit, problem)
    analytic <- information$data + information$penalty
    expect_lt(max(abs(analytic - numeric)) / max(abs(analytic)), 1e-5)
  }
})

test_that("a singular information is reported, and known coefficients keep their errors", {
  inverse <- invert_information(rbind(c(2, 0, 0), c(0, 1, -1), c(0, -1, 1)))
  expect_identical(inverse$unknown, c(FALSE, TRUE, TRUE))
  expect_equal(inverse$vcov[1, 1], 0.5)
  expect_true(all(is.na(inverse$vcov[-1, -1])))
  expect_true(inverse$maximum)
  expect_false(invert_information(diag(c(1, -1)))$maximum)
  nothing <- invert_information(diag(0, 2))
  expect_true(all(nothing$unknown) && nothing$maximum && all(is.na(nothing$vcov)))

  # two experts that are alike
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = 0)
  both <- suppressWarnings(update(fit, k = 2, max_iter = 1, starts = 1))
  both$gate[] <- 0
  both$expert[] <- fit$expert
  expect_warning(vcov(both), class = "moelogit_warning_information")
  expect_true(all(is.na(suppressWarnings(vcov(both))["gate_2:Sepal.Length", ])))
})
