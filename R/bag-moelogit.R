#' Average over bootstrap samples
#'
#' Fits the settings to bootstrap samples of the rows, judges them by the rows that each sample
#' leaves out (out of bag), and predicts by the average over the samples and over the best settings
#' (Breiman 1996). It takes one to four times as long as [cv_moelogit()], whose stack averages over
#' few samples, and mostly predicts a little better (article *Against the baselines* on the site).
#' There is no single model to interpret: that is what [cv_moelogit()] and [select_experts()] are
#' for.
#'
#' @inheritParams cv_moelogit
#' @param members Number of bootstrap samples, a whole number of at least 2.
#' @param rule How settings are chosen by the out-of-bag rows: `"stack"`, an average by weights;
#'   `"min"`, the one of the smallest log loss.
#' @param groups What is drawn instead of rows: `NULL` (rows); a vector with the group of each row,
#'   which stay together; or a list or data frame of two vectors, the members of pairs (proteins,
#'   say). Then the members are drawn, a pair counts as often as the product of its members' draws,
#'   and pairs of two members that were not drawn are left out. Rows are those of the data after
#'   `subset`.
#' @param race Whether settings that clearly cannot win are left out of later samples; looked at
#'   after 2, 4, 8, ... samples.
#'
#' @details
#' The out-of-bag probability of a row under a setting is the average over the samples that leave
#' the row out, about 37 % of them. Weights of the stack and the race are as in [cv_moelogit()], and
#' so are the fits: few random starts and a loose tolerance; the average is over samples and starts.
#'
#' `"min"` and the weights are found on the same rows as the out-of-bag log loss, which therefore is
#' a little too small; with few settings left by the race this is slight.
#'
#' @return A list of class `"bag_moelogit"`:
#' * `table`: a data frame, one row per setting: `k`, `penalty`, `logloss` (out of bag, of the
#'   average over samples; `NA` for those that were dropped), `single` (mean out-of-bag log loss of
#'   one fit alone), `samples` (in how many it was fitted), `weight`.
#' * `weights`: the rows `k`, `penalty`, `weight` of the settings that are used, the largest first.
#' * `curve`: a data frame of `members` and `logloss`, out of bag, of the first so many samples.
#'   Where it has not become flat, more members help.
#' * `held_out`: a list with `prob`, n x M, the out-of-bag probabilities, `NA` for rows in all
#'   samples, and `y`, `row` and `weights` of the records.
#' * `samples`: the list of `train` (row numbers, repeated as drawn) and `test` (left out).
#' * `rule`, `call`, `interrupted` (with `on_interrupt = "return"`), and `ensemble` and `recipe`,
#'   which `predict()` needs.
#'
#' `predict()` without new data gives the out-of-bag predictions. `tidy()` gives the table,
#' `glance()` one row of out-of-bag scores, [calibration()] without new data that of the out-of-bag
#' probabilities, [permutation_importance()] what each covariate is worth.
#' @section Errors: `"moelogit_error_argument"` for settings that cannot be tried;
#'   `"moelogit_error_groups"` for groups that do not fit the data or that leave no rows out.
#' @references
#' Breiman, L. (1996). Bagging predictors. *Machine Learning*, 24, 123-140.
#' \doi{10.1023/A:1018054314350}
#' @seealso [cv_moelogit()], [permutation_importance()]
#' @examples
#' set.seed(1)
#' bag <- bag_moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 1:2,
#'                     penalty = c(0.1, 1), members = 6)
#' bag
#' head(predict(bag, iris, type = "prob", spread = TRUE)$spread)
#' @export
bag_moelogit <- function(x, ...) {
  if (names_formula(...)) UseMethod("bag_moelogit", y ~ x)
  UseMethod("bag_moelogit")
}

#' @rdname bag_moelogit
#' @export
bag_moelogit.formula <- function(formula, data = NULL, k = c(1:4, 6, 8),
                                 penalty = 10^seq(-2.5, 2, by = 0.5), members = 25L,
                                 rule = c("stack", "min"), groups = NULL, race = TRUE,
                                 weights = NULL, subset = NULL,
                                 na.action = NULL, # nolint: object_name_linter.
                                 offset = NULL, contrasts = NULL, drop_unused = TRUE,
                                 control = moelogit_control(...), ...) {
  bag_design(read_formula("bag_moelogit", match.call()), k, penalty, members, rule, groups, race)
}

#' @rdname bag_moelogit
#' @export
bag_moelogit.default <- function(x, y, k = c(1:4, 6, 8), penalty = 10^seq(-2.5, 2, by = 0.5),
                                 members = 25L, rule = c("stack", "min"), groups = NULL,
                                 race = TRUE, z = NULL, weights = NULL, offset = NULL,
                                 drop_unused = TRUE, control = moelogit_control(...), ...) {
  bag_design(read_matrices("bag_moelogit", match.call()), k, penalty, members, rule, groups, race)
}

# `asked`: from read_formula() or read_matrices().
bag_design <- function(asked, k, penalty, members, rule, groups, race) {
  design <- asked$design
  rule <- check_choice(rule, c("stack", "min"), "rule")
  members <- check_count(members, "members", min = 2L)
  check_flag(race, "race")
  settings <- settings_tried(k, penalty, design)
  check_no_start(asked$control)
  samples <- bootstrap_samples(members, groups, design)
  fits <- resample_fits(
    design, samples, settings, asked$control, if (race) 2^seq_len(floor(log2(members - 1)))
  )
  if (fits$interrupted) report_interrupt(asked$control, "bag")
  samples <- samples[fits$done]
  table <- bag_table(settings, fits, design, rule)
  structure(
    list(
      table = table, weights = used_settings(table),
      curve = bag_curve(design, samples, fits, table$weight),
      held_out = held_out_probabilities(design, samples, fits, table$weight), samples = samples,
      rule = rule, call = asked$call, interrupted = fits$interrupted,
      ensemble = new_ensemble(fits, table$weight), recipe = prediction_recipe(design)
    ),
    class = "bag_moelogit"
  )
}

bag_table <- function(settings, fits, design, rule) {
  seen <- fits$count > 0 & design$weights > 0
  logloss <- -drop(
    design$weights[seen] %*% log_held_out(fits$observed[seen, , drop = FALSE])
  ) / sum(design$weights[seen])
  data.frame(
    settings, logloss = logloss, single = rowMeans(fits$logloss, na.rm = TRUE),
    samples = rowSums(!is.na(fits$logloss)),
    weight = setting_weights(design, fits, if (rule == "min") which.min(logloss)), row.names = NULL
  )
}

# The out-of-bag log loss after every sample.
bag_curve <- function(design, samples, fits, weights) {
  sums <- matrix(0, design$n, length(design$classes))
  count <- numeric(design$n)
  used <- which(weights > 0)
  logloss <- numeric(length(samples))
  for (b in seq_along(samples)) {
    rows <- samples[[b]]$test
    one <- list(members = fits$members[[b]][used], weight = weights[used], temperature = 1)
    sums[rows, ] <- sums[rows, ] +
      ensemble_probabilities(one, subset_design(design, rows), NULL)$fit
    count[rows] <- count[rows] + 1
    logloss[b] <- held_out_logloss(
      c(list(prob = sums / ifelse(count > 0, count, NA)), unclass(design)[c("y", "row", "weights")])
    )
  }
  data.frame(members = seq_along(samples), logloss = logloss)
}
