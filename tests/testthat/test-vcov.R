test_that("one expert and two classes are glm(binomial)", {
  data <- transform(iris[51:150, ], y = factor(Species))
  weights <- rep_len(c(1, 2.5, 0.5), 100)
  formula <- y ~ Sepal.Length + Petal.Width
  ours <- moelogit(formula, data, k = 1, weights = weights, penalty = 0, tol = 1e-15)
  suppressWarnings(
    theirs <- glm(formula, binomial, data, weights = weights, epsilon = 1e-14)
  )
  expect_equal(unname(coef(ours)), unname(coef(theirs)), tolerance = 1e-6)
  expect_equal(unname(vcov(ours)), unname(vcov(theirs)), tolerance = 1e-6)
  unweighted <- update(ours, weights = NULL)
  expect_equal(
    c(logLik(unweighted)), c(logLik(glm(formula, binomial, data))), tolerance = 1e-6
  )
})

test_that("one expert and three classes are nnet::multinom()", {
  skip_if_not_installed("nnet")
  data <- separated_fit()$data
  ours <- moelogit(y ~ x1 + x2, data, k = 1, penalty = 0, tol = 1e-15)
  theirs <- nnet::multinom(
    y ~ x1 + x2, data, Hess = TRUE, trace = FALSE, reltol = 1e-16, abstol = 1e-16, maxit = 2000
  )
  expect_equal(unname(coef(ours)), c(t(coef(theirs))), tolerance = 1e-5)
  expect_equal(unname(vcov(ours)), unname(vcov(theirs)), tolerance = 1e-5)
  expect_equal(c(logLik(ours)), c(logLik(theirs)), tolerance = 1e-9)
})

test_that("names and order are those of coef(), aliased columns NA", {
  data <- transform(iris, twice = 2 * Sepal.Length)
  set.seed(1)
  fit <- suppressMessages(
    moelogit(Species ~ Sepal.Length + twice | Sepal.Width, data, k = 2)
  )
  for (type in c("hessian", "opg", "sandwich")) {
    full <- vcov(fit, type = type)
    expect_identical(dimnames(full), list(names(coef(fit)), names(coef(fit))))
    expect_identical(unname(is.na(diag(full))), unname(is.na(coef(fit))))
    short <- vcov(fit, type = type, complete = FALSE)
    expect_identical(rownames(short), names(coef(fit, complete = FALSE)))
    expect_equal(full[rownames(short), rownames(short)], short)
    expect_true(isSymmetric(short))
    expect_gt(min(eigen(short, only.values = TRUE)$values), 0)
  }
  expect_identical(rownames(confint(fit)), names(coef(fit)))
  expect_true(all(is.na(confint(fit, "expert_1:versicolor:twice"))))
})

test_that("units and shifts of covariates do not matter", {
  fit <- separated_fit()
  moved <- transform(fit$data, x1 = 1e4 + 0.01 * x1)
  other <- moelogit(y ~ x1 | x1 + x2, moved, k = 2, start = predict(fit$fit, type = "posterior"),
                    tol = 1e-15)
  same <- moelogit(y ~ x1 | x1 + x2, fit$data, k = 2, start = fit$fit, tol = 1e-15)
  slopes <- grep(":x1$", names(coef(other)))
  for (type in c("hessian", "opg", "sandwich")) {
    expect_equal(
      vcov(other, type = type)[slopes, slopes] * 1e-4, vcov(same, type = type)[slopes, slopes],
      tolerance = 1e-5
    )
  }
})

test_that("a covariate of tiny numbers leaves the errors of the others", {
  fit <- separated_fit()$fit
  tiny <- update(fit, data = transform(separated_fit()$data, x1 = 1e-200 * x1), start = fit)
  slopes <- grepl(":x1$", names(coef(fit)))
  for (type in c("hessian", "sandwich")) {
    expect_false(anyNA(vcov(tiny, type = type)))
    expect_equal(
      vcov(tiny, type = type)[!slopes, !slopes], vcov(fit, type = type)[!slopes, !slopes],
      tolerance = 1e-4
    )
  }
})

