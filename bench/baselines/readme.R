# The table of README.md that compares with baselines, from bench/results/baselines-summary.csv;
# sourced by .ci/readme.R, which writes it between its two comments.

source("bench/baselines/ranks.R")

readme_methods <- c(
  `cv, stack` = "`cv_moelogit()`", bag = "`bag_moelogit()`", gbm = "gbm",
  `nnet average` = "nnet, 8", ranger = "ranger", svm = "svm", multinom = "multinom"
)

readme_table <- function() {
  summary <- utils::read.csv("bench/results/baselines-summary.csv")
  protein <- summary[summary$kind == "protein", ]
  loss <- tapply(protein$log_loss, list(protein$row, protein$method), mean)
  loss <- loss[, names(readme_methods)]
  cells <- matrix(sub("^0", "", sprintf("%.3f", loss)), nrow(loss))
  best <- cbind(seq_len(nrow(loss)), apply(loss, 1L, which.min))
  cells[best] <- paste0("**", cells[best], "**")
  ranks <- vapply(list(protein, summary), function(part) {
    ranks <- mean_ranks(ranked_rows(part))
    stats::setNames(ranks$rank_log_loss, ranks$method)[names(readme_methods)]
  }, numeric(length(readme_methods)))
  number <- vapply(list(protein, summary), function(part) length(unique(part$row)), 0L)
  rows <- cbind(
    c(rownames(loss), paste("mean rank among", competitors(ranked_rows(summary)), "methods,",
                            c("these", "all"), number)),
    rbind(cells, t(matrix(sprintf("%.1f", ranks), ncol = 2L)))
  )
  line <- function(cells) paste0("| ", paste(cells, collapse = " | "), " |")
  c(line(c("held out", readme_methods)), line(c("---", rep("--:", length(readme_methods)))),
    apply(rows, 1L, line))
}

with_baselines <- function(lines) {
  from <- which(lines == "<!-- written by .ci/readme.R -->")
  to <- which(lines == "<!-- end -->")
  stopifnot(length(from) == 1L, length(to) == 1L, from < to)
  c(lines[seq_len(from)], readme_table(), lines[to:length(lines)])
}
