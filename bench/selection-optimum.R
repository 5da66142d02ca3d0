# Is the fit that select_experts() chooses as good as that of moelogit() with as many experts? On
# the 60 problems of start-problems.R: the penalised log-likelihoods, and how many are at least as
# high.
#
# Usage: Rscript bench/selection-optimum.R [first:last]
# Writes bench/results/selection-optimum.csv; resumable.

source("bench/helpers.R")
source("bench/start-problems.R")
range <- as.integer(strsplit(c(commandArgs(TRUE), "1:60")[1], ":")[[1]])
results <- "bench/results/selection-optimum.csv"
done <- if (file.exists(results)) read.csv(results)$problem
all <- problems()
time <- function(expr) system.time(suppressWarnings(suppressMessages(expr)))[["user.self"]]
for (i in setdiff(seq(range[1], range[2]), done)) {
  set.seed(i)
  select <- time(choice <- select_experts(all[[i]]$x, all[[i]]$y))
  set.seed(i)
  search <- time(fit <- moelogit(all[[i]]$x, all[[i]]$y, k = choice$k))
  row <- data.frame(
    problem = i, name = gsub(",", "", all[[i]]$name), k = choice$k,
    chosen = choice$fit$objective, moelogit = fit$objective,
    select_seconds = select, moelogit_seconds = search
  )
  write.table(format(row, digits = 10, trim = TRUE), results, sep = ",", quote = FALSE,
              row.names = FALSE, append = file.exists(results), col.names = !file.exists(results))
}
kept <- read.csv(results)
level <- kept$chosen >= kept$moelogit - 1e-6 * (1 + abs(kept$moelogit))
cat(sum(level), "of", nrow(kept), "at least as high (target: 57 of 60)\n")
print(kept[!level, ], row.names = FALSE)
