two_members <- function() {
  data <- fit_data(60)
  design <- model_design_matrix(as.matrix(data[c("x", "z")]), data$y)
  members <- lapply(c(0.1, 10), function(penalty) {
    control <- moelogit_control(penalty = penalty)
    problem <- build_problem(design, 1L, control)
    new_member(problem, fit_starts(problem, control)$run, design, control$penalty, control)
  })
  list(design = design, members = members)
}

test_that("an ensemble is the weighted average of its members, the spread their deviation", {
  case <- two_members()
  each <- lapply(case$members, member_probabilities, case$design)
  got <- ensemble_probabilities(
    list(members = case$members, weight = c(0.25, 0.75)), case$design, NULL, spread = TRUE
  )
  expect_equal(got$fit, 0.25 * each[[1]] + 0.75 * each[[2]], ignore_attr = TRUE)
  expect_equal(got$spread, sqrt(0.1875) * abs(each[[1]] - each[[2]]), ignore_attr = TRUE)
  expect_null(ensemble_probabilities(list(members = case$members, weight = 1:0), case$design, NULL)$
                spread)
})

test_that("the weights of the settings are shared among their members", {
  fits <- list(members = list(list("a1", NULL, "c1"), list("a2", NULL, "c2")))
  ensemble <- new_ensemble(fits, c(0.4, 0, 0.6))
  expect_identical(unlist(ensemble$members), c("a1", "c1", "a2", "c2"))
  expect_equal(ensemble$weight, c(0.2, 0.3, 0.2, 0.3))
})

test_that("the log loss of what was left out counts what was seen, by weight", {
  held <- list(
    prob = rbind(c(0.2, 0.8), c(NA, NA), c(0.5, 0.5)), y = c(2L, 1L, 1L), row = NULL,
    weights = c(1, 1, 3)
  )
  expect_equal(held_out_logloss(held), -(log(0.8) + 3 * log(0.5)) / 4)
  held$weights[3] <- 0
  expect_equal(held_out_logloss(held), -log(0.8))
})

test_that("an ensemble has no gates, and says so", {
  expect_identical(check_ensemble_type(c("class", "prob", "link")), "class")
  expect_error(check_ensemble_type("gate"), class = "moelogit_error_argument")
})
