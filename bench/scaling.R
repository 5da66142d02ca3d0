# Time per evaluation and row as n grows (target: n = 1,000,000 at most 1.1 times n = 10,000), and a
# fit of n = 1,000,000 rows, p = 20, K = 4, M = 4 from a matrix (target: converges; peak memory at
# most 1.5 times the design matrix).
source("bench/helpers.R")

# Runs of the quasi-Newton phase alone, timed in turn.
evaluation_times <- function(sizes) {
  runs <- Map(function(n, p, k) {
    sim <- simulated(n, p, k, 4)
    control <- moelogit_control(tol = 0, max_iter = 20)
    options <- run_options(control, newton_limit = 0L)
    problem <- core_problem(sim$x, sim$y, k, control)
    theta <- cbind(moelogit:::core_start(problem, sim$posterior, options, 1L))
    run <- function() moelogit:::core_ascend(problem, theta, options, 1L, NULL)
    list(run = run, work = n * run()[[1L]]$evaluations)
  }, sizes$n, sizes$p, sizes$k)
  repeats <- pmax(1, 1e5 / sizes$n)
  calls <- Map(function(one, times) {
    function() for (i in seq_len(times)) one$run()
  }, runs, repeats)
  time <- interleaved(stats::setNames(calls, seq_along(calls)), 5)
  1e9 * time / repeats / vapply(runs, `[[`, 0, "work")
}
sizes <- data.frame(n = 10^(3:6), p = 20, k = 4)
per_row <- evaluation_times(sizes)
show_results(
  data.frame(n = sizes$n, ns_per_evaluation_and_row = per_row, ratio = per_row / per_row[[2L]]),
  "scaling", "Target: ratio of the last row <= 1.1."
)

shapes <- rbind(
  data.frame(n = 20000, p = c(5, 10, 20, 40, 80), k = 4, varied = "covariates"),
  data.frame(n = 20000, p = 20, k = c(1, 2, 4, 8), varied = "experts")
)
shapes$ns_per_evaluation_and_row <- evaluation_times(shapes)
show_results(shapes, "shapes", "Four classes.")

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
