small_design <- function(rows = 1:400) {
  model_design_matrix(
    as.matrix(yeast_ppi[rows, c("log_common", "log_paths3")]), yeast_ppi$interacts[rows]
  )
}

test_that("along the path each fit starts from the one before, and stops at the tolerance", {
  control <- moelogit_control(tol = 1e-5)
  settings <- data.frame(k = 2L, penalty = c(0.1, 1))
  set.seed(1)
  members <- setting_members(small_design(), settings, control)
  problems <- lapply(c(0.1, 1), function(penalty) {
    build_problem(small_design(), 2L, moelogit_control(penalty = penalty))
  })
  set.seed(1)
  first <- fit_starts(problems[[1]], control, budget = resample_budget, finish = FALSE)$run
  second <- single_run(problems[[2]], control, first$theta, "given", NULL, finish = FALSE)$run
  expect_equal(lapply(members, `[[`, "theta"), list(first$theta, second$theta))
  # Newton steps would find no more than the tolerance says
  objective <- final_objective(second)
  finished <- single_run(problems[[2]], control, second$theta, "given", NULL)$run
  expect_gt(final_objective(finished), objective)
  expect_lt(final_objective(finished) - objective, 1e-3 * abs(objective))
})

test_that("settings that were dropped are not fitted", {
  settings <- data.frame(k = c(1L, 1L, 2L), penalty = c(0.1, 1, 1))
  tasks <- path_tasks(3L, settings, c(FALSE, TRUE, FALSE))
  expect_equal(tasks, list(list(resample = 3L, k = "1", rows = 2L)))
  members <- setting_members(small_design(), settings[tasks[[1]]$rows, ], moelogit_control())
  expect_length(members, 1)
  expect_equal(members[[1]]$penalty, c(gate = 1, expert = 1))
})

test_that("rows that are drawn twice count twice", {
  rows <- c(1:300, 1:100)
  twice <- training_design(small_design(), rows)
  expect_equal(twice$weights, rep(2:1, c(100, 200)))
  setting <- data.frame(k = 1L, penalty = 1)
  control <- moelogit_control()
  by_weight <- setting_members(twice, setting, control)[[1]]
  by_row <- setting_members(small_design(rows), setting, control)[[1]]
  expect_equal(by_weight$theta, by_row$theta, tolerance = 1e-6)
})

test_that("what is clearly worse and of no use to the stack is dropped", {
  set.seed(3)
  n <- 400
  good <- runif(n, 0.5, 1)
  p <- cbind(good, good * 0.8, ifelse(good < 0.6, 0.99, 0.65), good * runif(n, 0.97, 1.03), 0.9)
  alive <- still_racing(p, rep(1, n), c(TRUE, TRUE, TRUE, TRUE, FALSE))
  # the worse copy goes; the worse one that knows other rows, and the equal one, stay
  expect_equal(alive, c(TRUE, FALSE, TRUE, TRUE, FALSE))
  # rows without weight, or not left out so far, do not matter
  more <- rbind(p, cbind(0.01, matrix(1, 50, 4)), matrix(NA, 50, 5))
  expect_equal(still_racing(more, rep(c(1, 0, 1), c(n, 50, 50)), c(TRUE, TRUE, TRUE, TRUE, FALSE)),
               alive)
})

test_that("a record's probability is the mean over the resamples that leave it out", {
  resamples <- list(
    list(train = 1:200, test = 201:400), list(train = 101:300, test = c(1:100, 301:400))
  )
  fits <- resample_fits(small_design(), resamples, data.frame(k = 1L, penalty = 1),
                        moelogit_control())
  expect_equal(fits$count, rep(c(1, 0, 1, 2), each = 100))
  prob <- sapply(fits$members, function(m) {
    member_probabilities(m[[1]], small_design())[cbind(1:400, as.integer(small_design()$y))]
  })
  expected <- c(prob[1:100, 2], rep(NA, 100), prob[201:300, 1], rowMeans(prob[301:400, ]))
  expect_equal(fits$observed[, 1], expected)
  held <- held_out_probabilities(small_design(), resamples, fits, 1)
  expect_equal(held$prob[cbind(1:400, held$y)], expected, ignore_attr = TRUE)
})

test_that("records that no setting thinks possible do not stop the race", {
  observed <- cbind(c(0, 0.5, 0.9, 0.4), c(0, 0.5, 0.1, 0.6), c(0, 1e-300, 0.1, 0.2))
  expect_identical(still_racing(observed, rep(1, 4), rep(TRUE, 3)), c(TRUE, TRUE, FALSE))
})
