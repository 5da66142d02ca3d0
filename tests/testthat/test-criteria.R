test_that("the slope's penalty is a multiple of the least of the last gains", {
  df <- c(2, 5, 8, 11, 14)
  path <- function(...) c(0, cumsum(3 * c(...)))
  expect_equal(slope_penalty(path(9, 0.6, 0.5, 0.7), df, 1e6), 2)
  expect_equal(slope_penalty(path(0.4, 0.6, 0.5, 0.7), df, 1e6), 2)
  # no less than AIC's
  expect_equal(slope_penalty(path(9, 0.6, 0.1, 0.7), df, 1e6), 1)
  expect_equal(slope_penalty(path(9, 0.6, -0.1, 0.7), df, 1e6), 1)
  # no more than Hannan and Quinn's
  expect_equal(slope_penalty(path(9, 6, 5, 7), df, 1e6), log(log(1e6)))
  expect_equal(slope_penalty(path(9)[1:2], df[1:2], 1e6), log(log(1e6)))
  expect_equal(slope_penalty(path(9)[1:2], df[1:2], 2), 1)
})

test_that("every criterion can choose, and a choice at the edge is told", {
  s <- selection()
  for (criterion in selection_criteria) {
    k <- choose_level(s$table, criterion)
    expect_true(k %in% 1:4)
    best <- s$table$k[which.min(s$table[[criterion]])]
    expect_true(k == best || criterion == "dsc" && k == 1L)
  }
  guarded <- s$table
  guarded$bic[1] <- min(guarded$bic) - 1
  expect_identical(choose_level(guarded, "dsc"), 1L)
  set.seed(1)
  expect_message(
    edge <- select_experts(y ~ x + z | x, two_experts(), k_max = 2, criterion = "aic", starts = 4),
    class = "moelogit_message_edge"
  )
  expect_identical(edge$k, 2L)
})

test_that("levels that are not done have no criteria and are not chosen", {
  table <- data.frame(
    k = 1:4, height = c(NA, 3, 2, 1), height_merged = c(NA, 3, 2, 1), loglik_merged = -(9:6) * 10,
    loglik = c(NA, NA, -70, -69), df = c(NA, NA, 8, 11), edf = c(NA, NA, 6, 7),
    evidence = c(NA, NA, -80, -81)
  )
  table <- add_criteria(table, 100, c(NA, NA, 5, 6), c(NA, NA, 9, 11))
  expect_identical(is.na(table$weight), c(TRUE, TRUE, FALSE, FALSE))
  for (criterion in c("tempered", "effective", "slope", "aic", "bic", "icl", "dsc")) {
    expect_identical(is.na(table[[criterion]]), c(TRUE, TRUE, FALSE, FALSE))
    expect_identical(choose_level(table, criterion), 3L)
  }
})

test_that("the default is minus twice the objective plus eight tenths of twice the complexity", {
  s <- selection()
  problem <- training_problem(s$fit)
  for (fit in s$fits) {
    lambda <- pmax(penalised_spectrum(fit, with_experts(problem, fit$k))$lambda, 0)
    row <- s$table[fit$k, ]
    expect_equal(row$tempered, -2 * fit$objective + 0.8 * sum(log(1 + lambda)))
    expect_equal(row$effective, -2 * fit$loglik + 3 * sum(lambda / (1 + lambda)))
  }
})

test_that("weights sum to one and order the numbers as the default does", {
  weight <- criterion_weight(c(NA, 12, 10, 10, 2000))
  expect_equal(sum(weight, na.rm = TRUE), 1)
  expect_equal(weight[3], weight[4])
  expect_equal(weight[2] / weight[3], exp(-weight_power))
  expect_lt(weight[5], 1e-100)
  t <- selection()$table
  expect_identical(order(-t$weight), order(t$tempered))
})
