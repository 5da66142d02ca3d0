# The penalised log-likelihood of a matrix fit in plain R.
plain_objective <- function(fit, x, z, y, weights, offset) {
  design <- function(data) cbind(1, data)
  gate <- exp(design(z) %*% fit$gate)
  gate <- gate / rowSums(gate)
  total <- 0
  for (k in seq_len(fit$k)) {
    logit <- design(x) %*% fit$expert[, , k] + offset
    own <- exp(logit) / rowSums(exp(logit))
    total <- total + gate[, k] * own[cbind(seq_along(y), as.integer(y))]
  }
  coef <- standardised_coef(fit$frame, fit)
  ridge <- function(part, coef) {
    coef <- matrix(coef, sum(!fit$frame[[part]]$aliased))
    if (!fit$control$penalize_intercept) coef <- coef[-1L, , drop = FALSE]
    fit$penalty[[part]] / 2 * sum(coef^2)
  }
  sum(weights * log(total)) - ridge("gate", coef$gate) - ridge("expert", coef$expert)
}

test_that("scores add up to the gradient of the penalised objective", {
  skip_on_cran()
  for (seed in 1:20) {
    fit <- random_fit(seed)
    data <- fit$data
    n <- nrow(data$x)
    objective <- function(free) {
      plain_objective(
        with_coefficients(fit, free), data$x, if (is.null(data$z)) data$x else data$z, data$y,
        if (is.null(data$weights)) rep(1, n) else data$weights,
        if (is.null(data$offset)) 0 else data$offset
      )
    }
    expect_equal(
      unname(colSums(estfun.moelogit(fit))), central_differences(objective, coef(fit)),
      tolerance = 1e-6
    )
  }
})

test_that("one row of scores is the derivative of that row", {
  fit <- random_fit(4)
  fit$penalty[] <- 0
  x <- fit$data$x
  z <- fit$data$z
  row <- function(free) {
    plain_objective(with_coefficients(fit, free), x[7, , drop = FALSE], z[7, , drop = FALSE],
                    fit$data$y[7], 1, 0)
  }
  expect_equal(
    unname(estfun.moelogit(fit)[7, ]), central_differences(row, coef(fit)), tolerance = 1e-6
  )
})

test_that("sandwich and lmtest work on a fit", {
  skip_if_not_installed("sandwich")
  set.seed(1)
  weights <- runif(150, 0, 3)
  weights[3] <- 0
  fits <- list(
    moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, weights = weights),
    moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = 0),
    suppressMessages(moelogit(Species ~ Sepal.Length + I(2 * Sepal.Length), iris, k = 2))
  )
  for (fit in fits) {
    scores <- sandwich::estfun(fit)
    expect_identical(dimnames(scores), list(row.names(iris), names(coef(fit, complete = FALSE))))
    expect_lt(max(abs(colSums(scores))), 1e-2)
    expect_equal(sandwich::sandwich(fit), vcov(fit, type = "sandwich", complete = FALSE))
    expect_equal(sandwich::bread(fit) / 150, vcov(fit, complete = FALSE))
  }
  skip_if_not_installed("lmtest")
  table <- lmtest::coeftest(fits[[1]], vcov. = sandwich::sandwich, df = Inf)
  expect_equal(unclass(table)[, 2], sqrt(diag(vcov(fits[[1]], type = "sandwich"))))
})

test_that("a weighted row is a cluster of copies", {
  skip_if_not_installed("sandwich")
  data <- separated_fit(150)$data
  times <- rep_len(1:3, 150)
  id <- rep(1:150, times)
  weighted <- moelogit(y ~ x1 | x1 + x2, data, k = 2, weights = times, tol = 1e-14)
  expanded <- moelogit(y ~ x1 | x1 + x2, data[id, ], k = 2, start = weighted, tol = 1e-14)
  expect_equal(
    sandwich::vcovCL(expanded, cluster = id, type = "HC0", cadjust = FALSE),
    sandwich::sandwich(weighted), tolerance = 1e-6
  )
})

test_that("one expert and two classes give the scores of glm(binomial)", {
  skip_if_not_installed("sandwich")
  data <- transform(iris[51:150, ], y = factor(Species))
  weights <- rep(1:4, 25)
  ours <- moelogit(y ~ Sepal.Length, data, k = 1, weights = weights, penalty = 0, tol = 1e-15)
  theirs <- glm(y ~ Sepal.Length, binomial, data, weights = weights, epsilon = 1e-14)
  expect_equal(unname(sandwich::estfun(ours)), unname(sandwich::estfun(theirs)[, ]),
               tolerance = 1e-6)
  expect_equal(unname(sandwich::sandwich(ours)), unname(sandwich::sandwich(theirs)),
               tolerance = 1e-6)
})
