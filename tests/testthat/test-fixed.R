no_effect <- function(expert = 2, term = "x", value = 0) {
  data.frame(component = "expert", expert = expert, term = term, value = value)
}

# Slopes and an intercept, of gate and experts, far from zero where the covariate is.
mixed_fixed <- c("gate_2:x" = 0.4, "expert_1:mid:(Intercept)" = 4, "expert_2:high:x" = 0.5)

coef_list <- function(fit) unclass(fit)[c("gate", "expert")]

shifted_data <- function(n = 400) transform(fit_data(n), x = 10 + 4 * x)

# The log-likelihood of y ~ x | x + z from the definition.
loglik_of <- function(coefs, data, k) {
  logits <- function(x, beta) {
    eta <- cbind(0, x %*% beta)
    eta - log(rowSums(exp(eta)))
  }
  gates <- 3 * (k - 1)
  gate <- logits(cbind(1, data$x, data$z), matrix(coefs[seq_len(gates)], 3))
  expert <- array(coefs[-seq_len(gates)], c(2, nlevels(data$y) - 1, k))
  x <- cbind(1, data$x)
  terms <- sapply(seq_len(k), function(j) {
    gate[, j] + logits(x, expert[, , j])[cbind(seq_along(data$y), as.integer(data$y))]
  })
  sum(log(rowSums(exp(terms))))
}

objective_at <- function(fit) {
  function(coefs) {
    theta <- object_theta(with_coefficients(fit, coefs))
    core_evaluate(training_problem(fit), theta, run_options(fit$control), 1L)$objective
  }
}

test_that("with one expert a fixed coefficient is an offset", {
  data <- fit_data(400)
  ours <- moelogit(
    (y == "low") ~ x + z, data, k = 1, penalty = 0, tol = 1e-13, fixed = c("expert_1:TRUE:x" = 0.7)
  )
  theirs <- glm((y == "low") ~ z + offset(0.7 * x), binomial, data, epsilon = 1e-14)
  expect_equal(unname(coef(ours)[c(1, 3)]), unname(coef(theirs)), tolerance = 1e-6)
  expect_identical(coef(ours)[[2]], 0.7)
  expect_equal(c(logLik(ours)), c(logLik(theirs)), tolerance = 1e-9)
  expect_equal(ours$df, 2)
  own <- c(1, 3)
  expect_equal(unname(vcov(ours)[own, own]), unname(vcov(theirs)), tolerance = 1e-5)
  expect_true(all(vcov(ours)[2, ] == 0))

  skip_if_not_installed("nnet")
  three <- moelogit(
    y ~ x + f, data, k = 1, penalty = 0, weights = w, tol = 1e-13,
    fixed = data.frame(term = "x", class = c("mid", "high"), value = c(-0.3, 0.6))
  )
  offset <- outer(data$x, c(0, -0.3, 0.6))
  multinom <- nnet::multinom(
    y ~ f + offset(offset), data, weights = w, trace = FALSE, reltol = 1e-15, maxit = 2000
  )
  expect_equal(three$loglik, -multinom$value, tolerance = 1e-8)
  expect_equal(fitted(three), fitted(multinom), tolerance = 1e-5)
})

test_that("a mixture with fixed coefficients is where a general optimiser ends", {
  data <- shifted_data()
  fit <- moelogit(
    y ~ x | x + z, data, k = 2, penalty = 0, fixed = mixed_fixed, starts = 10, tol = 1e-12
  )
  coefs <- coef(fit)
  expect_identical(coefs[names(mixed_fixed)], mixed_fixed)
  expect_equal(fit$loglik, loglik_of(coefs, data, 2), tolerance = 1e-10)
  free <- setdiff(names(coefs), names(mixed_fixed))
  scale <- sqrt(diag(vcov(fit)))[free]
  set.seed(1)
  theirs <- optim(
    coefs[free] + 0.3 * rnorm(length(free)) * scale,
    function(own) loglik_of(replace(coefs, free, own), data, 2),
    method = "BFGS", control = list(fnscale = -1, reltol = 1e-14, maxit = 2000, parscale = scale)
  )
  expect_equal(fit$loglik, theirs$value, tolerance = 1e-8)
  expect_equal(coefs[free] / scale, theirs$par / scale, tolerance = 1e-3)
})

