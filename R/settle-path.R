# Before the number of experts that a criterion prefers is believed: the levels below and above it
# are searched, as a poor optimum below makes one expert more look needed, and one above hides an
# expert; and the level itself is, so that the chosen fit is as good as one from scratch.

#' Search the levels that the choice rests on
#'
#' The levels next to the chosen one are searched where they fall little short, then the chosen one,
#' at greater length. After every search the number is chosen again. Where a level was replaced, its
#' neighbours may lead higher and are searched once more, until nothing changes. With a start of the
#' user's own nothing is searched.
#'
#' @param path A `polished_path()`.
#' @param criterion That chooses.
#' @param n Sum of the weights.
#' @return The path, levels where a better optimum was found replaced.
#' @noRd
settle_path <- function(path, criterion, n) {
  control <- path$asked$control
  budget <- settle_budget(path$problem$frame, control)
  searched <- logical(length(path$fits)) # as the chosen one
  done <- searched # since a level next to it was replaced
  for (round in seq_len(most_searches)) {
    if (path$interrupted || !is.null(control$start)) {
      break
    }
    table <- selection_table(path, n)
    k <- choose_level(table, criterion)
    near <- c(if (needs_check(table, k)) k - 1L, if (needs_check_above(table, k, criterion)) k + 1L,
              if (searched[k]) k)
    near <- near[!done[near]]
    whole <- length(near) == 0L
    level <- c(near, k)[1L]
    if (whole && (k == 1L || searched[k] || budget[["search"]] == 0)) {
      break
    }
    before <- path$fits[[level]]$objective
    path <- if (whole) search_chosen(path, level, budget) else search_beside(path, level)
    done[level] <- TRUE
    searched[level] <- searched[level] || whole
    gain <- path$fits[[level]]$objective - before
    if (gain > worth_search) done[abs(seq_along(done) - level) == 1L] <- FALSE
  }
  path
}

# What a level must gain, in log-likelihood, for the levels next to it to be searched again; and the
# most searches in all.
worth_search <- 0.5
most_searches <- 12L

# A level this much better than the one below it, in log-likelihood per coefficient of an expert, is
# so whatever optimum is found below.
check_gain <- 12

needs_check <- function(table, k) {
  k > 2L && table$loglik[k] - table$loglik[k - 1L] < check_gain * (table$df[k] - table$df[k - 1L])
}

# The level above may be preferred once a better optimum is found there only if it falls short by
# little, in the criterion per coefficient of an expert.
check_short <- 3

needs_check_above <- function(table, k, criterion) {
  if (k == nrow(table)) {
    return(FALSE)
  }
  short <- table[[criterion]][k + 1L] - table[[criterion]][k]
  isTRUE(short < check_short * (table$df[k + 1L] - table$df[k]))
}

settle_budget <- function(frame, control) {
  budget <- search_budget(frame, control)
  shape <- frame_shape(frame)
  expert <- shape$q + (shape$m - 1L) * shape$p
  if (is.null(control$starts)) budget[["starts"]] <- settle_starts
  budget[["search"]] <- min(budget[["search"]], max(settle_search, 2L * expert), 4L * settle_search)
  budget
}

# Neighbours of the chosen fit tried in vain before its search ends: from so many to four times as
# many, two for each coefficient of an expert.
settle_search <- 32L

# Random starts at the chosen level.
settle_starts <- 12L

# Rows on which levels are searched, at most.
settle_rows <- function(problem) max(2500L, rows_per_coefficient * free_size(problem$frame))

# Searches level k from its fit, on some rows where there are many, `search`: a function(pool,
# problem, climb); the level is replaced when that leads higher.
search_level <- function(path, k, search) {
  control <- path$asked$control
  progress <- progress_reporter(control, k)
  problem <- with_experts(path$problem, k)
  fit <- path$fits[[k]]
  result <- suspendInterrupts({
    short <- some_rows(problem, settle_rows(problem))
    whole <- length(short$response) == length(problem$response)
    climb <- function(runs, iterations) climb_on(short, control, runs, iterations, progress)
    own <- list(theta = object_theta(fit))
    pool <- new_pool("merged", climb(list(own), if (whole) 0L else control$max_iter))
    pool$table$continued <- TRUE
    pool <- search(pool, short, climb)
    if (!whole) pool <- continue_elsewhere(pool, problem, control, 2L, progress)
    finish_pool(pool, problem, control, progress)
  })
  path$interrupted <- result$interrupted
  if (result$interrupted || reaches(fit$objective, final_objective(result$run))) {
    return(path)
  }
  replace_level(path, level_fit(path$asked, problem, result, sort = FALSE))
}

