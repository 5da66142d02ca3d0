# Rates of convergence: Voronoi losses of fits to samples of growing size from a known truth, and
# the slopes of log loss on log n with 95 % intervals, beside the theory's (arXiv:2310.14188).
#
# Usage: Rscript bench/rates.R [replicates]
# Writes bench/results/rates.csv (one row a replicate) and rates-slopes.csv, and prints the slopes.

library(moelogit)
replicates <- as.integer(c(commandArgs(TRUE), 20)[1])
sizes <- round(10^seq(3, 5, by = 0.25))

# Two experts over three classes and two covariates; every expert has slopes.
gate <- cbind(c(0.3, 1.5, -1), c(-0.3, -1.5, 1))
expert <- array(c(0, 2, 0, 0, -2, 1, 0, 0, -1, 0.5, -1.5, 1, -0.5, 0, -2, 0, 1.5, 1), c(3, 3, 2))
truth <- list(gate = gate, expert = expert)
true_measure <- mixing_measure(truth)

# All fits start near the truth: the rates are those of the estimator, not of the search. The
# overfitted one has a third expert: it starts at the truth with one of the two experts in two
# halves, apart at random, four times for each expert, and the best of the eight fits counts. A
# single start, or halves that are close to each other, often ends in a poorer optimum.
split_truth <- function(expert_split) {
  at <- c(1, 2, expert_split)
  gate <- gate[, at]
  halves <- c(expert_split, 3)
  gate[1, halves] <- gate[1, halves] - log(2)
  expert <- expert[, , at]
  list(gate = gate + rnorm(length(gate), sd = 0.5),
       expert = expert + rnorm(length(expert), sd = 0.5))
}

class_probabilities <- function(x, gate, expert) {
  weight <- softmax(x %*% gate)
  prob <- 0
  for (k in seq_len(ncol(gate))) prob <- prob + weight[, k] * softmax(x %*% expert[, , k])
  prob
}
softmax <- function(score) {
  score <- exp(score - do.call(pmax, as.data.frame(score)))
  score / rowSums(score)
}

# The Hellinger distance of the fitted class probabilities from the true ones at 5,000 new rows: the
# root of the mean over rows of half the squared distance of the roots.
hellinger <- function(fit, x) {
  true <- class_probabilities(cbind(1, x), gate, expert)
  fitted <- predict(fit, as.data.frame(x), type = "prob")
  sqrt(mean(rowSums((sqrt(true) - sqrt(fitted))^2)) / 2)
}

losses_of <- function(n, replicate, penalty) {
  set.seed(1000 * replicate + round(n) %% 997)
  data <- rmoelogit(n, gate, expert)$data
  fit_from <- function(start) {
    moelogit(y ~ ., data, k = ncol(start$gate), start = start, penalty = penalty)
  }
  exact <- fit_from(truth)
  fits <- lapply(rep(1:2, 4), function(expert_split) fit_from(split_truth(expert_split)))
  over <- fits[[which.max(vapply(fits, `[[`, 0, "objective"))]]
  merged <- mixing_measure(mixing_dendrogram(over), k = 2)
  of_over <- voronoi_loss(over, true_measure)
  x <- matrix(rnorm(10000), ncol = 2, dimnames = list(NULL, c("x1", "x2")))
  data.frame(
    penalty = penalty, n = n, replicate = replicate,
    exact_fit_exact = voronoi_loss(exact, true_measure)$exact, over_fit_exact = of_over$exact,
    over_fit_over = of_over$over, over_fit_fast = of_over$fast,
    merged_exact = voronoi_loss(merged, true_measure)$exact,
    exact_fit_hellinger = hellinger(exact, x), over_fit_hellinger = hellinger(over, x)
  )
}
runs <- expand.grid(replicate = seq_len(replicates), n = sizes, penalty = 1)
losses <- do.call(rbind, Map(losses_of, runs$n, runs$replicate, runs$penalty))
dir.create("bench/results", showWarnings = FALSE)
write.csv(format(losses, digits = 6), "bench/results/rates.csv", row.names = FALSE, quote = FALSE)

# The theory bounds the losses by powers of log(n)/n. `theory` is the power's slope, `with_log` that
# of the whole bound over these sizes: the log flattens it.
power <- c(exact_fit_exact = 1 / 2, over_fit_exact = 1 / 4, over_fit_over = 1 / 2,
           over_fit_fast = 1 / 2, merged_exact = 1 / 2, exact_fit_hellinger = 1 / 2,
           over_fit_hellinger = 1 / 2)
slope_of <- function(loss, penalty) {
  rows <- losses[losses$penalty == penalty, ]
  log_n <- log(rows$n)
  fit <- lm(log(rows[[loss]]) ~ log_n)
  interval <- confint(fit)[2, ]
  theory <- -power[[loss]]
  with_log <- coef(lm(power[[loss]] * (log(log_n) - log_n) ~ log_n))[[2]]
  data.frame(penalty = penalty, loss = loss, theory = theory, with_log = with_log,
             slope = coef(fit)[[2]], lower = interval[[1]], upper = interval[[2]],
             covers = interval[[1]] <= with_log && theory <= interval[[2]])
}
slopes <- do.call(rbind, lapply(names(power), slope_of, penalty = 1))
write.csv(slopes, "bench/results/rates-slopes.csv", row.names = FALSE)
print(slopes, digits = 3, row.names = FALSE)
