test_that("defaults are complete and canonical", {
  control <- moelogit_control()
  expect_s3_class(control, "moelogit_control")
  expect_setequal(names(control), names(formals(moelogit_control)))
  expect_identical(control$penalty, c(gate = 1, expert = 1))
  expect_identical(control$method, "accelerated")
  expect_identical(control$curvature, "tight")
  expect_identical(control$max_iter, 10000L)
  expect_identical(control$on_interrupt, "stop")
  expect_null(control$starts)
})

test_that("penalty is one number, or two by name or in order", {
  expect_identical(moelogit_control(penalty = 0)$penalty, c(gate = 0, expert = 0))
  both <- c(gate = 0.5, expert = 2)
  expect_identical(moelogit_control(penalty = c(0.5, 2))$penalty, both)
  expect_identical(moelogit_control(penalty = c(expert = 2, gate = 0.5))$penalty, both)
  for (bad in list(-1, c(1, NA), Inf, "1", 1:3, NULL, c(a = 1, b = 2), c(gate = 1), list(1, 2))) {
    expect_error(moelogit_control(penalty = bad), class = "moelogit_error_argument")
  }
})

test_that("a start is a fit, coefficients or posteriors", {
  gate <- matrix(0, 2, 3)
  expert <- array(0, c(2, 4, 3))
  fit <- structure(list(gate = gate, expert = expert, fitted.values = 1), class = "moelogit")
  expect_identical(moelogit_control(start = fit)$start, list(gate = gate, expert = expert))
  coefficients <- list(gate = gate, expert = expert)
  expect_identical(moelogit_control(start = coefficients)$start, coefficients)
  posterior <- matrix(c(0.2, 0.8, 0.8, 0.2), 2)
  expect_identical(moelogit_control(start = posterior)$start, posterior)
  aliased <- list(gate = replace(gate, 2, NA), expert = expert)
  expect_identical(moelogit_control(start = aliased)$start, aliased)
  bad_starts <- list(
    "random", 1, list(gate = gate), list(gate = gate, expert = expert[, , 1:2]),
    -posterior, posterior * c(0, 1), posterior * NA, matrix("a")
  )
  for (bad in bad_starts) {
    expect_error(moelogit_control(start = bad), class = "moelogit_error_argument")
  }
})

test_that("the wording of errors", {
  skip_on_cran()
  expect_snapshot_output(show_errors(
    moelogit_control(penalty = -1),
    moelogit_control(penalty = c(expert = 1, gates = 2)),
    moelogit_control(penalty = "much"),
    moelogit_control(penalize_intercept = NA),
    moelogit_control(method = "newton"),
    moelogit_control(curvature = 1),
    moelogit_control(starts = 0),
    moelogit_control(short_iter = 2.5),
    moelogit_control(keep = "all"),
    moelogit_control(starts = 3, keep = 5),
    moelogit_control(tol = -1e-9),
    moelogit_control(max_iter = Inf),
    moelogit_control(threads = 0),
    moelogit_control(cluster = 2),
    moelogit_control(standardize = "yes"),
    moelogit_control(start = "random"),
    moelogit_control(start = matrix(-1, 3, 2)),
    moelogit_control(checkpoint = "no/such/folder/fit.rds"),
    moelogit_control(checkpoint = 1),
    moelogit_control(progress = NULL),
    moelogit_control(keep_data = 1),
    moelogit_control(on_interrupt = "retry")
  ))
})

test_that("print shows the settings", {
  expect_snapshot_output({
    print(moelogit_control(progress = FALSE))
    print(moelogit_control(
      penalty = c(gate = 0.1, expert = 2), penalize_intercept = FALSE, method = "mm",
      curvature = "loose", starts = 50, short_iter = 20, keep = 5, threads = 2,
      keep_data = FALSE, on_interrupt = "return"
    ))
    print(moelogit_control(starts = 8, cluster = structure(list(1, 2), class = "cluster")))
    print(moelogit_control(start = matrix(0.5, 4, 2)))
    print(moelogit_control(start = list(gate = matrix(0, 2, 3), expert = array(0, c(2, 4, 3)))))
  })
  control <- moelogit_control()
  output <- capture.output(returned <- withVisible(print(control)))
  expect_identical(returned, list(value = control, visible = FALSE))
})
