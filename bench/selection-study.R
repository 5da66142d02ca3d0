# The selection study: how often is the number of experts right? Writes one row per level of
# selections, of paths and of sweeps, with all that criteria need, so that these can be compared
# afterwards (selection-report.R) without a refit.
#
# Usage: Rscript bench/selection-study.R <set> <replicates> [ways]
#   set: "tune" or "report" (different seeds)
#   replicates: how many of each cell, or which, as 11:20 (one alone as 11:11)
#   ways, with commas between: "select8" (the default), "select6", ...: select_experts() with that
#     k_max; "path": the polished path, before any level is searched again; "sweep"
# Resumable: what is already in bench/results/selection-<set>.csv is skipped. All cells of a
# replicate come before the next one, so that a study that is stopped is balanced.

library(moelogit)
source("bench/selection-truth.R")
arguments <- commandArgs(TRUE)
set <- match.arg(arguments[1], c("tune", "report"))
range <- as.integer(strsplit(arguments[2], ":")[[1]])
replicates <- if (length(range) == 2) range[1]:range[2] else seq_len(range)
ways <- if (length(arguments) > 2) strsplit(arguments[3], ",")[[1]] else "select8"
results <- file.path("bench", "results", paste0("selection-", set, ".csv"))
done <- if (file.exists(results)) {
  old <- read.csv(results)
  unique(paste(old$cell, old$replicate, old$method))
}
# The same for every truth: a length that depends on it would tell the number.
k_max <- 8L

columns <- c("k", "height", "height_merged", "loglik_merged", "loglik", "objective", "df", "edf",
             "evidence", "icl")
rows_of <- function(table, method, seconds) {
  table[setdiff(columns, names(table))] <- NA
  cbind(method = method, table[columns], seconds = round(seconds, 3))
}
timed <- function(expr) system.time(suppressMessages(expr))[["user.self"]]

# What select_experts() is asked, as it reads it.
ask <- moelogit:::select_experts.formula
body(ask) <- quote(moelogit:::read_formula("select_experts", match.call()))

study_path <- function(data) {
  asked <- ask(y ~ ., data)
  seconds <- timed(path <- moelogit:::polished_path(asked, k_max, "curvature"))
  table <- moelogit:::selection_table(path, nrow(data))
  table$objective <- moelogit:::level_values(path, "objective")
  rows_of(table, "path", seconds)
}

study_sweep <- function(data) {
  seconds <- timed(
    sweep <- sweep_experts(y ~ ., data, k_max = k_max, starts = 10, keep = 10)
  )
  table <- sweep$table
  table$objective <- vapply(sweep$fits, `[[`, 0, "objective")
  rows_of(table, "sweep", seconds)
}

study_select <- function(data, way) {
  seconds <- timed(
    choice <- select_experts(y ~ ., data, k_max = as.integer(sub("select", "", way)))
  )
  choice$table$objective <- vapply(choice$fits, `[[`, 0, "objective")
  rows_of(choice$table, way, seconds)
}

factors <- c("cell", "k0", "n", "m", "covariates", "experts", "gate", "contamination")
cells <- study_cells()
for (replicate in replicates) {
  for (cell in split(cells, cells$cell)) {
    for (way in ways) {
      if (paste(cell$cell, replicate, way) %in% done) next
      set.seed(1e6 * (set == "report") + 1000 * cell$cell + replicate)
      data <- study_data(cell, study_truth(cell))
      rows <- switch(
        way, path = study_path(data), sweep = study_sweep(data), study_select(data, way)
      )
      rows <- cbind(cell[factors], replicate = replicate, rows, row.names = NULL)
      write.table(format(rows, digits = 10, trim = TRUE), results, sep = ",", quote = FALSE,
                  row.names = FALSE, append = file.exists(results),
                  col.names = !file.exists(results))
    }
  }
}
