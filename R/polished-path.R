# Down from an overfitted fit: merge close experts, refit from the merged ones, merge again.

#' Merge, refit, merge again
#'
#' @param asked From `read_formula()` or `read_matrices()`.
#' @return A list: `fits` (of the levels that are done, named by k), `dendrogram` (polished),
#'   `published` (the tree of the overfitted fit alone), `loglik_merged` (by level, of the published
#'   tree), `loglik`, `df`, `entropy` (of the posteriors) by level, `NA` where a level is not done,
#'   `experts`, `interrupted`.
#' @noRd
polished_path <- function(asked, k_max, metric) {
  control <- asked$control
  problem <- build_problem(asked$design, k_max, control)
  budget <- overfitted_budget(problem$frame, control)
  result <- fit_starts(problem, control, progress_reporter(control, k_max), budget = budget)
  fits <- levels <- vector("list", k_max)
  pairs <- matrix(0L, 0L, 2L)
  height <- numeric()
  for (k in rev(seq_len(k_max))) {
    if (k < k_max) {
      merges <- merge_candidates(levels[[k + 1L]], metric)
      if (!result$interrupted) {
        problem <- with_experts(problem, k)
        result <- refit_best(problem, control, merges, progress_reporter(control, k))
      }
      # after an interrupt the tree goes on without refits, by the closest pair
      merge <- merges[[if (result$interrupted) 1L else result$merge]]
      pairs <- rbind(pairs, merge$pair)
      height <- c(height, merge$height)
      levels[[k]] <- merge$measure
    }
    if (k == k_max || !result$interrupted) {
      fits[[k]] <- level_fit(asked, problem, result, sort = k == k_max)
      levels[[k]] <- mixing_measure(fits[[k]], weighting = metric_weighting(metric))
    }
  }
  if (result$interrupted) report_interrupt(control, "selection")
  tree <- new_mixing_dendrogram(levels, pairs, height, metric, path = "polished")
  c(
    list(dendrogram = tree, experts = level_experts(tree, fits), interrupted = result$interrupted),
    path_levels(fits, problem, control)
  )
}

# What the table of a path is made of.
path_levels <- function(fits, problem, control) {
  k_max <- length(fits)
  published <- mixing_dendrogram(fits[[k_max]], metric = "euclidean")
  by_level <- function(of) vapply(fits, function(fit) if (is.null(fit)) NA_real_ else of(fit), 0)
  out <- list(
    published = published,
    loglik_merged = vapply(seq_len(k_max), function(k) {
      theta <- measure_theta(published$levels[[k]])
      core_evaluate(with_experts(problem, k), theta, run_options(control), control$threads)$loglik
    }, 0),
    loglik = by_level(function(fit) fit$loglik), df = by_level(function(fit) fit$df),
    entropy = by_level(function(fit) posterior_entropy(fit, with_experts(problem, fit$k)))
  )
  names(fits) <- seq_len(k_max)
  c(list(fits = lapply(Filter(Negate(is.null), fits), relabel)), out)
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

# The overfitted fit makes fewer starts than other fits: the levels below it begin at merged experts
# and reach the same optima.
overfitted_budget <- function(frame, control) {
  if (!is.null(control$starts)) {
    return(search_budget(frame, control))
  }
  keep <- if (is.null(control$keep)) 2L else control$keep
  chosen_budget(c(starts = max(8L, keep), short_iter = 20L, keep = keep, search = 0), control)
}

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

# Successive halving: a few iterations from every candidate, more from the best three, all from the
# best one; among equals, the first, the closest pair. The value of fit_starts() and which candidate
# it was.
refit_best <- function(problem, control, merges, progress) {
  climb <- function(runs, iterations) climb_on(problem, control, runs, iterations, progress)
  runs <- lapply(merges, function(merge) list(theta = measure_theta(merge$measure)))
  pool <- new_pool(rep("merged", length(runs)), climb(runs, halving[1L]))
  ahead <- utils::head(order(-pool_objective(pool)), 3L)
  runs <- climb(pool$runs[ahead], halving[2L])
  pool$runs[ahead[seq_along(runs)]] <- runs
  best <- which.max(pool_objective(pool))
  pool <- continue_best(pool, best, 1L, climb)
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
