# The tables of the selection study: share of replicates with the right number of experts and mean
# absolute error of the number, with standard errors, for every criterion on the path and for the
# sweep by BIC and AIC; the targets; the time.
#
# Usage: Rscript bench/selection-report.R [tune|report]
# Reads bench/results/selection-<set>.csv, writes bench/results/selection-<set>-choices.csv (one row
# a replicate: what each way chose) and prints the tables.

library(moelogit)
source("bench/cell-mean.R")
set <- match.arg(c(commandArgs(TRUE), "report")[1], c("report", "tune"))
rows <- read.csv(file.path("bench", "results", paste0("selection-", set, ".csv")))
criteria <- moelogit:::selection_criteria

# What each way chooses on one replicate.
choices <- function(rows) {
  rows <- rows[order(rows$k), ]
  path <- rows[rows$method == "path", ]
  sweep <- rows[rows$method == "sweep", ]
  if (nrow(path) != rows$k0[1] + 3 || nrow(sweep) != nrow(path)) return(NULL)
  entropy <- (path$icl - log(path$n) * path$df) / 2 + path$loglik
  columns <- c("k", "height", "height_merged", "loglik_merged", "loglik", "df")
  table <- moelogit:::add_criteria(path[columns], path$n[1], entropy)
  stopifnot(all.equal(table$icl, path$icl))
  by_path <- lapply(stats::setNames(nm = criteria), moelogit:::choose_level, table = table)
  of_sweep <- function(penalty) sweep$k[which.min(penalty * sweep$df - 2 * sweep$loglik)]
  data.frame(
    rows[1, c("cell", "k0", "n", "m", "covariates", "experts", "gate", "contamination",
              "replicate")],
    by_path, sweep_bic = of_sweep(log(path$n[1])), sweep_aic = of_sweep(2),
    path_seconds = path$seconds[1], sweep_seconds = sweep$seconds[1], row.names = NULL
  )
}
chosen <- do.call(rbind, lapply(split(rows, rows[c("cell", "replicate")], drop = TRUE), choices))
write.csv(chosen, file.path("bench", "results", paste0("selection-", set, "-choices.csv")),
          row.names = FALSE)
ways <- c(criteria, "sweep_bic", "sweep_aic")
right <- sapply(chosen[ways], `==`, chosen$k0)

mean_of <- function(x, of = rep(TRUE, nrow(chosen))) cell_mean(x[of], chosen$cell[of])
shown <- function(x) sprintf("%.3f (%.3f)", x["mean", ], x["se", ])
column <- function(of) shown(apply(right, 2L, mean_of, of = of))
share <- data.frame(
  way = ways, all = column(rep(TRUE, nrow(chosen))),
  error = shown(apply(abs(as.matrix(chosen[ways]) - chosen$k0), 2L, mean_of))
)
by <- function(factor, prefix) {
  levels <- sort(unique(chosen[[factor]]))
  columns <- lapply(levels, function(level) column(chosen[[factor]] == level))
  data.frame(way = ways, stats::setNames(columns, paste0(prefix, levels)), check.names = FALSE)
}
cat("Share right and mean absolute error (standard errors),", nrow(chosen), "replicates\n\n")
print(share, row.names = FALSE)
for (factor in c("k0", "n", "m", "covariates", "experts", "gate", "contamination")) {
  cat("\nShare right by", factor, "\n")
  print(by(factor, ""), row.names = FALSE)
}

default <- formals(moelogit:::select_experts.formula)$criterion[[2L]]
gap <- function(way, of = rep(TRUE, nrow(chosen))) {
  100 * mean_of(right[, default] - right[, way], of)
}
rows_of_k0 <- vapply(sort(unique(chosen$k0)), function(k) {
  gap("sweep_bic", chosen$k0 == k)[["mean"]]
}, 0)
easy <- chosen$n == 16000 & chosen$k0 >= 2 & chosen$experts == "far"
signed <- function(x) sprintf("%+.1f (s.e. %.1f) points", x[["mean"]], x[["se"]])
cat(
  "\nThe default,", default, "\n",
  "  against the sweep by BIC, all cells (target: at least +15):", signed(gap("sweep_bic")), "\n",
  "  against the sweep by AIC, all cells (target: above):", signed(gap("sweep_aic")), "\n",
  "  least row of K0 against the sweep by BIC (target: at least -3):",
  sprintf("%+.1f points\n", min(rows_of_k0)),
  "  share right, K0 >= 2, n = 16000, far (target: at least 0.95):",
  shown(cbind(mean_of(right[, default], easy))), "\n",
  "  time against the sweep (target: at most 0.25):",
  sprintf("%.3f\n", sum(chosen$path_seconds) / sum(chosen$sweep_seconds))
)
