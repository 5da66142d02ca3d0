# The fits of a cross-validation or a bag: every setting on the training part of every resample (a
# fold or a bootstrap sample), and what they give the rows left out.

# Fits that are only compared and averaged need no better optimum than this finds, and not to its
# last digits: the Newton steps that make sure of an optimum took most of the time.
resample_budget <- c(starts = 6L, short_iter = 15L, keep = 1L, search = 0L)
resample_tol <- 1e-5

#' Fit and score every setting in every resample
#'
#' @param design Of all rows.
#' @param resamples A list of `list(train =, test =)` row numbers; a row may be in `train` several
#'   times.
#' @param settings A data frame of `k` and `penalty`, sorted by both.
#' @param control From [moelogit_control()].
#' @param race_at After which resamples settings that cannot win are dropped, see `still_racing()`.
#' @return A list:
#'   * `members`: for each resample that was done a list of fits (see `new_member()`), one a
#'     setting, `NULL` for those dropped before;
#'   * `logloss`, `brier`, `error`, `converged`: matrices, settings by resamples, `NA` where
#'     dropped;
#'   * `observed`: records x settings, mean probability of the observed class over the resamples
#'     that leave the record out, of settings that were never dropped, `NA` for others; and `count`,
#'     how many of these there are;
#'   * `alive`: which settings were never dropped; `done`: which resamples were done; `interrupted`.
#' @noRd
resample_fits <- function(design, resamples, settings, control, race_at = integer()) {
  tick <- task_bar(control, "Fitting", length(resamples) * length(unique(settings$k)))
  control$tol <- max(control$tol, resample_tol)
  # between two looks at the race, what can be done at the same time
  heats <- split(seq_along(resamples), findInterval(seq_along(resamples), race_at + 1L))
  seeds <- path_seeds(settings, length(resamples))
  shared <- list(design = bare_design(design), resamples = resamples, settings = settings)
  workers <- open_workers(control, shared, max(lengths(heats)) * nrow(seeds))
  on.exit(close_workers(workers))
  out <- list(
    alive = rep_len(TRUE, nrow(settings)), count = numeric(length(design$y)),
    sums = matrix(0, length(design$y), nrow(settings)), interrupted = FALSE
  )
  for (heat in heats) {
    tasks <- path_tasks(heat, settings, out$alive)
    done <- run_tasks(
      fit_path, tasks, workers, vapply(tasks, function(t) seeds[[t$k, t$resample]], 0L), tick
    )
    out <- add_resamples(out, heat, tasks, done$values)
    out$interrupted <- done$interrupted
    if (done$interrupted) break
    if (max(heat) %in% race_at) out$alive <- still_racing(out$observed, design$weights, out$alive)
  }
  if (length(out$members) == 0L) rlang::interrupt()
  out$observed[, !out$alive] <- NA
  out$done <- seq_along(out$members)
  out
}

# One for each number of experts and resample, whether or not it is dropped before.
path_seeds <- function(settings, resamples) {
  numbers <- unique(settings$k)
  matrix(
    task_seeds(length(numbers) * resamples), length(numbers), dimnames = list(numbers, NULL)
  )
}

# For every resample and number of experts the rows of the settings; those that take longest first.
path_tasks <- function(resamples, settings, alive) {
  tasks <- lapply(resamples, function(b) {
    lapply(rev(unique(settings$k[alive])), function(k) {
      list(resample = b, k = as.character(k), rows = which(alive & settings$k == k))
    })
  })
  unlist(tasks, recursive = FALSE)
}

# A task: the fits along the penalties of one number of experts, and what they give rows left out.
fit_path <- function(task, shared) {
  resample <- shared$resamples[[task$resample]]
  members <- setting_members(
    training_design(shared$design, resample$train), shared$settings[task$rows, ], shared$control
  )
  if (!is.null(members)) {
    c(list(members = members), held_out_scores(shared$design, resample$test, members))
  }
}

# The results of some resamples, up to the first one that is not complete.
add_resamples <- function(out, resamples, tasks, values) {
  of <- vapply(tasks, `[[`, 0L, "resample")
  for (b in resamples) {
    at <- which(of == b)
    if (any(lengths(values[at]) == 0L)) break
    out$members[[b]] <- vector("list", length(out$alive))
    columns <- list()
    for (i in at) {
      rows <- tasks[[i]]$rows
      result <- values[[i]]
      out$members[[b]][rows] <- result$members
      out$sums[result$records, rows] <- out$sums[result$records, rows] + result$observed
      for (score in colnames(result$scores)) {
        if (is.null(columns[[score]])) columns[[score]] <- rep_len(NA_real_, length(out$alive))
        columns[[score]][rows] <- result$scores[, score]
      }
    }
    out$count[result$records] <- out$count[result$records] + 1
    for (score in names(columns)) {
      out[[score]] <- cbind(out[[score]], columns[[score]], deparse.level = 0)
    }
  }
  out$observed <- out$sums / out$count
  out
}

