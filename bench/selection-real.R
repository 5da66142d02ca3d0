# The selection study on real data: held-out log loss of every level of a selection, and all that
# criteria need, one row a level. Real data have no true number of experts: what counts is how much
# the fit that is chosen loses against the best number.
#
# Usage: MOELOGIT_DATA=<folder> Rscript bench/selection-real.R [folds done, of 5] [penalty]
# Writes bench/results/selection-real.csv; resumable.

library(moelogit)
source("bench/real-sets.R")
arguments <- commandArgs(TRUE)
folds <- as.integer(c(arguments, 5)[1])
penalty <- if (length(arguments) > 1) as.numeric(arguments[2]) else 1
results <- "bench/results/selection-real.csv"
done <- if (file.exists(results)) {
  old <- read.csv(results)
  unique(paste(old$set, old$fold, old$penalty))
}
k_max <- 6L

log_loss <- function(fit, x, y) {
  prob <- predict(fit, x, type = "prob")
  -mean(log(pmax(prob[cbind(seq_along(y), match(y, colnames(prob)))], 1e-15)))
}

fold_rows <- function(set, train) {
  x <- set$x[train, , drop = FALSE]
  y <- set$y[train]
  seconds <- system.time(suppressWarnings(suppressMessages(
    choice <- select_experts(x, y, k_max = k_max, penalty = penalty)
  )))[["user.self"]]
  test <- set$x[!train, , drop = FALSE]
  data.frame(
    n = sum(train), covariates = ncol(x), classes = nlevels(y),
    choice$table[c("k", "height", "loglik", "df", "edf", "evidence", "icl")],
    objective = vapply(choice$fits, `[[`, 0, "objective"),
    log_loss = vapply(choice$fits, log_loss, 0, x = test, y = set$y[!train]),
    seconds = round(seconds, 3)
  )
}

sets <- study_sets()
for (fold in seq_len(folds)) {
  for (name in names(sets)) {
    if (paste(name, fold, penalty) %in% done) next
    set.seed(1)
    assigned <- even_folds(sets[[name]]$y, 5)
    set.seed(fold)
    rows <- fold_rows(sets[[name]], assigned != fold)
    rows <- cbind(set = name, fold = fold, penalty = penalty, rows)
    write.table(format(rows, digits = 10, trim = TRUE), results, sep = ",", quote = FALSE,
                row.names = FALSE, append = file.exists(results), col.names = !file.exists(results))
  }
}
