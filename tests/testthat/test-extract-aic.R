step_data <- function() {
  d <- two_experts(300)
  d$noise <- rnorm(300)
  d$f <- factor(rep(c("a", "b", "c"), 100))
  d
}

test_that("extractAIC() is AIC() and BIC()", {
  fit <- moelogit(y ~ x | z, fit_data(), k = 2, starts = 3)
  expect_equal(extractAIC(fit), c(fit$df, AIC(fit)))
  expect_equal(extractAIC(fit, k = log(nobs(fit)))[2], BIC(fit))
})

test_that("drop1() of one expert is that of glm()", {
  d <- transform(iris[51:150, ], y = factor(Species))
  ours <- drop1(
    moelogit(y ~ Sepal.Length + Sepal.Width + Petal.Width, d, k = 1, penalty = 0, tol = 1e-14),
    test = "Chisq"
  )
  theirs <- drop1(
    glm(y ~ Sepal.Length + Sepal.Width + Petal.Width, binomial, d), test = "Chisq"
  )
  expect_identical(rownames(ours), rownames(theirs))
  expect_equal(ours$AIC, theirs$AIC, tolerance = 1e-6)
  expect_equal(ours$LRT, theirs$LRT, tolerance = 1e-6)
  expect_equal(ours[["Pr(>Chi)"]], theirs[["Pr(>Chi)"]], tolerance = 1e-6)
})

test_that("a term is left out of experts and gate, or of one part", {
  d <- step_data()
  fit <- moelogit(y ~ x + noise | z + noise, d, k = 2, starts = 3)
  table <- drop1(fit, test = "Chisq")
  expect_identical(rownames(table), c("<none>", "expert: x", "expert: noise", "gate: z",
                                      "gate: noise"))
  expect_identical(table$Df, c(NA, 4, 4, 1, 1))
  start <- predict(fit, type = "posterior")
  without <- moelogit(y ~ x + noise | noise, d, k = 2, start = start)
  expect_equal(table["gate: z", "AIC"], AIC(without))
  expect_equal(table["gate: z", "LRT"], 2 * (fit$loglik - without$loglik), tolerance = 1e-6)
  expect_lt(table["gate: z", "Pr(>Chi)"], 1e-6)
  expect_lt(table["expert: x", "Pr(>Chi)"], 1e-6)
  expect_identical(rownames(drop1(fit, ~ noise)), c("<none>", "expert: noise", "gate: noise"))
  expect_identical(rownames(drop1(fit, ~ x | z)), c("<none>", "expert: x", "gate: z"))

  shared <- moelogit(y ~ x + z, d, k = 2, starts = 3)
  table <- drop1(shared)
  expect_identical(rownames(table), c("<none>", "x", "z"))
  expect_identical(table$Df, c(NA, 5, 5))
  start <- predict(shared, type = "posterior")
  expect_equal(table["x", "AIC"], AIC(moelogit(y ~ z, d, k = 2, start = start)))
  expect_identical(drop1(shared, ~ . | x)["gate: x", "Df"], 1)
})

test_that("a term is added to experts and gate, or to one part", {
  d <- step_data()
  fit <- moelogit(y ~ x, d, k = 2, starts = 3)
  table <- add1(fit, ~ . + z + f)
  expect_identical(rownames(table), c("<none>", "z", "f"))
  expect_identical(table$Df, c(NA, 5, 10))
  expect_lt(table["z", "AIC"], table["<none>", "AIC"] - 20)
  table <- add1(fit, ~ . | z, test = "Chisq")
  expect_identical(rownames(table), c("<none>", "gate: z"))
  expect_identical(table$Df, c(NA, 1))
  expect_equal(
    table["gate: z", "AIC"],
    AIC(moelogit(y ~ x | x + z, d, k = 2, start = predict(fit, type = "posterior")))
  )
})

test_that("interactions keep their main effects, offsets and intercepts stay", {
  d <- step_data()
  fit <- moelogit(y ~ 0 + x * f + offset(cbind(z, 0, 0)) | 1, d, k = 1, starts = 3)
  expect_identical(rownames(drop1(fit)), c("<none>", "expert: x:f"))
  refit <- moelogit(y ~ 0 + x + f + offset(cbind(z, 0, 0)) | 1, d, k = 1)
  expect_equal(drop1(fit)["expert: x:f", "AIC"], AIC(refit))
  small <- moelogit(y ~ x, d, k = 1, starts = 3)
  expect_identical(rownames(add1(small, ~ x * f)), c("<none>", "f"))
})

test_that("refits follow the settings of the fit, and of the call", {
  d <- step_data()
  settings <- moelogit_control(penalty = 5, starts = 2)
  fit <- moelogit(y ~ x | z, d, k = 2, control = settings)
  start <- predict(fit, type = "posterior")
  expect_equal(
    drop1(fit, ~ . | z)["gate: z", "AIC"],
    AIC(moelogit(y ~ x | 1, d, k = 2, penalty = 5, start = start))
  )
  fit <- moelogit(y ~ x | z, d, k = 2, starts = 3)
  expect_equal(
    drop1(fit, ~ . | z, penalty = 50)["gate: z", "AIC"],
    AIC(moelogit(y ~ x | 1, d, k = 2, penalty = 50, start = predict(fit, type = "posterior")))
  )
})

test_that("step() and stepAIC() find the terms that matter", {
  d <- step_data()
  fit <- moelogit(y ~ x + z + noise, d, k = 2, starts = 3)
  chosen <- step(fit, trace = 0)
  expect_identical(attr(chosen$terms$expert, "term.labels"), c("x", "z"))
  expect_identical(attr(chosen$terms$gate, "term.labels"), c("x", "z"))
  upward <- step(
    moelogit(y ~ x, d, k = 2, starts = 3), ~ x + z + noise, direction = "forward", trace = 0
  )
  expect_setequal(attr(upward$terms$expert, "term.labels"), c("x", "z"))
  skip_if_not_installed("MASS")
  expect_identical(formula(MASS::stepAIC(fit, trace = 0)), formula(chosen))
})

test_that("errors", {
  local_reproducible_output()
  d <- step_data()
  fit <- moelogit(y ~ x | z, d, k = 2, starts = 3)
  d$x[1:3] <- NA
  gaps <- moelogit(y ~ x | z, d, k = 2, starts = 3)
  matrices <- moelogit(as.matrix(d["z"]), d$y, k = 1)
  empty <- moelogit(y ~ 1, d, k = 1)
  expect_snapshot_output(show_errors(
    drop1(fit, ~ w), add1(fit), add1(fit, ~ x | z), add1(fit, 3), drop1(gaps), drop1(empty),
    drop1(matrices), step(fit, trace = 0)
  ))
  skip_if_not_installed("MASS")
  expect_error(MASS::stepAIC(fit, trace = 0), class = "moelogit_error_scope")
})
