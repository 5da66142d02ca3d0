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
#' @param threads Number of threads of each fit; the result does not depend on it.
#' @param progress Whether to show a progress bar.
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
                                threads = 1L, progress = interactive(), ...) {
  call <- match.call()
  control <- moelogit_control(threads = threads, progress = FALSE, ...)
  design <- model_design(call, parent.frame(), contrasts, drop_unused)
  cross_validate(design, k, penalty, folds, rule, control, progress, call)
}

#' @rdname cv_moelogit
#' @export
cv_moelogit.default <- function(x, y, k = 1:4, penalty = 10^seq(-2, 2, by = 0.5), folds = 5L,
                                rule = c("1se", "min"), z = NULL, weights = NULL, offset = NULL,
                                drop_unused = TRUE, threads = 1L, progress = interactive(), ...) {
  call <- match.call()
  control <- moelogit_control(threads = threads, progress = FALSE, ...)
  name <- if (is.symbol(substitute(y))) deparse1(substitute(y)) else "y"
  design <- model_design_matrix(x, y, z, weights, offset, drop_unused, name)
  cross_validate(design, k, penalty, folds, rule, control, progress, call)
}

cross_validate <- function(design, k, penalty, folds, rule, control, progress, call) {
  rule <- check_choice(rule, c("1se", "min"), "rule")
  k <- check_experts_tried(k, design$n_positive)
  penalty <- check_penalties(penalty)
  check_flag(progress, "progress")
  check_no_start(control)
  folds <- make_folds(folds, design)
  settings <- expand.grid(penalty = penalty, k = k)[c("k", "penalty")]
  scores <- lapply(stats::setNames(nm = c("logloss", "brier", "error", "converged")), function(s) {
    matrix(NA_real_, nrow(settings), length(folds))
  })
  weight <- numeric(length(folds))
  bar <- if (progress) {
    cli::cli_progress_bar("Cross-validating", total = length(folds) * nrow(settings))
  }
  for (fold in seq_along(folds)) {
    train <- subset_design(design, folds[[fold]]$train)
    test <- subset_design(design, folds[[fold]]$test)
    weight[fold] <- sum(test$weights)
    for (experts in k) {
      fit <- NULL
      for (row in which(settings$k == experts)) {
        control$penalty[] <- settings$penalty[row]
        fit <- path_fit(train, experts, control, fit)
        found <- c(test_scores(fit, test), converged = fit$converged)
        for (score in names(found)) scores[[score]][row, fold] <- found[[score]]
        if (progress) cli::cli_progress_update(id = bar)
      }
    }
  }
  table <- cv_table(settings, scores, weight)
  chosen <- choose_setting(table, rule)
  table$chosen <- seq_len(nrow(table)) == chosen
  control$penalty[] <- table$penalty[chosen]
  structure(
    list(
      table = table, best = table[chosen, ], min = table[which.min(table$logloss), ], rule = rule,
      fit = fit_design(design, table$k[chosen], control, refit_call(call, table[chosen, ])),
      folds = folds, fold_logloss = scores$logloss, call = call
    ),
    class = "cv_moelogit"
  )
}

# The call that would give the chosen fit.
refit_call <- function(call, best) {
  call[[1L]] <- quote(moelogit)
  call[c("folds", "rule", "progress")] <- NULL
  call$k <- best$k
  call$penalty <- best$penalty
  call
}

# The fit at the next penalty: from the one before, or from some new starts if they lead higher.
path_fit <- function(design, k, control, before) {
  if (is.null(before)) {
    return(quiet_fit(design, k, control))
  }
  fresh <- control
  control$start <- unclass(before)[c("gate", "expert")]
  fit <- quiet_fit(design, k, control)
  if (k == 1L) {
    return(fit)
  }
  starts <- if (is.null(control$starts)) default_starts(k)[["starts"]] else control$starts
  fresh$starts <- as.integer(ceiling(starts / 4))
  fresh$keep <- 1L
  other <- quiet_fit(design, k, fresh)
  if (other$objective > fit$objective) other else fit
}

# In the folds nothing is said of columns left out, nor of fits that did not converge; the table
# does. A search has to be asked for: these fits are only compared.
quiet_fit <- function(design, k, control) {
  if (is.null(control$search)) control$search <- 0
  control$keep_data <- FALSE
  withCallingHandlers(
    fit_design(design, k, control, NULL),
    moelogit_warning_convergence = function(w) invokeRestart("muffleWarning"),
    moelogit_message_aliased = function(m) invokeRestart("muffleMessage")
  )
}

