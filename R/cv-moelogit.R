#' Cross-validation over the penalty and the number of experts
#'
#' Fits every number of experts with every penalty on the training rows of each fold, judges the
#' class probabilities on its test rows, chooses, and fits the choice on all rows.
#'
#' @inheritParams moelogit
#' @param k Numbers of experts to try, positive whole numbers.
#' @param penalty Penalties to try, numbers `>= 0` for gate and experts alike; see
#'   [moelogit_control()].
#' @param folds A whole number of folds, drawn at random and balanced by class; a vector that gives
#'   the fold of each row; or a list of `list(train = , test = )` row numbers, as from
#'   [pair_folds()]. Rows are those of the data after `subset`.
#' @param rule `"1se"`: the simplest setting (fewest experts, then the largest penalty) whose
#'   log loss is within one standard error of the smallest (Breiman et al. 1984); `"min"`: the
#'   setting of the smallest.
#' @param control A list of settings from [moelogit_control()]; its `penalty` is not used.
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()], such as `starts`. For `predict()`, `coef()` and `plot()`: passed on.
#'
#' @details
#' For each fold and number of experts the penalties are taken from the smallest to the largest:
#' the first fit has many random starts; each of the others starts from the one before, and from a
#' quarter as many random starts, and the better optimum is kept. In this direction experts that the
#' data do not support collapse onto each other as the penalty grows; in the other, collapsed
#' experts would never part again. The penalty is a sum over observations, so
#' its natural size does not grow with them, and the same values serve in the folds and on all rows.
#'
#' The design is built once from all rows, so bases such as `poly()` or `ns()` have the same knots
#' in every fold; standardisation is each fold's own. With weights, test rows count by theirs.
#'
#' @return A list of class `"cv_moelogit"`:
#' * `table`: a data frame, one row per setting: `k`, `penalty`, `logloss` (mean over all test
#'   rows), `se` (its standard error, from the spread of the folds), `brier`, `error` (share of test
#'   rows whose most probable class is wrong), `converged` (whether all folds did), `chosen`.
#' * `best`: the chosen row of the table; `min`: that of the smallest log loss; `rule`.
#' * `fit`: the [moelogit()] with the chosen setting on all rows.
#' * `folds`: the list of `train` and `test` rows used; `fold_logloss`: a matrix of the log losses,
#'   settings by folds.
#' * `interrupted`: with `on_interrupt = "return"` (see [moelogit_control()]) an interrupt leaves the
#'   folds that are done, and no `fit`.
#'
#' `predict()`, `coef()` and the like work through `fit`. `tidy()` gives the table, `glance()` the
#' chosen row.
#' @section Errors: `"moelogit_error_argument"` for settings that cannot be tried;
#'   `"moelogit_error_folds"` for folds that do not fit the data.
#' @references
#' Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). *Classification and
#' Regression Trees*. Wadsworth. Section 3.4.3.
#' @seealso [select_experts()], which chooses the number of experts from one fit; [pair_folds()].
#' @examples
#' set.seed(1)
#' cv <- cv_moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 1:2,
#'                   penalty = c(0.1, 1, 10), folds = 3, starts = 4)
#' cv
#' head(predict(cv, type = "prob"))
#' @export
cv_moelogit <- function(x, ...) {
  if (names_formula(...)) UseMethod("cv_moelogit", y ~ x)
  UseMethod("cv_moelogit")
}

#' @rdname cv_moelogit
#' @export
cv_moelogit.formula <- function(formula, data = NULL, k = 1:4, penalty = 10^seq(-2, 2, by = 0.5),
                                folds = 5L, rule = c("1se", "min"), weights = NULL, subset = NULL,
                                na.action = NULL, # nolint: object_name_linter.
                                offset = NULL, contrasts = NULL, drop_unused = TRUE,
                                control = moelogit_control(...), ...) {
  cross_validate(read_formula("cv_moelogit", match.call()), k, penalty, folds, rule)
}

#' @rdname cv_moelogit
#' @export
cv_moelogit.default <- function(x, y, k = 1:4, penalty = 10^seq(-2, 2, by = 0.5), folds = 5L,
                                rule = c("1se", "min"), z = NULL, weights = NULL, offset = NULL,
                                drop_unused = TRUE, control = moelogit_control(...), ...) {
  cross_validate(read_matrices("cv_moelogit", match.call()), k, penalty, folds, rule)
}

