#' Choose the number of experts from one fit
#'
#' Fits once with too many experts, then merges close experts of the fit again and again, refitting
#' from the merged ones (a warm start) before the next merge, down to a single expert. The tree of
#' the merges, the log-likelihood of every level and the criteria read off them tell how many
#' experts there are; no number of experts is fitted from scratch.
#'
#' @details
#' At each level the two closest pairs are candidates for the merge, and each expert for being left
#' out, to join the one closest to it; the candidate that leads highest in short runs is taken.
#' With the closest pair alone, a level where all experts differ often ends in a poor optimum.
#'
#' @param formula,data,x,y,z,weights,subset,na.action,offset,contrasts,drop_unused,control The
#'   model, as in [moelogit()].
#' @param k_max Number of experts of the overfitted fit, a whole number of at least 2: a few more
#'   than you think there are.
#' @param criterion Which column of the table chooses; the smallest value wins.
#'   * `"slope"`: minus twice the log-likelihood of the polished fits plus \eqn{2\lambda}{2 lambda}
#'     for every free coefficient, \eqn{\lambda}{lambda} learnt from the path itself: four times
#'     what a coefficient gains in log-likelihood at that of the last three levels where it gains
#'     least, the slope that superfluous experts leave (Baudry, Maugis and Michel 2012), but no less
#'     than 1, the value of AIC, and no more than log(log n), that of Hannan and Quinn (1979).
#'   * `"aic"`, `"bic"`, `"icl"`: of the polished fits.
#'   * `"dsc"`: the dendrogram selection criterion on the polished path, guarded: with heights h of
#'     the polished dendrogram and mean log-likelihoods l,
#'     \eqn{-(h(\kappa)/\max h + \sqrt{n}\, l(\kappa)/|l(K)|)}{-(h(k)/max h + sqrt(n) l(k)/|l(K)|)}
#'     over levels 2 to K, and 1 when BIC prefers 1 to the level so chosen.
#'   * `"dsc_raw"`, `"dsc_rescaled"`: the criterion of arXiv:2602.07997 on merged atoms that are not
#'     refitted, with weight log n, as published and with heights and log-likelihoods rescaled. They
#'     cannot choose 1, and the raw one mostly answers 2.
#' @param metric Metric of the dendrogram, see [mixing_dendrogram()].
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()]. The overfitted fit makes 8 short runs, of which 2 are continued,
#'   and no search for better optima, unless `starts`, `keep` or `search` are given.
#'
#' @return An object of class `"moelogit_selection"`, a list:
#' * `k`: the chosen number of experts, 1 possible; `fit`: the fit with that many.
#' * `table`: a data frame by `k`, 1 to K: `height` (of the merge from k to k - 1 experts, polished
#'   path), `height_merged` (of the published tree: Euclidean, not refitted), `loglik_merged` (of
#'   the merged atoms before refitting), `loglik` (refitted), `df`, and the criteria.
#' * `dendrogram`: the polished [mixing_dendrogram()]; `merged`: the published one.
#' * `fits`: the fit of every level, named by k, so any k can be had without refitting.
#' * `experts`: for every level, which experts of the overfitted fit each expert of it holds.
#' * `criterion`, `k_max`, `call`.
#' @section When the choice is at the edge:
#' A choice of `k_max` means that the overfitted fit may not have been overfitted: a message says
#' so.
#' @references Tran et al. (2026). Fast model selection and stable optimization for softmax-gated
#'   multinomial-logistic mixture of experts models. arXiv:2602.07997.
#'
#'   Do, Do, McKinley, Terhorst and Nguyen (2024). Dendrogram of mixing measures. arXiv:2403.01684.
#'
#'   Baudry, Maugis and Michel (2012). Slope heuristics: overview and implementation. *Statistics
#'   and Computing*, 22, 455-470. \doi{10.1007/s11222-011-9236-1}
#'
#'   Hannan and Quinn (1979). The determination of the order of an autoregression. *Journal of the
#'   Royal Statistical Society B*, 41, 190-195. \doi{10.1111/j.2517-6161.1979.tb01072.x}
#' @seealso [mixing_dendrogram()], [sweep_experts()], [autoplot.moelogit_selection()]
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length + Sepal.Width, data = iris, k_max = 3)
#' choice
#' predict(choice$fit, head(iris), type = "prob")
#' @export
select_experts <- function(x, ...) {
  if (names_formula(...)) UseMethod("select_experts", y ~ x)
  UseMethod("select_experts")
}

#' @rdname select_experts
#' @export
select_experts.formula <- function(formula, data = NULL, k_max = 6L,
                                   criterion = c("slope", "aic", "bic", "icl", "dsc",
                                                 "dsc_rescaled", "dsc_raw"),
                                   metric = c("curvature", "euclidean"), weights = NULL,
                                   subset = NULL, na.action = NULL, offset = NULL,
                                   contrasts = NULL, drop_unused = TRUE,
                                   control = moelogit_control(...), ...) {
  call <- match.call()
  check_control(control, !missing(control), ...names())
  design <- model_design(frame_call(call), parent.frame(), contrasts, drop_unused)
  select_design(design, k_max, criterion, metric, control, call, fit_call(stored_call(call)))
}

