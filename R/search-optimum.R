# From random starts to the best optimum that can be found: a pool of runs, of which the best are
# continued, and neighbours of the best one tried until none leads higher.

# `runs`, and `table`, a data frame with a row for each.
new_pool <- function(kind, runs) {
  list(runs = unname(runs), table = data.frame(
    kind = kind[seq_along(runs)],
    short = vapply(runs, final_objective, 0),
    continued = FALSE,
    row.names = NULL
  ))
}

join_pools <- function(pool, more) {
  list(runs = c(pool$runs, more$runs), table = rbind(pool$table, more$table))
}

pool_objective <- function(pool) vapply(pool$runs, final_objective, 0)

interrupted <- function(pool) any(vapply(pool$runs, `[[`, NA, "interrupted"))

# Runs the best `keep` of the runs `among` to convergence.
continue_best <- function(pool, among, keep, climb) {
  if (interrupted(pool)) {
    return(pool)
  }
  at <- among[order(-pool_objective(pool)[among])]
  at <- at[seq_len(min(keep, length(at)))]
  runs <- climb(pool$runs[at], .Machine$integer.max)
  at <- at[seq_along(runs)]
  pool$runs[at] <- runs
  pool$table$continued[at] <- TRUE
  pool
}

#' Try neighbours of the best optimum
#'
#' A neighbour is one of the best optima, with one expert taken away and another one split in two;
#' half of them first exchange experts with another optimum. (Hybrid genetic search, as Gribel and
#' Vidal 2019, \doi{10.1016/j.patcog.2018.12.022}, do for k-means.) Four at a time get a short run,
#' and the best of them is run to convergence. The search ends when `budget[["search"]]` neighbours
#' in a row led no higher. With a positive `budget[["unseen"]]` it ends sooner: when the
#' `unseen_share()` of the converged runs is below that, and after half of the neighbours if all
#' continued starts had agreed and none has led higher yet. At the latest it ends after ten times as
#' many in all, as where runs end long before they converge and each one leads a little higher.
#'
#' @param pool A pool. @param problem What its runs fit. @param budget From `search_budget()`.
#' @param climb A function(runs, iterations).
#' @return The pool with the neighbours added, of kind `"neighbour"`.
#' @noRd
search_neighbours <- function(pool, problem, budget, climb) {
  if (interrupted(pool) || budget[["search"]] == 0) {
    return(pool)
  }
  batch <- 4L
  objective <- pool_objective(pool)[pool$table$continued]
  patience <- budget[["search"]]
  most <- length(pool$runs) + 10 * patience
  if (budget[["unseen"]] > 0 && all(reaches(objective, max(objective)))) patience <- patience / 2
  vain <- 0
  while (vain < patience && length(pool$runs) < most && !interrupted(pool) &&
           unseen_share(pool) >= budget[["unseen"]]) {
    best <- max(pool_objective(pool))
    theirs <- neighbours(problem, parents(pool), batch)
    near <- new_pool(rep_len("neighbour", batch), climb(theirs, budget[["short_iter"]]))
    near <- continue_best(near, seq_along(near$runs), 1L, climb)
    higher <- !reaches(best, max(pool_objective(near)))
    vain <- if (higher) 0 else vain + batch
    if (higher) patience <- budget[["search"]]
    pool <- join_pools(pool, near)
  }
  pool
}

#' How much of the space leads to optima that no run has found
#'
#' The expected share, after n runs that found w different optima: w (w + 1) / (n (n - 1)), where
#' all shares were equally likely before (Boender and Rinnooy Kan 1987, \doi{10.1007/BF02591684}).
#' Theirs are runs from random points: neighbours are more likely to find what is good.
#' @noRd
unseen_share <- function(pool) {
  n <- sum(pool$table$continued)
  if (n < 2L) {
    return(1)
  }
  found <- length(distinct_optima(pool, which(pool$table$continued)))
  found * (found + 1) / (n * (n - 1))
}

# The different optima among the converged runs, the best first.
distinct_optima <- function(pool, among = seq_along(pool$runs)) {
  objective <- pool_objective(pool)
  order <- among[order(-objective[among])]
  order[c(TRUE, !reaches(objective[order][-1L], objective[order][-length(order)]))]
}

parents <- function(pool) {
  at <- distinct_optima(pool, which(pool$table$continued))
  lapply(pool$runs[utils::head(at, 10L)], `[[`, "theta")
}