# `asked`: from read_formula() or read_matrices().
cross_validate <- function(asked, k, penalty, folds, rule) {
  design <- asked$design
  control <- asked$control
  rule <- check_choice(rule, c("1se", "min"), "rule")
  k <- check_experts_tried(k, design$n_positive)
  penalty <- check_penalties(penalty)
  check_no_start(control)
  folds <- make_folds(folds, design)
  settings <- expand.grid(penalty = penalty, k = k)[c("k", "penalty")]
  scores <- fold_scores(design, folds, settings, control)
  if (scores$interrupted) report_interrupt(control, "cross-validation")
  folds <- folds[scores$done]
  table <- cv_table(settings, scores, fold_weights(design, folds))
  chosen <- choose_setting(table, rule)
  table$chosen <- seq_len(nrow(table)) == chosen
  best <- table[chosen, ]
  structure(
    list(
      table = table, best = best, min = table[which.min(table$logloss), ], rule = rule,
      fit = if (!scores$interrupted) refit_setting(asked, best), folds = folds,
      fold_logloss = scores$logloss, call = asked$call, interrupted = scores$interrupted
    ),
    class = "cv_moelogit"
  )
}

#' Scores of every setting in every fold
#'
#' @return A list: matrices `logloss`, `brier`, `error`, `converged`, settings by the folds that are
#'   done; `done`, which these are; `interrupted`.
#' @noRd
fold_scores <- function(design, folds, settings, control) {
  bar <- if (control$progress) {
    cli::cli_progress_bar("Cross-validating", total = length(folds) * nrow(settings))
  }
  control$progress <- FALSE
  done <- list()
  for (fold in folds) {
    scores <- setting_scores(design, fold, settings, control, bar)
    if (is.null(scores)) break
    done[[length(done) + 1L]] <- scores
  }
  if (length(done) == 0L) rlang::interrupt()
  by_fold <- lapply(stats::setNames(nm = colnames(done[[1L]])), function(score) {
    vapply(done, function(one) one[, score], numeric(nrow(settings)))
  })
  by_fold <- lapply(by_fold, matrix, nrow(settings))
  c(by_fold, list(done = seq_along(done), interrupted = length(done) < length(folds)))
}

# One fold: a matrix, settings by scores; NULL after an interrupt.
setting_scores <- function(design, fold, settings, control, bar) {
  train <- subset_design(design, fold$train)
  test <- subset_design(design, fold$test)
  scores <- NULL
  for (row in seq_len(nrow(settings))) {
    first <- row == 1L || settings$k[row] != settings$k[row - 1L]
    control$penalty[] <- settings$penalty[row]
    fit <- path_fit(train, settings$k[row], control, if (!first) fit)
    if (fit$interrupted) {
      return(NULL)
    }
    scores <- rbind(scores, c(test_scores(fit, test), converged = fit$converged))
    if (!is.null(bar)) cli::cli_progress_update(id = bar)
  }
  scores
}

# The chosen setting on all rows.
refit_setting <- function(asked, best) {
  control <- asked$control
  control$penalty[] <- best$penalty
  control$progress <- FALSE
  call <- asked$fit_call
  call$k <- best$k
  call$penalty <- best$penalty
  fit_design(asked$design, best$k, control, call)
}

# The fit at the next penalty: from the one before, or from some new starts if they lead higher.
path_fit <- function(design, k, control, before) {
  # a search has to be asked for: these fits are only compared
  if (is.null(control$search)) control$search <- 0
  if (is.null(before)) {
    return(quiet_fit(design, k, control))
  }
  fit <- quiet_fit(design, k, control, start = unclass(before)[c("gate", "expert")])
  if (k == 1L || fit$interrupted) {
    return(fit)
  }
  starts <- if (is.null(control$starts)) default_starts else control$starts
  control$starts <- as.integer(ceiling(starts / 4))
  control$keep <- 1L
  other <- quiet_fit(design, k, control)
  if (other$interrupted || other$objective > fit$objective) other else fit
}

