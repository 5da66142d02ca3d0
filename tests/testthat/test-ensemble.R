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
    list(members = case$members, weight = c(0.25, 0.75), temperature = 1), case$design, NULL,
    spread = TRUE
  )
  expect_equal(got$fit, 0.25 * each[[1]] + 0.75 * each[[2]], ignore_attr = TRUE)
  expect_equal(got$spread, sqrt(0.1875) * abs(each[[1]] - each[[2]]), ignore_attr = TRUE)
  sharp <- ensemble_probabilities(
    list(members = case$members, weight = c(0.25, 0.75), temperature = 0.5), case$design, NULL
  )
  expect_equal(sharp$fit, got$fit^2 / rowSums(got$fit^2))
  expect_null(sharp$spread)
})

test_that("the weights of the settings are shared among their members", {
  fits <- list(members = list(list("a1", NULL, "c1"), list("a2", NULL, "c2")))
  ensemble <- new_ensemble(fits, c(0.4, 0, 0.6))
  expect_identical(unlist(ensemble$members), c("a1", "c1", "a2", "c2"))
  expect_equal(ensemble$weight, c(0.2, 0.3, 0.2, 0.3))
})

test_that("a temperature divides the log odds, and keeps sums and missing rows", {
  prob <- rbind(c(0.2, 0.3, 0.5), c(0, 0.4, 0.6), NA)
  cold <- tempered(prob, 0.8)
  expect_equal(rowSums(cold), c(1, 1, NA))
  expect_equal(log(cold[, 3] / cold[, 2]), log(prob[, 3] / prob[, 2]) / 0.8)
  expect_identical(cold[2, 1], 0)
  expect_identical(tempered(prob, 1), prob)
})

test_that("the temperature is that of the data, and where there is no error it is bounded", {
  set.seed(3)
  truth <- cbind(runif(4000, 0.05, 0.95))
  truth <- cbind(truth, 1 - truth)
  y <- 1L + (runif(4000) > truth[, 1])
  held <- list(prob = tempered(truth, 1.4), y = y, row = NULL, weights = rep(1:2, 2000))
  fitted <- fit_temperature(held)
  # a logit without intercept has the same slope
  odds <- log(held$prob[, 2] / held$prob[, 1])
  slope <- coef(glm(y - 1 ~ odds - 1, binomial, weights = held$weights))[[1]]
  expect_equal(1 / fitted, slope, tolerance = 1e-3)
  expect_lt(abs(fitted - 1 / 1.4), 0.05)
  held$y <- max.col(held$prob)
  expect_equal(fit_temperature(held), 0.5, tolerance = 1e-3)
  # rows never left out, and an observed class thought impossible, do not break it
  held$prob[1, ] <- NA
  held$prob[2, ] <- c(0, 1)
  held$y[2] <- 1L
  expect_true(is.finite(fit_temperature(held)))
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
