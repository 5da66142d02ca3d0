test_that("whole fits pass, with and without their data", {
  set.seed(1)
  for (keep in c(TRUE, FALSE)) {
    fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 2, keep_data = keep)
    expect_identical(check_fit(fit), fit)
    fit <- moelogit(as.matrix(iris[1:2]), iris$Species, k = 1, keep_data = keep)
    expect_identical(check_fit(fit), fit)
    expect_null(fit_fault(relabel(fit)))
  }
})

test_that("what is no whole fit is refused by every verb, saying why", {
  local_reproducible_output()
  set.seed(1)
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 2)
  change <- function(...) utils::modifyList(fit, list(...))
  no_list <- structure(1, class = "moelogit")
  old <- readRDS("fits/before-frames.rds")
  infinite <- change(expert = replace(fit$expert, 2L, Inf))
  shape <- change(gate = fit$gate[, -1L, drop = FALSE])
  experts <- change(k = 3L)
  classes <- change(classes = fit$classes[-1L])
  expect_snapshot_output(show_errors(
    predict(infinite, iris, type = "prob"),
    predict(shape, iris),
    coef(experts),
    residuals(classes),
    predict(old, iris),
    logLik(no_list)
  ))
  verbs <- list(
    print, summary, coef, vcov, logLik, nobs, deviance, df.residual, fitted, residuals, bootstrap,
    mixing_measure, tidy, relabel, simulate, predict
  )
  for (verb in verbs) {
    for (broken in list(no_list, old, infinite, shape, experts, classes)) {
      expect_error(verb(broken), class = "moelogit_error_object")
    }
  }
})

test_that("what every fit has is known, so that none of it can be lost unnoticed", {
  fits <- list(
    moelogit(Species ~ Petal.Width, iris, k = 1, keep_data = FALSE),
    moelogit(as.matrix(iris[1:2]), iris$Species, k = 1, keep_data = FALSE)
  )
  for (fit in fits) {
    expect_setequal(names(fit), c(fit_fields, "decrement", "evaluations"))
  }
})
