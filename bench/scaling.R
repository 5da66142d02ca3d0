# Time per evaluation and row as n grows (target: n = 1,000,000 at most 1.1 times n = 10,000), and a
# fit of n = 1,000,000 rows, p = 20, K = 4, M = 4 from a matrix (target: converges; peak memory at
# most 1.5 times the design matrix).
source("bench/helpers.R")

evaluation_time <- function(n) {
  sim <- simulated(n, 20, 4, 4)
  control <- moelogit_control(tol = 0, max_iter = 20)
  problem <- core_problem(sim$x, sim$y, 4, control)
  theta <- cbind(moelogit:::core_start(problem, sim$posterior, control, 1L))
  evaluations <- moelogit:::core_ascend(problem, theta, control, 1L, NULL)[[1L]]$evaluations
  list(
    call = function() moelogit:::core_ascend(problem, theta, control, 1L, NULL),
    work = n * evaluations
  )
}
sizes <- 10^(3:6)
runs <- lapply(sizes, evaluation_time)
repeats <- pmax(1, 1e5 / sizes)
calls <- Map(function(run, repeats) {
  function() for (i in seq_len(repeats)) run$call()
}, runs, repeats)
time <- interleaved(stats::setNames(calls, format(sizes, scientific = FALSE)), 5)
per_row <- 1e9 * time / repeats / vapply(runs, `[[`, 0, "work")
show_results(
  data.frame(n = sizes, ns_per_evaluation_and_row = per_row, ratio = per_row / per_row[[2L]]),
  "scaling", "Target: ratio of the last row <= 1.1."
)

setup <- "data <- simulated(1e6, 20, 4, 4)[c('x', 'y')]"
fit_with <- function(arguments) {
  run <- fresh_process(setup, sprintf(
    "set.seed(1)
     seconds <- seconds(fit <- moelogit(data$x, data$y, k = 4%s))
     value <- list(seconds = seconds, converged = fit$converged, design = object.size(data$x))",
    arguments
  ))
  design <- as.numeric(run$value$design) / 2^20
  data.frame(
    arguments = sub(", ", "", arguments), seconds = run$value$seconds,
    converged = run$value$converged, design_mib = design, peak_mib = run$mib,
    ratio = run$mib / design
  )
}
show_results(
  do.call(rbind, lapply(c("", ", keep_data = FALSE", ", threads = 2"), fit_with)),
  "million-rows",
  "Target: converged, and ratio <= 1.5: what data and fit take at the peak, to the design matrix."
)