# The rows of a design that are asked for; `complete` for the functions that predict.
subset_design <- function(design, rows) {
  records <- if (is.null(design$row)) rows else which(design$row %in% rows)
  for (part in c("x", "z", "offset")) {
    if (!is.null(design[[part]])) design[[part]] <- design[[part]][rows, , drop = FALSE]
  }
  design$y <- design$y[records]
  design$weights <- design$weights[records]
  if (!is.null(design$row)) design$row <- match(design$row[records], rows)
  if (!is.null(design$case_weights)) design$case_weights <- design$case_weights[rows]
  design$row_names <- design$row_names[rows]
  positive <- design$weights > 0
  design$n <- length(rows)
  design$n_positive <- length(unique(
    if (is.null(design$row)) which(positive) else design$row[positive]
  ))
  design$complete <- rep_len(TRUE, length(rows))
  design
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

#' Folds as a list of train and test rows of the design
#'
#' Rows are those of the data after `subset`; rows left out for missing values are taken off.
#' @noRd
make_folds <- function(folds, design) {
  left_out <- as.integer(design$na_action)
  before <- design$n + length(left_out)
  renumber <- rep_len(NA_integer_, before)
  renumber[setdiff(seq_len(before), left_out)] <- seq_len(design$n)
  folds <- if (is.list(folds)) {
    check_fold_list(folds, before)
    lapply(folds, function(fold) {
      lapply(fold[c("train", "test")], function(rows) {
        rows <- renumber[rows]
        rows[!is.na(rows)]
      })
    })
  } else {
    id <- if (length(folds) == 1L) {
      balanced_folds(check_count(folds, "folds", min = 2L, max = design$n), design)
    } else {
      check_fold_ids(folds, before)[!is.na(renumber)]
    }
    id <- factor(id)
    lapply(stats::setNames(nm = levels(id)), function(level) {
      list(train = which(id != level), test = which(id == level))
    })
  }
  check_fold_weights(folds, design)
  folds
}

# Random folds; the rows of each class are dealt out in turn.
balanced_folds <- function(v, design) {
  class <- if (is.null(design$row)) design$y else design$y[match(seq_len(design$n), design$row)]
  order <- order(class, stats::runif(design$n))
  id <- integer(design$n)
  id[order] <- rep_len(sample.int(v), design$n)
  id
}

check_fold_ids <- function(folds, n) {
  ok <- is.atomic(folds) && length(folds) == n && !anyNA(folds)
  if (!ok || length(unique(folds)) < 2L) {
    moe_abort(
      c(
        "{.arg folds} must give one of at least two folds for each of the {n} row{?s} of the data.",
        x = describe(folds)
      ),
      "folds"
    )
  }
  folds
}

check_fold_list <- function(folds, n) {
  good <- vapply(folds, function(fold) {
    is.list(fold) && all(c("train", "test") %in% names(fold)) &&
      all(unlist(fold[c("train", "test")]) %in% seq_len(n)) &&
      length(intersect(fold$train, fold$test)) == 0L
  }, NA)
  if (length(folds) < 2L || !all(good)) {
    moe_abort(
      c(
        "{.arg folds} must be at least two {.code list(train = , test = )} of row numbers that do \\
         not overlap.",
        x = if (all(good)) {
          "There {cli::qty(length(folds))}{?is/are} {length(folds)}."
        } else {
          "Element {which(!good)[1L]} is not such a list, for data of {n} row{?s}."
        }
      ),
      "folds"
    )
  }
}

check_fold_weights <- function(folds, design) {
  row <- if (is.null(design$row)) seq_len(design$n) else design$row
  total <- rowsum(design$weights, factor(row, levels = seq_len(design$n)), reorder = TRUE)
  weight <- numeric(design$n)
  weight[as.integer(rownames(total))] <- total
  empty <- vapply(folds, function(fold) {
    sum(weight[fold$test]) == 0 || sum(weight[fold$train]) == 0
  }, NA)
  if (any(empty)) {
    moe_abort(
      c(
        "Every fold needs rows with positive weight to train on and to test on.",
        x = "{cli::qty(sum(empty))}Not so in fold{?s} {which(empty)}.",
        i = "Use fewer folds."
      ),
      "folds"
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
