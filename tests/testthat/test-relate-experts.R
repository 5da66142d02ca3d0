# Two experts that overlap; an external number and an external factor that depend on the expert.
overlapping <- function(n) {
  truth <- separated_truth()
  truth$gate <- cbind(0, c(0.3, 0.5, 1))
  sim <- rmoelogit(n, truth$gate, truth$expert)
  d <- sim$data
  d$number <- c(1, 3)[sim$expert] + rnorm(n)
  d$kind <- factor(ifelse(runif(n) < c(0.8, 0.3)[sim$expert], "u", "v"))
  list(data = d, truth = truth)
}

overlapping_fit <- function(sim, ...) {
  fit <- moelogit(y ~ x1 | x1 + x2, sim$data, k = 2, start = sim$truth, penalty = 0.01, ...)
  relabel_to(fit, sim$truth)
}

test_that("the correction removes the bias of the naive comparison, with honest errors", {
  skip_on_cran()
  set.seed(1)
  found <- replicate(25, {
    sim <- overlapping(3000)
    fit <- overlapping_fit(sim)
    corrected <- relate_experts(fit, ~ number + kind, sim$data)$estimates
    naive <- relate_experts(fit, ~ number + kind, sim$data, correction = "none")$estimates
    c(corrected$estimate[1:4], naive$estimate[1:4], corrected$std.error[1:4])
  })
  truth <- c(1, 3, 0.8, 0.3)
  bias <- rowMeans(found[1:4, ]) - truth
  naive_bias <- rowMeans(found[5:8, ]) - truth
  spread <- apply(found[1:4, ], 1, sd)
  expect_true(all(abs(bias) < 4 * spread / sqrt(ncol(found))))
  expect_true(all(abs(naive_bias) > 5 * abs(bias)))
  # experts look more alike than they are
  expect_true(all(naive_bias * c(1, -1, -1, 1) > 0))
  ratio <- rowMeans(found[9:12, ]) / spread
  expect_true(all(ratio > 0.7 & ratio < 1.6))
})

test_that("where the experts are sure, they are groups of rows", {
  set.seed(2)
  sim <- overlapping(400)
  d <- sim$data
  sure <- overlapping_fit(sim)
  sure <- set_coefficients(sure, c(`gate_2:(Intercept)` = 0, `gate_2:x1` = 0, `gate_2:x2` = 1e6))
  outcomes <- Map(outcome_columns, d[c("number", "kind")], c("number", "kind"))
  found <- expert_means(sure, outcomes, "modal", "bch")
  group <- d$x2 > 0
  expect_equal(found$estimate, c(
    tapply(d$number, group, mean), prop.table(table(group, d$kind), 1)
  ), ignore_attr = TRUE)
  expect_equal(unname(sqrt(colSums(found$influence[, 1:2]^2))), as.vector(
    tapply(d$number, group, function(v) sqrt(mean((v - mean(v))^2) / length(v)))
  ))
  expect_equal(unname(found$classification), diag(2))
})

test_that("the shape of what is found", {
  set.seed(3)
  sim <- overlapping(500)
  sim$data$flag <- sim$data$number > 2
  fit <- overlapping_fit(sim)
  found <- relate_experts(fit, ~ number + kind + flag, sim$data, level = 0.9)
  expect_identical(found$tests$variable, c("number", "kind", "flag"))
  expect_equal(found$tests$df, c(1, 1, 1))
  expect_identical(tidy(found), found$estimates)
  expect_identical(tidy(found)$level, c(NA, NA, "u", "u", "v", "v", NA, NA))
  expect_equal(rowSums(found$classification), c(`1` = 1, `2` = 1))
  shares <- tidy(found)$estimate[3:6]
  expect_equal(shares[1:2] + shares[3:4], c(1, 1))
  reach <- qnorm(0.95) * tidy(found)$std.error
  expect_equal(tidy(found)$conf.low, tidy(found)$estimate - reach)
  one <- tidy(relate_experts(fit, ~ I(kind == "u"), sim$data))
  expect_equal(one$estimate, shares[1:2])
  # all experts together have the mean of all rows
  modal <- relate_experts(fit, ~number, sim$data, "modal")
  expect_equal(sum(modal$estimates$estimate * colMeans(predict(fit, type = "posterior"))),
               mean(sim$data$number))
})

