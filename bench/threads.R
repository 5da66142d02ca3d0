# Two threads against one: one ascent over 200,000 rows, and whole default fits, searches included,
# of 2,000 and of 200,000 rows. Target: 1.8.
source("bench/helpers.R")

default_fit <- function(n, times) {
  sim <- simulated(n, 20, 4, 4)
  fit <- function(threads) {
    function() {
      set.seed(1)
      moelogit(sim$x, sim$y, k = 4, threads = threads, progress = FALSE)
    }
  }
  stopifnot(identical(fit(1L)()$theta, fit(2L)()$theta))
  compare("default fit", n, fit, times)
}
one_ascent <- function(n, times) {
  sim <- simulated(n, 20, 4, 4)
  control <- moelogit_control()
  problem <- core_problem(sim$x, sim$y, 4, control)
  theta <- cbind(moelogit:::core_start(problem, sim$posterior, run_options(control), 1L))
  ascent <- function(threads) {
    function() moelogit:::core_ascend(problem, theta, run_options(control), threads, NULL)
  }
  stopifnot(identical(ascent(1L)(), ascent(2L)()))
  compare("one ascent", n, ascent, times)
}
compare <- function(what, n, make, times) {
  time <- interleaved(list(one = make(1L), two = make(2L)), times)
  data.frame(what, n = n, one_s = time[["one"]], two_s = time[["two"]],
             ratio = time[["one"]] / time[["two"]])
}
table <- rbind(one_ascent(200000, 7), default_fit(2000, 5), default_fit(200000, 3))
show_results(table, "threads", "Target: ratio >= 1.8 (the answers are the same bit for bit).")
