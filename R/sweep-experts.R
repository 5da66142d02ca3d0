#' Fit every number of experts from scratch
#'
#' The exhaustive alternative to [select_experts()]: a multi-start fit for every number of experts
#' from 1 to `k_max`. Slower, and less reliable with many experts, where random starts miss the best
#' optimum; for comparison.
#'
#' @inheritParams select_experts
#' @param criterion `"bic"`, `"aic"` or `"icl"`.
#' @return An object of class `"moelogit_sweep"`, a kind of `"moelogit_selection"` (see
#'   [select_experts()]), with the same methods. `table` is a data frame by `k` with `height` (of
#'   the dendrogram of the largest fit, not refitted), `loglik`, `df`, `aic`, `bic`, `icl`, and
#'   `agreeing`, the share of the continued starts that reached the best optimum.
#' @examples
#' set.seed(1)
#' sweep_experts(Species ~ Petal.Length, data = iris, k_max = 2)
#' @export
sweep_experts <- function(x, ...) {
  if (names_formula(...)) UseMethod("sweep_experts", y ~ x)
  UseMethod("sweep_experts")
}

#' @rdname sweep_experts
#' @export
sweep_experts.formula <- function(formula, data = NULL, k_max = 6L,
                                  criterion = c("bic", "aic", "icl"), weights = NULL,
                                  subset = NULL, na.action = NULL, offset = NULL, contrasts = NULL,
                                  drop_unused = TRUE, control = moelogit_control(...), ...) {
  sweep_design(read_formula("sweep_experts", match.call()), k_max, criterion)
}

#' @rdname sweep_experts
#' @export
sweep_experts.default <- function(x, y, k_max = 6L, criterion = c("bic", "aic", "icl"), z = NULL,
                                  weights = NULL, offset = NULL, drop_unused = TRUE,
                                  control = moelogit_control(...), ...) {
  sweep_design(read_matrices("sweep_experts", match.call()), k_max, criterion)
}

sweep_design <- function(asked, k_max, criterion) {
  control <- asked$control
  k_max <- check_experts(check_count(k_max, "k_max"), asked$design$n_positive, "k_max")
  criterion <- check_choice(criterion, c("bic", "aic", "icl"), "criterion")
  problem <- build_problem(asked$design, k_max, control)
  done <- sweep_results(problem, control)
  if (done$interrupted && length(done$results) == 0L) rlang::interrupt()
  fits <- lapply(seq_along(done$results), function(k) {
    level_fit(asked, with_experts(problem, k), done$results[[k]], sort = TRUE)
  })
  names(fits) <- seq_along(fits)
  if (done$interrupted) report_interrupt(control, "sweep")
  new_selection(
    fits, sweep_table(fits, problem, k_max), mixing_dendrogram(fits[[length(fits)]]), criterion,
    asked$call, interrupted = done$interrupted, class = "moelogit_sweep"
  )
}

# A list: `results` of `fit_starts()`, for 1, 2, ... experts up to those of the problem or where an
# interrupt came; `interrupted`.
sweep_results <- function(problem, control) {
  levels <- seq_len(problem$frame$k)
  workers <- open_workers(control, list(problem = problem), length(levels))
  on.exit(close_workers(workers))
  # several workers begin with what takes longest
  order <- if (is.null(workers$cluster)) levels else rev(levels)
  seeds <- task_seeds(length(levels))
  done <- run_tasks(
    fit_level, as.list(order), workers, seeds[order], task_bar(control, "Fitting", length(levels))
  )
  results <- done$values[order(order)]
  complete <- cumsum(lengths(results) == 0L) == 0L
  list(results = results[complete], interrupted = done$interrupted)
}

# A task: a fit with k experts.
fit_level <- function(k, shared) {
  result <- fit_starts(with_experts(shared$problem, k), shared$control)
  if (!result$interrupted) result
}

# `fits`: of the numbers 1, 2, ... that are done; the others have NA.
sweep_table <- function(fits, problem, k_max) {
  levels <- seq_len(k_max)
  by_level <- function(of) c(vapply(fits, of, 0), rep_len(NA_real_, k_max - length(fits)))
  loglik <- by_level(function(fit) fit$loglik)
  df <- by_level(function(fit) fit$df)
  entropy <- by_level(function(fit) posterior_entropy(fit, with_experts(problem, fit$k)))
  heights <- mixing_dendrogram(fits[[length(fits)]])$heights
  data.frame(
    k = levels, height = unname(heights[as.character(levels)]), loglik = loglik, df = df,
    likelihood_criteria(loglik, df, fits[[1L]]$nobs, entropy),
    agreeing = by_level(function(fit) mean(agreeing_starts(fit$runs))),
    row.names = NULL
  )
}

# The share of the continued starts that reached the best optimum; with very many rows, that of the
# sample on which they were continued.
agreeing_starts <- function(runs) {
  if ("sample_best" %in% names(runs)) {
    return(mean(runs$sample_best[runs$kind %in% random_kinds], na.rm = TRUE))
  }
  mean(runs$best[runs$continued])
}
