test_that("experts come by their share of the gate", {
  fit <- quick_fit(y ~ x | z, fit_data(), k = 3, weights = w)
  gate <- predict(fit, type = "gate")
  expect_equal(fit$gate_mean, colSums(gate * fit$data$weights) / sum(fit$data$weights))
  expect_false(is.unsorted(-fit$gate_mean))
  expect_identical(names(fit$gate_mean), as.character(1:3))
})

test_that("a fit without its data is small, predicts, and says what it cannot do", {
  data <- fit_data(1000)
  local_fit <- function(keep) {
    big <- rnorm(1e5)
    knots <- c(-1, 0, 1)
    moelogit(y ~ splines::ns(x, knots = knots) | log(w), data, k = 2, keep_data = keep,
             start = fit_start(1000))
  }
  lean <- local_fit(FALSE)
  full <- local_fit(TRUE)
  expect_lt(length(serialize(lean, NULL)), 3e4)
  expect_null(lean$fitted.values)
  expect_null(lean$data)
  expect_equal(predict(lean, data, type = "prob"), fitted(full))
  expect_equal(AIC(lean), AIC(full))
  expect_output(print(lean), "Log-likelihood")
  wider <- update(lean, . ~ . + z, data = data, k = 1, keep_data = FALSE, start = NULL)
  expect_identical(rownames(wider$expert)[6], "z")
  expect_snapshot_output(show_errors(
    fitted(lean), predict(lean), predict(lean, type = "posterior"), ICL(lean), simulate(lean),
    model.frame(lean), model.matrix(lean)
  ))
})

test_that("the variables of the function that made a fit are not carried along", {
  data <- fit_data()
  local_fit <- function() {
    big <- rnorm(1e6)
    moelogit(y ~ x, data, k = 2, keep_data = FALSE, starts = 2)
  }
  expect_lt(length(serialize(local_fit(), NULL)), 2e4)
})

test_that("a fit that stops early says so", {
  data <- fit_data()
  expect_warning(
    fit <- moelogit(y ~ x | z, data, k = 2, start = fit_start(150), max_iter = 2),
    class = "moelogit_warning_convergence"
  )
  expect_false(fit$converged)
  expect_no_warning(moelogit(y ~ x | z, data, k = 1))
})
