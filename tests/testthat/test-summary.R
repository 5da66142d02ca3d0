test_that("the table is coef(), vcov() and the normal distribution", {
  fit <- separated_fit()$fit
  for (type in c("hessian", "sandwich")) {
    summary <- summary(fit, type = type)
    table <- coef(summary)
    error <- sqrt(diag(vcov(fit, type = type)))
    expect_identical(colnames(table), c("Estimate", "Std. Error", "z value", "Pr(>|z|)"))
    expect_identical(rownames(table), names(coef(fit)))
    expect_equal(table[, 2], error)
    expect_equal(table[, 4], 2 * pnorm(-abs(coef(fit) / error)))
  }
  blocks <- summary(fit)$blocks
  expect_identical(blocks$part, rep(c("gate", "expert"), c(1, 4)))
  expect_identical(blocks$expert, c("2", "1", "1", "2", "2"))
  expect_identical(blocks$class, c(NA, "b", "c", "b", "c"))
  expect_null(summary(fit)$notes)
  expect_null(summary(fit)$fit$data)
})

test_that("blocks are printed gate first, then expert by expert, class by class", {
  local_reproducible_output(width = 90)
  fit <- separated_fit()$fit
  lines <- capture.output(print(summary(fit), digits = 2))
  expect_snapshot_output(cat(grep("^Converged", lines, value = TRUE, invert = TRUE), sep = "\n"))
  printed <- capture.output(shown <- withVisible(print(summary(fit))))
  expect_false(shown$visible)
  expect_s3_class(shown$value, "summary.moelogit")
})

test_that("one expert, two classes and aliased columns have their rows", {
  data <- transform(mtcars, am = factor(am), twice = 2 * wt)
  fit <- suppressMessages(moelogit(am ~ wt + twice, data, k = 1))
  table <- coef(summary(fit))
  expect_identical(rownames(table), paste0("expert_1:1:", c("(Intercept)", "wt", "twice")))
  expect_identical(unname(is.na(table[, "Estimate"])), c(FALSE, FALSE, TRUE))
  expect_identical(unname(is.na(table[, "Std. Error"])), c(FALSE, FALSE, TRUE))
  expect_output(print(summary(fit)), "1 column not defined because of singularities")
})

test_that("separation is found, in the class and in the reference", {
  set.seed(3)
  data <- data.frame(x = sort(rnorm(60)))
  data$y <- factor(rep(c("low", "high"), each = 30), c("low", "high"))
  apart <- moelogit(y ~ x, data, k = 1, penalty = 0)
  summary <- summary(apart)
  expect_lt(summary$blocks$information, 1)
  expect_match(summary$notes, "On separation.*class \"high\" in expert 1")

  # the reference class is the one apart: every contrast with it is
  three <- rbind(
    transform(data, y = "low", x = x - 20),
    transform(data, y = sample(c("mid", "high"), 60, replace = TRUE))
  )
  three$y <- factor(three$y, c("low", "mid", "high"))
  fit <- moelogit(y ~ x, three, k = 1, penalty = 0)
  expect_true(all(summary(fit)$blocks$information < 1))

  # with the penalty the maximum exists, and the table says who holds it
  held <- summary(moelogit(y ~ x, three, k = 1, penalty = 100))
  expect_match(held$notes, "The penalty says more than the data about", all = FALSE)

  # nothing of the kind where classes overlap
  expect_null(summary(moelogit(Species ~ Sepal.Width, iris, k = 1))$notes)
})

test_that("a singular information and a fit that has not converged are said", {
  fit <- moelogit(Species ~ Sepal.Width, iris, k = 1, penalty = 0)
  both <- suppressWarnings(update(fit, k = 2, max_iter = 1, starts = 1))
  both$gate[] <- 0
  both$expert[] <- fit$expert
  notes <- expect_silent(summary(both))$notes
  expect_match(notes, "has not converged", all = FALSE)
  expect_match(notes, "not positive definite", all = FALSE)

  # every probability is 0 or 1, that of one observed class 0
  flat <- moelogit(am ~ wt, transform(mtcars, am = factor(am)), k = 1, penalty = 0)
  flat$expert[] <- 1e4 * flat$expert
  notes <- summary(flat)$notes
  expect_match(notes, "says nothing about expert_1:1:\\(Intercept\\), expert_1:1:wt", all = FALSE)
})

test_that("a fit without data has a table without errors, and says why", {
  summary <- summary(separated_fit(keep_data = FALSE)$fit)
  expect_true(all(is.na(coef(summary)[, "Std. Error"])))
  expect_match(summary$notes, "keep_data")
  expect_output(print(summary), "Note: No standard errors")
})
