test_that("two classes and one expert are the residuals of glm(binomial)", {
  data <- transform(iris[51:150, ], y = factor(Species))
  weights <- rep(1:4, 25)
  ours <- moelogit(y ~ Sepal.Length, data, k = 1, weights = weights, penalty = 0, tol = 1e-15)
  theirs <- glm(y ~ Sepal.Length, binomial, data, weights = weights, epsilon = 1e-14)
  expect_equal(residuals(ours)[, 2], residuals(theirs, "pearson"), tolerance = 1e-6)
  expect_equal(residuals(ours, "deviance"), residuals(theirs, "deviance"), tolerance = 1e-6)
  expect_equal(residuals(ours, "response")[, 2], residuals(theirs, "response"), tolerance = 1e-6)
})

test_that("counts are the residuals of glm(cbind(...))", {
  set.seed(1)
  x <- rnorm(30)
  counts <- cbind(no = rpois(30, 3), yes = rpois(30, exp(1 + x)))
  counts[4, ] <- 0
  weights <- runif(30, 0.5, 2)
  ours <- moelogit(counts ~ x, k = 1, weights = weights, penalty = 0, tol = 1e-15)
  theirs <- glm(counts[, 2:1] ~ x, binomial, weights = weights, epsilon = 1e-14)
  used <- -4
  expect_equal(residuals(ours)[used, 2], residuals(theirs, "pearson")[used], tolerance = 1e-6)
  expect_equal(
    residuals(ours, "deviance")[used], residuals(theirs, "deviance")[used], tolerance = 1e-6
  )
  expect_identical(unname(residuals(ours, "deviance")[4]), 0)
})

test_that("squares of deviance residuals add up to the deviance", {
  fit <- separated_fit()$fit
  expect_equal(sum(residuals(fit, "deviance")^2), deviance(fit))
  expect_equal(unname(rowSums(residuals(fit, "response"))), rep(0, 300))
})

test_that("shapes, names and rows left out", {
  data <- separated_fit()$data
  data$x1[7] <- NA
  fit <- moelogit(y ~ x1 | x1 + x2, data, k = 2, na.action = na.exclude)
  for (type in c("pearson", "response")) {
    out <- residuals(fit, type)
    expect_identical(dim(out), c(300L, 3L))
    expect_identical(dimnames(out), list(row.names(data), levels(data$y)))
    expect_identical(unname(which(is.na(out[, 1]))), 7L)
  }
  for (type in c("deviance", "quantile")) {
    out <- residuals(fit, type)
    expect_named(out, row.names(data))
    expect_identical(unname(which(is.na(out))), 7L)
  }
  left_out <- moelogit(y ~ x1 | x1 + x2, data, k = 2)
  expect_length(residuals(left_out, "deviance"), 299L)
})

test_that("quantile residuals are standard normal under the model", {
  sim <- separated_fit(4000, seed = 6)
  set.seed(7)
  out <- residuals(sim$fit, "quantile")
  expect_gt(ks.test(out, "pnorm")$p.value, 0.01)
  # and not under a wrong one
  wrong <- moelogit(y ~ 1, sim$data, k = 1)
  expect_gt(abs(cor(residuals(wrong, "quantile"), sim$data$x1 * sign(sim$data$x2))), 0.1)
  # they lie between the quantiles of the class's two ends
  prob <- fitted(sim$fit)
  upper <- prob[, 1] + (sim$data$y != "a") * prob[, 2] + (sim$data$y == "c") * prob[, 3]
  expect_true(all(pnorm(out) < upper + 1e-12))
})

test_that("where a class is certain, and observed, nothing is left", {
  fit <- moelogit(Species ~ ., iris, k = 1, penalty = 0)
  certain <- fitted(fit) == 0 | fitted(fit) == 1
  expect_true(any(certain))
  expect_silent(pearson <- residuals(fit))
  expect_identical(unname(pearson[certain]), numeric(sum(certain)))
  for (type in c("deviance", "response", "quantile")) {
    expect_silent(out <- residuals(fit, type))
    expect_true(all(is.finite(out)))
  }
})

test_that("quantile residuals keep their digits at both ends", {
  # P(last class) of about 1e-12: as far out as the other end
  fit <- separated_fit(60)$fit
  rare <- fit
  rare$fitted.values[] <- rep(c(1e-12, 1 - 2e-12, 1e-12), each = 60)
  ends <- function(class) {
    rare$data$y[] <- class
    set.seed(4)
    residuals(rare, "quantile")
  }
  expect_lt(max(ends(1L)), qnorm(1e-12) + 1e-3)
  expect_gt(min(ends(3L)), -qnorm(1e-12) - 1e-3)
  last <- unname(ends(3L))
  set.seed(4)
  expect_equal(last, -qnorm((1 - runif(60)) * 1e-12), tolerance = 1e-10)
})

test_that("errors", {
  local_reproducible_output()
  counts <- moelogit(cbind(a = c(1, 2, 3), b = c(3, 2, 1)) ~ 1, k = 1)
  small <- separated_fit(keep_data = FALSE)$fit
  expect_snapshot_output(show_errors(
    residuals(counts, "quantile"),
    residuals(small),
    residuals(counts, "working")
  ))
})

test_that("a row of no weight that is certainly another class has residual 0", {
  fit <- moelogit(Species ~ Petal.Width, iris, k = 1, weights = rep(0:1, 75))
  fit$fitted.values[1, ] <- c(0, 1, 0)
  for (type in c("pearson", "deviance")) {
    out <- as.matrix(residuals(fit, type))
    expect_identical(unname(out[1, ]), numeric(ncol(out)))
    expect_true(all(is.finite(out)))
  }
})