#' @rdname select_experts
#' @export
select_experts.default <- function(x, y, k_max = 6L,
                                   criterion = c("slope", "aic", "bic", "icl", "dsc",
                                                 "dsc_rescaled", "dsc_raw"),
                                   metric = c("curvature", "euclidean"), z = NULL, weights = NULL,
                                   offset = NULL, drop_unused = TRUE,
                                   control = moelogit_control(...), ...) {
  check_given(c(x = missing(x), y = missing(y)))
  call <- match.call()
  check_control(control, !missing(control), ...names())
  response_name <- if (is.symbol(substitute(y))) deparse1(substitute(y)) else "y"
  design <- model_design_matrix(x, y, z, weights, offset, drop_unused, response_name)
  select_design(design, k_max, criterion, metric, control, call, fit_call(stored_call(call)))
}

# The call of moelogit() that a call of select_experts() or sweep_experts() amounts to.
fit_call <- function(call) {
  call[c("k_max", "criterion", "metric")] <- NULL
  call
}

selection_criteria <- c("slope", "aic", "bic", "icl", "dsc", "dsc_rescaled", "dsc_raw")

select_design <- function(design, k_max, criterion, metric, control, call, fit_call) {
  k_max <- check_experts(check_count(k_max, "k_max", min = 2L), design$n_positive, "k_max")
  criterion <- check_choice(criterion, selection_criteria, "criterion")
  metric <- check_choice(metric, c("curvature", "euclidean"), "metric")
  path <- polished_path(design, k_max, metric, overfitted_control(control), fit_call)
  table <- selection_table(path, sum(design$weights))
  k <- choose_level(table, criterion)
  if (k == k_max) inform_edge(k_max)
  if (!path$fits[[k]]$converged) warn_not_converged(path$fits[[k]])
  structure(
    list(
      k = k, fit = path$fits[[k]], table = table, dendrogram = path$dendrogram,
      merged = path$merged, fits = path$fits, experts = path$experts,
      criterion = criterion, k_max = k_max, call = call
    ),
    class = "moelogit_selection"
  )
}

# The overfitted fit makes fewer starts than other fits: the levels below it begin at merged experts
# and reach the same optima.
overfitted_control <- function(control) {
  if (is.null(control$starts)) {
    if (is.null(control$keep)) control$keep <- 2L
    if (is.null(control$short_iter)) control$short_iter <- 20L
    control$starts <- max(8L, control$keep)
  }
  control
}

# Iterations that every candidate of a level gets, and the best three of them after these.
halving <- c(4L, 10L)

#' Merge, refit, merge again
#'
#' @return A list: `fits` (by level), `dendrogram` (polished), `merged` (the published tree of the
#'   overfitted fit), `loglik_merged` (by level, of the published tree), `entropy` (of the
#'   posteriors, by level), `experts`.
#' @noRd
polished_path <- function(design, k_max, metric, control, fit_call) {
  problem <- build_problem(design, k_max, control)
  result <- fit_starts(problem, control, progress_reporter(control, k_max))
  if (result$interrupted) rlang::interrupt()
  weight <- if (metric == "curvature") "average" else "intercept"
  level_fit <- function(result, sort) {
    k <- problem$experts
    fit_call$k <- k
    suppress_not_converged(new_moelogit(problem, result, design, control, fit_call, sort))
  }
  fits <- levels <- vector("list", k_max)
  pairs <- matrix(0L, 0L, 2L)
  height <- numeric()
  fits[[k_max]] <- level_fit(result, sort = TRUE)
  levels[[k_max]] <- mixing_measure(fits[[k_max]], weight = weight)
  for (k in rev(seq_len(k_max - 1L))) {
    problem$experts <- k
    merges <- merge_candidates(levels[[k + 1L]], metric)
    result <- refit_best(problem, control, merges, progress_reporter(control, k))
    if (result$interrupted) rlang::interrupt()
    merge <- merges[[result$merge]]
    pairs <- rbind(pairs, merge$pair)
    height <- c(height, merge$height)
    fits[[k]] <- level_fit(result, sort = FALSE)
    levels[[k]] <- mixing_measure(fits[[k]], weight = weight)
  }
  tree <- new_mixing_dendrogram(levels, pairs, height, metric, path = "polished")
  merged <- mixing_dendrogram(fits[[k_max]], metric = "euclidean", weight = "intercept")
  order <- lapply(fits, function(fit) order(-fit$gate_mean))
  names(fits) <- seq_len(k_max)
  list(
    fits = lapply(fits, relabel),
    dendrogram = tree,
    merged = merged,
    loglik_merged = vapply(seq_len(k_max), function(k) {
      problem$experts <- k
      core_evaluate(
        problem, measure_theta(merged$levels[[k]]), run_options(control), control$threads
      )$loglik
    }, 0),
    entropy = vapply(fits, function(fit) records_entropy(problem, fit), 0),
    experts = Map(function(measure, order) names(measure$log_weight)[order], tree$levels, order)
  )
}

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
  found <- new_pool(rep("merged", length(runs)), climb(runs, halving[1L]))
  ahead <- utils::head(order(-pool_objective(found)), 3L)
  runs <- climb(found$runs[ahead], halving[2L])
  found$runs[ahead[seq_along(runs)]] <- runs
  best <- which.max(pool_objective(found))
  found <- continue_best(found, best, 1L, climb)
  c(finish_pool(found, problem, control, progress), list(merge = best))
}