test_that("there is no slope along free coefficients, and the covariance is the curvature's", {
  skip_on_cran()
  data <- shifted_data()
  fit <- moelogit(y ~ x | x + z, data, k = 2, fixed = mixed_fixed, starts = 6, tol = 1e-13)
  held <- names(coef(fit)) %in% names(mixed_fixed)
  slope <- central_differences(objective_at(fit), coef(fit), 1e-6)
  expect_lt(max(abs(slope[!held])), 1e-3)
  expect_gt(min(abs(slope[held])), 100 * max(abs(slope[!held])))
  hessian <- central_differences(function(free) {
    central_differences(objective_at(fit), replace(coef(fit), !held, free), 1e-4)[!held]
  }, coef(fit)[!held], 1e-4)
  own <- vcov(fit)[!held, !held]
  expect_equal(unname(own), unname(solve(-hessian)), tolerance = 1e-3)
  expect_true(all(vcov(fit)[held, ] == 0), all(vcov(fit)[, held] == 0))
  expect_true(all(diff(fit$trace) >= 0))
})

test_that("both methods and bounds, threads and sources of rows lead to the same fit", {
  data <- shifted_data(400)
  set.seed(3)
  fit <- function(..., from = data) {
    moelogit(y ~ x | x + z, from, k = 2, fixed = mixed_fixed, start = fit_start(400), ...)
  }
  one <- fit(tol = 1e-12)
  for (other in list(
    fit(method = "mm", tol = 1e-12), fit(curvature = "loose", tol = 1e-12),
    fit(threads = 2, tol = 1e-12)
  )) {
    expect_equal(coef(other), coef(one), tolerance = 1e-3)
    expect_equal(other$objective, one$objective, tolerance = 1e-9)
  }
  # the penalty is another one without standardisation, but not where there is none
  plain <- fit(penalty = 0, standardize = FALSE)
  expect_equal(plain$loglik, fit(penalty = 0)$loglik, tolerance = 1e-6)

  rows <- row_source(rows_function(data))
  there <- moelogit(y ~ x | x + z, rows, k = 2, fixed = mixed_fixed, start = coef_list(one))
  here <- moelogit(y ~ x | x + z, data, k = 2, fixed = mixed_fixed, start = coef_list(one))
  expect_equal(coef(there), coef(here))
  expect_equal(vcov(there), vcov(here))
  expect_identical(there$fixed, here$fixed)
})

test_that("an expert without a covariate has any number, and experts keep theirs", {
  data <- two_experts()
  fits <- lapply(1:2, function(expert) {
    set.seed(1)
    moelogit(y ~ x | z, data, k = 2, fixed = no_effect(expert), starts = 8)
  })
  expect_equal(fits[[1]]$loglik, fits[[2]]$loglik, tolerance = 1e-6)
  for (expert in 1:2) {
    slopes <- coef(fits[[expert]], "expert")["x", -1, ]
    expect_true(all(slopes[, expert] == 0))
    expect_true(all(slopes[, -expert] != 0))
    expect_equal(fits[[expert]]$df, 2 + 2 * 4 - 2)
    expect_identical(fits[[expert]]$fixed$expert, rep(as.character(expert), 2))
  }
  # the search finds out which expert is the one
  expect_equal(
    unname(fits[[1]]$gate_mean), unname(rev(fits[[2]]$gate_mean)), tolerance = 1e-4
  )
})

test_that("what a row of a data frame leaves out stands for all", {
  data <- fit_data()
  fixed <- function(fixed, k = 2) {
    quick_fit(y ~ x | x + z, data, k = k, fixed = fixed, starts = 1)$fixed
  }
  x <- fixed(data.frame(term = "x", value = 0))
  expect_identical(x$component, rep(c("gate", "expert"), c(1, 4)))
  expect_identical(nrow(fixed(data.frame(component = "gate", value = 0))), 3L)
  expect_identical(
    fixed(data.frame(component = c("gate", "expert"), expert = c(NA, 1L), class = c(NA, "high"),
                     term = c("z", "x"), value = 1:2)),
    data.frame(component = c("gate", "expert"), expert = c("2", "1"), class = c(NA, "high"),
               term = c("z", "x"), value = c(1, 2))
  )
  expect_identical(fixed(c("expert_2:mid:x" = 1)), fixed(no_effect(value = 1))[1, ])
  # what a fit holds fixed is understood again
  expect_identical(fixed(x), x)
  for (nothing in list(NULL, numeric(), x[0, ])) expect_null(fixed(nothing))
})

