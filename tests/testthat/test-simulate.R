test_that("simulate() follows the rules of stats::simulate() for seeds", {
  fit <- quick_fit(y ~ x | z, fit_data(), k = 2)
  a <- simulate(fit, nsim = 3, seed = 7)
  expect_identical(simulate(fit, nsim = 3, seed = 7), a)
  expect_named(a, c("sim_1", "sim_2", "sim_3"))
  expect_identical(dim(a), c(150L, 3L))
  expect_identical(levels(a$sim_1), fit$classes)
  expect_false(identical(a$sim_1, a$sim_2))
  expect_identical(attr(a, "seed"), structure(7, kind = as.list(RNGkind())))
  # a seed leaves the generator where it was; no seed starts from where it is
  set.seed(1)
  before <- .Random.seed
  simulate(fit, seed = 7)
  expect_identical(.Random.seed, before)
  first <- simulate(fit)
  expect_identical(attr(first, "seed"), before)
  expect_false(identical(.Random.seed, before))
  set.seed(1)
  expect_identical(simulate(fit), first)
})

test_that("simulated classes have the predicted probabilities", {
  data <- fit_data()
  fit <- quick_fit(y ~ x | z, data, k = 2)
  draws <- simulate(fit, nsim = 4000, seed = 3, newdata = data[c(1, 30), ])
  p <- predict(fit, data[c(1, 30), ], type = "prob")
  for (i in 1:2) {
    counts <- table(factor(as.matrix(draws)[i, ], fit$classes))
    expect_gt(chisq.test(counts, p = p[i, ])$p.value, 1e-4)
  }
})

test_that("any number of rows can be drawn, and missing values stay missing", {
  data <- fit_data()
  fit <- quick_fit(factor(y, ordered = TRUE) ~ x, data, k = 2)
  expect_identical(dim(simulate(fit, 2, newdata = data[0, ])), c(0L, 2L))
  expect_identical(rownames(simulate(fit, newdata = data[9, ])), "9")
  new <- transform(data[1:3, ], x = replace(x, 2, NA))
  expect_identical(is.na(simulate(fit, newdata = new)$sim_1), c(FALSE, TRUE, FALSE))
  expect_s3_class(simulate(fit)$sim_1, "ordered")
  x <- matrix(data$x, dimnames = list(rep(c("a", "b"), 75), "x"))
  repeated <- moelogit(x, data$y, k = 1)
  expect_identical(rownames(fitted(repeated)), rownames(x))
  expect_identical(rownames(simulate(repeated)), as.character(1:150))
  expect_error(simulate(fit, nsim = 0), class = "moelogit_error_argument")
})

test_that("counts are drawn for a fit to counts", {
  skip_on_cran()
  d <- fit_data(60)
  d$counts <- t(sapply(seq_len(60), function(i) rmultinom(1, i %% 7, c(0.2, 0.3, 0.5))))
  colnames(d$counts) <- c("a", "b", "c")
  fit <- moelogit(counts ~ x, d, k = 2, weights = w, starts = 3)
  draws <- simulate(fit, nsim = 3000, seed = 1)
  expect_identical(dim(draws), c(60L, 3000L))
  expect_identical(dim(draws$sim_1), c(60L, 3L))
  expect_identical(colnames(draws$sim_1), fit$classes)
  expect_equal(unname(rowSums(draws$sim_2)), rowSums(d$counts))
  for (i in c(6, 20)) {
    seen <- rowSums(vapply(draws, function(draw) draw[i, ], numeric(3)))
    expect_gt(chisq.test(seen, p = fitted(fit)[i, ])$p.value, 1e-4)
  }
  expect_identical(simulate(fit, seed = 1)$sim_1, draws$sim_1)
  new <- simulate(fit, newdata = d[1:2, ], size = c(10, 3), seed = 2)
  expect_equal(unname(rowSums(new$sim_1)), c(10, 3))
  expect_equal(unname(rowSums(simulate(fit, size = 4)$sim_1)), rep(4, 60))
  d$x[2] <- NA
  gaps <- moelogit(counts ~ x, d, k = 1, na.action = na.exclude)
  expect_identical(which(is.na(simulate(gaps)$sim_1[, "a"])), 2L)
  halves <- moelogit(I(counts / 2) ~ x, d, k = 1)
  classes <- quick_fit(y ~ x, d, k = 1)
  expect_snapshot_output(show_errors(
    simulate(fit, newdata = d[1:2, ]), simulate(halves), simulate(fit, size = 1:2),
    simulate(fit, size = -1), simulate(fit, size = "2"), simulate(classes, size = 2)
  ))
})

test_that("rmoelogit() draws from the coefficients given", {
  gate <- cbind(c(0, 0), c(1, 2))
  expert <- array(c(0, 0, 1, 2, 0, 1, -1, -2, 0, 1, 0, 0), c(2, 3, 2))
  colnames(expert) <- c("u", "v", "w")
  set.seed(1)
  sim <- rmoelogit(6000, gate, expert)
  expect_named(sim$data, c("y", "x1"))
  expect_identical(levels(sim$data$y), c("u", "v", "w"))
  expect_equal(rowSums(sim$prob), rep(1, 6000))
  x <- cbind(1, sim$data$x1)
  softmax <- function(l) exp(l) / rowSums(exp(l))
  pi <- softmax(x %*% gate)
  mixed <- pi[, 1] * softmax(x %*% expert[, , 1]) + pi[, 2] * softmax(x %*% expert[, , 2])
  expect_equal(unname(sim$prob), unname(mixed))
  # within 4 standard errors
  for (m in 1:3) {
    seen <- sim$data$y == levels(sim$data$y)[m]
    expect_lt(abs(sum(seen - mixed[, m])), 4 * sqrt(sum(mixed[, m] * (1 - mixed[, m]))))
  }
  expect_lt(abs(sum((sim$expert == 2) - pi[, 2])), 4 * sqrt(sum(pi[, 2] * pi[, 1])))
  set.seed(1)
  expect_identical(rmoelogit(6000, gate, expert), sim)
})

test_that("rmoelogit() takes any shape, and the covariates given", {
  set.seed(2)
  one <- rmoelogit(5, cbind(c(0, 1)), array(rnorm(6), c(2, 3, 1)))
  expect_identical(one$expert, rep(1L, 5))
  constant <- rmoelogit(4, cbind(0, 1), array(rnorm(6), c(1, 3, 2)))
  expect_named(constant$data, "y")
  expect_equal(constant$prob[1, ], constant$prob[4, ])
  row <- rmoelogit(1, cbind(0, 1), array(rnorm(12), c(2, 3, 2)))
  expect_identical(dim(row$prob), c(1L, 3L))
  x <- matrix(rnorm(12), 4)
  wide <- rmoelogit(4, rbind(c(0, 1), 0, 0, 0), array(rnorm(12), c(2, 3, 2)), x)
  expect_equal(unname(as.matrix(wide$data[-1])), x)
  expect_snapshot_output(show_errors(
    rmoelogit(0, cbind(0, 1), array(0, c(1, 3, 2))),
    rmoelogit(4, cbind(0, 1, 2), array(0, c(1, 3, 2))),
    rmoelogit(4, cbind(0, 1), matrix(0, 2, 2)),
    rmoelogit(4, cbind(0, 1), array(0, c(2, 3, 2)), x)
  ))
})
