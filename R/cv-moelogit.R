#' Cross-validation over the penalty and the number of experts
#'
#' Fits every number of experts with every penalty on the training rows of each fold and judges the
#' class probabilities on its test rows. What comes of it is a **stack**, an average over the best
#' settings, which `predict()` uses, and one interpretable model, `$fit`, a single setting fitted to
#' all rows. With `rule = "min"` or `"1se"` there is no stack and `predict()` uses `$fit`.
#'
#' @inheritParams moelogit
#' @param k Numbers of experts to try, positive whole numbers.
#' @param penalty Penalties to try, numbers `>= 0` for gate and experts alike; see
#'   [moelogit_control()].
#' @param folds A whole number of folds, drawn at random and balanced by class; a vector that gives
#'   the fold of each row; or a list of `list(train = , test = )` row numbers, as from
#'   [pair_folds()]. Rows are those of the data after `subset`.
#' @param rule What predicts. `"stack"`: the average over settings, by weights that fit the
#'   test rows best; `"min"`: the setting of the smallest log loss; `"1se"`: the simplest setting
#'   (fewest experts, then the largest penalty) whose log loss exceeds the smallest by at most one
#'   standard error of the difference. `$fit` is that of `"1se"` when a stack predicts.
#' @param race Whether settings that clearly cannot win are left out of the folds to come.
#' @param control A list of settings from [moelogit_control()]; its `penalty` is not used.
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()], such as `starts`. For `coef()` and `plot()`, and for `predict()` with a
#'   rule that chooses one setting: passed on.
#'
#' @details
#' **Stack.** The weights of the settings are those of the mixture of their probabilities that fits
#' the observed classes of the test rows best (Wolpert 1992; Smyth and Wolpert 1999): non-negative,
#' with sum one, found by EM; weights below 0.02 are set to zero. Each setting with weight predicts
#' by the average of its fits in the folds, which costs no fit more and averages over samples and
#' starts as bagging does (Parmanto, Munro and Doyle 1996). An average of fits is less sure than it
#' should be, so its probabilities are raised to the power `1 / temperature`, in proportion; the
#' temperature, between 1/2 and 2, is the one of the smallest log loss of the test rows (Guo,
#' Pleiss, Sun and Weinberger 2017).
#'
#' **Fits in the folds** are only compared and averaged, so they take fewer starts (6 short runs, of
#' which one is continued) and a looser tolerance (1e-5) than [moelogit()], and make no search and
#' no Newton steps at the end; `starts`, `short_iter`, `keep` and `search` change that. `$fit` has
#' the starts of [moelogit()], but no search either, which would take longer than all folds:
#' `update(cv$fit, search = 320)` makes one. For each fold and number of experts the penalties are
#' taken from the smallest to the largest: the first fit has random starts; each of the others
#' starts from the one before. In this direction experts that the data do not support
#' collapse onto each other as the penalty grows; in the other, collapsed experts would never part
#' again. The penalty is a sum over observations, so its natural size does not grow with them, and
#' the same values serve in the folds and on all rows.
#'
#' **Race.** After 1, 3, 7, ... folds a setting is dropped when, by half a standard error over the
#' test rows so far, the best setting is better, and adding to its weight would make the stack
#' worse. So the settings that are left out early are neither the best one nor in the stack.
#'
#' The design is built once from all rows, so bases such as `poly()` or `ns()` have the same knots
#' in every fold; standardisation is each fold's own. With weights, test rows count by theirs.
#'
#' @return A list of class `"cv_moelogit"`:
#' * `table`: a data frame, one row per setting: `k`, `penalty`, `logloss` (mean over all test
#'   rows), `se` (its standard error, from the spread of the folds), `difference` (`logloss` less
#'   the smallest) and `se_difference`, `brier`, `error` (share of test rows whose most probable
#'   class is wrong), `folds` (in how many it was tried), `converged` (whether all these did),
#'   `weight` (in the stack), `chosen` (for `fit`). For settings that were dropped early, losses are
#'   those of the best setting plus the mean difference in the folds that both were tried in, and
#'   `se` is `NA`.
#' * `best`: the chosen row of the table; `min`: that of the smallest log loss; `rule`.
#' * `fit`: the [moelogit()] with the chosen setting on all rows.
#' * `weights`: the rows `k`, `penalty`, `weight` of the settings in the stack, the largest first
#'   (the chosen one alone when nothing is stacked).
#' * `temperature`: of the stack (1 when nothing is stacked).
#' * `held_out`: a list with `prob`, n x M, what the stack (or the chosen setting) gives each row by
#'   fits to folds without it, `NA` for rows in no test part; and their `y`, `row` and `weights`.
#' * `folds`: the list of `train` and `test` rows used; `fold_logloss`: a matrix of the log losses,
#'   settings by folds.
#' * `interrupted`: with `on_interrupt = "return"` (see [moelogit_control()]) an interrupt leaves
#'   the folds that are done, and no `fit`.
#' * `ensemble` and `recipe`, which `predict()` needs.
#'
#' `coef()` and the like work through `fit`. `tidy()` gives the table, `glance()` the chosen row,
#' [calibration()] without new data that of `held_out`. The fits have not seen these rows, but the
#' weights and the temperature were found on them, so it is a little too good; that of new rows is
#' not.
#' @section Errors: `"moelogit_error_argument"` for settings that cannot be tried;
#'   `"moelogit_error_folds"` for folds that do not fit the data.
#' @references
#' Breiman, L., Friedman, J. H., Olshen, R. A. and Stone, C. J. (1984). *Classification and
#' Regression Trees*. Wadsworth. Section 3.4.3.
#'
#' Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural
#' networks. *Proceedings of Machine Learning Research*, 70, 1321-1330.
#'
#' Kim, Y., Carbonetto, P., Stephens, M. and Anitescu, M. (2020). A fast algorithm for maximum
#' likelihood estimation of mixture proportions using sequential quadratic programming. *Journal of
#' Computational and Graphical Statistics*, 29, 261-273. \doi{10.1080/10618600.2019.1689985}
#'
#' Parmanto, B., Munro, P. W. and Doyle, H. R. (1996). Improving committee diagnosis with resampling
#' techniques. *Advances in Neural Information Processing Systems*, 8, 882-888.
#'
#' Smyth, P. and Wolpert, D. (1999). Linearly combining density estimators via stacking. *Machine
#' Learning*, 36, 59-83. \doi{10.1023/A:1007511322260}
#'
#' Wolpert, D. H. (1992). Stacked generalization. *Neural Networks*, 5, 241-259.
#' \doi{10.1016/S0893-6080(05)80023-1}
#' @seealso [bag_moelogit()], which averages over more samples in more time;
#'   [select_experts()], which chooses the number of experts from one fit; [pair_folds()].
#' @examples
#' set.seed(1)
#' cv <- cv_moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 1:2,
#'                   penalty = c(0.1, 1, 10), folds = 3)
#' cv
#' head(predict(cv, iris, type = "prob"))
#' calibration(cv, replicates = 0)
#' @export
cv_moelogit <- function(x, ...) {
  if (names_formula(...)) UseMethod("cv_moelogit", y ~ x)
  UseMethod("cv_moelogit")
}