test_that("weights, counts, sparse and expanded rows say the same", {
  fit <- separated_fit(200)
  data <- fit$data
  times <- rep_len(1:3, 200)
  weighted <- moelogit(y ~ x1 | x1 + x2, data, k = 2, weights = times, start = fit$fit, tol = 1e-15)
  expanded <- moelogit(
    y ~ x1 | x1 + x2, data[rep(1:200, times), ], k = 2, start = fit$fit, tol = 1e-15
  )
  data$table <- outer(as.character(data$y), levels(data$y), `==`) * times
  counts <- moelogit(table ~ x1 | x1 + x2, data, k = 2, start = fit$fit, tol = 1e-15)
  sparse <- moelogit(
    Matrix::Matrix(cbind(x1 = data$x1), sparse = TRUE), data$y, k = 2,
    z = Matrix::Matrix(cbind(x1 = data$x1, x2 = data$x2), sparse = TRUE), weights = times,
    start = fit$fit, tol = 1e-15
  )
  for (type in c("hessian", "opg")) {
    wanted <- vcov(expanded, type = type)
    expect_equal(vcov(weighted, type = type), wanted, tolerance = 1e-7)
    expect_equal(unname(vcov(counts, type = type)), unname(wanted), tolerance = 1e-7)
    expect_equal(vcov(sparse, type = type), wanted, tolerance = 1e-7)
  }
  # rows of counts and weighted rows are one case each
  wanted <- vcov(weighted, type = "sandwich")
  expect_equal(unname(vcov(counts, type = "sandwich")), unname(wanted), tolerance = 1e-7)
  expect_equal(vcov(sparse, type = "sandwich"), wanted, tolerance = 1e-7)
})

test_that("counts of several classes in one row are those of the expanded rows", {
  data <- separated_fit(200)$data
  data$x1 <- round(data$x1)
  data$x2 <- sign(data$x2)
  group <- interaction(data$x1, data$x2, drop = TRUE)
  values <- data[match(levels(group), group), ]
  values$table <- unclass(table(group, data$y))
  long <- moelogit(y ~ x1 | x1 + x2, data, k = 2, tol = 1e-14)
  short <- moelogit(table ~ x1 | x1 + x2, values, k = 2, start = long, tol = 1e-14)
  expect_equal(c(logLik(short)), c(logLik(long)))
  for (type in c("hessian", "opg")) {
    expect_equal(
      unname(vcov(short, type = type)), unname(vcov(long, type = type)), tolerance = 1e-6
    )
  }
  clustered <- rowsum(estfun.moelogit(long), group)
  expect_equal(unname(estfun.moelogit(short)), unname(clustered), tolerance = 1e-5)
})

test_that("the ridge is part of the information, unless asked otherwise", {
  fit <- separated_fit(penalty = 5)$fit
  own <- function(penalized) solve(vcov(fit, penalized = penalized))
  difference <- own(TRUE) - own(FALSE)
  expect_gt(min(eigen(difference, only.values = TRUE)$values), -1e-6)
  expect_gt(max(diag(difference)), 1)
  free <- separated_fit(penalty = 0)$fit
  expect_equal(vcov(free), vcov(free, penalized = FALSE))
})

test_that("confint() is estimate plus and minus quantile times error", {
  fit <- separated_fit()$fit
  limits <- confint(fit, level = 0.9, type = "sandwich")
  error <- sqrt(diag(vcov(fit, type = "sandwich")))
  expect_equal(limits[, 2] - limits[, 1], 2 * qnorm(0.95) * error)
  expect_equal(rowMeans(limits), coef(fit))
  expect_identical(colnames(limits), c("5 %", "95 %"))
  expect_identical(confint(fit)[3:4, ], confint(fit, 3:4))
  expect_identical(colnames(confint(fit)), colnames(confint(lm(dist ~ speed, cars))))
})

test_that("errors name the argument", {
  local_reproducible_output()
  fit <- separated_fit()$fit
  small <- separated_fit(keep_data = FALSE)$fit
  expect_snapshot_output(show_errors(
    vcov(fit, type = "exact"),
    vcov(small),
    confint(fit, "x9"),
    confint(fit, level = 1)
  ))
})

test_that("intervals cover, coefficients and probabilities (a small bench/coverage.R)", {
  skip_on_cran()
  truth <- separated_truth()
  target <- with(reference_coding(truth), c(gate[, -1], expert[, -1, ]))
  grid <- data.frame(x1 = c(-1, 0, 1), x2 = c(0, 1, -1))
  prob <- rmoelogit(3, truth$gate, truth$expert, as.matrix(grid))$prob
  set.seed(11)
  covered <- replicate(60, {
    data <- rmoelogit(800, truth$gate, truth$expert)$data
    fit <- relabel_to(moelogit(y ~ x1 | x1 + x2, data, k = 2, penalty = 0, start = truth), truth)
    limits <- confint(fit)
    interval <- predict(fit, grid, type = "prob", interval = "confidence")
    c(
      coef = mean(limits[, 1] < target & target < limits[, 2]),
      prob = mean(interval$lower < prob & prob < interval$upper)
    )
  })
  expect_true(all(abs(rowMeans(covered) - 0.95) < 0.03))
})
