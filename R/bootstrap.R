#' Bootstrap a mixture of experts
#'
#' Refits on resampled data, each from the coefficients of the fit. The experts of a replicate are
#' matched to those of the fit, not left as they fall: by the assignment that makes the posterior
#' expert probabilities of the training rows agree best.
#'
#' @param object A fit of class `"moelogit"` that holds its training data (`keep_data`, the
#'   default).
#' @param R Number of replicates.
#' @param type `"case"`: rows of the data are drawn with replacement, each with its weight (a row
#'   of counts is one case); valid also when the model is wrong. `"parametric"`: classes are drawn
#'   from the fitted probabilities at the training rows, for counts as many as the row has.
#' @param threads,cluster Number of threads, or a cluster of workers, see [moelogit_control()];
#'   replicates are divided among them. The result does not depend on it.
#' @param progress Whether to show a progress bar.
#' @param ... Not used.
#' @details Covariates are centred and scaled as in the fit, so that the penalty is the same. Rows
#' of weight 0 are not drawn. Coefficients that are `fixed` stay so, and only experts that could
#' have each other's names are matched. Randomness comes from R: use [set.seed()].
#' @return An object of class `"moelogit_bootstrap"`, a list with `replicates`, an R x D matrix of
#'   coefficients as in [coef()]; `estimate`, those of the fit; `converged`, one logical per
#'   replicate; `type`; `call`, that of the fit. It has methods for `print()`, [vcov()] and
#'   [confint()][confint.moelogit_bootstrap].
#' @references Efron, B. and Tibshirani, R. J. (1993). *An Introduction to the Bootstrap*. Chapman
#'   and Hall. \doi{10.1201/9780429246593}
#'
#' O'Hagan, A., Murphy, T. B., Scrucca, L. and Gormley, I. C. (2019). Investigation of parameter
#' uncertainty in clustering using a Gaussian mixture model via jackknife, bootstrap and weighted
#' likelihood bootstrap. *Computational Statistics*, 34, 1779-1813.
#' \doi{10.1007/s00180-019-00897-9}
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 1)
#' boot <- bootstrap(fit, R = 50)
#' boot
#' confint(boot, type = "percentile")
#' @export
bootstrap <- function(object, ...) {
  UseMethod("bootstrap")
}

#' @rdname bootstrap
#' @export
bootstrap.moelogit <- function(object, R = 200, type = c("case", "parametric"), # nolint
                               threads = object$control$threads, cluster = NULL,
                               progress = interactive(), ...) {
  check_no_dots(...)
  check_fit(object)
  replicates <- check_count(R, "R", min = 2L)
  type <- check_choice(type, c("case", "parametric"), "type")
  control <- many_control(object, threads, cluster, progress)
  # the threads of the core divide replicates among them, too
  count <- max(1L, length(cluster))
  batch <- min(ceiling(replicates / (4 * count)), max(1, 2e6 / length(object$data$y)), 50)
  batch <- max(control$threads, as.integer(batch))
  seeds <- task_seeds(replicates)
  batches <- unname(split(seeds, (seq_along(seeds) - 1L) %/% batch))
  workers <- open_workers(
    control, list(fit = bare_fit(object), type = type), length(batches), prepare_refits, FALSE
  )
  on.exit(close_workers(workers))
  tick <- task_bar(control, "Bootstrap", length(batches))
  done <- run_tasks(refit_samples, batches, workers, seeds[seq_along(batches)], tick)
  if (done$interrupted) rlang::interrupt()
  coefs <- do.call(cbind, lapply(done$values, `[[`, "coefs"))
  converged <- unlist(lapply(done$values, `[[`, "converged"))
  estimate <- coef(object)
  out <- matrix(NA_real_, replicates, length(estimate), dimnames = list(NULL, names(estimate)))
  out[, free_coefficients(object$frame)] <- t(free_to_original(object$frame, coefs))
  fixed <- fixed_at(object$frame, object$fixed)
  out[, fixed] <- rep(estimate[fixed], each = replicates)
  structure(
    list(
      replicates = out, estimate = estimate, converged = converged, type = type,
      call = object$call, terms = coefficient_terms(object)
    ),
    class = "moelogit_bootstrap"
  )
}

