# Runs of the core: what they need to know, where they can be interrupted, how they go on.

#' What a run of the core needs to know
#'
#' The control holds what users set; this is what the core reads, in every call the same fields.
#'
#' @param control From [moelogit_control()].
#' @param max_iter At most so many iterations, and never more than the control allows.
#' @param finish Whether Newton steps make sure of the optimum once the decrement is small enough.
#' @param newton_limit Most free coefficients for Newton steps.
#' @param start_steps MM steps that turn posteriors into coefficients.
#' @return A list of `method`, `curvature`, `tol`, `max_iter`, `finish`, `newton_limit`,
#'   `start_steps`.
#' @noRd
run_options <- function(control, max_iter = control$max_iter, finish = TRUE, newton_limit = 250L,
                        start_steps = 1L) {
  c(
    control[c("method", "curvature", "tol")],
    list(
      max_iter = as.integer(min(max_iter, control$max_iter)), finish = finish,
      newton_limit = as.integer(newton_limit), start_steps = as.integer(start_steps)
    )
  )
}

# Iterations of many runs at once, from where they are; their traces and evaluations go on. Here, or
# by `workers` that share the problem.
climb_on <- function(problem, control, runs, iterations, progress, workers = NULL) {
  options <- run_options(control, max_iter = iterations, finish = FALSE)
  theta <- as.matrix(vapply(runs, `[[`, runs[[1L]]$theta, "theta"))
  after <- if (is.null(workers)) {
    ascend_runs(problem, options, theta, control$threads, progress)
  } else {
    ascend_there(problem, options, theta, workers)
  }
  runs <- Map(join_runs, runs[seq_along(after)], after)
  if (!is.null(progress)) {
    best <- runs[[which.max(vapply(runs, final_objective, 0))]]
    progress(
      length(best$trace) - 1L, final_objective(best), best$theta, record_count(problem)
    )
  }
  runs
}

# The one place where an interrupt is taken, by the clock: the core returns the runs so far, marked.
ascend_runs <- function(problem, options, theta, threads, progress) {
  proceed <- function(iteration, objective, at) {
    if (!is.null(progress)) progress(iteration, objective, at, record_count(problem))
    tryCatch(allowInterrupts({
      Sys.sleep(0)
      TRUE
    }), interrupt = function(condition) FALSE)
  }
  if (!is.null(problem$parts)) {
    assign("stopped", NULL, problem$parts)
    problem$sum <- elsewhere_sums(problem$parts, problem_shell(problem))
  }
  runs <- core_ascend(problem, theta, options, threads, proceed)
  check_parts(problem, runs)
  if (length(runs) > 0L) runs else list(run_not_begun(problem, options, theta[, 1L]))
}

# As ascend_runs(), two tasks a worker: runs know nothing of each other. (There is nothing random in
# them, so any seed will do.)
ascend_there <- function(problem, options, theta, workers) {
  count <- min(ncol(theta), 2L * length(workers$cluster))
  tasks <- lapply(parallel::splitIndices(ncol(theta), count), function(at) {
    list(theta = theta[, at, drop = FALSE], options = options)
  })
  done <- run_tasks(ascend_task, tasks, workers, seeds = seq_along(tasks))
  whole <- cumsum(lengths(done$values) == 0L) == 0L
  runs <- unlist(done$values[whole], recursive = FALSE)
  if (length(runs) == 0L) {
    return(list(run_not_begun(problem, options, theta[, 1L])))
  }
  runs[[length(runs)]]$interrupted <- done$interrupted
  runs
}

# A task: some of the runs.
ascend_task <- function(task, shared) {
  runs <- ascend_runs(shared$problem, task$options, task$theta, shared$control$threads, NULL)
  if (!any(vapply(runs, `[[`, NA, "interrupted"))) runs
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

final_objective <- function(run) run$trace[length(run$trace)]

# The same up to what the stopping rule leaves open.
reaches <- function(objective, best) objective >= best - 1e-6 * (1 + abs(best))
