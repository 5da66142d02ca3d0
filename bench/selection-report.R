# The tables of the selection study: share of replicates with the right number of experts, with
# standard errors, for every criterion on the table of select_experts() by its default, and for the
# sweep by BIC and AIC; coverage of the sets of numbers; the same choice for other k_max; the time;
# and the loss on real data.
#
# Usage: Rscript bench/selection-report.R [tune|report]
# Reads bench/results/selection-<set>.csv, selection-cells.csv and selection-real.csv, writes
# selection-<set>-choices.csv (one row a replicate), selection-<set>-ends.csv (from 6 and 10)
# and selection-<set>-real-choices.csv (one row a set, fold and way), and prints the tables.

suppressPackageStartupMessages(library(moelogit))
source("bench/cell-mean.R")
set <- match.arg(c(commandArgs(TRUE), "report")[1], c("report", "tune"))
file_of <- function(name) file.path("bench", "results", paste0("selection-", name, ".csv"))
rows <- read.csv(file_of(set))
cells <- read.csv(file_of("cells"))
rows$hopeless <- cells$hopeless[match(rows$cell, cells$cell)]

least <- function(value) function(levels) levels$k[which.min(value(levels))]
# In the study the penalty is 1, so the objective is evidence and complexity.
tempered <- function(levels) {
  temper <- moelogit:::temper
  -2 * (temper * levels$evidence + (1 - temper) * levels$objective)
}
rules <- list(
  tempered = least(tempered),
  effective = least(function(l) -2 * l$loglik + 3 * l$edf),
  evidence = least(function(l) -l$evidence),
  slope = least(function(l) {
    -2 * l$loglik + 2 * moelogit:::slope_penalty(l$loglik, l$df, l$n[1]) * l$df
  }),
  aic = least(function(l) -2 * l$loglik + 2 * l$df),
  bic = least(function(l) -2 * l$loglik + log(l$n) * l$df)
)

# The numbers of the 90 % set.
set_of <- function(levels, power = moelogit:::weight_power) {
  weight <- exp(-power * (tempered(levels) - min(tempered(levels))) / 2)
  weight <- weight / sum(weight)
  order <- order(-weight)
  levels$k[order[seq_len(which(cumsum(weight[order]) >= 0.9)[1])]]
}

levels_of <- function(rows, method) {
  levels <- rows[rows$method == method, ]
  levels[order(levels$k), ]
}
chosen_in <- function(rows, method, rule) {
  levels <- levels_of(rows, method)
  if (nrow(levels) == 0) NA_integer_ else rule(levels)
}

# What each way chooses on one replicate.
choices <- function(rows) {
  levels <- levels_of(rows, "select8")
  if (nrow(levels) == 0) return(NULL)
  numbers <- set_of(levels)
  first <- rows[1, c("cell", "k0", "n", "m", "covariates", "experts", "gate", "contamination",
                     "hopeless", "replicate")]
  seconds <- function(method) {
    unname(c(rows$seconds[rows$method == method], NA)[1])
  }
  data.frame(
    first, lapply(rules, function(rule) rule(levels)),
    unchecked = chosen_in(rows, "path", rules$tempered),
    sweep_bic = chosen_in(rows, "sweep", rules$bic),
    sweep_aic = chosen_in(rows, "sweep", rules$aic),
    covered = first$k0 %in% numbers, set_size = length(numbers),
    select_seconds = seconds("select8"), sweep_seconds = seconds("sweep"), row.names = NULL
  )
}
chosen <- do.call(rbind, lapply(split(rows, rows[c("cell", "replicate")], drop = TRUE), choices))
write.csv(chosen, file_of(paste0(set, "-choices")), row.names = FALSE, quote = FALSE)

