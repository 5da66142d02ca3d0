# Do 95 % intervals cover? Two experts far apart, three classes, n = 2000, maximum likelihood and
# the default penalty; coefficients (Wald, from the Hessian and the sandwich) and class
# probabilities at five points (delta method, on the logit scale). Each fit starts at the truth, and
# every tenth also from the default starts, to see that these end there too. The bootstrap is set
# against the Hessian on the first replicates.
#
#   Rscript bench/coverage.R [replicates, 500]
source("bench/helpers.R")

replicates <- as.integer(c(commandArgs(TRUE), 500L)[1L])
truth <- list(
  gate = cbind(c(0, 0, 0), c(0.3, 0.5, 3)),
  expert = array(
    c(0, 0, 0.5, 2.5, -0.5, -2, 0, 0, 0, -2.5, 1, 2), c(2L, 3L, 2L),
    list(NULL, c("a", "b", "c"), NULL)
  )
)
target <- c(truth$gate[, -1L] - truth$gate[, 1L], truth$expert[, -1L, ] - truth$expert[, c(1, 1), ])
grid <- data.frame(x1 = c(-1, -1, 0, 1, 1), x2 = c(-1, 1, 0, -1, 1))
true_prob <- rmoelogit(nrow(grid), truth$gate, truth$expert, as.matrix(grid))$prob

# Experts in the true order: the second one's gate rises with x2.
align <- function(fit) if (coef(fit, "gate")["x2", 2L] < 0) relabel(fit, 2:1) else fit
between <- function(limits, value) limits$lower < value & value < limits$upper
wald <- function(fit, type) {
  limits <- confint(fit, type = type)
  between(list(lower = limits[, 1L], upper = limits[, 2L]), target)
}

one <- function(seed) {
  set.seed(seed)
  data <- rmoelogit(2000, truth$gate, truth$expert)$data
  lapply(c(0, 1), function(penalty) {
    fit <- moelogit(y ~ x1 | x1 + x2, data, k = 2, penalty = penalty, start = truth)
    if (!fit$converged) stop("replicate ", seed, " has not converged")
    elsewhere <- if (seed %% 10L == 0L) {
      moelogit(y ~ x1 | x1 + x2, data, k = 2, penalty = penalty)$objective
    }
    boot <- if (seed <= 10L && penalty == 0) {
      log(diag(vcov(bootstrap(fit, R = 200))) / diag(vcov(fit))) / 2
    }
    fit <- align(fit)
    list(
      hessian = wald(fit, "hessian"), sandwich = wald(fit, "sandwich"),
      probability = between(
        predict(fit, grid, type = "prob", interval = "confidence"), true_prob
      ),
      error = coef(fit) - target, se = sqrt(diag(vcov(fit))),
      gain = elsewhere - fit$objective, boot = boot
    )
  })
}

time <- seconds(runs <- lapply(seq_len(replicates), one))
summarise <- function(penalty) {
  own <- lapply(runs, `[[`, penalty + 1L)
  share <- function(what) {
    covered <- sapply(own, function(run) c(run[[what]]))
    data.frame(
      penalty = penalty, interval = what, coverage = 100 * mean(covered),
      # replicates are independent, what they cover is not
      error = 100 * sd(colMeans(covered)) / sqrt(ncol(covered)),
      least = 100 * min(rowMeans(covered)), most = 100 * max(rowMeans(covered))
    )
  }
  do.call(rbind, lapply(c("hessian", "sandwich", "probability"), share))
}
show_results(do.call(rbind, lapply(c(0, 1), summarise)), "coverage", c(
  "Target: coverage of 95 % intervals from 93 to 97 %; least and most are over the single",
  "coefficients and probabilities, each with a simulation error of 1 %."
))

ml <- lapply(runs, `[[`, 1L)
spread <- apply(sapply(ml, `[[`, "error"), 1L, sd)
ratio <- spread / rowMeans(sapply(ml, `[[`, "se"))
boot <- unlist(lapply(ml, `[[`, "boot"))
gain <- unlist(lapply(unlist(runs, recursive = FALSE), `[[`, "gain"))
cat(
  sprintf("Spread of the estimates to mean standard error: %.3f to %.3f\n", min(ratio), max(ratio)),
  sprintf("Bootstrap to Hessian standard error: geometric mean %.3f\n", exp(mean(boot))),
  sprintf("Default starts ended higher than the start at the truth in %d of %d fits\n",
          sum(gain > 1e-4), length(gain)),
  sprintf("%.0f seconds\n", time), sep = ""
)
