#' Fit from many starts
#'
#' @param problem Of the core.
#' @param control From [moelogit_control()].
#' @param progress `NULL` or a function(iteration, objective, theta, records): where a run is,
#'   `theta` not always known, and how many records it fits.
#' @param start As in the control. @param budget From `search_budget()`, the default of `NULL`.
#' @param finish Whether the best run ends with Newton steps, see `run_options()`.
#' @return A list: `run` (the best run), `runs` (a data frame, one row a run: `kind`, the objective
#'   after the short run, whether it was `continued`, then the final `objective`, `iterations`,
#'   `converged` and whether it reached the `best` optimum), `interrupted`.
#' @noRd
fit_starts <- function(problem, control, progress = NULL, start = control$start, budget = NULL,
                       finish = TRUE) {
  if (is.null(budget)) budget <- search_budget(problem$frame, control)
  # An interrupt waits for ascend_runs(), which takes it and keeps the runs so far.
  suspendInterrupts({
    given <- start_theta(problem, control, start)
    if (!is.null(given)) {
      single_run(problem, control, given, "given", progress, finish)
    } else if (problem$frame$k == 1L) {
      zero <- numeric(coefficient_count(problem$frame))
      single_run(problem, control, zero, "zero", progress, finish)
    } else {
      start_and_search(problem, control, budget, progress, finish)
    }
  })
}

# Short runs from random starts, the best of them continued, and their neighbours; with many rows on
# some of the rows first. The workers of a cluster divide the starts. Neighbours, a few at a time,
# are not worth the way.
start_and_search <- function(problem, control, budget, progress, finish) {
  short <- some_rows(problem)
  whole <- length(short$response) == length(problem$response)
  climb_by <- function(workers) {
    function(runs, iterations) climb_on(short, control, runs, iterations, progress, workers)
  }
  climb <- climb_by(if (!is.null(control$cluster)) {
    open_workers(control, list(problem = short), budget[["starts"]])
  })
  starts <- random_starts(short, control, budget[["starts"]])
  pool <- new_pool(starts$kind, climb(starts$runs, budget[["short_iter"]]))
  if (whole || budget[["search"]] > 0L) {
    pool <- continue_best(pool, seq_along(pool$runs), budget[["keep"]], climb)
    pool <- search_neighbours(pool, short, budget, climb_by(NULL))
  }
  if (!whole) pool <- continue_elsewhere(pool, problem, control, budget[["keep"]], progress)
  finish_pool(pool, problem, control, progress, finish)
}

# Where `count` runs begin, of each kind in turn: `kind` and `runs`.
random_starts <- function(problem, control, count) {
  kinds <- rep_len(random_kinds, count)
  runs <- lapply(kinds, function(kind) {
    posterior <- random_posterior(problem, kind)
    list(theta = core_start(problem, posterior, run_options(control), control$threads))
  })
  list(kind = kinds, runs = runs)
}

# One run from theta to convergence, without short runs.
single_run <- function(problem, control, theta, kind, progress, finish = TRUE) {
  runs <- climb_on(problem, control, list(list(theta = theta)), control$max_iter, progress)
  pool <- new_pool(kind, runs)
  pool$table$short <- NA_real_
  pool$table$continued <- TRUE
  finish_pool(pool, problem, control, progress, finish)
}
