# What report.R, the articles and README.md read off bench/results/baselines-summary.csv.

ours <- c("cv, stack", "cv, min", "cv, 1se", "bag", "moelogit, k = 3", "select_experts")
lead <- "cv, stack"
scores <- c("log_loss", "brier", "ece")

# The methods that ran on all sets and schemes, with their rank in each: one of ours among the
# baselines, as if we had no other; a baseline among the others and the lead. flexmix, gam and what
# ran on some sets only take no part.
ranked_rows <- function(summary) {
  count <- table(summary$method)
  everywhere <- names(which(count == length(unique(summary$row))))
  ranked <- summary[summary$method %in% everywhere, ]
  for (score in scores) {
    ranked[[paste0("rank_", score)]] <- unsplit(
      lapply(split(ranked, ranked$row), rank_of_each, score = score), ranked$row
    )
  }
  ranked
}

rank_of_each <- function(row, score) {
  vapply(seq_len(nrow(row)), function(i) {
    mine <- row$method[i] %in% ours
    others <- !row$method %in% ours | (!mine & row$method == lead)
    others[i] <- FALSE
    1 + sum(row[[score]][others] < row[[score]][i])
  }, 0)
}

# How many take part in such a rank.
competitors <- function(ranked) length(setdiff(ranked$method, ours)) + 1L

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
