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

test_that("a fit without data has a table without errors, and says why", {
  summary <- summary(separated_fit(keep_data = FALSE)$fit)
  expect_true(all(is.na(coef(summary)[, "Std. Error"])))
  expect_match(summary$notes, "keep_data")
  expect_true(all(summary$missing == "no data"))
  expect_identical(names(summary$experts), "weight")
  expect_output(print(summary), "Note: No standard errors")
})

test_that("it says how the posteriors split the rows", {
  fit <- moelogit(y ~ x1 | x1 + x2, separated_fit()$data, k = 2, weights = rep(1:3, 100))
  summary <- summary(fit)
  posterior <- predict(fit, type = "posterior")
  weight <- rep(1:3, 100)
  first <- posterior[, 1] >= posterior[, 2]
  expect_equal(summary$experts$rows, unname(colSums(weight * posterior)))
  expect_equal(summary$experts$posterior, c(
    weighted.mean(posterior[first, 1], weight[first]),
    weighted.mean(posterior[!first, 2], weight[!first])
  ))
  expect_equal(
    summary$sharpness, 1 + sum(weight * posterior * log(posterior)) / (sum(weight) * log(2))
  )
  expect_identical(rownames(summary$experts), c("1", "2"))
  expect_output(print(summary), "how sharply the posteriors split the rows \\(0\\.[0-9]{2} of 1\\)")
  # experts that are the same, one of them nobody's most probable one
  same <- fit
  same$gate[] <- c(1, 0, 0, -1, 0, 0)
  same$expert[, , 2] <- same$expert[, , 1]
  expect_identical(is.na(summary(same)$experts$posterior), c(FALSE, TRUE))
  expect_identical(summary(moelogit(y ~ x1, fit$data$model_frame, k = 1))$sharpness, NA_real_)
})
