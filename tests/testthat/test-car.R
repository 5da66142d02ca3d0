test_that("Anova() of one expert and two classes is that of glm()", {
  skip_if_not_installed("car")
  d <- transform(fit_data(400), y = y == "low")
  ours <- moelogit(y ~ x * f + z, d, k = 1, penalty = 0, tol = 1e-14)
  theirs <- glm(y ~ x * f + z, binomial, d, epsilon = 1e-12)
  for (type in c("II", "III")) {
    wald <- car::Anova(theirs, type = type, test.statistic = "Wald")
    terms <- setdiff(rownames(wald), "(Intercept)")
    found <- car::Anova(ours, type = type)
    expect_identical(sort(rownames(found)), sort(terms))
    expect_equal(found[terms, ], wald[terms, ], tolerance = 1e-5, ignore_attr = TRUE)
  }
  expect_equal(car::Anova(ours, type = 2), car::Anova(ours))
  expect_equal(car::Anova(ours, type = 3), car::Anova(ours, type = "III"))
})

test_that("Anova() tests a term over gate and experts together", {
  skip_if_not_installed("car")
  d <- transform(fit_data(400), f = factor(f))
  fit <- moelogit(y ~ x + f | z + f, d, k = 2, starts = 3)
  table <- car::Anova(fit)
  expect_s3_class(table, c("anova", "data.frame"), exact = TRUE)
  expect_identical(rownames(table), c("z", "f", "x"))
  expect_equal(table$Df, c(1, 2 + 8, 4))
  at <- grep(":f", names(coef(fit)))
  by_hand <- drop(coef(fit)[at] %*% solve(vcov(fit)[at, at], coef(fit)[at]))
  expect_equal(table["f", "Chisq"], by_hand)
  expect_equal(table["f", "Pr(>Chisq)"], pchisq(by_hand, 10, lower.tail = FALSE))
  expect_equal(car::Anova(fit, part = "gate")["f", "Df"], 2)
  at <- grep("expert.*:x$", names(coef(fit)))
  robust <- vcov(fit, "sandwich")
  by_hand <- drop(coef(fit)[at] %*% solve(robust[at, at], coef(fit)[at]))
  expect_equal(car::Anova(fit, vcov. = robust)["x", "Chisq"], by_hand)
  expect_equal(car::Anova(fit, vcov. = "sandwich"), car::Anova(fit, vcov. = robust))
  expect_equal(car::Anova(fit, vcov. = function(m) vcov(m, "sandwich")),
               car::Anova(fit, vcov. = robust))
})

test_that("Anova() is near the likelihood ratio", {
  skip_if_not_installed("car")
  truth <- separated_truth()
  set.seed(1)
  d <- rmoelogit(2000, truth$gate, truth$expert)$data
  d$noise <- rnorm(2000)
  fit <- moelogit(y ~ x1 | x1 + x2 + noise, d, k = 2, penalty = 0.01)
  ratio <- drop1(fit, ~ . | ., test = "Chisq")
  wald <- car::Anova(fit, part = "gate")
  for (term in c("x1", "noise")) {
    expect_equal(wald[term, "Chisq"], ratio[paste("gate:", term), "LRT"], tolerance = 0.2)
  }
  expect_gt(min(wald["x2", "Chisq"], ratio["gate: x2", "LRT"]), 100)
  expect_gt(wald["noise", "Pr(>Chisq)"], 1e-3)
})

test_that("fits to matrices have a term for every column", {
  skip_if_not_installed("car")
  x <- as.matrix(iris[1:3])
  table <- car::Anova(moelogit(x, iris$Species, k = 1))
  expect_identical(rownames(table), colnames(x))
  expect_equal(table$Df, c(2, 2, 2))
})

test_that("what car cannot do is said", {
  skip_if_not_installed("car")
  local_reproducible_output()
  fit <- moelogit(y ~ x, fit_data(), k = 1, starts = 3)
  expect_snapshot_output(show_errors(
    car::Anova(fit, test.statistic = "LR"), car::Anova(fit, type = "I"),
    car::Anova(fit, vcov. = diag(2)), car::vif(fit)
  ))
})

test_that("a statistic is that of the inverse, and unknown where there is none", {
  covariance <- matrix(c(4, 1, 1, 9), 2)
  expect_equal(wald_statistic(c(1, 2), covariance), drop(1:2 %*% solve(covariance, 1:2)))
  expect_identical(wald_statistic(c(1, 1), matrix(1, 2, 2)), NA_real_)
  expect_identical(wald_statistic(c(1, 0), diag(c(1, 0))), NA_real_)
  expect_identical(wald_statistic(c(1, 0), diag(c(1, NA))), NA_real_)
})
