# How much there is to find in the cells of the selection study: n times the Kullback-Leibler
# divergence of the truth from the best fit with one expert less, in nats. The fit is to the true
# class probabilities of many rows instead of sampled classes, so that only the missing expert
# counts. A cell is called hopeless when this gain is below a quarter of an expert's coefficients
# (the median over truths): an expert that is not there gains half of its coefficients on average.
#
# Usage: Rscript bench/selection-cells.R [truths]
# Writes bench/results/selection-cells.csv, one row a cell; resumable.

library(moelogit)
source("bench/selection-truth.R")
truths <- as.integer(c(commandArgs(TRUE), 9)[1])
results <- "bench/results/selection-cells.csv"
done <- if (file.exists(results)) read.csv(results)$cell
rows <- 5000

divergence <- function(cell, truth) {
  x <- matrix(rnorm(rows * cell$covariates), rows,
              dimnames = list(NULL, paste0("x", seq_len(cell$covariates))))
  gate <- softmax(cbind(1, x) %*% truth$gate)
  prob <- 0
  for (k in seq_len(cell$k0)) {
    prob <- prob + gate[, k] * softmax(cbind(1, x) %*% truth$expert[, , k])
  }
  colnames(prob) <- paste0("class", seq_len(cell$m))
  fit <- suppressWarnings(
    moelogit(x, prob, k = cell$k0 - 1, penalty = 1e-3, starts = 10, keep = 4, max_iter = 300)
  )
  mean(rowSums(prob * (log(prob) - log(fitted(fit)))))
}

cells <- study_cells()
for (cell in split(cells, cells$cell)) {
  if (cell$cell %in% done) next
  expert <- (cell$covariates + 1) * cell$m # gate and M - 1 logits
  gain <- if (cell$k0 > 1) {
    vapply(seq_len(truths), function(replicate) {
      set.seed(1000 * cell$cell + replicate)
      cell$n * divergence(cell, study_truth(cell))
    }, 0)
  } else {
    rep(NA_real_, truths)
  }
  row <- data.frame(
    cell = cell$cell, expert = expert, gain = round(median(gain), 3), least = round(min(gain), 3),
    most = round(max(gain), 3), hopeless = isTRUE(median(gain) < expert / 4)
  )
  write.table(row, results, sep = ",", quote = FALSE, row.names = FALSE,
              append = file.exists(results), col.names = !file.exists(results))
}
