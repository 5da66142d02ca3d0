#' Compare external variables across experts
#'
#' Means and proportions of variables that are not in the model, expert by expert, with a test that
#' they are the same. Rows are assigned to experts by their posterior probabilities, some of them
#' to the wrong one, which makes the experts look more alike than they are. The three-step
#' method of Bolck, Croon and Hagenaars (2004) corrects for these errors.
#'
#' @param fit A fit of class `"moelogit"` with two experts or more that holds its training data.
#' @param formula The external variables, `~ age + sex`: numbers and logicals are compared by their
#'   means, factors and strings by the proportions of their levels.
#' @param data A data frame with these variables: either one row for each fitted row, in the same
#'   order, or more rows, which are then found by their row names.
#' @param assignment `"modal"`: a row belongs to the expert of its largest posterior probability;
#'   `"proportional"`: to every expert with its posterior probability.
#' @param correction `"bch"`, or `"none"` for the comparison that takes assignments as true.
#' @param level Confidence level.
#' @param ... Not used.
#'
#' @details
#' With \eqn{D_{ts}} the probability that a row of expert t is assigned to expert s, estimated from
#' the posteriors, and \eqn{A_{is}} the assignment of row i, the weight of row i for expert t is
#' \eqn{\sum_s A_{is} (D^{-1})_{st}}{sum_s A_is (D^-1)_st} (Vermunt 2010, equation 14). On average
#' it is 1 for the rows of expert t and 0 for others; single weights can be negative, and so can an
#' estimated proportion be when a group is small.
#'
#' The correction is right when an external variable depends on the class and on the covariates only
#' through the expert. A variable related to a covariate within an expert belongs into the model, in
#' the formula of [moelogit()].
#'
#' Standard errors are robust, with one case for every row of the data, and include what the rows
#' do to the coefficients of the fit (Bakk, Oberski and Vermunt 2014).
#'
#' @return An object of class `"moelogit_relation"`, a list:
#' * `estimates`: a data frame with a row for each variable, level (`NA` for a mean) and expert:
#'   `variable`, `level`, `expert`, `estimate`, `std.error`, `conf.low`, `conf.high`.
#' * `tests`: a data frame with a row for each variable: `variable`, `n` (rows where it is known),
#'   `statistic` (Wald, that all experts are the same), `df`, `p.value`.
#' * `classification`: the K x K matrix D, experts in rows, assignments in columns.
#' * `assignment`, `correction`, `level`.
#'
#' `tidy()` gives the estimates.
#' @section Errors: `"moelogit_error_relation"` for fits with one expert or to counts, for experts
#' to
#'   which no row is assigned or that cannot be told apart, and for variables that cannot be
#'   compared.
#' @references
#' Bolck, A., Croon, M. and Hagenaars, J. (2004). Estimating latent structure models with
#' categorical variables: one-step versus three-step estimators. *Political Analysis*, 12, 3-27.
#' \doi{10.1093/pan/mph001}
#'
#' Vermunt, J. K. (2010). Latent class modeling with covariates: two improved three-step approaches.
#' *Political Analysis*, 18, 450-469. \doi{10.1093/pan/mpq025}
#'
#' Bakk, Z., Oberski, D. L. and Vermunt, J. K. (2014). Relating latent class assignments to external
#' continuous variables. *Political Analysis*, 22, 520-540. \doi{10.1093/pan/mpu003}
#' @seealso [predict.moelogit()] with `type = "posterior"`
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' relate_experts(fit, ~ Petal.Width + (Petal.Length > 4), data = iris)
#' @export
relate_experts <- function(fit, formula, data, assignment = c("modal", "proportional"),
                           correction = c("bch", "none"), level = 0.95) {
  check_class(fit, arg = "fit")
  assignment <- check_choice(assignment, c("modal", "proportional"), "assignment")
  correction <- check_choice(correction, c("bch", "none"), "correction")
  level <- check_level(level)
  check_relatable(fit)
  variables <- external_variables(fit, formula, data)
  outcomes <- Map(outcome_columns, variables, names(variables))
  means <- function(object) expert_means(object, outcomes, assignment, correction)
  found <- means(fit)
  influence <- found$influence + fit_influence(fit, function(moved) means(moved)$estimate)
  covariance <- crossprod(influence)
  tables <- lapply(seq_along(outcomes), function(v) {
    at <- which(found$variable == v)
    relation_tables(
      names(outcomes)[v], outcomes[[v]], found$estimate[at], covariance[at, at], fit$k, level
    )
  })
  structure(
    list(
      estimates = bind_rows(lapply(tables, `[[`, "estimates")),
      tests = bind_rows(lapply(tables, `[[`, "test")),
      classification = found$classification, assignment = assignment, correction = correction,
      level = level
    ),
    class = "moelogit_relation"
  )
}