test_that("with all coefficients fixed the likelihood is taken there", {
  data <- fit_data()
  free <- quick_fit(y ~ x | x + z, data, k = 2)
  all <- coef(free) + 0.1
  fit <- moelogit(y ~ x | x + z, data, k = 2, fixed = all)
  expect_identical(coef(fit), all)
  expect_equal(fit$loglik, loglik_of(all, data, 2), tolerance = 1e-10)
  expect_equal(fit$df, 0)
  expect_true(fit$converged)
  expect_true(all(vcov(fit) == 0))
})

test_that("what is computed of a fit knows what it holds fixed", {
  data <- shifted_data()
  set.seed(2)
  fit <- moelogit(y ~ x | x + z, data, k = 2, fixed = mixed_fixed, starts = 4)
  at <- match(names(mixed_fixed), names(coef(fit)))
  table <- tidy(fit, conf.int = TRUE)
  expect_identical(table$estimate[at], unname(mixed_fixed))
  expect_identical(table$std.error[at], c(0, 0, 0))
  expect_true(all(is.na(table$statistic[at])), all(!is.na(table$statistic[-at])))
  expect_identical(table$conf.low[at], table$conf.high[at])
  expect_equal(glance(fit)$df, length(coef(fit)) - 3)
  expect_equal(attr(logLik(fit), "df"), length(coef(fit)) - 3)
  expect_output(print(fit), "(3 coefficients fixed: gate_2:x = 0.4, ", fixed = TRUE)
  expect_output(print(summary(fit)), "(Intercept) (fixed)", fixed = TRUE)
  expect_length(summary(fit)$missing, 0)
  for (type in c("opg", "sandwich")) {
    other <- vcov(fit, type = type)
    expect_true(all(other[at, ] == 0))
    expect_true(all(diag(other)[-at] > 0))
  }
  expect_equal(
    predict(fit, type = "prob", se.fit = TRUE),
    predict(fit, type = "prob", se.fit = TRUE, vcov. = vcov(fit)), tolerance = 1e-6
  )
  boot <- bootstrap(fit, R = 5)
  expect_true(all(t(boot$replicates[, at]) == mixed_fixed))
  expect_true(all(apply(boot$replicates[, -at], 2, sd) > 0))
  expect_equal(vcov(boot)[at, at], matrix(0, 3, 3), ignore_attr = TRUE)
  related <- relate_experts(fit, ~ f, data)
  expect_true(all(is.finite(related$estimates$std.error)))

  skip_if_not_installed("insight")
  expect_identical(is.na(insight::get_statistic(fit)$Statistic), seq_along(coef(fit)) %in% at)
  skip_if_not_installed("sandwich")
  expect_equal(sandwich::sandwich(fit), vcov(fit, type = "sandwich"), tolerance = 1e-6)
})

test_that("the share that the data have is one without a penalty", {
  fit <- moelogit(
    y ~ x | x + z, shifted_data(), k = 2, penalty = 0, fixed = mixed_fixed, start = fit_start(400)
  )
  expect_equal(block_checks(fit)$share, rep(1, length(coef(fit))), tolerance = 1e-6)
})

test_that("a likelihood ratio against the free model has its distribution", {
  skip_on_cran()
  truth <- separated_truth()
  set.seed(5)
  statistic <- replicate(100, {
    data <- rmoelogit(400, truth$gate, truth$expert)$data
    fit <- function(...) {
      moelogit(y ~ x1 | x1 + x2, data, k = 2, penalty = 1e-3, start = truth, ...)
    }
    # true values
    fixed <- c("gate_2:x1" = 0.5, "expert_2:b:x1" = -2.5)
    anova(fit(fixed = fixed), fit())[2, c("Chisq", "Chisq Df")]
  }, simplify = FALSE)
  statistic <- do.call(rbind, statistic)
  expect_true(all(statistic$`Chisq Df` == 2))
  rejected <- sum(pchisq(statistic$Chisq, 2, lower.tail = FALSE) < 0.05)
  limits <- qbinom(c(0.001, 0.999), 100, 0.05)
  expect_gte(rejected, limits[1])
  expect_lte(rejected, limits[2])
  # the sum is chi-squared, too
  expect_gt(pchisq(sum(statistic$Chisq), 200), 0.001)
  expect_lt(pchisq(sum(statistic$Chisq), 200), 0.999)
})