measure_theta <- function(measure) centered_theta(measure_coef(measure))

# Entropy of the posterior expert probabilities, summed over the records.
records_entropy <- function(problem, fit) {
  problem$experts <- fit$k
  posterior <- core_predict(
    problem, object_theta(fit), "posterior", fit$control$threads
  )$posterior
  -sum(problem$weight * posterior * log(posterior + (posterior == 0)))
}

selection_table <- function(path, n) {
  table <- data.frame(
    k = seq_along(path$fits),
    height = unname(c(NA, path$dendrogram$heights)),
    height_merged = unname(c(NA, path$merged$heights)),
    loglik_merged = path$loglik_merged,
    loglik = vapply(path$fits, `[[`, 0, "loglik"),
    df = vapply(path$fits, `[[`, 0, "df"),
    row.names = NULL
  )
  add_criteria(table, n, path$entropy)
}

# The criteria of a path: all that they need is in the columns of the table.
add_criteria <- function(table, n, entropy) {
  deviance <- -2 * table$loglik
  df <- table$df
  cbind(table, data.frame(
    slope = deviance + 2 * slope_penalty(table$loglik, df, n) * df,
    aic = deviance + 2 * df,
    bic = deviance + log(n) * df,
    icl = deviance + log(n) * df + 2 * entropy,
    dsc = dsc(table$height, table$loglik, n, "rescaled", omega = sqrt(n)),
    dsc_rescaled = dsc(table$height_merged, table$loglik_merged, n, "rescaled"),
    dsc_raw = dsc(table$height_merged, table$loglik_merged, n, "raw"),
    row.names = NULL
  ))
}

# The penalty per free coefficient. Of the last three gains the least, because the other ones may be
# those of experts that are there; the bounds keep a path that ends too early from choosing too few.
slope_penalty <- function(loglik, df, n) {
  gain <- diff(loglik) / diff(df)
  max(1, min(4 * min(utils::tail(gain, 3L)), log(log(max(n, 3)))))
}

choose_level <- function(table, criterion) {
  k <- table$k[which.min(table[[criterion]])]
  if (criterion == "dsc" && table$bic[1L] < table$bic[k]) 1L else k
}

inform_edge <- function(k_max) {
  moe_inform(
    c(
      "The chosen number of experts is the largest that was fitted, {k_max}.",
      i = "There may be more: raise {.arg k_max}."
    ),
    "edge"
  )
}

# Levels of a path that stop early are no news to the user, unless the chosen one is among them.
suppress_not_converged <- function(expr) {
  withCallingHandlers(
    expr,
    moelogit_warning_convergence = function(w) invokeRestart("muffleWarning")
  )
}

#' @rdname select_experts
#' @param digits Significant digits.
#' @export
print.moelogit_selection <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Number of experts: ", x$k, " (of at most ", x$k_max, ", by ", x$criterion, ")\n\n", sep = "")
  shown <- unique(c("k", "height", "loglik", "df", x$criterion, "aic", "bic"))
  print(x$table[shown], digits = digits, row.names = FALSE)
  votes <- vapply(selection_criteria, function(criterion) {
    choose_level(x$table, criterion)
  }, 0L)
  cat("\nChosen by ", paste0(names(votes), ": ", votes, collapse = ", "), "\n", sep = "")
  invisible(x)
}

#' @rdname select_experts
#' @param object A selection.
#' @return `summary()` returns its argument with class `"summary.moelogit_selection"` added, whose
#'   `print()` also shows the chosen fit.
#' @export
summary.moelogit_selection <- function(object, ...) {
  structure(object, class = c("summary.moelogit_selection", class(object)))
}

#' @export
print.summary.moelogit_selection <- function(x, ...) {
  NextMethod()
  cat("\nExperts of the overfitted fit in each chosen one: ",
      paste0(seq_len(x$k), " = {", gsub("+", ", ", x$experts[[x$k]], fixed = TRUE), "}",
             collapse = "; "), "\n\n", sep = "")
  print(x$fit)
  invisible(x)
}

#' @rdname select_experts
#' @export
predict.moelogit_selection <- function(object, ...) stats::predict(object$fit, ...)
