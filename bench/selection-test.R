# Size and power of test_experts(): the share of samples in which it rejects at level .05. Null
# samples are of 1 to 3 experts (500 in all); for the power the number of experts is one less than
# the true one, in cells of the selection study where that can hardly be seen (selection-cells.R).
#
# Usage: Rscript bench/selection-test.R [size|power] [samples of each kind]
# Writes bench/results/selection-test.csv; resumable. Samples alternate between kinds.

library(moelogit)
source("bench/selection-truth.R")
arguments <- commandArgs(TRUE)
part <- match.arg(arguments[1], c("size", "power"))
samples <- as.integer(c(arguments[2], if (part == "size") 250 else 30)[1])
results <- "bench/results/selection-test.csv"
done <- if (file.exists(results)) {
  old <- read.csv(results)
  paste(old$kind, old$sample)
}
kinds <- if (part == "size") {
  data.frame(
    kind = c("one expert", "two experts"), k0 = 1:2, n = c(300, 1000), m = 3, covariates = 2,
    experts = "far", gate = "balanced", contamination = 0, tested = 1:2
  )
} else {
  cells <- study_cells()
  cells <- cells[cells$cell %in% c(7, 20, 28), ]
  data.frame(kind = paste("cell", cells$cell), cells[-1], tested = cells$k0 - 1)
}
# 39 samples: then a rejection at .05 is one of at most 2 of 40
for (sample in seq_len(samples)) {
  for (kind in split(kinds, seq_len(nrow(kinds)))) {
    if (paste(kind$kind, sample) %in% done) next
    set.seed(4e6 + 1000 * match(kind$kind, kinds$kind) + sample)
    data <- study_data(kind, study_truth(kind))
    choice <- suppressMessages(select_experts(y ~ ., data, k_max = kind$tested + 2))
    test <- test_experts(choice, k = kind$tested, B = 39, progress = FALSE)
    row <- data.frame(
      kind = kind$kind, sample = sample, k0 = kind$k0, tested = kind$tested, n = kind$n,
      statistic = round(test$statistic, 4), p = test$p.value
    )
    write.table(row, results, sep = ",", quote = FALSE, row.names = FALSE,
                append = file.exists(results), col.names = !file.exists(results))
  }
}
kept <- read.csv(results)
rejected <- split(kept$p <= 0.05 + 1e-9, kept$kind)
for (kind in names(rejected)) {
  n <- length(rejected[[kind]])
  cat(sprintf("%-12s rejected %.3f (%.3f) of %d\n", kind, mean(rejected[[kind]]),
              sqrt(mean(rejected[[kind]]) * (1 - mean(rejected[[kind]])) / n), n))
}