test_that("anova() looks at what is fixed", {
  data <- two_experts()
  set.seed(1)
  free <- quick_fit(y ~ x | z, data, k = 2)
  one <- quick_fit(y ~ x | z, data, k = 2, fixed = no_effect())
  other <- quick_fit(y ~ x | z, data, k = 2, fixed = c("expert_2:2:x" = 1))
  expect_no_warning(table <- anova(one, free))
  expect_match(attr(table, "heading")[2], "2 experts, 2 fixed", fixed = TRUE)
  expect_equal(table$`Chisq Df`[2], 2)
  expect_warning(anova(one, other), class = "moelogit_warning_anova")
  # a column that the smaller model does not have is fixed at 0 there
  expect_true(fixed_within(quick_fit(y ~ 1 | z, data, k = 2, starts = 1), one))
})

test_that("an update keeps what is fixed, goes on from there, or lets it go", {
  data <- two_experts()
  fit <- moelogit(y ~ x | z, data, k = 2, fixed = no_effect(), starts = 3)
  more <- update(fit, penalty = 2)
  expect_identical(more$fixed, fit$fixed)
  expect_identical(more$runs$kind, "given")
  expect_null(update(fit, fixed = NULL)$fixed)
  file <- withr_free_tempfile(environment())
  saved <- update(fit, checkpoint = file)
  again <- quick_fit(y ~ x | z, data, k = 2, fixed = no_effect(), start = file)
  expect_equal(coef(again), coef(saved), tolerance = 1e-4)
  # from where the coefficient is another one
  moved <- quick_fit(y ~ x | z, data, k = 2, fixed = no_effect(value = 0.5), start = file)
  expect_true(all(coef(moved, "expert")["x", -1, 2] == 0.5))
})

test_that("experts can have each other's names where the same is fixed in both", {
  frame <- quick_fit(y ~ x | z, two_experts(), k = 3, starts = 1)$frame
  names_of <- function(...) exchangeable_experts(frame, read_fixed(c(...), frame)$table)
  swap <- diag(3) == 1
  swap[1, 3] <- swap[3, 1] <- TRUE
  expect_identical(names_of("expert_2:2:x" = 0), swap)
  expect_identical(names_of("expert_1:2:x" = 0, "expert_3:2:x" = 0), swap)
  expect_identical(names_of("expert_1:2:x" = 0, "expert_3:2:x" = 1), diag(3) == 1)
  # against the first expert
  expect_identical(names_of("gate_2:z" = 0), diag(3) == 1)
  expect_identical(names_of("gate_2:z" = 0, "gate_3:z" = 0)[2:3, 2:3], matrix(TRUE, 2, 2))
})

test_that("what cannot be fixed is said", {
  skip_on_cran()
  data <- transform(fit_data(), twice = 2 * x)
  fit <- function(...) suppressMessages(quick_fit(y ~ x + twice | z, data, k = 2, ...))
  held <- moelogit(y ~ x | z, data, k = 2, fixed = no_effect(), starts = 1)
  expect_snapshot_output(show_errors(
    fit(fixed = 3),
    fit(fixed = "expert_2:mid:x"),
    fit(fixed = c("expert_2:low:x" = 0)),
    fit(fixed = c("expert_2:mid:x" = Inf)),
    fit(fixed = c("expert_2:mid:x" = 1e200)),
    fit(fixed = c("expert_2:mid:x" = 0, "expert_2:mid:x" = 1)),
    fit(fixed = c("expert_2:mid:twice" = 0)),
    fit(fixed = data.frame(experts = 2, value = 0)),
    fit(fixed = data.frame(expert = 2, value = "0")),
    fit(fixed = no_effect(3)),
    fit(fixed = data.frame(component = "gate", class = "mid", term = "z", value = 0)),
    select_experts(y ~ x, data, fixed = no_effect()),
    cv_moelogit(y ~ x, data, fixed = no_effect()),
    relabel(held),
    update(held, . ~ . - x | z),
    drop1(held)
  ))
})
