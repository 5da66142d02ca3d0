test_that("options of a run take what they need from the control, and bound its iterations", {
  control <- moelogit_control(max_iter = 50L, method = "mm", tol = 1e-3)
  options <- run_options(control)
  expect_identical(options[c("method", "max_iter", "tol")],
                   list(method = "mm", max_iter = 50L, tol = 1e-3))
  expect_identical(run_options(control, max_iter = 1e6)$max_iter, 50L)
  expect_identical(run_options(control, max_iter = 3)$max_iter, 3L)
  # every call of the core gets the same fields
  expect_named(run_options(control, finish = FALSE, start_steps = 9), names(options))
})

test_that("a run goes on where it stopped, its trace and evaluations too", {
  set.seed(21)
  case <- random_problem(n = 60, k = 2)
  start <- list(list(theta = random_theta(case$problem)))
  climb <- function(runs, n) climb_on(case$problem, case$control, runs, n, NULL)
  first <- climb(start, 3L)
  then <- climb(first, 4L)[[1L]]
  expect_length(then$trace, 8L)
  expect_identical(then$trace[1:4], first[[1L]]$trace)
  expect_true(all(diff(then$trace) >= 0))
  expect_gt(then$evaluations, first[[1L]]$evaluations)
  expect_identical(final_objective(then), then$trace[8L])
})

test_that("an interrupt before any run began leaves the start", {
  set.seed(10)
  case <- random_problem(n = 50, k = 2)
  theta <- random_theta(case$problem)
  none <- run_not_begun(case$problem, run_options(case$control), theta)
  expect_true(none$interrupted)
  expect_identical(none$theta, theta)
  expect_equal(none$trace, evaluate(case, theta)$objective)
})

test_that("workers do the same runs; after an interrupt those before the first that is not done", {
  set.seed(22)
  case <- random_problem(n = 60, k = 2)
  theta <- replicate(5, random_theta(case$problem))
  options <- run_options(case$control, max_iter = 4L, finish = FALSE)
  here <- ascend_runs(case$problem, options, theta, 1L, NULL)
  workers <- list(cluster = 1:2)
  shared <- list(problem = case$problem, control = case$control)
  there_until <- function(last) {
    with_function("run_tasks", function(fun, tasks, workers, seeds) {
      values <- lapply(tasks, fun, shared)
      if (last < length(values)) values[last + 1L] <- list(NULL)
      list(values = values, interrupted = last < length(values))
    }, ascend_there(case$problem, options, theta, workers))
  }
  expect_identical(there_until(4L), here)
  some <- there_until(2L)
  marked <- vapply(some, `[[`, NA, "interrupted")
  expect_identical(marked, seq_along(some) == length(some))
  expect_identical(lapply(some, `[[`, "theta"), lapply(here[seq_along(some)], `[[`, "theta"))
  none <- there_until(0L)
  expect_true(none[[1L]]$interrupted)
  expect_identical(none[[1L]]$theta, theta[, 1L])
})

test_that("two objectives are the same up to a relative 1e-6", {
  expect_true(reaches(-100, -100))
  expect_true(reaches(-100 - 1e-5, -100))
  expect_false(reaches(-100 - 2e-4, -100))
  expect_true(reaches(0, 1e-7))
})
