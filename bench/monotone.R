# Decreases of the objective over a million iterations of random problems: both methods, both
# curvatures, separated classes and no penalty among them. Target: 0.
source("bench/helpers.R")

wanted <- 1e6
set.seed(1)
done <- 0
rows <- list()
while (done < wanted) {
  n <- sample(c(20, 60, 200, 1000), 1)
  p <- sample(1:6, 1)
  m <- sample(2:5, 1)
  k <- sample(1:5, 1)
  kind <- sample(c("mixture", "separated", "noise", "heavy tails"), 1)
  x <- matrix(if (kind == "heavy tails") rt(n * p, 1.5) else rnorm(n * p), n)
  y <- switch(kind,
    mixture = simulated(n, p, k, m, seed = sample.int(1e6, 1))$y,
    separated = max.col(cbind(1, x) %*% matrix(rnorm((p + 1) * m), p + 1)),
    sample.int(m, n, TRUE)
  )
  y <- factor(y)
  if (nlevels(y) < 2) next
  control <- moelogit_control(
    penalty = sample(c(0, 1e-3, 1), 1), method = sample(c("accelerated", "mm"), 1),
    curvature = sample(c("tight", "loose"), 1), tol = sample(c(0, 1e-9), 1), max_iter = 300
  )
  problem <- suppressMessages(core_problem(x, y, k, control))
  start <- moelogit:::center_coding(moelogit:::theta_to_arrays(
    problem$frame, rnorm(moelogit:::coefficient_count(problem$frame), sd = 2)
  ))
  theta <- cbind(moelogit:::arrays_to_theta(start$gate, start$expert))
  run <- moelogit:::core_ascend(problem, theta, run_options(control), 1L, NULL)[[1L]]
  step <- diff(run$trace)
  done <- done + length(step)
  rows[[length(rows) + 1L]] <- data.frame(
    kind, method = control$method, curvature = control$curvature,
    penalty = control$penalty[["gate"]], problems = 1, iterations = length(step),
    decreases = sum(!(step >= 0))
  )
}
table <- aggregate(
  cbind(problems, iterations, decreases) ~ kind + method + curvature + penalty,
  do.call(rbind, rows), sum
)
show_results(table, "monotone", sprintf(
  "%d iterations, %d decreases. Target: 0.", sum(table$iterations), sum(table$decreases)
))