bind_rows <- function(tables) do.call(rbind, c(unname(tables), make.row.names = FALSE))

check_relatable <- function(fit) {
  check_kept(fit, fit$data)
  if (fit$k == 1L || fit$response_type == "counts") {
    moe_abort(
      c(
        "Experts are compared in a fit with several of them, whose rows have one class each.",
        x = if (fit$k == 1L) "The fit has one expert." else "The response is a matrix of counts."
      ),
      "relation"
    )
  }
}

# The variables of a one-sided formula at the fitted rows: a list of vectors.
external_variables <- function(fit, formula, data) {
  if (!inherits(formula, "formula") || length(formula) != 2L) {
    moe_abort(
      c(
        "{.arg formula} must have the external variables on its right side only, as in \\
         {.code ~ age + sex}.",
        x = if (inherits(formula, "formula")) "You gave {.code {deparse1(formula)}}." else
          describe(formula)
      ),
      "formula"
    )
  }
  if (!is.data.frame(data)) {
    moe_abort(c("{.arg data} must be a data frame.", x = describe(data)), "argument")
  }
  rows <- fitted_rows(fit, data)
  frame <- tryCatch(
    stats::model.frame(formula, rows, na.action = stats::na.pass),
    error = function(e) {
      moe_abort("The external variables cannot be evaluated.", "relation", parent = e)
    }
  )
  usable <- vapply(frame, function(v) {
    is.null(dim(v)) && (is.numeric(v) || is_categorical(v))
  }, NA)
  if (length(frame) == 0L || !all(usable)) {
    moe_abort(
      c(
        "External variables must be numbers, logicals, factors or strings.",
        x = if (length(frame) == 0L) "There is none." else
          "Something else: {.var {names(frame)[!usable]}}."
      ),
      "relation"
    )
  }
  as.list(frame)
}

fitted_rows <- function(fit, data) {
  if (nrow(data) == fit$n) {
    return(data)
  }
  at <- match(row_labels(stored_design(fit)), rownames(data))
  if (anyNA(at)) {
    moe_abort(
      c(
        "{.arg data} must have the rows that were fitted.",
        x = "It has {nrow(data)} row{?s}, the fit {fit$n}, and row names do not match them."
      ),
      "length"
    )
  }
  data[at, , drop = FALSE]
}

modal_assignment <- function(posterior) {
  best <- max.col(posterior, "first")
  structure(
    outer(best, seq_len(ncol(posterior)), `==`) + 0, dimnames = dimnames(posterior)
  )
}

check_classification <- function(classification) {
  # an expert of no row at all has no shares either
  empty <- which(is.nan(rowSums(classification)))
  if (length(empty) == 0L) empty <- which(colSums(classification) == 0)
  if (length(empty) > 0L) {
    moe_abort(
      c(
        "Every expert needs rows that are assigned to it.",
        x = "None {cli::qty(length(empty))}{?is/are} assigned to expert{?s} {empty}.",
        i = "Try {.code assignment = \"proportional\"}, or fewer experts."
      ),
      "relation"
    )
  }
  if (rcond(classification) < 1e-6) {
    moe_abort(
      c(
        "The experts cannot be told apart: their rows are assigned alike.",
        i = "Try fewer experts."
      ),
      "relation"
    )
  }
}

# One variable as columns whose means are compared: its values, or indicators of its levels.
outcome_columns <- function(values, name) {
  known <- !is.na(values)
  numeric <- is.numeric(values) || is.logical(values)
  levels <- if (numeric) NA_character_ else levels(factor(values))
  if (!any(known)) {
    moe_abort("{.var {name}} has no value at any of the fitted rows.", "relation")
  }
  y <- if (numeric) cbind(as.double(values)) else outer(as.character(values), levels, `==`) + 0
  list(y = y, known = known, levels = levels)
}

#' Means of external variables by expert
#'
#' @param outcomes A list of `outcome_columns()`.
#' @return A list, the elements of `estimate` being experts within columns within variables:
#'   `estimate`; `influence`, n rows: what each row adds to the estimates' deviation from the truth
#'   when the fit is known; `variable`, the number of each one's variable; `classification`.
#' @noRd
expert_means <- function(fit, outcomes, assignment, correction) {
  posterior <- posterior_probabilities(fit, stored_design(fit), fit$data, NULL)
  weights <- fit$data$case_weights
  if (is.null(weights)) weights <- rep_len(1, fit$n)
  assigned <- if (assignment == "modal") modal_assignment(posterior) else posterior
  classification <- crossprod(weights * posterior, assigned) / colSums(weights * posterior)
  check_classification(classification)
  share <- weights * if (correction == "bch") assigned %*% solve(classification) else assigned
  found <- lapply(outcomes, function(outcome) {
    share <- share * outcome$known
    total <- colSums(share)
    y <- outcome$y
    y[!outcome$known, ] <- 0
    mean <- crossprod(share, y) / total
    influence <- lapply(seq_len(ncol(y)), function(l) {
      t(t(share * outer(y[, l], mean[, l], `-`)) / total)
    })
    list(mean = as.vector(mean), influence = do.call(cbind, influence))
  })
  list(
    estimate = unlist(lapply(found, `[[`, "mean"), use.names = FALSE),
    influence = do.call(cbind, lapply(found, `[[`, "influence")),
    variable = rep(seq_along(found), vapply(found, function(one) length(one$mean), 0L)),
    classification = classification
  )
}

