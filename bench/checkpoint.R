# A session that fits with a checkpoint is killed at a random moment, again and again; another one
# goes on from the file. Target: it ends each time at the optimum of the fit that nobody disturbed.
# checkpoint.R [KILLS]: how often, by default 20.
source("bench/helpers.R")

kills <- as.integer(c(commandArgs(TRUE), 20)[1])
sim <- simulated(5000, 20, 3, 4, "high")
fit_from <- function(start, ...) moelogit(sim$x, sim$y, k = 3, start = start, tol = 1e-12, ...)
whole <- fit_from(sim$posterior)

files <- tempfile(c("data", "script"))
saveRDS(sim, files[1])
# plain MM steps, which take long enough
writeLines(c(
  sprintf("sim <- readRDS('%s')", files[1]),
  "arguments <- commandArgs(TRUE)",
  "writeLines(format(Sys.getpid()), arguments[1])",
  "moelogit::moelogit(sim$x, sim$y, k = 3, start = sim$posterior, method = 'mm', tol = 0,",
  "                   max_iter = 1e8, checkpoint = arguments[2])"
), files[2])

gap <- vapply(seq_len(kills), function(trial) {
  set.seed(trial)
  left <- tempfile(c("pid", "checkpoint"))
  system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", files[2], left), wait = FALSE,
          stdout = FALSE, stderr = FALSE)
  while (!file.exists(left[2])) Sys.sleep(0.01)
  Sys.sleep(runif(1, 0, 12))
  tools::pskill(as.integer(readLines(left[1])), tools::SIGKILL)
  resumed <- fit_from(left[2])
  max(abs(coef(resumed) - coef(whole)))
}, 0)
cat(sprintf(
  "%d of %d end at the same optimum; the largest difference of a coefficient is %.1e.\n",
  sum(gap < 1e-6), kills, max(gap)
))