share <- function(right, of = rep(TRUE, nrow(chosen))) {
  of <- of & !is.na(right)
  if (!any(of)) return("")
  value <- cell_mean(right[of], chosen$cell[of])
  sprintf("%.3f (%.3f)", value[["mean"]], value[["se"]])
}
ways <- c(names(rules), "unchecked", "sweep_bic", "sweep_aic")
groups <- c(
  list(all = TRUE, hopeful = !chosen$hopeless, hopeless = chosen$hopeless),
  lapply(stats::setNames(1:5, paste0("K0=", 1:5)), function(k) chosen$k0 == k),
  list(large_far = chosen$n == 16000 & chosen$experts == "far" & chosen$k0 > 1)
)
table_of <- function(ways, right) {
  columns <- lapply(groups, function(of) {
    vapply(ways, function(way) share(right(way), rep_len(of, nrow(chosen))), "")
  })
  data.frame(way = ways, columns, check.names = FALSE)
}
cat("Share right,", nrow(chosen), "replicates, sweeps on", sum(!is.na(chosen$sweep_bic)), "\n")
print(table_of(ways, function(way) chosen[[way]] == chosen$k0), row.names = FALSE)
cat("\n90 % set: coverage, all", share(chosen$covered), " hopeful",
    share(chosen$covered, !chosen$hopeless), " mean size", round(mean(chosen$set_size), 2), "\n")
# The default from 6 and from 10 experts, on the samples where both were made.
both_ends <- function(rows) {
  data.frame(
    rows[1, c("cell", "k0", "hopeless", "replicate")],
    select6 = chosen_in(rows, "select6", rules$tempered),
    select10 = chosen_in(rows, "select10", rules$tempered), row.names = NULL
  )
}
samples <- split(rows, rows[c("cell", "replicate")], drop = TRUE)
ends <- do.call(rbind, lapply(samples, both_ends))
ends <- na.omit(ends)
if (nrow(ends) > 0) {
  write.csv(ends, file_of(paste0(set, "-ends")), row.names = FALSE, quote = FALSE)
  same <- ends$select6 == ends$select10
  cat("The same choice for k_max 6 and 10, hopeful and all:", round(mean(same[!ends$hopeless]), 3),
      round(mean(same), 3), "of", nrow(ends), "\n")
}
timed <- chosen[!is.na(chosen$select_seconds + chosen$sweep_seconds), ]
cat("Time against the sweep (target .27):",
    round(sum(timed$select_seconds) / sum(timed$sweep_seconds), 3), "on", nrow(timed), "\n")

# Real data: the loss of what is chosen against that of the best number of each set. The default was
# chosen on the first folds and is judged on the others.
real <- read.csv(file_of("real"))
real <- real[real$penalty == 1 & (real$fold <= 3) == (set == "tune"), ]
folds <- split(real, real[c("set", "fold")], drop = TRUE)
mean_loss <- tapply(real$log_loss, real[c("set", "k")], mean)
real_choices <- do.call(rbind, lapply(folds, function(levels) {
  levels <- levels[order(levels$k), ]
  k <- vapply(rules, function(rule) as.integer(rule(levels)), 0L)
  data.frame(set = levels$set[1], fold = levels$fold[1], way = names(rules), k = k,
             loss = levels$log_loss[k], one = levels$log_loss[1], four = levels$log_loss[4])
}))
real_choices$best <- apply(mean_loss, 1, min)[real_choices$set]
write.csv(real_choices, file_of(paste0(set, "-real-choices")), row.names = FALSE, quote = FALSE)
cat("\nReal data,", length(folds), "folds: log loss above that of the best number, and times that",
    "1 is chosen where 4 lose .1 less\n")
print(do.call(rbind, lapply(names(rules), function(way) {
  of <- real_choices[real_choices$way == way, ]
  by_set <- tapply(of$loss - of$best, of$set, mean)
  data.frame(way = way, gap = round(mean(by_set), 4),
             wrongly_one = sum(of$k == 1 & of$one - of$four > 0.1))
})), row.names = FALSE)
