# Small data for fits: three classes whose names are not in alphabetical order, two numeric
# covariates, a factor, weights.
fit_data <- function(n = 150L, seed = 1L) {
  set.seed(seed)
  gate <- cbind(c(0, -1, 0), c(0.3, 1, 1.5))
  expert <- array(0, c(2L, 3L, 2L), list(NULL, c("low", "mid", "high"), NULL))
  expert[, , 1L] <- rbind(c(0.5, 0, -0.5), c(2, 0, -2))
  expert[, , 2L] <- rbind(c(-0.5, 0.8, 0), c(-1, 0.5, 1.5))
  data <- rmoelogit(n, gate, expert)$data
  names(data) <- c("y", "x", "z")
  data$f <- factor(sample(c("p", "q", "r"), n, TRUE))
  data$w <- round(stats::runif(n, 0.2, 3), 2)
  data
}

# Two experts of opposite sign, told apart by the gate: hard to miss.
two_experts <- function(n = 400L) {
  set.seed(4)
  expert <- array(c(0, 0, 3, 0, 0, 3, -3, 0, 0), c(3L, 3L, 2L))
  expert[, , 2L] <- -expert[, , 1L]
  sim <- rmoelogit(n, cbind(c(0, -2, 0), c(0, 2, 0)), expert)$data
  names(sim) <- c("y", "x", "z")
  sim
}

# Posteriors to start from: with the same ones, two fits take the same path.
fit_start <- function(n, k = 2L, seed = 1L) {
  set.seed(seed)
  start <- matrix(stats::rexp(n * k)^2, n)
  start / rowSums(start)
}

quick_fit <- function(..., starts = 3L) moelogit(..., starts = starts)

# The log-likelihood from the definition: classes, weights and probabilities by hand.
loglik_by_hand <- function(prob, y, weights = 1) {
  sum(weights * log(prob[cbind(seq_along(y), match(as.character(y), colnames(prob)))]))
}

expect_same_model <- function(a, b, data, tolerance = 1e-6) {
  testthat::expect_equal(a$loglik, b$loglik, tolerance = tolerance)
  testthat::expect_equal(
    predict(a, data, type = "prob"), predict(b, data, type = "prob")[, a$classes],
    tolerance = tolerance
  )
}

# Three classes, a number and a factor for the experts, another number for the gate.
ppi_fit <- function() {
  set.seed(1)
  d <- transform(yeast_ppi[1:1500, ], same = factor(same_class, labels = c("no", "yes")))
  moelogit(confidence ~ log_common + same | log_degree_min, d, k = 2, starts = 4)
}

fit_for_prediction <- function() {
  quick_fit(y ~ x + f | z, fit_data(), k = 2, start = fit_start(150))
}

types <- c("class", "prob", "link", "gate", "expert", "posterior")
