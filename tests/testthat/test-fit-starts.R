test_that("the table of starts has a row for each, and marks what was continued and what is best", {
  set.seed(2)
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 6, keep = 2, short_iter = 3)
  starts <- fit$runs
  expect_named(
    starts, c("kind", "short", "continued", "objective", "iterations", "converged", "best")
  )
  expect_equal(nrow(starts), 6L)
  expect_equal(sum(starts$continued), 2L)
  expect_equal(sort(order(-starts$short)[1:2]), which(starts$continued))
  expect_equal(is.na(starts$objective), !starts$continued)
  expect_equal(max(starts$objective, na.rm = TRUE), fit$objective)
  expect_true(all(starts$objective[starts$continued] >= starts$short[starts$continued]))
  expect_true(starts$best[which.max(starts$objective)])
  top <- which.max(starts$objective)
  expect_equal(starts$iterations[top], length(fit$trace) - 1L)
  expect_true(all(diff(fit$trace) >= 0))
})

test_that("the search finds what random starts miss", {
  set.seed(5)
  data <- rmoelogit(300, matrix(rnorm(18), 6), array(rnorm(72), c(6, 4, 3)))$data
  set.seed(5)
  without <- moelogit(y ~ ., data, k = 4, starts = 2)
  set.seed(5)
  with <- moelogit(y ~ ., data, k = 4, starts = 2, search = 20)
  expect_gt(with$objective, without$objective + 0.01)
})

test_that("the seed decides, not the threads", {
  fit <- function(...) {
    set.seed(6)
    moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 4, search = 4, ...)
  }
  one <- fit()
  expect_identical(fit()$runs, one$runs)
  two <- fit(threads = 2)
  expect_identical(two$runs, one$runs)
  expect_identical(two$expert, one$expert)
  expect_identical(two$trace, one$trace)
})

test_that("workers divide the starts, and the fit is the same", {
  fit <- function(...) {
    set.seed(6)
    moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 7, keep = 3, search = 4, ...)
  }
  here <- fit()
  there <- fit(cluster = two_workers())
  same <- c("runs", "theta", "trace", "gate", "expert")
  expect_identical(there[same], here[same])
})

test_that("a warm start from a fit is there at once", {
  set.seed(7)
  fit <- moelogit(Species ~ Sepal.Length + Petal.Width, iris, k = 2, starts = 4)
  warm <- update(fit, start = fit)
  expect_true(warm$converged)
  expect_lte(length(warm$trace), 3L)
  expect_equal(warm$objective, fit$objective, tolerance = 1e-10)
  expect_equal(coef(warm), coef(fit), tolerance = 1e-4)
  expect_identical(warm$runs$kind, "given")
})

test_that("large data are searched on a subset and finished on all rows", {
  set.seed(9)
  n <- max_short_rows + 500L
  data <- rmoelogit(
    n, cbind(c(0, 2), c(0, -2)), array(rnorm(12, sd = 2), c(2, 3, 2))
  )$data
  fit <- moelogit(y ~ x1, data, k = 2, starts = 4, keep = 2, search = 4)
  expect_equal(nobs(fit), n)
  expect_equal(max(fit$runs$objective, na.rm = TRUE), fit$objective)
  expect_true(fit$converged)
  expect_true(all(diff(fit$trace) >= 0))
  # short runs have seen fewer rows, and the table mixes the two nowhere
  expect_lt(fit$objective, max(fit$runs$short))
  expect_equal(is.na(fit$runs$objective), !fit$runs$continued)
  # what was continued on the sample, and what of it on all rows
  random <- fit$runs[fit$runs$kind != "neighbour", ]
  there <- !is.na(random$sample_best)
  expect_equal(sum(there), 2L)
  expect_equal(sort(order(-random$short)[1:2]), which(there))
  expect_true(any(fit$runs$sample_best, na.rm = TRUE))
  expect_output(print(fit), paste0(
    "4 random starts, 2 continued on a sample of the rows, ", sum(random$sample_best[there]),
    " of them at its best optimum; ", sum(fit$runs$kind == "neighbour"), " neighbours of it tried"
  ), fixed = TRUE)
  expect_output(print(fit), paste("; the best", sum(fit$runs$continued), "continued on all"))
  expect_identical(agreeing_starts(fit$runs), mean(random$sample_best[there]))
})
