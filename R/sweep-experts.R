#' Fit every number of experts from scratch
#'
#' The exhaustive alternative to [select_experts()]: a multi-start fit for every number of experts
#' from 1 to `k_max`. Slower, and less reliable with many experts, where random starts miss the best
#' optimum; for comparison.
#'
#' @inheritParams select_experts
#' @param criterion `"bic"`, `"aic"` or `"icl"`.
#' @return An object of class `"moelogit_sweep"`, a list: `k`, `fit`, `table` (a data frame by `k`
#'   with `loglik`, `df`, `aic`, `bic`, `icl`, and `agreeing`, the share of the continued starts
#'   that reached the best optimum), `fits`, `criterion`, `call`.
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
  call <- match.call()
  check_control(control, !missing(control), ...names())
  design <- model_design(frame_call(call), parent.frame(), contrasts, drop_unused)
  sweep_design(design, k_max, criterion, control, call, fit_call(stored_call(call)))
}

#' @rdname sweep_experts
#' @export
sweep_experts.default <- function(x, y, k_max = 6L, criterion = c("bic", "aic", "icl"), z = NULL,
                                  weights = NULL, offset = NULL, drop_unused = TRUE,
                                  control = moelogit_control(...), ...) {
  check_given(c(x = missing(x), y = missing(y)))
  call <- match.call()
  check_control(control, !missing(control), ...names())
  response_name <- if (is.symbol(substitute(y))) deparse1(substitute(y)) else "y"
  design <- model_design_matrix(x, y, z, weights, offset, drop_unused, response_name)
  sweep_design(design, k_max, criterion, control, call, fit_call(stored_call(call)))
}

sweep_design <- function(design, k_max, criterion, control, call, fit_call) {
  k_max <- check_experts(check_count(k_max, "k_max"), design$n_positive, "k_max")
  criterion <- check_choice(criterion, c("bic", "aic", "icl"), "criterion")
  problem <- build_problem(design, k_max, control)
  fits <- lapply(stats::setNames(nm = seq_len(k_max)), function(k) {
    problem$experts <- k
    fit_call$k <- k
    result <- fit_starts(problem, control, progress_reporter(control, k))
    if (result$interrupted) rlang::interrupt()
    suppress_not_converged(new_moelogit(problem, result, design, control, fit_call))
  })
  loglik <- vapply(fits, `[[`, 0, "loglik")
  df <- vapply(fits, `[[`, 0, "df")
  bic <- log(fits[[1L]]$nobs) * df - 2 * loglik
  table <- data.frame(
    k = seq_len(k_max), loglik = loglik, df = df, aic = 2 * df - 2 * loglik, bic = bic,
    icl = bic + 2 * vapply(fits, function(fit) records_entropy(problem, fit), 0),
    agreeing = vapply(fits, function(fit) mean(fit$starts$best[fit$starts$continued]), 0),
    row.names = NULL
  )
  k <- table$k[which.min(table[[criterion]])]
  structure(
    list(k = k, fit = fits[[k]], table = table, fits = fits, criterion = criterion, call = call),
    class = "moelogit_sweep"
  )
}

#' @rdname sweep_experts
#' @param digits Significant digits.
#' @export
print.moelogit_sweep <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Number of experts: ", x$k, " (sweep, by ", x$criterion, ")\n\n", sep = "")
  print(x$table, digits = digits, row.names = FALSE)
  invisible(x)
}
