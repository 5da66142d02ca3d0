test_that("replicates have the names of coef() and agree with the Hessian", {
  skip_on_cran()
  sim <- separated_fit(1500, penalty = 0.01)
  for (type in c("case", "parametric")) {
    set.seed(5)
    boot <- bootstrap(sim$fit, R = 150, type = type)
    expect_s3_class(boot, "moelogit_bootstrap")
    expect_identical(dim(boot$replicates), c(150L, length(coef(sim$fit))))
    expect_identical(colnames(boot$replicates), names(coef(sim$fit)))
    expect_true(all(boot$converged))
    ratio <- sqrt(diag(vcov(boot)) / diag(vcov(sim$fit)))
    expect_lt(abs(mean(log(ratio))), 0.1)
    expect_true(all(ratio > 0.7 & ratio < 1.6))
  }
})

# The log-likelihood of weighted rows at other coefficients.
loglik_at <- function(sim, free, weights) {
  prob <- predict(with_coefficients(sim$fit, free), sim$data, type = "prob")
  sum(weights * log(prob[cbind(seq_along(weights), as.integer(sim$data$y))]))
}

test_that("a replicate is the fit to its resampled rows", {
  # no penalty: it would be on covariates standardised anew
  sim <- separated_fit(400, penalty = 0, tol = 1e-13)
  set.seed(3)
  boot <- bootstrap(sim$fit, R = 3)
  set.seed(3)
  seeds <- task_seeds(3)
  for (b in 1:3) {
    times <- with_seed(seeds[b], tabulate(sample.int(400, replace = TRUE), 400))
    again <- moelogit(
      y ~ x1 | x1 + x2, sim$data, k = 2, weights = times, start = sim$fit, penalty = 0,
      tol = 1e-13
    )
    expect_equal(logLik(again)[1], loglik_at(sim, boot$replicates[b, ], times), tolerance = 1e-8)
  }
})

test_that("experts are matched to those of the fit", {
  sim <- separated_fit(400)
  fit <- sim$fit
  problem <- training_problem(fit)
  matched <- expert_matcher(fit, problem, object_theta(fit))
  for (order in list(1:2, 2:1)) {
    free <- matched(object_theta(relabel(fit, order)))
    expect_equal(drop(free_to_original(fit$frame, cbind(free))), unname(coef(fit)))
  }
  # also when the order of the weights changes from replicate to replicate
  set.seed(1)
  boot <- bootstrap(fit, R = 40)
  expect_true(all(boot$replicates[, "expert_1:b:x1"] * coef(fit)[["expert_1:b:x1"]] > 0))
})

test_that("the result does not depend on threads or workers, and follows set.seed()", {
  fit <- separated_fit(200)$fit
  draw <- function(...) {
    set.seed(9)
    bootstrap(fit, R = 7, ...)$replicates
  }
  expect_identical(draw(), draw())
  expect_identical(draw(threads = 1), draw(threads = 2))
  expect_identical(draw(cluster = two_workers()), draw())
  expect_identical(
    draw(cluster = two_workers(), type = "parametric"), draw(type = "parametric")
  )
  expect_false(identical(draw(), draw(type = "parametric")))
})

test_that("weights, counts, aliased columns, one expert and sparse matrices", {
  skip_on_cran()
  data <- separated_fit(120)$data
  data$table <- outer(as.character(data$y), levels(data$y), `==`) * rep(1:3, 40) + 1
  fits <- list(
    moelogit(y ~ x1, data, k = 1, weights = runif(120)),
    moelogit(table ~ x1, data, k = 2),
    suppressMessages(moelogit(y ~ x1 + I(2 * x1), data, k = 2)),
    moelogit(Matrix::Matrix(cbind(x1 = data$x1), sparse = TRUE), data$y, k = 2)
  )
  for (fit in fits) {
    for (type in c("case", "parametric")) {
      boot <- bootstrap(fit, R = 3, type = type)
      expect_identical(
        unname(is.na(boot$replicates[2, ])), unname(is.na(coef(fit)))
      )
      expect_identical(dimnames(vcov(boot)), dimnames(vcov(fit)))
      expect_identical(rownames(vcov(boot, complete = FALSE)), names(coef(fit, complete = FALSE)))
      expect_identical(rownames(confint(boot)), names(coef(fit)))
    }
  }
  expect_identical(dim(vcov(fits[[1]], type = "bootstrap", R = 2)), c(4L, 4L))
})

test_that("intervals are the textbook's", {
  boot <- bootstrap(separated_fit(200)$fit, R = 30)
  one <- boot$replicates[, 4]
  estimate <- boot$estimate[[4]]
  ends <- quantile(one, c(0.05, 0.95), names = FALSE)
  limits <- function(type) unname(confint(boot, 4, level = 0.9, type = type)[1, ])
  expect_equal(limits("percentile"), ends)
  expect_equal(limits("basic"), 2 * estimate - rev(ends))
  expect_equal(
    limits("normal"), estimate - (mean(one) - estimate) + c(-1, 1) * qnorm(0.95) * sd(one)
  )
  expect_identical(colnames(confint(boot, level = 0.9)), c("5 %", "95 %"))
})

test_that("print() shows estimate, bias and error", {
  set.seed(1)
  boot <- bootstrap(moelogit(Species ~ Sepal.Length, iris, k = 1), R = 20)
  expect_output(expect_identical(print(boot), boot), "Case bootstrap.*20 replicates.*Bias")
})

test_that("with a single free coefficient the replicates differ, too", {
  set.seed(1)
  data <- data.frame(y = rbinom(60, 1, 0.3))
  boot <- bootstrap(moelogit(y ~ 1, data, k = 1), R = 60)
  expect_identical(dim(boot$replicates), c(60L, 1L))
  expect_gt(length(unique(boot$replicates[, 1])), 5)
  expect_equal(vcov(boot)[1], vcov(moelogit(y ~ 1, data, k = 1))[1], tolerance = 0.5)
})

test_that("every drawn case counts with its own weight", {
  set.seed(2)
  data <- data.frame(y = rep(0:1, 30), w = rep(c(0.5, 4), 30))
  fit <- moelogit(y ~ 1, data, k = 1, weights = w, penalty = 0)
  # of the second class there is 8 times as much in the fit, and so on average in the replicates
  boot <- bootstrap(fit, R = 200)
  expect_equal(coef(fit)[[1]], log(8), tolerance = 1e-6)
  expect_equal(mean(boot$replicates), log(8), tolerance = 0.05)
  set.seed(3)
  one <- bootstrap(fit, R = 2)$replicates[[1, 1]]
  set.seed(3)
  seed <- task_seeds(2)[1]
  times <- with_seed(seed, tabulate(sample.int(60, replace = TRUE), 60)) * data$w
  expect_equal(one, log(sum(times[data$y == 1]) / sum(times[data$y == 0])), tolerance = 1e-5)
})

test_that("errors", {
  local_reproducible_output()
  fit <- separated_fit(200)$fit
  halves <- moelogit(cbind(a = c(0.5, 2), b = c(1, 2)) ~ 1, k = 1)
  expect_snapshot_output(show_errors(
    bootstrap(fit, R = 1),
    bootstrap(fit, type = "wild"),
    bootstrap(halves, type = "parametric"),
    confint(bootstrap(fit, R = 2), "x9")
  ))
})
