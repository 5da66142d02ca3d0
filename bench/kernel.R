# One evaluation of F and its gradient against doing only its two matrix products and its
# exponentials in base R (%*%, exp). Target: at most 0.5. Base R uses the BLAS it was built with.
source("bench/helpers.R")

compare <- function(n, p, k, m) {
  sim <- simulated(n, p, k, m)
  control <- moelogit_control()
  problem <- core_problem(sim$x, sim$y, k, control)
  size <- (p + 1) * (k + k * m)
  theta <- rnorm(size) / 10
  design <- cbind(1, scale(sim$x))
  coef <- matrix(theta, p + 1)
  repeats <- max(1, round(2e6 / (n * (p + 1))))
  # Without Newton steps a run of tol = 0 evaluates about once a step: the difference of a long and
  # a short run leaves out what is done once.
  evaluations <- 40L
  long <- short <- run_options(control, newton_limit = 0L)
  long$tol <- short$tol <- 0
  steps <- function(options, iterations) {
    options$max_iter <- iterations
    moelogit:::core_ascend(problem, cbind(theta), options, 1L, NULL)[[1L]]
  }
  counts <- c(steps(short, 1L)$evaluations, steps(long, evaluations)$evaluations)
  time <- interleaved(list(
    short = function() steps(short, 1L),
    long = function() steps(long, evaluations),
    base = function() {
      for (i in 1:10) {
        e <- exp(design %*% coef)
        gradient <- t(design) %*% e
      }
      gradient
    }
  ), repeats = repeats)
  ours <- (time[["long"]] - time[["short"]]) / diff(counts)
  data.frame(n, p, k, m, base_ms = 100 * time[["base"]], moelogit_ms = 1000 * ours,
             ratio = ours / (time[["base"]] / 10))
}
table <- do.call(rbind, Map(
  compare, c(1000, 5000, 20000, 200000), c(3, 10, 10, 20), c(2, 3, 4, 4), c(3, 4, 3, 4)
))
show_results(table, "kernel", "Target: ratio <= 0.5.")
