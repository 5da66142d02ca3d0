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
    expect_gt(sd(theta_to_arrays(case$problem$frame, theta)$gate[1, ]), 1e-4)
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
  frame <- random_problem(n = 30, k = 2)$problem$frame
  weighted <- function(positive) {
    list(weight = as.double(seq_len(n) %in% positive), frame = frame)
  }
  expect_identical(short_rows(weighted(c(7L, 500L))), c(7L, 500L))
  rows <- short_rows(weighted(5000:n))
  expect_length(unique(rows), max_short_rows)
  expect_true(all(rows >= 5000L) && !is.unsorted(rows))
  rows <- short_rows(weighted(seq_len(n)))
  expect_length(unique(rows), max_short_rows)
  expect_false(is.unsorted(rows))
})

test_that("a problem with no more rows than wanted is left as it is", {
  set.seed(18)
  problem <- random_problem(n = 30, k = 2)$problem
  expect_identical(some_rows(problem, 30L), problem)
  few <- some_rows(problem, 10L)
  expect_length(few$response, 10L)
  expect_length(few$weight, 10L)
})

test_that("short runs have several rows a coefficient", {
  set.seed(17)
  problem <- random_problem(n = 30, p = 2, k = 2, m = 3)$problem
  expect_equal(short_row_limit(problem), max_short_rows)
  problem$frame$k <- 1000L
  free <- 999 * 3 + 1000 * 2 * 3
  expect_equal(short_row_limit(problem), rows_per_coefficient * free)
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
  expect_equal(nrow(one$runs), 1L)
  expect_true(one$converged)
})

test_that("the budget follows the control, the number of experts and the size of the model", {
  case <- random_problem(n = 30, k = 2)
  budget <- function(...) search_budget(case$problem$frame, moelogit_control(...))
  # given a number of starts there is no search unless asked for
  expect_equal(budget(starts = 5L)[["search"]], 0)
  expect_equal(budget(starts = 5L, search = 7)[["search"]], 7)
  expect_gt(budget()[["search"]], 0)
  expect_equal(budget(starts = 2L)[["keep"]], 2)
  one <- with_experts(case$problem, 1L)$frame
  expect_equal(search_budget(one)[["search"]], 0)
  # and fewer neighbours where each costs much
  wide <- with_experts(case$problem, 1000L)$frame
  expect_equal(
    search_budget(wide)[["search"]], floor(320 * (max_search_size / free_size(wide))^2)
  )
})

test_that("a gate of centers prefers at each row the center that is nearer", {
  set.seed(3)
  case <- random_problem(n = 50, p = 2, k = 2)
  centers <- rbind(1, c(0.5, -1), c(-2, 0.3))
  posterior <- with_function("random_rows", function(...) centers, {
    random_posterior(case$problem, "centers")
  })
  part <- case$problem$expert
  rows <- (t(part$x) - part$center) / part$scale
  square <- function(j) colSums((rows - centers[-1, j])^2)
  odds <- log(posterior[, 1] / posterior[, 2])
  # the log odds are the difference of the squared distances, but for their steepness
  expect_equal(sign(odds), sign(square(2) - square(1)))
  ratio <- odds / (square(2) - square(1))
  expect_equal(ratio, rep(ratio[1], 50), tolerance = 1e-8)
})

test_that("coefficients too large to begin from are refused", {
  local_reproducible_output()
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 2)
  start <- lapply(fit[c("gate", "expert")], `*`, 1e200)
  expect_snapshot_output(show_errors(moelogit(Species ~ Sepal.Length, iris, k = 2, start = start)))
})
