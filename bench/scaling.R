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
calls <- Map(
  function(run, repeats) function() for (i in seq_len(repeats)) run$call(), runs, repeats
)
