test_that("a start has rows that sum to one and breaks the symmetry", {
  set.seed(1)
  case <- random_problem(n = 40, k = 3)
  for (kind in c("directions", "centers")) {
    posterior <- random_posterior(case$problem, kind)
    expect_equal(dim(posterior), c(40L, 3L))
    expect_equal(rowSums(posterior), rep(1, 40))
    expect_true(all(posterior >= 0))
    expect_gt(sd(posterior[, 1]), 0.05)
    # all experts would be alike
    theta <- core_start(case$problem, posterior, run_options(case$control), 1L)
    expect_gt(sd(problem_arrays(case$problem, theta)$gate[1, ]), 1e-4)
  }
  # a gate with nothing but an intercept has no directions
  flat <- build_problem(design(y ~ x1 | 1, data.frame(y = case$y, case$x)), 2L, case$control)
  expect_gt(sd(random_posterior(flat, "directions")[, 1]), 0.05)
})

test_that("a start is a gate of the covariates, of the same steepness whatever their scale", {
  set.seed(13)
  x <- cbind(x1 = seq(-1, 1, length.out = 41))
  y <- rep(1:2, length.out = 41)
  for (x in list(x, 1e3 * x + 7, methods::as(x, "CsparseMatrix"))) {
    problem <- build_problem(model_design_matrix(x, y), 3L, moelogit_control())
    for (kind in c("directions", "centers")) {
      logit <- log(random_posterior(problem, kind))
      contrast <- logit[, -1] - logit[, 1]
      expect_equal(diff(contrast, differences = 2), matrix(0, 39, 2), tolerance = 1e-6)
      expect_gt(max(abs(contrast)), 0.5)
    }
    logit <- logit - rowMeans(logit)
    expect_equal(sqrt(mean(logit^2)), 2, tolerance = 1e-6)
  }
})

test_that("the average gate probability is that of the probabilities", {
  set.seed(14)
  case <- random_problem(n = 700, k = 3)
  for (problem in list(case$problem, subset_problem(case$problem, 1:5))) {
    theta <- random_theta(problem)
    gate <- core_predict(problem, theta, "gate", 1L)$gate
    expect_equal(
      core_gate_mean(problem, theta, 1L),
      colSums(gate * problem$weight) / sum(problem$weight)
    )
    expect_identical(core_gate_mean(problem, theta, 2L), core_gate_mean(problem, theta, 1L))
  }
})

test_that("rows without weight are in no short run", {
  set.seed(15)
  n <- 2L * max_short_rows
  weighted <- function(positive) list(weight = as.double(seq_len(n) %in% positive))
  expect_identical(short_rows(weighted(c(7L, 500L))), c(7L, 500L))
  rows <- short_rows(weighted(5000:n))
  expect_length(unique(rows), max_short_rows)
  expect_true(all(rows >= 5000L) && !is.unsorted(rows))
  rows <- short_rows(weighted(seq_len(n)))
  expect_length(unique(rows), max_short_rows)
  expect_false(is.unsorted(rows))
})

test_that("short runs have several rows a coefficient", {
  set.seed(17)
  problem <- random_problem(n = 30, p = 2, k = 2, m = 3)$problem
  expect_equal(short_row_limit(problem), max_short_rows)
  problem$experts <- 1000L
  free <- 999 * 3 + 1000 * 2 * 3
  expect_equal(short_row_limit(problem), rows_per_coefficient * free)
})

test_that("two experts that have vanished can still be merged", {
  set.seed(16)
  case <- random_problem(n = 30, k = 2)
  coef <- problem_arrays(case$problem, random_theta(case$problem))
  coef <- list(gate = coef$gate[, c(1, 1, 2)], expert = coef$expert[, , c(1, 1, 2)])
  case$problem$experts <- 3L
  coef$gate[1, ] <- c(-1e4, -1e4, 2e4)
  for (repeat_ in 1:20) expect_true(all(is.finite(unlist(move_expert(case$problem, coef)))))
})

test_that("the table of starts has a row for each, and marks what was continued and what is best", {
  set.seed(2)
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 6, keep = 2, short_iter = 3)
  starts <- fit$starts
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

test_that("the search tries neighbours, four at a time, until none leads higher", {
  set.seed(3)
  fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 2, starts = 3, keep = 1,
                  short_iter = 5, search = 16)
  tried <- fit$starts[fit$starts$kind == "neighbour", ]
  expect_gte(nrow(tried), 4L)
  expect_equal(nrow(tried) %% 4L, 0L)
  expect_equal(sum(tried$continued), nrow(tried) / 4)
  expect_gte(fit$objective, max(fit$starts$short))
  # given a number of starts there is none unless asked for
  expect_equal(default_starts(2L, list(starts = 5L))[["search"]], 0)
  expect_gt(default_starts(2L, list())[["search"]], 0)
  expect_equal(default_starts(1L, list())[["search"]], 0)
  # and fewer neighbours where each costs much
  search <- function(...) default_starts(2L, ..., coefficients = 2 * max_search_size)[["search"]]
  expect_equal(search(), default_starts(2L)[["search"]] / 4)
  expect_equal(search(list(search = 7)), 7)
})

