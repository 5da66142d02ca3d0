# What report.R, the articles and README.md read off bench/results/baselines-summary.csv.

ours <- c("cv, stack", "cv, min", "cv, 1se", "bag", "moelogit, k = 3", "select_experts")
lead <- "cv, stack"
scores <- c("log_loss", "brier", "ece")

# The methods that ran on all sets and schemes, with their rank in each. flexmix, gam and what ran
# on some sets only take no part.
ranked_rows <- function(summary) {
  count <- table(summary$method)
  everywhere <- names(which(count == length(unique(summary$row))))
  ranked <- summary[summary$method %in% everywhere, ]
  for (score in scores) {
    ranked[[paste0("rank_", score)]] <- stats::ave(ranked[[score]], ranked$row, FUN = rank)
  }
  ranked
}

mean_ranks <- function(ranked) {
  out <- stats::aggregate(ranked[paste0("rank_", scores)], ranked["method"], mean)
  out[order(out$rank_log_loss), ]
}

# Of each set and scheme the baseline of the least log loss, with what it loses more than the lead.
best_baselines <- function(summary) {
  others <- summary[!summary$method %in% ours, ]
  do.call(rbind, lapply(split(others, others$row), function(part) {
    part[which.min(part$log_loss), ]
  }))
}