# What the rows add to the estimates through the coefficients of the fit: their scores times the
# covariance times the derivatives. Assignments jump, so differences are taken over two standard
# errors of each coefficient.
fit_influence <- function(fit, estimates) {
  covariance <- stats::vcov(fit, complete = FALSE)
  free <- setdiff(seq_len(nrow(covariance)), fixed_free(fit$frame, fit$fixed))
  covariance <- covariance[free, free, drop = FALSE]
  step <- sqrt(diag(covariance))
  at <- coef(fit, complete = FALSE)[free]
  here <- estimates(fit)
  # so far away an expert may be left without rows: then the difference is one-sided
  moved <- function(j, by) {
    tryCatch(
      estimates(set_coefficients(fit, at[j] + by)), moelogit_error_relation = function(e) NULL
    )
  }
  derivative <- vapply(seq_along(at), function(j) {
    ends <- if (!is.na(step[j])) list(moved(j, -step[j]), moved(j, step[j]))
    there <- lengths(ends) > 0L
    if (!any(there)) {
      return(NA_real_ * here)
    }
    ends[!there] <- list(here)
    (ends[[2L]] - ends[[1L]]) / (sum(there) * step[j])
  }, here)
  estfun.moelogit(fit)[, free, drop = FALSE] %*% covariance %*% t(derivative)
}

relation_tables <- function(name, outcome, estimate, covariance, experts, level) {
  error <- sqrt(diag(covariance))
  reach <- stats::qnorm((1 + level) / 2) * error
  levels <- outcome$levels
  list(
    estimates = data.frame(
      variable = name, level = rep(levels, each = experts),
      expert = rep(as.character(seq_len(experts)), length(levels)), estimate = estimate,
      std.error = error, conf.low = estimate - reach, conf.high = estimate + reach
    ),
    test = equality_test(
      name, sum(outcome$known), estimate, covariance, experts, length(levels)
    )
  )
}

# That all experts have the same mean, or the same proportions, of which the last is the rest.
equality_test <- function(name, n, estimate, covariance, experts, levels) {
  used <- seq_len(max(1L, levels - 1L))
  contrast <- cbind(-1, diag(experts - 1L))
  contrast <- kronecker(diag(length(used)), contrast)
  at <- seq_len(ncol(contrast))
  difference <- drop(contrast %*% estimate[at])
  spread <- contrast %*% covariance[at, at] %*% t(contrast)
  statistic <- wald_statistic(difference, spread)
  data.frame(
    variable = name, n = n, statistic = statistic, df = length(difference),
    p.value = stats::pchisq(statistic, length(difference), lower.tail = FALSE)
  )
}

#' @rdname relate_experts
#' @param x What `relate_experts()` returned.
#' @param digits Significant digits.
#' @export
print.moelogit_relation <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  check_no_dots(...)
  how <- if (x$correction == "bch") "corrected for wrong assignments (BCH)" else "not corrected"
  cat("External variables by expert, ", x$assignment, " assignment, ", how, "\n", sep = "")
  for (name in x$tests$variable) {
    own <- x$estimates[x$estimates$variable == name, ]
    test <- x$tests[x$tests$variable == name, ]
    cat("\n", name, ": ", if (is.na(own$level[1L])) "mean" else "proportions", " (standard error)",
        "; equal: chi-squared ", format(test$statistic, digits = digits), " on ", test$df,
        " df, p = ", format.pval(test$p.value, digits = 2L), "\n", sep = "")
    cells <- paste0(
      format(own$estimate, digits = digits), " (", format(own$std.error, digits = 2L), ")"
    )
    table <- matrix(cells, ncol = length(unique(own$expert)), byrow = TRUE)
    rows <- unique(own$level)
    dimnames(table) <- list(ifelse(is.na(rows), "", rows), paste("expert", unique(own$expert)))
    print(table, quote = FALSE, right = TRUE)
  }
  right <- diag(x$classification)
  cat("\nRows assigned to their own expert: ",
      paste0(round(100 * right), "%", collapse = ", "), "\n", sep = "")
  invisible(x)
}

#' @rdname relate_experts
#' @method tidy moelogit_relation
#' @export
tidy.moelogit_relation <- function(x, ...) {
  check_no_dots(...)
  x$estimates
}
