# Share of 60 problems on which the default starts reach the best of 200 random starts (all run to
# convergence), within 0.01 units of log-likelihood. Target: 95 %.
source("bench/helpers.R")
source("bench/start-problems.R")

# The reference: random coefficients and random posteriors of every kind, each run to its end.
best_of_random <- function(problem, control, count) {
  n <- length(problem$response)
  theta <- vapply(seq_len(count), function(i) {
    posterior <- switch(i %% 3 + 1,
      moelogit:::random_posterior(problem, "directions"),
      moelogit:::random_posterior(problem, "centers"),
      softmax(matrix(rnorm(n * problem$frame$k, sd = 2), n))
    )
    moelogit:::core_start(problem, posterior, run_options(control), 1L)
  }, numeric(moelogit:::coefficient_count(problem$frame)))
  runs <- moelogit:::core_ascend(problem, theta, run_options(control), 1L, NULL)
  vapply(runs, function(run) tail(run$trace, 1L), 0)
}

cases <- problems()
table <- do.call(rbind, lapply(seq_along(cases), function(i) {
  case <- cases[[i]]
  control <- moelogit_control()
  problem <- suppressMessages(core_problem(case$x, case$y, case$k, control))
  set.seed(1000 + i)
  reference_s <- seconds(reference <- best_of_random(problem, control, 200))
  set.seed(i)
  ours_s <- seconds(ours <- moelogit:::fit_starts(problem, control))
  objective <- max(ours$runs$objective, na.rm = TRUE)
  data.frame(
    name = case$name, n = nrow(case$x), p = ncol(case$x), k = case$k, m = nlevels(case$y),
    best_of_200 = max(reference), default = objective, behind = max(reference) - objective,
    share_of_200 = mean(reference >= max(reference) - 0.01), reference_s, default_s = ours_s,
    reached = objective >= max(reference) - 0.01
  )
}))
show_results(table, "starts", sprintf(
  "Reached on %d of %d problems (%.0f %%). Target: 95 %%.",
  sum(table$reached), nrow(table), 100 * mean(table$reached)
))
