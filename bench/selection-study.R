# The selection study: how often is the number of experts right? Writes one row per level of every
# path and sweep, so that criteria can be compared afterwards (selection-report.R) without a refit.
#
# Usage: Rscript bench/selection-study.R <set> <replicates>
#   set: "tune" or "report" (different seeds)
#   replicates: how many of each cell, or which, as 11:20
# Resumable: replicates already in bench/results/selection-<set>.csv are skipped.

library(moelogit)
source("bench/selection-truth.R")
arguments <- commandArgs(TRUE)
set <- match.arg(arguments[1], c("tune", "report"))
range <- as.integer(strsplit(arguments[2], ":")[[1]])
replicates <- if (length(range) == 2) range[1]:range[2] else seq_len(range)
results <- file.path("bench", "results", paste0("selection-", set, ".csv"))
done <- if (file.exists(results)) {
  old <- read.csv(results)
  unique(paste(old$cell, old$replicate))
}

rows_of <- function(choice, method, seconds) {
  table <- choice$table
  table$objective <- vapply(choice$fits, `[[`, 0, "objective")
  columns <- c("k", "height", "height_merged", "loglik_merged", "loglik", "objective",
               "df", "icl")
  table[setdiff(columns, names(table))] <- NA
  cbind(method = method, table[columns], seconds = round(seconds, 3))
}

cells <- study_cells()
for (replicate in replicates) {
  for (cell in split(cells, cells$cell)) {
    if (paste(cell$cell, replicate) %in% done) next
    set.seed(1e6 * (set == "report") + 1000 * cell$cell + replicate)
    data <- study_data(cell, study_truth(cell))
    k_max <- cell$k0 + 3
    path_seconds <- system.time(suppressMessages(
      choice <- select_experts(y ~ ., data, k_max = k_max)
    ))[["user.self"]]
    sweep_seconds <- system.time(suppressMessages(
      sweep <- sweep_experts(y ~ ., data, k_max = k_max, starts = 10, keep = 10)
    ))[["user.self"]]
    rows <- rbind(rows_of(choice, "path", path_seconds), rows_of(sweep, "sweep", sweep_seconds))
    rows <- cbind(cell[c("cell", "k0", "n", "m", "covariates", "experts", "gate",
                         "contamination")], replicate = replicate, rows, row.names = NULL)
    write.table(format(rows, digits = 10, trim = TRUE), results, sep = ",", quote = FALSE,
                row.names = FALSE, append = file.exists(results), col.names = !file.exists(results))
  }
}
