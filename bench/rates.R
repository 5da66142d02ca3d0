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

losses <- do.call(rbind, lapply(sizes, function(n) {
  do.call(rbind, lapply(seq_len(replicates), function(replicate) {
    set.seed(1000 * replicate + round(n) %% 997)
    data <- rmoelogit(n, gate, expert)$data
    # The exact fit starts at the truth: its rate is that of the estimator, not of the starts.
    exact <- moelogit(y ~ ., data, k = 2, start = truth)
    over <- moelogit(y ~ ., data, k = 4, starts = 12)
    merged <- mixing_measure(mixing_dendrogram(over), k = 2)
    of_exact <- voronoi_loss(exact, true_measure)
    of_over <- voronoi_loss(over, true_measure)
    data.frame(
      n = n, replicate = replicate,
      exact_fit_exact = of_exact$exact, over_fit_exact = of_over$exact,
      over_fit_over = of_over$over, over_fit_fast = of_over$fast,
      merged_exact = voronoi_loss(merged, true_measure)$exact
    )
  }))
}))
dir.create("bench/results", showWarnings = FALSE)
write.csv(format(losses, digits = 6), "bench/results/rates.csv", row.names = FALSE, quote = FALSE)

theory <- c(exact_fit_exact = -1 / 2, over_fit_exact = -1 / 4, over_fit_over = -1 / 2,
            over_fit_fast = -1 / 2, merged_exact = -1 / 2)
slopes <- do.call(rbind, lapply(names(theory), function(loss) {
  fit <- lm(log(losses[[loss]]) ~ log(losses$n))
  interval <- confint(fit)[2, ]
  data.frame(loss = loss, theory = theory[[loss]], slope = coef(fit)[[2]],
             lower = interval[[1]], upper = interval[[2]],
             covers = interval[[1]] <= theory[[loss]] && theory[[loss]] <= interval[[2]])
}))
write.csv(slopes, "bench/results/rates-slopes.csv", row.names = FALSE)
print(slopes, digits = 3, row.names = FALSE)
