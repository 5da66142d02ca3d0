# One expert: the multinomial logit, against nnet::multinom (no penalty) and glmnet (the same
# ridge), to the same optimum. Target: the same coefficients to 1e-6, no slower than the faster.
source("bench/helpers.R")
suppressPackageStartupMessages({
  library(nnet)
  library(glmnet)
})

# Ridge on every coefficient but the intercepts, covariates with mean 0 and standard deviation 1:
# glmnet's lambda is ours divided by n. Its default threshold leaves it far from the optimum.
ridge <- 1
compare <- function(n, p, m) {
  sim <- simulated(n, p, 1, m)
  x <- scale(sim$x) * sqrt(n / (n - 1))
  frame <- data.frame(class = sim$y, x)
  calls <- list(
    multinom = function() {
      multinom(class ~ ., frame, trace = FALSE, reltol = 1e-14, maxit = 1000)
    },
    moelogit = function() moelogit(class ~ ., frame, k = 1, penalty = 0),
    glmnet = function() {
      glmnet(x, sim$y, "multinomial", alpha = 0, lambda = ridge / n, standardize = FALSE,
             thresh = 1e-16, maxit = 1e7)
    },
    moelogit_ridge = function() {
      moelogit(x, sim$y, k = 1, penalty = ridge, penalize_intercept = FALSE)
    }
  )
  time <- interleaved(calls, times = 5, repeats = max(1, round(20000 / n)))
  difference <- function(theirs, ours) {
    max(abs(theirs - as.vector(ours[, -1L, 1L] - ours[, 1L, 1L])))
  }
  glm_coef <- do.call(cbind, lapply(coef(calls$glmnet()), as.matrix))
  control <- moelogit_control(penalty = 0)
  problem <- core_problem(x, sim$y, 1, control)
  zero <- matrix(0, (p + 1) * (m + 1), 1)
  core <- interleaved(list(core = function() {
    moelogit:::core_ascend(problem, zero, run_options(control), 1L, NULL)
  }), repeats = max(1, round(20000 / n)))
  data.frame(
    n = n, p = p, m = m, multinom_s = time[["multinom"]], moelogit_s = time[["moelogit"]],
    core_s = core[["core"]], ratio = time[["multinom"]] / time[["moelogit"]],
    difference = difference(
      as.vector(t(coef(calls$multinom()))), calls$moelogit()$expert
    ),
    glmnet_s = time[["glmnet"]], moelogit_ridge_s = time[["moelogit_ridge"]],
    glmnet_ratio = time[["glmnet"]] / time[["moelogit_ridge"]],
    glmnet_difference = difference(
      as.vector(glm_coef[, -1L] - glm_coef[, 1L]), calls$moelogit_ridge()$expert
    )
  )
}
table <- do.call(rbind, Map(compare, c(500, 2000, 20000, 100000), c(4, 10, 20, 10), c(3, 5, 4, 3)))
show_results(
  table, "multinom-glmnet", "Target: both ratios >= 1, both differences <= 1e-6 (coefficients)."
)
