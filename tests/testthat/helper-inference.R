# A fit with other coefficients: free ones in reference coding, on the scale of the covariates.
with_coefficients <- function(fit, free) {
  gates <- (fit$k - 1L) * nrow(fit$gate)
  gate <- cbind(0, matrix(free[seq_len(gates)], nrow(fit$gate)))
  dims <- dim(fit$expert)
  expert <- array(0, dims)
  expert[, -1L, ] <- free[gates + seq_len(length(free) - gates)]
  coefs <- center_coding(list(gate = gate, expert = expert))
  fit$gate[] <- coefs$gate
  fit$expert[] <- coefs$expert
  fit
}

# Gradient or Jacobian by central differences.
central_differences <- function(f, at, step = 1e-5) {
  sapply(seq_along(at), function(j) {
    h <- step * max(1, abs(at[j]))
    (f(replace(at, j, at[j] + h)) - f(replace(at, j, at[j] - h))) / (2 * h)
  })
}

# A random problem and a fit of it that stands at random coefficients, not at an optimum.
random_fit <- function(seed) {
  set.seed(seed)
  n <- 40L
  k <- sample.int(3L, 1L)
  m <- sample(2:4, 1L)
  x <- matrix(rnorm(n * 2L, 1, 2), n, dimnames = list(NULL, c("a", "b")))
  z <- if (seed %% 2L == 0L) cbind(c = rnorm(n), a = x[, "a"])
  y <- factor(rep_len(letters[seq_len(m)], n))
  weights <- if (seed %% 3L == 0L) runif(n, 0, 2)
  offset <- if (seed %% 5L == 0L) matrix(rnorm(n * m), n)
  fit <- suppressWarnings(moelogit(
    x, y, k, z = z, weights = weights, offset = offset, penalty = c(0.5, 2), starts = 1,
    max_iter = 1, penalize_intercept = seed %% 7L > 0L
  ))
  with_coefficients(fit, rnorm(length(coef(fit)), sd = 0.7))
}

# Two experts that no one could confuse, three classes; y ~ x1 | x1 + x2.
separated_truth <- function() {
  list(
    gate = cbind(c(0, 0, 0), c(0.3, 0.5, 3)),
    expert = array(
      c(0, 0, 0.5, 2.5, -0.5, -2, 0, 0, 0, -2.5, 1, 2), c(2L, 3L, 2L),
      list(NULL, c("a", "b", "c"), NULL)
    )
  )
}

separated_fit <- function(n = 300, seed = 1, ...) {
  set.seed(seed)
  truth <- separated_truth()
  data <- rmoelogit(n, truth$gate, truth$expert)$data
  list(data = data, fit = moelogit(y ~ x1 | x1 + x2, data, k = 2, ...))
}

# The fit with its experts in the order of the true ones, by their coefficients.
relabel_to <- function(fit, truth) {
  truth <- center_coding(truth)
  distance <- outer(seq_len(fit$k), seq_len(fit$k), Vectorize(function(j, k) {
    sum((truth$expert[, , j] - fit$expert[, , k])^2)
  }))
  relabel(fit, assign_labels(distance))
}
