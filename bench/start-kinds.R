# Kinds of start compared on the problems of starts.R: 24 short runs of 25 iterations each, the best
# 4 continued to the end. Share of problems on which each reaches the best optimum known (of these
# kinds and of bench/results/starts.csv), within 0.01 units; evaluations per fit.
source("bench/helpers.R")
source("bench/start-problems.R")

# One starting point of each kind, as coefficients of the core. `fewer` and `more`: coefficients of
# fits with K - 1 and K + 2 experts.
kinds <- list(
  coefficients = function(problem, ...) {
    s <- moelogit:::frame_shape(problem$frame)
    theta_of(matrix(rnorm(s$q * s$k), s$q), array(rnorm(s$p * s$m * s$k), c(s$p, s$m, s$k)))
  },
  posteriors = function(problem, ...) {
    n <- length(problem$response)
    from_posterior(problem, softmax(matrix(rnorm(n * problem$frame$k, sd = 2), n)))
  },
  directions = function(problem, ...) {
    from_posterior(problem, moelogit:::random_posterior(problem, "directions"))
  },
  centers = function(problem, ...) {
    from_posterior(problem, moelogit:::random_posterior(problem, "centers"))
  },
  kmeans = function(problem, x, ...) {
    cluster <- suppressWarnings(kmeans(x, problem$frame$k, iter.max = 20)$cluster)
    posterior <- matrix(0.2 / problem$frame$k, nrow(x), problem$frame$k)
    posterior[cbind(seq_len(nrow(x)), cluster)] <- 0.8 + 0.2 / problem$frame$k
    from_posterior(problem, posterior)
  },
  splits = function(problem, x, fewer, ...) {
    one <- sample.int(ncol(fewer$gate), 1)
    across <- rnorm(nrow(fewer$gate))
    apart <- rnorm(length(fewer$expert[, , one]), sd = 0.5)
    gate <- cbind(fewer$gate, fewer$gate[, one] + across)
    gate[, one] <- gate[, one] - across
    expert <- array(c(fewer$expert, fewer$expert[, , one] + apart),
                    dim(fewer$expert) + c(0, 0, 1))
    expert[, , one] <- expert[, , one] - apart
    theta_of(gate, expert)
  },
  merges = function(problem, x, fewer, more, ...) {
    for (i in 1:2) {
      pair <- sample.int(ncol(more$gate), 2)
      more$gate[, pair[1]] <- rowMeans(more$gate[, pair])
      more$expert[, , pair[1]] <- (more$expert[, , pair[1]] + more$expert[, , pair[2]]) / 2
      more$gate <- more$gate[, -pair[2], drop = FALSE]
      more$expert <- more$expert[, , -pair[2], drop = FALSE]
    }
    theta_of(more$gate, more$expert)
  }
)
from_posterior <- function(problem, posterior) {
  moelogit:::core_start(problem, posterior, run_options(moelogit_control()), 1L)
}
theta_of <- function(gate, expert) {
  moelogit:::centered_theta(list(gate = gate, expert = expert))
}

ascend <- function(problem, theta, iterations, finish) {
  options <- run_options(moelogit_control(), max_iter = iterations, finish = finish)
  moelogit:::core_ascend(problem, theta, options, 1L, NULL)
}
final <- function(runs) vapply(runs, function(run) tail(run$trace, 1L), 0)
work <- function(runs) sum(vapply(runs, `[[`, 0L, "evaluations"))

try_kind <- function(kind, problem, x, fewer, more) {
  theta <- replicate(24, kinds[[kind]](problem, x, fewer, more))
  short <- ascend(problem, theta, 25L, FALSE)
  best <- order(-final(short))[1:4]
  long <- ascend(problem, vapply(short[best], `[[`, theta[, 1], "theta"), 10000L, TRUE)
  data.frame(kind = kind, objective = max(final(long)), evaluations = work(short) + work(long))
}

cases <- problems()
known <- read.csv("bench/results/starts.csv")
rows <- do.call(rbind, lapply(seq_along(cases), function(i) {
  case <- cases[[i]]
  set.seed(i)
  at <- function(k) suppressMessages(core_problem(case$x, case$y, k))
  solution <- function(k) {
    fit <- moelogit:::fit_starts(at(k), moelogit_control(starts = 24))
    moelogit:::theta_to_arrays(at(k)$frame, fit$run$theta)
  }
  problem <- at(case$k)
  fewer <- solution(case$k - 1L)
  more <- solution(case$k + 2L)
  x <- scale(case$x)
  out <- do.call(rbind, lapply(names(kinds), try_kind, problem, x, fewer, more))
  cbind(name = case$name, k = case$k, out, best_known = max(
    out$objective, known$default[i], known$best_of_200[i]
  ))
}))
rows$reached <- rows$objective >= rows$best_known - 0.01
shares <- do.call(rbind, lapply(names(kinds), function(kind) {
  of <- rows[rows$kind == kind, ]
  data.frame(
    kind = kind, reached = mean(of$reached), mean_behind = mean(of$best_known - of$objective),
    median_evaluations = median(of$evaluations)
  )
}))
show_results(shares, "start-kinds", c(
  "reached: share of the problems on which the best of 24 starts is the best optimum known.",
  "splits and merges also need the fits with K - 1 and K + 2 experts, which are not counted."
))
