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
#' @param threads Number of threads; replicates are divided among them. The result does not depend
#'   on it.
#' @param progress Whether to show a progress bar.
#' @param ... Not used.
#' @details Covariates are centred and scaled as in the fit, so that the penalty is the same. Rows
#'   of weight 0 are not drawn. Randomness comes from R: use [set.seed()].
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
                               threads = object$control$threads, progress = interactive(), ...) {
  check_fit(object)
  replicates <- check_count(R, "R", min = 2L)
  type <- check_choice(type, c("case", "parametric"), "type")
  threads <- check_count(threads, "threads")
  progress <- check_flag(progress, "progress")
  problem <- training_problem(object)
  theta <- object_theta(object)
  draw <- if (type == "case") case_draw(object, problem) else parametric_draw(object, problem)
  matched <- expert_matcher(object, problem, theta)
  if (progress) {
    bar <- cli::cli_progress_bar("Bootstrap", total = replicates)
  }
  coefs <- matrix(0, length(coef(object, complete = FALSE)), 0L)
  converged <- logical()
  batch <- max(threads, min(50L, as.integer(2e6 / length(problem$response))))
  while (length(converged) < replicates) {
    size <- min(batch, replicates - length(converged))
    drawn <- draw(size)
    runs <- core_refit(
      drawn$problem, theta, drawn$weights, drawn$responses, run_options(object$control), threads
    )
    if (length(runs) < size || any(vapply(runs, `[[`, NA, "interrupted"))) rlang::interrupt()
    coefs <- cbind(coefs, do.call(cbind, lapply(runs, function(run) matched(run$theta))))
    converged <- c(converged, vapply(runs, `[[`, NA, "converged"))
    if (progress) cli::cli_progress_update(set = length(converged), id = bar)
  }
  estimate <- coef(object)
  out <- matrix(NA_real_, replicates, length(estimate), dimnames = list(NULL, names(estimate)))
  out[, free_coefficients(object$frame)] <- t(free_to_original(object$frame, coefs))
  structure(
    list(
      replicates = out, estimate = estimate, converged = converged, type = type,
      call = object$call
    ),
    class = "moelogit_bootstrap"
  )
}

# Functions of the number of replicates that draw them for core_refit(): a list of `problem`,
# `weights` and `responses` (records x replicates, or without columns). One replicate after the
# other, so that a replicate does not depend on how many are drawn at a time.
case_draw <- function(object, problem) {
  row <- object$data$row
  if (is.null(row)) row <- seq_along(problem$response)
  drawable <- unique(row[problem$weight > 0])
  function(size) {
    weights <- vapply(seq_len(size), function(b) {
      drawn <- drawable[sample.int(length(drawable), replace = TRUE)]
      problem$weight * tabulate(drawn, object$n)[row]
    }, problem$weight)
    list(problem = problem, weights = weights, responses = matrix(0L, nrow(weights), 0L))
  }
}

parametric_draw <- function(object, problem) {
  prob <- object$fitted.values
  if (object$response_type != "counts") {
    return(function(size) {
      responses <- vapply(seq_len(size), function(b) draw_classes(prob) - 1L, problem$response)
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
  function(size) {
    weights <- vapply(seq_len(size), function(b) {
      counts <- vapply(seq_len(object$n), function(i) {
        stats::rmultinom(1L, round(total[i]), prob[i, ])
      }, integer(length(object$classes)))
      as.double(t(matrix(counts, length(object$classes))) * case)
    }, numeric(length(prob)))
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
  function(theta) {
    arrays <- theta_to_arrays(object$frame, theta)
    if (object$k > 1L) {
      order <- assign_labels(-crossprod(own, posterior(theta)))
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
  out[chosen_coefficients(names(estimate), parm), , drop = FALSE]
}

#' @rdname confint.moelogit_bootstrap
#' @export
vcov.moelogit_bootstrap <- function(object, complete = TRUE, ...) {
  replicates <- object$replicates
  if (!complete) replicates <- replicates[, !is.na(object$estimate), drop = FALSE]
  stats::cov(replicates)
}
