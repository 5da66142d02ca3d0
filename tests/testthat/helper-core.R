# A random problem of the core: the class of some rows, offsets and weights by chance; `separated`
# makes the class a function of the first covariate.
random_problem <- function(n = 80, p = 3, k = 2, m = 3, penalty = 1, separated = FALSE,
                           curvature = "tight", method = "accelerated", ...) {
  x <- matrix(rnorm(n * p), n, dimnames = list(NULL, paste0("x", seq_len(p))))
  y <- if (separated) findInterval(x[, 1], qnorm(seq_len(m - 1) / m)) else sample.int(m, n, TRUE)
  control <- moelogit_control(penalty = penalty, curvature = curvature, method = method, ...)
  weights <- runif(n, 0.5, 2)
  design <- model_design_matrix(x, factor(y), NULL, weights)
  list(problem = build_problem(design, k, control), control = control, x = x, y = factor(y))
}

# Coefficients in symmetric coding, random.
random_theta <- function(problem, sd = 1) {
  centered_theta(theta_to_arrays(problem$frame, rnorm(coefficient_count(problem$frame), sd = sd)))
}

evaluate <- function(case, theta) core_evaluate(case$problem, theta, run_options(case$control), 1L)

climb <- function(case, theta, ..., threads = 1L) {
  options <- utils::modifyList(run_options(case$control), list(...))
  core_ascend(case$problem, cbind(theta), options, threads, NULL)[[1L]]
}

# Class probabilities of list(gate, expert) in plain R.
class_prob <- function(coef, x, z) {
  softmax <- function(l) exp(l) / rowSums(exp(l))
  pi <- softmax(z %*% coef$gate)
  Reduce(`+`, lapply(seq_len(ncol(pi)), function(k) {
    pi[, k] * softmax(x %*% matrix(coef$expert[, , k], ncol(x)))
  }))
}
