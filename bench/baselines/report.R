# Tables and picture of the comparison with baselines, from the rows that run.R made: means over the
# folds, ranks, paired differences with standard errors. Only folds that a method shares with all
# others of its set and scheme are counted.
#
# Usage: Rscript bench/baselines/report.R [results]
# It writes bench/results/baselines-summary.csv and build/baselines.png.
file <- c(commandArgs(TRUE), "bench/results/baselines.csv")[1L]
rows <- utils::read.csv(file)
rows <- rows[rows$purpose == "report" & !is.na(rows$log_loss), ]
rows$row <- paste(rows$set, rows$scheme, sep = ", ")
rows$cell <- paste(rows$seed, rows$fold)
source("bench/baselines/ranks.R")

# One set and scheme: the means of each method over the folds that our lead was run on, and how much
# more it loses than the lead, with the standard error over folds.
summary_of <- function(part) {
  wanted <- part$cell[part$method == lead]
  if (length(wanted) == 0L) return(NULL)
  part <- part[part$cell %in% wanted, ]
  by_method <- split(part, part$method)
  complete <- vapply(by_method, function(one) all(wanted %in% one$cell), NA)
  by_method <- by_method[complete]
  reference <- by_method[[lead]]
  do.call(rbind, lapply(by_method, function(one) {
    one <- one[match(wanted, one$cell), ]
    difference <- one$log_loss - reference$log_loss[match(wanted, reference$cell)]
    data.frame(
      row = one$row[1L], kind = one$kind[1L], method = one$method[1L], folds = length(wanted),
      log_loss = mean(one$log_loss), brier = mean(one$brier), ece = mean(one$ece),
      accuracy = mean(one$accuracy), seconds = mean(one$seconds), more_loss = mean(difference),
      se = stats::sd(difference) / sqrt(length(difference))
    )
  }))
}

table <- do.call(rbind, lapply(split(rows, rows$row), summary_of))
rownames(table) <- NULL
ranked <- ranked_rows(table)
utils::write.csv(table, "bench/results/baselines-summary.csv", row.names = FALSE)

show <- function(x) {
  numeric <- vapply(x, is.double, NA)
  x[numeric] <- lapply(x[numeric], round, digits = 3L)
  print(x, row.names = FALSE)
}
cat("Log loss\n")
wide <- tapply(table$log_loss, list(table$row, table$method), mean)
print(round(wide, 3L), na.print = "")
cat("\nMean ranks, protein sets (", length(unique(ranked$row[ranked$kind == "protein"])),
    " rows)\n", sep = "")
show(mean_ranks(ranked_rows(table[table$kind == "protein", ])))
cat("\nMean ranks, all sets (", length(unique(ranked$row)), " rows)\n", sep = "")
show(mean_ranks(ranked))
cat("\nBest baseline of each row against", lead, "(positive: the baseline loses more)\n")
best <- best_baselines(table)
show(best[c("row", "method", "folds", "log_loss", "more_loss", "se")])
cat("\nLinear models against", lead, "\n")
show(table[table$method %in% c("multinom", "lasso", "ridge"),
           c("row", "method", "more_loss", "se")])

library(ggplot2)
shown <- ranked
shown$method <- stats::reorder(shown$method, shown$more_loss)
picture <- ggplot(shown, aes(more_loss, method)) +
  geom_vline(xintercept = 0, colour = "grey60") +
  geom_errorbarh(aes(xmin = more_loss - se, xmax = more_loss + se), height = 0, alpha = 0.5) +
  geom_point(aes(colour = method %in% ours), show.legend = FALSE) +
  facet_wrap("row", scales = "free_x") +
  labs(x = paste("Log loss more than that of", lead), y = NULL) +
  theme_bw()
dir.create("build", showWarnings = FALSE)
ggsave("build/baselines.png", picture, width = 10, height = 7, dpi = 110)
