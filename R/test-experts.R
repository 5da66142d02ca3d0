#' Test a number of experts against one more
#'
#' Parametric bootstrap of the likelihood ratio of k against k + 1 experts. The usual chi-squared
#' distribution does not hold: under k experts the further one can be anywhere. So the statistic is
#' compared with that of samples drawn from the fit with k experts.
#'
#' @details
#' What makes such a test wrong in practice is the search: a sample whose k + 1 experts were found
#' by many starts looks more significant than bootstrap samples that got few. Here the data and
#' every sample are searched in the same way. With k experts: from the coefficients that the
#' samples were drawn from, for the data those of the fit, and neighbours of where this leads. With
#' k + 1 experts: from the best fit with k, every expert split in two along several random
#' directions. Of the short runs the best three go on, and the best of these to convergence.
#'
#' The log-likelihoods are those of the penalised fits, and the statistic, twice their difference,
#' can be negative.
#'
#' @param object A selection by [select_experts()], or a fit by [moelogit()].
#' @param k The number of experts under the null hypothesis; for a selection any of its levels, by
#'   default the chosen one.
#' @param B Number of samples drawn.
#' @param threads,cluster Number of processes, or a cluster of workers, see [moelogit_control()];
#'   samples are divided among them. The result does not depend on it.
#' @param progress Whether to show a progress bar.
#' @param ... Not used.
#' @return An object of class `"moelogit_test"`, a list: `k`; `statistic`; `p.value`, the share of
#'   the statistics of the samples and the data that are at least that of the data; `replicates`,
#'   the B statistics of the samples; `call`. `tidy()` gives a data frame of one row: `k`,
#'   `alternative` (k + 1), `statistic`, `p.value`, `replicates` (B).
#' @section Errors: `"moelogit_error_no_data"` for fits without their data;
#'   `"moelogit_error_argument"` for a level that the selection does not hold.
#' @references McLachlan, G. J. (1987). On bootstrapping the likelihood ratio test statistic for the
#'   number of components in a normal mixture. *Applied Statistics*, 36, 318-324.
#'   \doi{10.2307/2347790}
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length, data = iris, k_max = 2)
#' test_experts(choice, k = 1, B = 9)
#' @export
test_experts <- function(object, ...) {
  UseMethod("test_experts")
}

#' @rdname test_experts
#' @export
test_experts.moelogit_selection <- function(object, k = object$k, ...) {
  k <- check_count(k, "k")
  fit <- object$fits[[as.character(k)]]
  if (is.null(fit)) {
    moe_abort(
      c(
        "{.arg k} must be a number of experts that was fitted.",
        x = "{.val {k}} is not among {.val {as.integer(names(object$fits))}}."
      ),
      "argument"
    )
  }
  test_experts(fit, ...)
}

#' @rdname test_experts
#' @export
test_experts.moelogit <- function(object, B = 99, threads = object$control$threads, # nolint
                                  cluster = NULL, progress = interactive(), ...) {
  check_no_dots(...)
  replicates <- check_count(B, "B")
  control <- many_control(object, threads, cluster, progress)
  shared <- list(fit = bare_fit(object), type = "parametric")
  workers <- open_workers(control, shared, replicates + 1L, prepare_refits)
  on.exit(close_workers(workers))
  # the data first, then samples
  tasks <- as.list(seq_len(replicates + 1L) > 1L)
  tick <- task_bar(control, "Bootstrap test", length(tasks))
  done <- run_tasks(ratio_of, tasks, workers, tick = tick)
  if (done$interrupted) rlang::interrupt()
  ratios <- unlist(done$values)
  structure(
    list(
      k = object$k, statistic = ratios[1L],
      p.value = mean(ratios >= ratios[1L]),
      replicates = ratios[-1L], call = object$call
    ),
    class = "moelogit_test"
  )
}

# A task: the statistic of a sample, or of the data.
ratio_of <- function(drawn, shared) {
  problem <- if (drawn) drawn_problem(shared$draw()) else shared$problem
  searched_ratio(problem, shared$theta, shared$control)
}

# The one sample of a draw as a problem.
drawn_problem <- function(drawn) {
  problem <- drawn$problem
  if (ncol(drawn$responses) > 0L) problem$response <- drawn$responses[, 1L]
  if (ncol(drawn$weights) > 0L) problem$weight <- drawn$weights[, 1L]
  problem
}

# Splits of every expert, and neighbours of a fit, that the test tries.
test_splits <- 4L

#' Twice the log-likelihood that one expert more gains
#'
#' @param theta Where the search with k experts begins.
#' @noRd
searched_ratio <- function(problem, theta, control) {
  k <- problem$frame$k
  climb_problem <- function(problem) {
    function(runs, iterations) {
      runs <- climb_on(problem, control, runs, iterations, NULL)
      if (any(vapply(runs, `[[`, NA, "interrupted"))) rlang::interrupt()
      runs
    }
  }
  climb <- climb_problem(problem)
  null <- climb(list(list(theta = theta)), control$max_iter)
  if (k > 1L) {
    near <- neighbours(problem, list(null[[1L]]$theta), test_splits * k)
    null <- c(null, list(climb_best(near, climb)))
  }
  null <- null[[which.max(vapply(null, final_objective, 0))]]
  coef <- theta_to_arrays(problem$frame, null$theta)
  starts <- lapply(rep(seq_len(k), test_splits), function(expert) {
    list(theta = centered_theta(split_expert(coef, expert)))
  })
  more <- climb_best(starts, climb_problem(with_experts(problem, k + 1L)))
  2 * (more$loglik - null$loglik)
}

# The best of several starts.
climb_best <- function(starts, climb) {
  pool <- new_pool(rep_len("start", length(starts)), climb(starts, 20L))
  pool <- continue_ahead(pool, climb)
  pool$runs[[which.max(pool_objective(pool))]]
}

#' @rdname test_experts
#' @param x A test.
#' @param digits Significant digits.
#' @export
print.moelogit_test <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  check_no_dots(...)
  cat("Bootstrap likelihood-ratio test of ", x$k, " against ", x$k + 1L, " experts\n\n", sep = "")
  cat("Twice the gain in log-likelihood ", format(x$statistic, digits = digits), ", p-value ",
      format(x$p.value, digits = digits), " from ", length(x$replicates), " samples under ", x$k,
      "\n", sep = "")
  invisible(x)
}

#' @rdname test_experts
#' @method tidy moelogit_test
#' @export
tidy.moelogit_test <- function(x, ...) {
  check_no_dots(...)
  data.frame(
    k = x$k, alternative = x$k + 1L, statistic = x$statistic, p.value = x$p.value,
    replicates = length(x$replicates)
  )
}