# Rows that are in a training part several times count so often.
training_design <- function(design, rows) {
  times <- tabulate(rows, design$n)
  at <- which(times > 0L)
  design <- subset_design(design, at)
  times <- times[at]
  design$weights <- design$weights * (if (is.null(design$row)) times else times[design$row])
  design
}

#' Fits to one training part
#'
#' Along the penalties of each number of experts, from the smallest to the largest.
#' @param settings A data frame of `k` and `penalty`, sorted by both.
#' @return A list of `new_member()`; `NULL` after an interrupt.
#' @noRd
setting_members <- function(train, settings, control) {
  problem <- quiet_problem(train, control)
  members <- vector("list", nrow(settings))
  for (k in unique(settings$k)) {
    problem <- with_experts(problem, check_experts(k, train$n_positive))
    theta <- NULL
    for (row in which(settings$k == k)) {
      penalty <- replace(control$penalty, TRUE, settings$penalty[row])
      problem$ridge <- penalty_ridge(problem$frame, penalty, control$penalize_intercept)
      result <- path_run(problem, control, theta)
      if (result$interrupted) {
        return(NULL)
      }
      theta <- result$run$theta
      members[[row]] <- new_member(problem, result$run, train, penalty, control)
    }
  }
  members
}

# In the folds nothing is said of columns left out.
quiet_problem <- function(design, control) {
  withCallingHandlers(
    build_problem(design, 1L, control),
    moelogit_message_aliased = function(m) invokeRestart("muffleMessage")
  )
}

# From the run at the penalty before, or from random starts when there is none.
path_run <- function(problem, control, theta) {
  # with one expert they cost next to nothing
  finish <- problem$frame$k == 1L
  if (is.null(theta)) {
    budget <- chosen_budget(resample_budget, control)
    return(fit_starts(problem, control, budget = budget, finish = finish))
  }
  suspendInterrupts(single_run(problem, control, theta, "given", NULL, finish))
}

# What of a fit is needed to predict with the design of another, see member_probabilities().
new_member <- function(problem, run, design, penalty, control) {
  list(
    frame = problem$frame, theta = run$theta, shared = design$shared, penalty = penalty,
    control = control[c("penalize_intercept", "threads")], converged = run$converged
  )
}

# Class probabilities at the rows of a design, NA where it is not complete; n x M.
member_probabilities <- function(member, design) {
  out <- matrix(NA_real_, design$n, length(member$frame$classes))
  at <- which(design$complete)
  if (length(at) > 0L) {
    out[at, ] <- core_predict(
      problem_at(member, design, complete_at(design)), member$theta, "class",
      member$control$threads
    )$class
  }
  out
}

#' What the fits of one resample give the rows that it leaves out
#'
#' @param members Fits, from `setting_members()`.
#' @return A list: `records` left out, `observed` (records x fits, probability of the observed
#'   class), `scores` (fits x `logloss`, `brier`, `error`, `converged`).
#' @noRd
held_out_scores <- function(design, rows, members) {
  test <- subset_design(design, rows)
  observed <- matrix(NA_real_, length(test$y), length(members))
  scores <- NULL
  counted <- test$weights > 0
  mean_of <- function(v) sum((test$weights * v)[counted]) / sum(test$weights)
  for (i in seq_along(members)) {
    prob <- member_probabilities(members[[i]], test)
    if (!is.null(test$row)) prob <- prob[test$row, , drop = FALSE]
    observed[, i] <- p <- prob[cbind(seq_along(test$y), test$y)]
    scores <- rbind(scores, c(
      logloss = mean_of(-log_held_out(p)), brier = mean_of(rowSums(prob^2) - 2 * p + 1),
      error = mean_of(max.col(prob, "first") != test$y), converged = members[[i]]$converged
    ))
  }
  records <- if (is.null(design$row)) rows else which(design$row %in% rows)
  list(records = records, observed = observed, scores = scores)
}

#' Which settings may still win
#'
#' A setting is dropped when two things are clear from the rows left out so far: that another one
#' alone is better, and that it has no place in the stack. The second is the condition of the
#' optimal weights: the mean of p / mix, its probability of the observed class over the stack's, is
#' above one exactly for settings of which the stack should hold more. "Clear" is by `race_margin`
#' standard errors.
#' @param observed Records x settings, see `resample_fits()`. @param weights Of the records.
#' @param alive Settings not dropped before.
#' @noRd
still_racing <- function(observed, weights, alive) {
  rows <- which(!is.na(observed[, which(alive)[1L]]) & weights > 0)
  weights <- weights[rows]
  p <- observed[rows, alive, drop = FALSE]
  z <- function(v) {
    mean <- colSums(weights * v) / sum(weights)
    se <- sqrt(colSums((weights * (v - rep(mean, each = nrow(v))))^2)) / sum(weights)
    mean / pmax(se, .Machine$double.eps)
  }
  loss <- -log_held_out(p)
  best <- which.min(colSums(weights * loss))
  worse <- z(loss - loss[, best]) > race_margin
  p <- pmax(p, least_stacked)
  out_of_place <- z(p / drop(p %*% stack_weights(p, weights)) - 1) < -race_margin
  alive[alive] <- !(worse & out_of_place)
  alive
}

race_margin <- 0.5