#' @rdname cv_moelogit
#' @export
cv_moelogit.formula <- function(formula, data = NULL, k = c(1:4, 6, 8),
                                penalty = 10^seq(-2.5, 2, by = 0.5), folds = 5L,
                                rule = c("stack", "min", "1se"), race = TRUE, weights = NULL,
                                subset = NULL, na.action = NULL, # nolint: object_name_linter.
                                offset = NULL, contrasts = NULL, drop_unused = TRUE,
                                control = moelogit_control(...), ...) {
  cross_validate(read_formula("cv_moelogit", match.call()), k, penalty, folds, rule, race)
}

#' @rdname cv_moelogit
#' @export
cv_moelogit.default <- function(x, y, k = c(1:4, 6, 8), penalty = 10^seq(-2.5, 2, by = 0.5),
                                folds = 5L, rule = c("stack", "min", "1se"), race = TRUE, z = NULL,
                                weights = NULL, offset = NULL, drop_unused = TRUE,
                                control = moelogit_control(...), ...) {
  cross_validate(read_matrices("cv_moelogit", match.call()), k, penalty, folds, rule, race)
}

# `asked`: from read_formula() or read_matrices().
cross_validate <- function(asked, k, penalty, folds, rule, race) {
  design <- asked$design
  control <- asked$control
  rule <- check_choice(rule, c("stack", "min", "1se"), "rule")
  check_flag(race, "race")
  settings <- settings_tried(k, penalty, design)
  check_no_start(control)
  folds <- make_folds(folds, design)
  races <- if (race) 2^seq_len(floor(log2(length(folds)))) - 1
  fits <- resample_fits(design, folds, settings, control, races)
  if (fits$interrupted) report_interrupt(control, "cross-validation")
  folds <- folds[fits$done]
  table <- cv_table(settings, fits, fold_weights(design, folds))
  chosen <- choose_setting(table, if (rule == "min") "min" else "1se")
  table$weight <- setting_weights(design, fits, if (rule != "stack") chosen)
  table$chosen <- seq_len(nrow(table)) == chosen
  best <- table[chosen, ]
  held_out <- held_out_probabilities(design, folds, fits, table$weight)
  temperature <- if (rule == "stack") fit_temperature(held_out) else 1
  held_out$prob <- tempered(held_out$prob, temperature)
  structure(
    list(
      table = table, best = best, min = table[which.min(table$logloss), ], rule = rule,
      fit = if (!fits$interrupted) refit_setting(asked, best), weights = used_settings(table),
      temperature = temperature, held_out = held_out, folds = folds,
      fold_logloss = fits$logloss, call = asked$call, interrupted = fits$interrupted,
      ensemble = if (rule == "stack") new_ensemble(fits, table$weight, temperature),
      recipe = prediction_recipe(design)
    ),
    class = "cv_moelogit"
  )
}

