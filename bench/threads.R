# Two threads against one on n = 200,000: one ascent, and a fit from random starts. Target: 1.8.
source("bench/helpers.R")

n <- 200000
k <- 4
sim <- simulated(n, 20, k, 4)
control <- moelogit_control()
problem <- core_problem(sim$x, sim$y, k, control)
theta <- cbind(moelogit:::core_start(problem, sim$posterior, run_options(control), 1L))
ascent <- function(threads) {
  function() moelogit:::core_ascend(problem, theta, run_options(control), threads, NULL)
}
fit <- function(threads) {
  function() {
    set.seed(1)
    moelogit(sim$x, sim$y, k = k, threads = threads)
  }
}
compare <- function(what, make, times) {
  time <- interleaved(list(one = make(1L), two = make(2L)), times)
  data.frame(what, n = n, one_s = time[["one"]], two_s = time[["two"]],
             ratio = time[["one"]] / time[["two"]])
}
stopifnot(identical(ascent(1L)(), ascent(2L)()))
table <- rbind(compare("one ascent", ascent, 7), compare("fit from random starts", fit, 3))
show_results(table, "threads", "Target: ratio >= 1.8 (the answers are the same bit for bit).")