# `count` neighbours of the best of `parents` (a list of coefficients, the best first), or of
# another one of the best five.
neighbours <- function(problem, parents, count) {
  lapply(seq_len(count), function(unused) {
    one <- if (stats::runif(1L) < 0.5) 1L else sample.int(min(5L, length(parents)), 1L)
    coef <- theta_to_arrays(problem$frame, parents[[one]])
    # which expert is the one that has something fixed is part of the search
    if (!is.null(problem$fixed) && stats::runif(1L) < 0.5) coef <- shuffle_experts(coef)
    if (stats::runif(1L) < 0.5) {
      other <- parents[[sample.int(length(parents), 1L)]]
      coef <- exchange_experts(coef, theta_to_arrays(problem$frame, other))
    }
    list(theta = centered_theta(move_expert(problem, coef)))
  })
}

shuffle_experts <- function(coef) {
  order <- sample.int(ncol(coef$gate))
  list(gate = coef$gate[, order, drop = FALSE], expert = coef$expert[, , order, drop = FALSE])
}

# Experts of two fits matched to each other; half of them, by chance, are taken from the other one.
exchange_experts <- function(coef, other) {
  k <- ncol(coef$gate)
  atoms <- function(of) rbind(of$gate, matrix(of$expert, ncol = k))
  distance <- as.matrix(stats::dist(t(cbind(atoms(coef), atoms(other)))))^2
  match <- assign_labels(distance[seq_len(k), k + seq_len(k), drop = FALSE])
  at <- which(stats::runif(k) < 0.5)
  coef$gate[, at] <- other$gate[, match[at]]
  coef$expert[, , at] <- other$expert[, , match[at]]
  coef
}

# Expert j goes, leaving its place or merged with i, and expert l (i or a third one) splits along a
# random direction of all its coefficients.
move_expert <- function(problem, coef) {
  k <- problem$frame$k
  pair <- sample.int(k, 2L)
  i <- pair[1L]
  j <- pair[2L]
  if (stats::runif(1L) < 0.5) {
    theta <- arrays_to_theta(coef$gate, coef$expert)
    # an expert may have vanished altogether
    weight <- core_gate_mean(problem, theta, 1L) + .Machine$double.xmin
    share <- weight[pair] / sum(weight[pair])
    coef$gate[, i] <- coef$gate[, pair] %*% share
    coef$expert[, , i] <- coef$expert[, , i] * share[1L] + coef$expert[, , j] * share[2L]
  }
  others <- setdiff(seq_len(k), j)
  l <- others[sample.int(k - 1L, 1L)]
  across <- stats::rnorm(nrow(coef$gate))
  apart <- stats::rnorm(length(coef$expert[, , l]), sd = 0.5)
  coef$gate[, j] <- coef$gate[, l] - across
  coef$gate[, l] <- coef$gate[, l] + across
  coef$expert[, , j] <- coef$expert[, , l] - apart
  coef$expert[, , l] <- coef$expert[, , l] + apart
  coef
}

# The best `keep` of the different optima of a pool, continued on a problem with more rows; the
# table keeps which of the runs that were continued before had reached the best.
continue_elsewhere <- function(pool, problem, control, keep, progress) {
  stopped <- interrupted(pool)
  there <- pool$table$continued
  if (any(there)) {
    objective <- pool_objective(pool)
    pool$table$sample_best <- ifelse(there, reaches(objective, max(objective[there])), NA)
  }
  at <- utils::head(distinct_optima(pool), if (stopped) 1L else keep)
  runs <- lapply(pool$runs[at], `[`, c("theta", "evaluations"))
  runs <- climb_on(problem, control, runs, if (stopped) 0L else control$max_iter, progress)
  at <- at[seq_along(runs)]
  pool$runs[at] <- runs
  if (stopped) pool$runs[[at[1L]]]$interrupted <- TRUE
  pool$table$continued <- seq_along(pool$runs) %in% at
  pool
}

# The result of fit_starts(): the best of the continued runs, with its last Newton steps if asked.
finish_pool <- function(pool, problem, control, progress, finish = TRUE) {
  table <- pool$table
  if (!any(table$continued)) table$continued <- seq_len(nrow(table)) == which.max(table$short)
  at <- which(table$continued)
  top <- at[which.max(pool_objective(pool)[at])]
  if (finish && !interrupted(pool) && pool$runs[[top]]$converged && control$tol > 0) {
    run <- pool$runs[[top]]
    last <- ascend_runs(
      problem, run_options(control), cbind(run$theta), control$threads, progress
    )[[1L]]
    pool$runs[[top]] <- join_runs(run, last)
  }
  run <- pool$runs[[top]]
  value <- function(of) {
    out <- rep_len(of(run)[NA], nrow(table))
    out[at] <- vapply(pool$runs[at], of, of(run))
    out
  }
  table$objective <- value(final_objective)
  table$iterations <- value(function(run) length(run$trace) - 1L)
  table$converged <- value(function(run) run$converged)
  table$best <- reaches(table$objective, final_objective(run))
  list(run = run, runs = table, interrupted = interrupted(pool))
}
