test_that("the log-likelihood is the weighted sum of the log probabilities of what was seen", {
  data <- fit_data()
  offset <- cbind(0, data$z, -data$x)
  holes <- data
  holes$x[c(4, 20)] <- NA
  fits <- list(
    plain = quick_fit(y ~ x, data, k = 2),
    weights = quick_fit(y ~ x | z, data, k = 3, weights = w),
    offset = quick_fit(y ~ x | z, data, k = 2, offset = offset),
    mm = quick_fit(y ~ x, data, k = 2, method = "mm", max_iter = 3000, tol = 1e-6)
  )
  for (name in names(fits)) {
    fit <- fits[[name]]
    w <- if (name == "weights") data$w else 1
    expect_equal(fit$loglik, loglik_by_hand(fitted(fit), data$y, w), tolerance = 1e-9)
    expect_equal(rowSums(fitted(fit)), setNames(rep(1, 150), 1:150), tolerance = 1e-13)
    expect_equal(fitted(fit), predict(fit, type = "prob"), tolerance = 1e-12)
  }
  part <- quick_fit(y ~ x | z, data, k = 2, subset = x > 0, weights = w)
  rows <- data$x > 0
  expect_equal(
    part$loglik, loglik_by_hand(fitted(part), data$y[rows], data$w[rows]), tolerance = 1e-9
  )
  expect_identical(rownames(fitted(part)), rownames(data)[rows])
  gone <- quick_fit(y ~ x, holes, k = 2, na.action = na.exclude)
  p <- fitted(gone)
  expect_identical(which(is.na(p[, 1])), c("4" = 4L, "20" = 20L))
  rows <- complete.cases(holes)
  expect_equal(gone$loglik, loglik_by_hand(p[rows, ], data$y[rows]), tolerance = 1e-9)
})

test_that("the objective is the log-likelihood less the ridge on symmetric, standardised ones", {
  data <- fit_data()
  fit <- quick_fit(y ~ x | z, data, k = 2, penalty = c(gate = 0.5, expert = 2))
  standard <- standardised_coef(fit$frame, fit)
  expect_equal(
    fit$objective,
    fit$loglik - 0.5 / 2 * sum(standard$gate^2) - 2 / 2 * sum(standard$expert^2)
  )
  expect_identical(fit$trace[length(fit$trace)], fit$objective)
  expect_true(all(diff(fit$trace) >= 0))
})

test_that("logLik(), nobs() and the criteria agree with each other", {
  data <- fit_data()
  fit <- quick_fit(y ~ x | z + f, data, k = 2, weights = w)
  ll <- logLik(fit)
  expect_s3_class(ll, "logLik")
  df <- 1 * 4 + 2 * 2 * 2
  expect_equal(attr(ll, "df"), df)
  expect_equal(attr(ll, "nobs"), sum(data$w))
  expect_equal(nobs(fit), sum(data$w))
  expect_equal(AIC(fit), 2 * df - 2 * fit$loglik)
  expect_equal(BIC(fit), log(sum(data$w)) * df - 2 * fit$loglik)
  expect_equal(deviance(fit), -2 * fit$loglik)
  expect_equal(df.residual(fit), sum(data$w) - df)
  posterior <- predict(fit, type = "posterior")
  entropy <- -sum(data$w * posterior * log(posterior))
  expect_equal(ICL(fit), BIC(fit) + 2 * entropy)
  expect_length(coef(fit), df)
})

test_that("columns that are left out do not count", {
  data <- transform(fit_data(), twice = 2 * x)
  expect_message(fit <- quick_fit(y ~ x + twice, data, k = 2), "twice")
  expect_equal(attr(logLik(fit), "df"), 2 + 2 * 2 * 2)
  expect_equal(sum(!is.na(coef(fit))), fit$df)
})

test_that("one expert has no entropy", {
  fit <- moelogit(y ~ x, fit_data(), k = 1)
  expect_equal(ICL(fit), BIC(fit))
})
