# Down from an overfitted fit: merge close experts, refit from the merged ones, merge again.

#' Merge, refit, merge again
#'
#' @param asked From `read_formula()` or `read_matrices()`.
#' @return A path, a list: `asked`, `problem`, `metric`, `fits` (by level, their experts in the
#'   order of the tree; `NULL` where a level is not done), `measures` (mixing measures by level),
#'   `pairs` and `height` (of the merges), `by_level` (see `describe_level()`), `published` (the
#'   tree of the overfitted fit alone), `loglik_merged` (by level, of that tree), `interrupted`.
#' @noRd
polished_path <- function(asked, k_max, metric) {
  control <- asked$control
  problem <- build_problem(asked$design, k_max, control)
  budget <- overfitted_budget(problem, control)
  few <- some_rows(problem, merge_rows(problem))
  result <- fit_starts(problem, control, progress_reporter(control, k_max), budget = budget)
  path <- list(
    asked = asked, problem = problem, metric = metric, fits = vector("list", k_max),
    measures = vector("list", k_max), pairs = matrix(0L, 0L, 2L), height = numeric(),
    by_level = vector("list", k_max)
  )
  for (k in rev(seq_len(k_max))) {
    if (k < k_max) {
      merges <- merge_candidates(path$measures[[k + 1L]], metric)
      if (!result$interrupted) {
        result <- refit_best(
          with_experts(problem, k), with_experts(few, k), control, merges,
          progress_reporter(control, k)
        )
      }
      # after an interrupt the tree goes on without refits, by the closest pair
      merge <- merges[[if (result$interrupted) 1L else result$merge]]
      path$pairs <- rbind(path$pairs, merge$pair)
      path$height <- c(path$height, merge$height)
      path$measures[[k]] <- merge$measure
    }
    if (k == k_max || !result$interrupted) {
      path <- set_level(path, level_fit(asked, with_experts(problem, k), result, sort = k == k_max))
    }
  }
  path$interrupted <- result$interrupted
  c(path, published_tree(path))
}

set_level <- function(path, fit) {
  k <- fit$k
  path$fits[[k]] <- fit
  path$measures[[k]] <- mixing_measure(fit, weighting = metric_weighting(path$metric))
  path$by_level[[k]] <- describe_level(
    fit, with_experts(path$problem, k), exact = is_small(path$problem)
  )
  path
}

# What criteria need to know of a level.
describe_level <- function(fit, problem, exact) {
  c(
    loglik = fit$loglik, objective = fit$objective, df = fit$df,
    entropy = posterior_entropy(fit, problem), effective_coefficients(fit, problem, exact)
  )
}

# By level, `NA` where it is not done.
level_values <- function(path, name) {
  vapply(path$by_level, function(one) if (is.null(one)) NA_real_ else one[[name]], 0)
}

published_tree <- function(path) {
  k_max <- length(path$fits)
  control <- path$asked$control
  published <- mixing_dendrogram(path$fits[[k_max]], metric = "euclidean")
  loglik <- vapply(seq_len(k_max), function(k) {
    theta <- measure_theta(published$levels[[k]])
    evaluate_at(with_experts(path$problem, k), control, theta)$loglik
  }, 0)
  list(published = published, loglik_merged = loglik)
}

path_tree <- function(path) {
  new_mixing_dendrogram(path$measures, path$pairs, path$height, path$metric, path = "polished")
}

# The fits of the levels that are done, named by k.
path_fits <- function(path) {
  fits <- stats::setNames(path$fits, seq_along(path$fits))
  lapply(Filter(Negate(is.null), fits), relabel)
}

# A level's fit, its experts in the order of the path but for the first.
level_fit <- function(asked, problem, result, sort) {
  call <- asked$fit_call
  call$k <- problem$frame$k
  suppress_not_converged(
    new_moelogit(problem, result, asked$design, asked$control, call, sort)
  )
}

# Which experts of the overfitted fit each expert of a level holds, in the order of relabel().
level_experts <- function(tree, fits) {
  Map(function(measure, fit) {
    labels <- names(measure$log_weight)
    if (is.null(fit)) labels else labels[order(-fit$gate_mean)]
  }, tree$levels, fits)
}

# The overfitted fit makes fewer starts than other fits, and of many rows continues one run only:
# the levels below it begin at merged experts and reach the same optima.
overfitted_budget <- function(problem, control) {
  if (!is.null(control$starts)) {
    return(search_budget(problem$frame, control))
  }
  whole <- record_count(problem) <= short_row_limit(problem)
  keep <- if (is.null(control$keep)) 1L + whole else control$keep
  chosen_budget(c(starts = max(8L, keep), short_iter = 20L, keep = keep, search = 0), control)
}

# Rows on which merges are compared.
merge_rows <- function(problem) max(5000L, rows_per_coefficient * free_size(problem$frame))

# Iterations that every candidate of a level gets, and the best three of them after these.
halving <- c(4L, 10L)

merge_candidates <- function(measure, metric) {
  apart <- dissimilarity_matrix(measure, metric)
  diag(apart) <- Inf
  atoms <- seq_len(n_atoms(measure))
  left_out <- lapply(atoms, function(gone) {
    nearest <- which.min(apart[, gone])
    pair <- sort(c(gone, nearest))
    kept <- replace(atoms, pair[1L], nearest)[-pair[2L]]
    list(pair = pair, height = apart[nearest, gone], measure = subset_measure(measure, kept))
  })
  c(closest_merges(measure, metric, 2L), left_out)
}

# Successive halving, on a problem of `few` rows: a few iterations from every candidate, more from
# the best three, all from the best one on all rows; among equals, the first, the closest pair. The
# value of fit_starts() and which candidate it was.
refit_best <- function(problem, few, control, merges, progress) {
  climb <- function(runs, iterations) climb_on(few, control, runs, iterations, progress)
  runs <- lapply(merges, function(merge) list(theta = measure_theta(merge$measure)))
  pool <- new_pool(rep("merged", length(runs)), climb(runs, halving[1L]))
  ahead <- utils::head(order(-pool_objective(pool)), 3L)
  runs <- climb(pool$runs[ahead], halving[2L])
  pool$runs[ahead[seq_along(runs)]] <- runs
  best <- which.max(pool_objective(pool))
  if (length(few$response) == length(problem$response)) {
    pool <- continue_best(pool, best, 1L, climb)
  } else {
    pool <- continue_elsewhere(pool, problem, control, 1L, progress)
  }
  c(finish_pool(pool, problem, control, progress), list(merge = best))
}

measure_theta <- function(measure) centered_theta(measure_coef(measure))

# Levels of a path that stop early are no news to the user, unless the chosen one is among them.
suppress_not_converged <- function(expr) {
  withCallingHandlers(
    expr,
    moelogit_warning_convergence = function(w) invokeRestart("muffleWarning")
  )
}
