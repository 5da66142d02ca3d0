test_that("two experts that have vanished can still be merged", {
  set.seed(16)
  case <- random_problem(n = 30, k = 2)
  coef <- theta_to_arrays(case$problem$frame, random_theta(case$problem))
  coef <- list(gate = coef$gate[, c(1, 1, 2)], expert = coef$expert[, , c(1, 1, 2)])
  case$problem$frame$k <- 3L
  coef$gate[1, ] <- c(-1e4, -1e4, 2e4)
  for (repeat_ in 1:20) expect_true(all(is.finite(unlist(move_expert(case$problem, coef)))))
})

test_that("the search tries neighbours, four at a time, until none leads higher", {
  set.seed(3)
  fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 2, starts = 3, keep = 1,
                  short_iter = 5, search = 16)
  tried <- fit$runs[fit$runs$kind == "neighbour", ]
  expect_gte(nrow(tried), 4L)
  expect_equal(nrow(tried) %% 4L, 0L)
  expect_equal(sum(tried$continued), nrow(tried) / 4)
  expect_gte(fit$objective, max(fit$runs$short))
})

test_that("a neighbour differs, and keeps symmetric coding", {
  set.seed(4)
  for (k in 2:4) {
    case <- random_problem(n = 30, k = k)
    theta <- random_theta(case$problem)
    for (near in neighbours(case$problem, list(theta, random_theta(case$problem)), 6L)) {
      coef <- theta_to_arrays(case$problem$frame, near$theta)
      expect_equal(rowSums(coef$gate), numeric(nrow(coef$gate)), tolerance = 1e-12)
      expect_equal(apply(coef$expert, c(1, 3), sum), matrix(0, 4, k), tolerance = 1e-12)
      expect_gt(max(abs(near$theta - theta)), 0.1)
    }
  }
})

test_that("an exchange between two labellings of the same experts changes nothing", {
  set.seed(12)
  case <- random_problem(n = 30, k = 4)
  coef <- theta_to_arrays(case$problem$frame, random_theta(case$problem))
  other <- list(gate = coef$gate[, c(3, 1, 4, 2)], expert = coef$expert[, , c(3, 1, 4, 2)])
  for (repeat_ in 1:5) expect_equal(exchange_experts(coef, other), coef)
})

test_that("an interrupted pool still gives the best so far, on all rows", {
  set.seed(10)
  case <- random_problem(n = 50, k = 2)
  run <- function(stopped) {
    list(theta = random_theta(case$problem), trace = c(-99, -98), evaluations = 3L,
         converged = FALSE, interrupted = stopped)
  }
  pool <- new_pool(c("directions", "centers"), list(run(FALSE), run(TRUE)))
  result <- finish_pool(pool, case$problem, case$control, NULL)
  expect_true(result$interrupted)
  expect_identical(result$run$theta, pool$runs[[1L]]$theta)
  elsewhere <- continue_elsewhere(pool, case$problem, case$control, 2L, NULL)
  result <- finish_pool(elsewhere, case$problem, case$control, NULL)
  expect_true(result$interrupted)
  expect_length(result$run$trace, 1L)
  expect_equal(result$run$trace, evaluate(case, result$run$theta)$objective)
})

test_that("a search ends where runs stop early and each neighbour leads a little higher", {
  set.seed(1)
  case <- random_problem(n = 40, k = 3)
  height <- 0
  # every run ends a little above all before it
  climb <- function(runs, iterations) {
    height <<- height + 1
    lapply(runs, function(run) {
      list(theta = run$theta, trace = height, converged = FALSE, interrupted = FALSE)
    })
  }
  first <- new_pool("directions", climb(list(list(theta = random_theta(case$problem))), 1))
  first$table$continued <- TRUE
  pool <- search_neighbours(first, case$problem, c(search = 8, short_iter = 1, unseen = 0), climb)
  expect_lte(nrow(pool$table), 1 + 10 * 8)
})

# A pool of converged runs with these objectives.
pool_of <- function(objective) {
  pool <- new_pool(rep("neighbour", length(objective)), lapply(objective, function(height) {
    list(theta = height, trace = height, interrupted = FALSE)
  }))
  pool$table$continued <- TRUE
  pool
}

test_that("the share that is unseen falls with runs, and grows with the optima they found", {
  expect_identical(unseen_share(pool_of(-5)), 1)
  expect_equal(unseen_share(pool_of(rep(-5, 11))), 2 / (11 * 10))
  expect_equal(unseen_share(pool_of(c(-5, -5, -7, -7 - 1e-9, -9))), 12 / 20)
  # short runs are not converged
  pool <- pool_of(c(-5, -5, -5, -8))
  pool$table$continued[4] <- FALSE
  expect_equal(unseen_share(pool), 2 / 6)
})

test_that("a default search ends where optima are found again, one that is asked for goes on", {
  set.seed(1)
  fit <- moelogit(Species ~ Petal.Length, iris, k = 2)
  converged <- fit$runs[fit$runs$continued, ]
  found <- length(unique(signif(converged$objective, 5)))
  n <- nrow(converged)
  expect_lt(found * (found + 1) / (n * (n - 1)), most_unseen)
  # and not later than that
  n <- n - 1
  expect_gte(found * (found + 1) / (n * (n - 1)), most_unseen)
  set.seed(1)
  asked <- moelogit(Species ~ Petal.Length, iris, k = 2, starts = 24, search = 40)
  expect_gte(sum(asked$runs$kind == "neighbour"), 40)
})