test_that("a neighbour differs, and keeps symmetric coding", {
  set.seed(4)
  for (k in 2:4) {
    case <- random_problem(n = 30, k = k)
    theta <- random_theta(case$problem)
    for (near in neighbours(case$problem, list(theta, random_theta(case$problem)), 6L)) {
      coef <- problem_arrays(case$problem, near$theta)
      expect_equal(rowSums(coef$gate), numeric(nrow(coef$gate)), tolerance = 1e-12)
      expect_equal(apply(coef$expert, c(1, 3), sum), matrix(0, 4, k), tolerance = 1e-12)
      expect_gt(max(abs(near$theta - theta)), 0.1)
    }
  }
})

test_that("an exchange between two labellings of the same experts changes nothing", {
  set.seed(12)
  case <- random_problem(n = 30, k = 4)
  coef <- problem_arrays(case$problem, random_theta(case$problem))
  other <- list(gate = coef$gate[, c(3, 1, 4, 2)], expert = coef$expert[, , c(3, 1, 4, 2)])
  for (repeat_ in 1:5) expect_equal(exchange_experts(coef, other), coef)
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
  expect_identical(fit()$starts, one$starts)
  two <- fit(threads = 2)
  expect_identical(two$starts, one$starts)
  expect_identical(two$expert, one$expert)
  expect_identical(two$trace, one$trace)
})

test_that("a warm start from a fit is there at once", {
  set.seed(7)
  fit <- moelogit(Species ~ Sepal.Length + Petal.Width, iris, k = 2, starts = 4)
  warm <- update(fit, start = fit)
  expect_true(warm$converged)
  expect_lte(length(warm$trace), 3L)
  expect_equal(warm$objective, fit$objective, tolerance = 1e-10)
  expect_equal(coef(warm), coef(fit), tolerance = 1e-4)
  expect_identical(warm$starts$kind, "given")
})

test_that("posteriors are a start: the coefficients that fit them best", {
  set.seed(8)
  case <- random_problem(n = 60, k = 2)
  posterior <- random_posterior(case$problem, "directions")
  control <- moelogit_control(start = 3 * posterior)
  theta <- start_theta(case$problem, control)
  # the gate's probabilities have the mean of the posteriors, up to the penalty
  gate <- core_predict(case$problem, theta, "gate", 1L)$gate
  expect_equal(
    colSums(case$problem$weight * gate), colSums(case$problem$weight * posterior),
    tolerance = 0.02
  )
  set.seed(8)
  one <- moelogit(case$x, case$y, k = 2, start = posterior)
  expect_equal(nrow(one$starts), 1L)
  expect_true(one$converged)
})

test_that("large data are searched on a subset and finished on all rows", {
  set.seed(9)
  n <- max_short_rows + 500L
  data <- rmoelogit(
    n, cbind(c(0, 2), c(0, -2)), array(rnorm(12, sd = 2), c(2, 3, 2))
  )$data
  fit <- moelogit(y ~ x1, data, k = 2, starts = 4, keep = 2, search = 4)
  expect_equal(nobs(fit), n)
  expect_equal(max(fit$starts$objective, na.rm = TRUE), fit$objective)
  expect_true(fit$converged)
  expect_true(all(diff(fit$trace) >= 0))
  # short runs have seen fewer rows, and the table mixes the two nowhere
  expect_lt(fit$objective, max(fit$starts$short))
  expect_equal(is.na(fit$starts$objective), !fit$starts$continued)
})

test_that("an interrupted pool still gives the best so far, on all rows", {
  set.seed(10)
  case <- random_problem(n = 50, k = 2)
  run <- function(stopped) {
    list(theta = random_theta(case$problem), trace = c(-99, -98), evaluations = 3L,
         converged = FALSE, interrupted = stopped)
  }
  found <- new_pool(c("directions", "centers"), list(run(FALSE), run(TRUE)))
  result <- finish_pool(found, case$problem, case$control, NULL)
  expect_true(result$interrupted)
  expect_identical(result$run$theta, found$runs[[1L]]$theta)
  # no run had begun
  theta <- found$runs[[1L]]$theta
  none <- run_not_begun(case$problem, run_options(case$control), theta)
  expect_true(none$interrupted)
  expect_identical(none$theta, theta)
  expect_equal(none$trace, evaluate(case, theta)$objective)
  elsewhere <- continue_elsewhere(found, case$problem, case$control, 2L, NULL)
  result <- finish_pool(elsewhere, case$problem, case$control, NULL)
  expect_true(result$interrupted)
  expect_length(result$run$trace, 1L)
  expect_equal(result$run$trace, evaluate(case, result$run$theta)$objective)
})
