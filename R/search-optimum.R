# From random starts to the best optimum that can be found: a pool of runs, of which the best are
# continued, and neighbours of the best one tried until none leads higher.

# Iterations of many runs at once, from where they are; their traces and evaluations go on.
climb_on <- function(problem, control, runs, iterations, progress) {
  options <- run_options(control, max_iter = iterations, finish = FALSE)
  theta <- vapply(runs, `[[`, runs[[1L]]$theta, "theta")
  after <- ascend_runs(problem, options, as.matrix(theta), control$threads, progress)
  runs <- Map(join_runs, runs[seq_along(after)], after)
  if (!is.null(progress)) {
    best <- runs[[which.max(vapply(runs, final_objective, 0))]]
    progress(length(best$trace) - 1L, final_objective(best))
  }
  runs
}

# The one place where an interrupt is taken, by the clock: the core returns the runs so far, marked.
ascend_runs <- function(problem, options, theta, threads, progress) {
  proceed <- function(iteration, objective) {
    if (!is.null(progress)) progress(iteration, objective)
    tryCatch(allowInterrupts({
      Sys.sleep(0)
      TRUE
    }), interrupt = function(condition) FALSE)
  }
  runs <- core_ascend(problem, theta, options, threads, proceed)
  if (length(runs) > 0L) runs else list(run_not_begun(problem, options, theta[, 1L]))
}

# What an interrupt leaves that came before any run began.
run_not_begun <- function(problem, options, theta) {
  options$max_iter <- 0L
  run <- core_ascend(problem, cbind(theta), options, 1L, NULL)[[1L]]
  run$interrupted <- TRUE
  run
}

join_runs <- function(before, after) {
  if (!is.null(before$trace)) after$trace <- c(before$trace, after$trace[-1L])
  after$evaluations <- after$evaluations + sum(before$evaluations)
  after
}

# `runs`, and `starts`, a data frame with a row for each.
new_pool <- function(kind, runs) {
  list(runs = unname(runs), starts = data.frame(
    kind = kind[seq_along(runs)],
    short = vapply(runs, final_objective, 0),
    continued = FALSE,
    row.names = NULL
  ))
}

pool_objective <- function(found) vapply(found$runs, final_objective, 0)

interrupted <- function(found) any(vapply(found$runs, `[[`, NA, "interrupted"))

# The same up to what the stopping rule leaves open.
reaches <- function(objective, best) objective >= best - 1e-6 * (1 + abs(best))

# Runs the best `keep` of the runs `among` to convergence.
continue_best <- function(found, among, keep, climb) {
  if (interrupted(found)) {
    return(found)
  }
  at <- among[order(-pool_objective(found)[among])]
  at <- at[seq_len(min(keep, length(at)))]
  runs <- climb(found$runs[at], .Machine$integer.max)
  at <- at[seq_along(runs)]
  found$runs[at] <- runs
  found$starts$continued[at] <- TRUE
  found
}

#' Try neighbours of the best optimum
#'
#' A neighbour is one of the best optima, with one expert taken away and another one split in two;
#' half of them first exchange experts with another optimum. (Hybrid genetic search, as Gribel and
#' Vidal 2019, \doi{10.1016/j.patcog.2018.12.022}, do for k-means.) Four at a time get a short run,
#' and the best of them is run to convergence. The search ends when
#' `budget[["search"]]` neighbours in a row led no higher, or half of that when all continued
#' starts had agreed and no neighbour has led higher yet.
#'
#' @param found A pool. @param problem What its runs fit. @param budget From `default_starts()`.
#' @param climb A function(runs, iterations).
#' @return The pool with the neighbours added, of kind `"neighbour"`.
#' @noRd
search_neighbours <- function(found, problem, budget, climb) {
  if (interrupted(found)) {
    return(found)
  }
  batch <- 4L
  objective <- pool_objective(found)[found$starts$continued]
  patience <- budget[["search"]]
  if (all(reaches(objective, max(objective)))) patience <- patience / 2
  vain <- 0
  while (vain < patience && !interrupted(found)) {
    best <- max(pool_objective(found))
    theirs <- neighbours(problem, parents(found), batch)
    near <- new_pool(rep_len("neighbour", batch), climb(theirs, budget[["short_iter"]]))
    near <- continue_best(near, seq_along(near$runs), 1L, climb)
    higher <- !reaches(best, max(pool_objective(near)))
    vain <- if (higher) 0 else vain + batch
    if (higher) patience <- budget[["search"]]
    found <- list(runs = c(found$runs, near$runs), starts = rbind(found$starts, near$starts))
  }
  found
}

# The different optima among the converged runs, the best first.
distinct_optima <- function(found, among = seq_along(found$runs)) {
  objective <- pool_objective(found)
  order <- among[order(-objective[among])]
  order[c(TRUE, !reaches(objective[order][-1L], objective[order][-length(order)]))]
}

parents <- function(found) {
  at <- distinct_optima(found, which(found$starts$continued))
  lapply(found$runs[utils::head(at, 10L)], `[[`, "theta")
}

# `count` neighbours of the best of `parents` (a list of coefficients, the best first), or of
# another one of the best five.
neighbours <- function(problem, parents, count) {
  lapply(seq_len(count), function(unused) {
    one <- if (stats::runif(1L) < 0.5) 1L else sample.int(min(5L, length(parents)), 1L)
    coef <- problem_arrays(problem, parents[[one]])
    if (stats::runif(1L) < 0.5) {
      other <- parents[[sample.int(length(parents), 1L)]]
      coef <- exchange_experts(coef, problem_arrays(problem, other))
    }
    list(theta = centered_theta(move_expert(problem, coef)))
  })
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
  k <- problem$experts
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

# The best `keep` of the different optima of a pool, continued on a problem with more rows.
continue_elsewhere <- function(found, problem, control, keep, progress) {
  stopped <- interrupted(found)
  at <- utils::head(distinct_optima(found), if (stopped) 1L else keep)
  runs <- lapply(found$runs[at], `[`, c("theta", "evaluations"))
  runs <- climb_on(problem, control, runs, if (stopped) 0L else control$max_iter, progress)
  at <- at[seq_along(runs)]
  found$runs[at] <- runs
  if (stopped) found$runs[[at[1L]]]$interrupted <- TRUE
  found$starts$continued <- seq_along(found$runs) %in% at
  found
}

# The result of fit_starts(): the best of the continued runs, with its last Newton steps.
finish_pool <- function(found, problem, control, progress) {
  starts <- found$starts
  if (!any(starts$continued)) starts$continued <- seq_len(nrow(starts)) == which.max(starts$short)
  at <- which(starts$continued)
  top <- at[which.max(pool_objective(found)[at])]
  if (!interrupted(found) && found$runs[[top]]$converged && control$tol > 0) {
    run <- found$runs[[top]]
    last <- ascend_runs(
      problem, run_options(control), cbind(run$theta), control$threads, progress
    )[[1L]]
    found$runs[[top]] <- join_runs(run, last)
  }
  run <- found$runs[[top]]
  value <- function(of) {
    out <- rep_len(of(run)[NA], nrow(starts))
    out[at] <- vapply(found$runs[at], of, of(run))
    out
  }
  starts$objective <- value(final_objective)
  starts$iterations <- value(function(run) length(run$trace) - 1L)
  starts$converged <- value(function(run) run$converged)
  starts$best <- reaches(starts$objective, final_objective(run))
  list(run = run, starts = starts, interrupted = interrupted(found))
}
