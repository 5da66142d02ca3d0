test_that("one expert and two classes are anova.glm(test = \"Chisq\")", {
  data <- transform(iris[51:150, ], y = factor(Species))
  fit <- function(formula) moelogit(formula, data, k = 1, penalty = 0, tol = 1e-15)
  ours <- anova(
    fit(y ~ Sepal.Length), fit(y ~ Sepal.Length + Sepal.Width),
    fit(y ~ Sepal.Length + Sepal.Width + Petal.Width)
  )
  theirs <- anova(
    glm(y ~ Sepal.Length + Sepal.Width + Petal.Width, binomial, data), test = "Chisq"
  )
  expect_equal(ours$Chisq[-1], theirs$Deviance[3:4], tolerance = 1e-6)
  expect_equal(ours[["Pr(>Chisq)"]][-1], theirs[["Pr(>Chi)"]][3:4], tolerance = 1e-6)
  expect_s3_class(ours, c("anova", "data.frame"), exact = TRUE)
  expect_named(ours, c("Df", "logLik", "Deviance", "Chisq", "Chisq Df", "Pr(>Chisq)"))
  expect_output(print(ours), "Model 2: y ~ Sepal.Length + Sepal.Width, 1 expert", fixed = TRUE)
})

test_that("mixtures with the same number of experts are compared", {
  sim <- separated_fit()
  smaller <- moelogit(y ~ x1 | x2, sim$data, k = 2, start = predict(sim$fit, type = "posterior"))
  table <- anova(smaller, sim$fit)
  expect_identical(table[["Chisq Df"]], c(NA, 1))
  expect_equal(table$Chisq[2], 2 * (sim$fit$loglik - smaller$loglik))
})

test_that("the number of experts is not tested", {
  sim <- separated_fit()
  one <- moelogit(y ~ x1 | x1 + x2, sim$data, k = 1)
  expect_warning(table <- anova(one, sim$fit), class = "moelogit_warning_anova_experts")
  expect_true(all(is.na(table[["Pr(>Chisq)"]])))
  expect_gt(table$Chisq[2], 0)
})

test_that("what does not look nested, or is no optimum, is said", {
  first <- moelogit(Species ~ Sepal.Length, iris, k = 1)
  second <- moelogit(Species ~ Sepal.Width + Petal.Width, iris, k = 1)
  expect_warning(anova(first, second), "does not look nested", class = "moelogit_warning_anova")
  held <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1, penalty = 1000)
  expect_warning(anova(first, held), "smaller likelihood", class = "moelogit_warning_anova")
})

test_that("errors", {
  local_reproducible_output()
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 1)
  short <- moelogit(Species ~ Sepal.Length, iris[-1, ], k = 1)
  other <- moelogit(as.integer(Species) ~ Sepal.Length, iris, k = 1)
  mixed <- moelogit(sample(Species) ~ Sepal.Length, iris, k = 1)
  expect_snapshot_output(show_errors(
    anova(fit), anova(fit, short), anova(fit, other), anova(fit, mixed), anova(fit, lm(1:9 ~ 1))
  ))
})
