# Log-likelihood against time without a penalty, from the same posteriors: accelerated, plain MM,
# SQUAREM and flexmix (stopped after a growing number of EM steps), on a problem small enough for
# flexmix to be followed.
source("bench/helpers.R")
source("bench/ascents.R")
source("bench/fit-flexmix.R")

sim <- simulated(1000, 3, 2, 3, "high")
control <- moelogit_control(penalty = 0)
plain <- moelogit_control(penalty = 0, method = "mm")
problem <- core_problem(sim$x, sim$y, 2, control)
theta <- moelogit:::core_start(problem, sim$posterior, run_options(control), 1L)
curve <- function(method, run) {
  data.frame(method = method, seconds = run$seconds, loglik = run$objective)
}
stopped <- function(control, steps) {
  do.call(rbind, lapply(steps, function(step) {
    control$max_iter <- step
    climb(problem, control, theta, step, 0)
  }))
}
of_flexmix <- do.call(rbind, lapply(c(1, 2, 5, 10, 20, 50, 100, 200), function(steps) {
  time <- seconds(fit <- suppressWarnings(fit_flexmix(sim, steps)))
  data.frame(seconds = time, objective = as.numeric(logLik(fit)))
}))
table <- rbind(
  curve("accelerated", stopped(control, c(1:10, seq(12, 40, by = 4), 1e5))),
  curve("plain MM", climb(problem, plain, theta, 100L, 5)),
  curve("SQUAREM", squarem(problem, control, theta, 5)),
  curve("flexmix", of_flexmix)
)
show_results(table, "objective-time", "Log-likelihood, larger is better.")