test_that("weights count rows, missing values are left out by variable, rows are found by name", {
  skip_on_cran()
  set.seed(4)
  sim <- overlapping(400)
  d <- sim$data
  weight <- rep(c(1, 2), 200)
  fit <- moelogit(y ~ x1 | x1 + x2, d, k = 2, weights = weight, start = sim$truth, penalty = 0.01)
  twice <- d[rep(1:400, weight), ]
  again <- moelogit(y ~ x1 | x1 + x2, twice, k = 2, start = fit, penalty = 0.01)
  expect_equal(relate_experts(fit, ~number, d)$estimates$estimate,
               relate_experts(again, ~number, twice)$estimates$estimate, tolerance = 1e-4)

  d$number[1:10] <- NA
  d$x2[20] <- NA
  gaps <- moelogit(y ~ x1 | x1 + x2, d, k = 2, start = sim$truth, penalty = 0.01)
  whole <- relate_experts(gaps, ~ number + kind, d)
  expect_equal(whole$tests$n, c(389, 399))
  expect_equal(relate_experts(gaps, ~ number + kind, d[-20, ]), whole)
  expect_equal(relate_experts(gaps, ~ number + kind, d[400:1, ]), whole)
})

test_that("what is printed, and the errors", {
  local_reproducible_output()
  set.seed(5)
  sim <- overlapping(500)
  fit <- overlapping_fit(sim)
  found <- relate_experts(fit, ~ number + kind, sim$data)
  found$estimates$estimate <- round(found$estimates$estimate, 1)
  found$estimates$std.error <- 0.12
  found$tests$statistic <- c(100, 50)
  found$tests$p.value <- c(1e-20, 1e-10)
  found$classification[] <- c(0.9, 0.1, 0.1, 0.9)
  expect_snapshot_output(print(found))
  d <- sim$data
  one <- moelogit(y ~ x1, d, k = 1)
  expect_snapshot_output(show_errors(
    relate_experts(lm(number ~ 1, d), ~number, d), relate_experts(one, ~number, d),
    relate_experts(fit, number ~ kind, d), relate_experts(fit, "number", d),
    relate_experts(fit, ~number, as.list(d)), relate_experts(fit, ~number, head(d)),
    relate_experts(fit, ~nothing, d), relate_experts(fit, ~1, d),
    relate_experts(fit, ~ cbind(number, number), d), relate_experts(fit, ~ I(NA * number), d),
    relate_experts(fit, ~number, d, "hard"), relate_experts(fit, ~number, d, level = 1)
  ))
})

test_that("fits without errors, and experts without rows, are told", {
  set.seed(6)
  sim <- overlapping(300)
  fit <- overlapping_fit(sim)
  unknown <- with_function("fit_influence", function(fit, estimates) NA, {
    relate_experts(fit, ~ number + kind, sim$data)
  })
  expect_true(all(is.na(unknown$tests$statistic)))
  expect_true(all(is.na(tidy(unknown)$std.error)))
  expect_true(all(is.finite(tidy(unknown)$estimate)))
  # a third and a fourth expert far away
  four <- moelogit(y ~ x1 | x1 + x2, sim$data, k = 4, starts = 1)
  four$gate[1, 3:4] <- -2000
  expect_snapshot_output(show_errors(relate_experts(four, ~number, sim$data)))
  four$gate[1, 3:4] <- -20
  expect_error(relate_experts(four, ~number, sim$data), class = "moelogit_error_relation")
})

test_that("a column that is left out changes nothing", {
  set.seed(9)
  data <- transform(overlapping(300)$data, twice = 2 * x1)
  relation <- function(formula) {
    set.seed(9)
    fit <- suppressMessages(moelogit(formula, data, k = 2, penalty = 0.01))
    list(left_out = anyNA(coef(fit)), estimates = relate_experts(fit, ~ number, data)$estimates)
  }
  aliased <- relation(y ~ x1 + twice | x1 + x2)
  expect_true(aliased$left_out)
  expect_equal(aliased$estimates, relation(y ~ x1 | x1 + x2)$estimates, tolerance = 1e-6)
})