# In the folds nothing is said of columns left out, nor of fits that did not converge; the table
# does. An interrupt is seen by the caller.
quiet_fit <- function(design, k, control, start = NULL) {
  control$keep_data <- FALSE
  control$on_interrupt <- "return"
  withCallingHandlers(
    fit_design(design, k, control, NULL, start),
    moelogit_warning_convergence = function(w) invokeRestart("muffleWarning"),
    moelogit_warning_interrupted = function(w) invokeRestart("muffleWarning"),
    moelogit_message_aliased = function(m) invokeRestart("muffleMessage")
  )
}

test_scores <- function(fit, test) {
  prob <- class_probabilities(fit, test, NULL)
  if (!is.null(test$row)) prob <- prob[test$row, , drop = FALSE]
  observed <- prob[cbind(seq_along(test$y), test$y)]
  counted <- test$weights > 0
  mean_of <- function(v) sum((test$weights * v)[counted]) / sum(test$weights)
  c(
    logloss = mean_of(-log(observed)), brier = mean_of(rowSums(prob^2) - 2 * observed + 1),
    error = mean_of(max.col(prob, "first") != test$y)
  )
}

# Means over all test rows; the standard error from the weighted spread of the folds.
cv_table <- function(settings, scores, weight) {
  share <- weight / sum(weight)
  mean_of <- function(x) drop(x %*% share)
  logloss <- mean_of(scores$logloss)
  spread <- mean_of((scores$logloss - logloss)^2)
  data.frame(
    settings, logloss = logloss, se = sqrt(spread / (length(weight) - 1)),
    brier = mean_of(scores$brier), error = mean_of(scores$error),
    converged = rowSums(scores$converged) == length(weight), row.names = NULL
  )
}

choose_setting <- function(table, rule) {
  lowest <- which.min(table$logloss)
  if (rule == "min") {
    return(lowest)
  }
  near <- which(table$logloss <= table$logloss[lowest] + table$se[lowest])
  near[order(table$k[near], -table$penalty[near])[1L]]
}

check_experts_tried <- function(k, n) {
  if (!is.numeric(k) || length(k) == 0L) {
    moe_abort(c("{.arg k} must be positive whole numbers.", x = describe(k)), "argument")
  }
  sort(unique(vapply(k, check_experts, 0L, n)))
}

check_penalties <- function(penalty) {
  valid <- is.numeric(penalty) && length(penalty) > 0L && all(is.finite(penalty)) &&
    all(penalty >= 0)
  if (!valid) {
    moe_abort(
      c("{.arg penalty} must be finite numbers of at least 0.", x = describe(penalty)), "argument"
    )
  }
  sort(unique(as.double(penalty)))
}

check_no_start <- function(control) {
  if (!is.null(control$start)) {
    moe_abort(
      c("{.arg start} cannot be given: every fold makes its own.", i = "Leave it out."), "argument"
    )
  }
}

#' @rdname cv_moelogit
#' @param object A result of `cv_moelogit()`.
#' @param digits Significant digits.
#' @export
print.cv_moelogit <- function(x, digits = 4L, ...) {
  best <- x$best
  cat(
    length(x$folds), "-fold cross-validation of ", nrow(x$table), " settings: k in ",
    paste(unique(x$table$k), collapse = ", "), "; ", length(unique(x$table$penalty)),
    " penalties from ", format(min(x$table$penalty)), " to ", format(max(x$table$penalty)),
    "\n\n",
    sep = ""
  )
  by_k <- do.call(rbind, lapply(split(x$table, x$table$k), function(own) {
    own[which.min(own$logloss), c("k", "penalty", "logloss", "se", "brier", "error")]
  }))
  cat("Best penalty of each number of experts:\n")
  print(by_k, digits = digits, row.names = FALSE)
  cat(
    "\nChosen (", if (x$rule == "1se") "one standard error" else "smallest log loss", "): k = ",
    best$k, ", penalty = ", format(best$penalty, digits = digits), "; log loss ",
    format(best$logloss, digits = digits), " (se ", format(best$se, digits = 2L), ")\n",
    sep = ""
  )
  stuck <- sum(!x$table$converged)
  if (stuck > 0L) cat(stuck, "settings did not converge in every fold\n")
  invisible(x)
}

#' @rdname cv_moelogit
#' @export
predict.cv_moelogit <- function(object, ...) predict(object$fit, ...)

#' @rdname cv_moelogit
#' @export
coef.cv_moelogit <- function(object, ...) coef(object$fit, ...)