settings_tried <- function(k, penalty, design) {
  k <- check_experts_tried(k, design$n_positive)
  penalty <- check_penalties(penalty)
  expand.grid(penalty = penalty, k = k)[c("k", "penalty")]
}

# Weights of all settings: those of the stack, or one for the only setting.
setting_weights <- function(design, fits, only = NULL) {
  if (!is.null(only)) {
    return(as.numeric(seq_along(fits$alive) == only))
  }
  rows <- which(fits$count > 0 & design$weights > 0)
  out <- numeric(length(fits$alive))
  out[fits$alive] <- sparse_stack_weights(
    fits$observed[rows, fits$alive, drop = FALSE], design$weights[rows]
  )
  out
}

used_settings <- function(table) {
  used <- table[table$weight > 0, c("k", "penalty", "weight")]
  used <- used[order(-used$weight), ]
  rownames(used) <- NULL
  used
}

# The chosen setting on all rows. A search has to be asked for: it would take longer than all folds.
refit_setting <- function(asked, best) {
  control <- asked$control
  if (is.null(control$search)) control$search <- 0
  control$penalty[] <- best$penalty
  control$progress <- FALSE
  call <- asked$fit_call
  call$k <- best$k
  call$penalty <- best$penalty
  call$search <- control$search
  fit_design(asked$design, best$k, control, call)
}

# Means over the test rows and the differences from the best setting, by fold; standard errors from
# the weighted spread of the folds. What was not tried in all folds is compared in those it was.
cv_table <- function(settings, fits, weight) {
  mean_of <- function(x) drop(x %*% weight) / sum(weight)
  best <- which(fits$alive)[which.min(mean_of(fits$logloss)[fits$alive])]
  over_best <- function(score) {
    difference <- score - rep(score[best, ], each = nrow(score))
    tried <- !is.na(difference)
    difference[!tried] <- 0
    total <- drop(tried %*% weight)
    mean <- drop(difference %*% weight) / total
    spread <- drop((tried * (difference - mean))^2 %*% weight) / total
    list(mean = mean, se = error_over_folds(spread, rowSums(tried)))
  }
  logloss <- mean_of(fits$logloss)
  se <- error_over_folds(mean_of((fits$logloss - logloss)^2), length(weight))
  difference <- over_best(fits$logloss)
  restored <- function(score) over_best(score)$mean + mean_of(score)[best]
  data.frame(
    settings, logloss = restored(fits$logloss), se = se, difference = difference$mean,
    se_difference = difference$se, brier = restored(fits$brier), error = restored(fits$error),
    folds = rowSums(!is.na(fits$logloss)),
    converged = rowSums(fits$converged == 0, na.rm = TRUE) == 0, row.names = NULL
  )
}

# Of a mean over folds, from the variance between them: not known from one.
error_over_folds <- function(variance, folds) {
  sqrt(variance / ifelse(folds > 1, folds - 1, NA))
}

choose_setting <- function(table, rule) {
  if (rule == "min") {
    return(which.min(table$logloss))
  }
  margin <- pmax(table$se_difference, 0, na.rm = TRUE)
  near <- which(table$difference <= margin & table$folds == max(table$folds))
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