# Looks for a better optimum at a level next to the choice.
search_beside <- function(path, k) {
  search_level(path, k, function(pool, problem, climb) {
    pool_around(path, pool, problem, climb)
  })
}

# The same and more at the chosen level: random starts and neighbours, as a fit of so many experts.
search_chosen <- function(path, k, budget) {
  control <- path$asked$control
  search_level(path, k, function(pool, problem, climb) {
    pool <- pool_around(path, pool, problem, climb)
    if (!interrupted(pool)) {
      starts <- random_starts(problem, control, budget[["starts"]])
      random <- new_pool(starts$kind, climb(starts$runs, budget[["short_iter"]]))
      random <- continue_best(random, seq_along(random$runs), budget[["keep"]], climb)
      pool <- join_pools(pool, random)
    }
    search_neighbours(pool, problem, budget, climb)
  })
}

#' Runs at a level from the levels next to it
#'
#' From every expert of the level below that one split in two, from merges of the level above, and
#' from neighbours of the level's own fit; short runs, the best three longer, the best of all to
#' convergence.
#' @param pool With the level's own fit. @param problem With its number of experts.
#' @return The pool with these runs.
#' @noRd
pool_around <- function(path, pool, problem, climb) {
  k <- problem$frame$k
  frame <- with_experts(problem, k - 1L)$frame
  below <- theta_to_arrays(frame, object_theta(path$fits[[k - 1L]]))
  split <- lapply(seq_len(k - 1L), function(expert) {
    list(theta = centered_theta(split_expert(below, expert)))
  })
  merged <- if (k < length(path$fits)) {
    lapply(merge_candidates(path$measures[[k + 1L]], path$metric), function(merge) {
      list(theta = measure_theta(merge$measure))
    })
  }
  near <- neighbours(problem, parents(pool), max(4L, k))
  kind <- rep(c("split", "merged", "neighbour"), lengths(list(split, merged, near)))
  found <- new_pool(kind, climb(c(split, merged, near), 20L))
  join_pools(pool, continue_ahead(found, climb))
}

# After short runs: the best three longer, the best of all to convergence.
continue_ahead <- function(pool, climb) {
  if (interrupted(pool)) {
    return(pool)
  }
  ahead <- utils::head(order(-pool_objective(pool)), 3L)
  runs <- climb(pool$runs[ahead], 60L)
  pool$runs[ahead[seq_along(runs)]] <- runs
  continue_best(pool, seq_along(pool$runs), 1L, climb)
}

# One more expert: `at` splits along a random direction of all its coefficients.
split_expert <- function(coef, at) {
  across <- stats::rnorm(nrow(coef$gate))
  apart <- stats::rnorm(length(coef$expert[, , at]), sd = 0.5)
  shape <- dim(coef$expert) + c(0L, 0L, 1L)
  gate <- cbind(coef$gate, coef$gate[, at] - across)
  expert <- array(c(coef$expert, coef$expert[, , at] - apart), shape)
  gate[, at] <- gate[, at] + across
  expert[, , at] <- expert[, , at] + apart
  list(gate = gate, expert = expert)
}

# A level with another fit in its place: its experts are matched to those that were there, by the
# posteriors, so that the tree's branches stay, and the merge below it gets its height from them.
replace_level <- function(path, fit) {
  k <- fit$k
  both <- cbind(object_theta(path$fits[[k]]), object_theta(fit))
  shared <- sum_rows(
    with_experts(path$problem, k), "overlap_sums", both, path$asked$control$threads
  )
  order <- assign_labels(-shared)
  path <- set_level(path, relabel(fit, order))
  if (k > 1L) {
    step <- length(path$fits) - k + 1L
    apart <- dissimilarity_matrix(path$measures[[k]], path$metric)
    path$height[step] <- apart[path$pairs[step, 1L], path$pairs[step, 2L]]
  }
  path
}

# What the experts of two fits share, K x K: products of their posteriors; `theta`: a column for
# each fit.
overlap_sums <- function(problem, theta, threads) {
  posterior <- function(at) core_predict(problem, theta[, at], "posterior", threads)$posterior
  crossprod(problem$weight * posterior(1L), posterior(2L))
}