# What many refits of a fit go by.
many_control <- function(object, threads, cluster, progress) {
  control <- object$control
  control$threads <- check_count(threads, "threads")
  control$cluster <- check_cluster(cluster)
  control$progress <- check_flag(progress, "progress")
  control
}

# Of the fit that is shared: its problem, how samples are drawn, and how experts are matched to its
# own.
prepare_refits <- function(shared) {
  object <- shared$fit
  object$control <- shared$control
  problem <- training_problem(object)
  theta <- object_theta(object)
  draw <- if (shared$type == "case") case_draw else parametric_draw
  list(
    control = shared$control, problem = problem, theta = theta, draw = draw(object, problem),
    fixed = fixed_equations(object$frame, object$fixed),
    matched = expert_matcher(object, problem, theta)
  )
}

# A task: the refits to the samples that some seeds draw.
refit_samples <- function(seeds, shared) {
  drawn <- lapply(seeds, function(seed) with_seed(seed, shared$draw()))
  columns <- function(part) do.call(cbind, lapply(drawn, `[[`, part))
  problem <- drawn[[1L]]$problem
  problem["fixed"] <- list(shared$fixed)
  runs <- core_refit(
    problem, shared$theta, columns("weights"), columns("responses"),
    run_options(shared$control), shared$control$threads
  )
  if (length(runs) == length(seeds) && !any(vapply(runs, `[[`, NA, "interrupted"))) {
    list(
      coefs = do.call(cbind, lapply(runs, function(run) shared$matched(run$theta))),
      converged = vapply(runs, `[[`, NA, "converged")
    )
  }
}

# Functions that draw a sample for core_refit(): a list of `problem`, `weights` and `responses`, of
# which one has a column of the records and the other none.
case_draw <- function(object, problem) {
  row <- object$data$row
  if (is.null(row)) row <- seq_along(problem$response)
  drawable <- unique(row[problem$weight > 0])
  function() {
    drawn <- drawable[sample.int(length(drawable), replace = TRUE)]
    weights <- cbind(problem$weight * tabulate(drawn, object$n)[row])
    list(problem = problem, weights = weights, responses = matrix(0L, nrow(weights), 0L))
  }
}

parametric_draw <- function(object, problem) {
  prob <- object$fitted.values
  if (object$response_type != "counts") {
    return(function() {
      responses <- cbind(draw_classes(prob) - 1L)
      list(problem = problem, weights = matrix(0, nrow(prob), 0L), responses = responses)
    })
  }
  total <- observed_classes(object)$total
  case <- object$data$case_weights
  if (is.null(case)) case <- rep_len(1, object$n)
  if (any(abs(total - round(total)) > 1e-8)) {
    moe_abort(
      c(
        "The parametric bootstrap draws whole counts, and some rows have a total that is not.",
        i = "Use {.code type = \"case\"}."
      ),
      "counts"
    )
  }
  every <- every_record(object)
  function() {
    counts <- vapply(seq_len(object$n), function(i) {
      stats::rmultinom(1L, round(total[i]), prob[i, ])
    }, integer(length(object$classes)))
    weights <- cbind(as.double(t(matrix(counts, length(object$classes))) * case))
    list(problem = every, weights = weights, responses = matrix(0L, nrow(weights), 0L))
  }
}

# The problem with a record for every row and class, rows fastest.
every_record <- function(object) {
  m <- length(object$classes)
  problem_at(
    object, stored_design(object), rep(seq_len(object$n), m),
    rep(seq_len(m) - 1L, each = object$n)
  )
}

# A function of theta: its free coefficients in reference coding (on standardised covariates) with
# the experts in the order of the fit's.
expert_matcher <- function(object, problem, theta) {
  posterior <- function(theta) {
    core_predict(problem, theta, "posterior", object$control$threads)$posterior
  }
  own <- problem$weight * posterior(theta)
  if (!is.null(object$fixed)) exchangeable <- exchangeable_experts(object$frame, object$fixed)
  function(theta) {
    arrays <- theta_to_arrays(object$frame, theta)
    if (object$k > 1L) {
      cost <- -crossprod(own, posterior(theta))
      if (!is.null(object$fixed)) cost[!exchangeable] <- sum(own) + 1
      order <- assign_labels(cost)
      arrays$gate <- arrays$gate[, order, drop = FALSE]
      arrays$expert <- arrays$expert[, , order, drop = FALSE]
    }
    free_vector(arrays)
  }
}

#' @rdname bootstrap
#' @param x The bootstrap.
#' @param digits Significant digits.
#' @export
print.moelogit_bootstrap <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  check_no_dots(...)
  label <- c(case = "Case", parametric = "Parametric")[[x$type]]
  cat(label, " bootstrap of a mixture of experts, ", nrow(x$replicates), " replicates",
      if (!all(x$converged)) paste0(" (", sum(!x$converged), " not converged)"), "\n\n", sep = "")
  cat("Call:\n", call_text(x$call), "\n\n", sep = "")
  table <- cbind(
    Estimate = x$estimate, Bias = colMeans(x$replicates) - x$estimate,
    `Std. Error` = apply(x$replicates, 2L, stats::sd)
  )
  print(table, digits = digits)
  invisible(x)
}

#' Covariance and confidence intervals from a bootstrap
#'
#' @param object A bootstrap from [bootstrap()].
#' @param complete As in [vcov.moelogit()].
#' @param parm,level As in [confint.moelogit()].
#' @param type `"percentile"`: quantiles of the replicates; `"basic"`: twice the estimate minus
#'   those; `"normal"`: the estimate minus the bootstrap bias, plus and minus normal quantiles
#'   times the standard error.
#' @param ... Not used.
#' @return `vcov()`: the D x D covariance matrix of the replicates. `confint()`: a matrix, one row
#'   per coefficient, of lower and upper limits.
#' @references Davison, A. C. and Hinkley, D. V. (1997). *Bootstrap Methods and their Application*,
#'   chapter 5. Cambridge. \doi{10.1017/CBO9780511802843}
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 1)
#' boot <- bootstrap(fit, R = 50, type = "parametric")
#' confint(boot, type = "basic")
#' @export
confint.moelogit_bootstrap <- function(object, parm, level = 0.95,
                                       type = c("percentile", "basic", "normal"), ...) {
  check_no_dots(...)
  type <- check_choice(type, c("percentile", "basic", "normal"), "type")
  tail <- (1 - check_level(level)) / 2
  tails <- c(tail, 1 - tail)
  estimate <- object$estimate
  quantiles <- t(apply(object$replicates, 2L, function(x) {
    if (anyNA(x)) c(NA_real_, NA_real_) else stats::quantile(x, tails, names = FALSE)
  }))
  out <- switch(type,
    percentile = quantiles,
    basic = 2 * estimate - quantiles[, 2:1, drop = FALSE],
    normal = 2 * estimate - colMeans(object$replicates) +
      outer(apply(object$replicates, 2L, stats::sd), stats::qnorm(tails))
  )
  dimnames(out) <- list(names(estimate), interval_names(level))
  out[chosen_coefficients(names(estimate), parm, object$terms), , drop = FALSE]
}

#' @rdname confint.moelogit_bootstrap
#' @export
vcov.moelogit_bootstrap <- function(object, complete = TRUE, ...) {
  check_no_dots(...)
  replicates <- object$replicates
  if (!complete) replicates <- replicates[, !is.na(object$estimate), drop = FALSE]
  stats::cov(replicates)
}
