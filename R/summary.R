#' Summarise a mixture of experts
#'
#' @param object A fit of class `"moelogit"`.
#' @param type Kind of standard errors, as in [vcov.moelogit()].
#' @param ... Passed to [vcov.moelogit()]. For `print()`: to [stats::printCoefmat()].
#' @return A list of class `"summary.moelogit"`:
#' * `coefficients`: a matrix with a row for each coefficient of [coef()] and the columns
#'   `Estimate`, `Std. Error`, `z value` and `Pr(>|z|)`; `NA` for columns that are linearly
#'   dependent, and the statistics of coefficients that are `fixed`. The standard
#'   errors take the number and the labels of the experts as known.
#' * `blocks`: a data frame with a row for each block of the table: `part` (`"gate"` or
#'   `"expert"`), `expert`, `class`, and `information`: how many observations tell this logit's
#'   class (or expert) from the others, the sum over rows of posterior times p (1 - p).
#' * `notes`: what the reader must know about the standard errors, a character vector: why each that
#'   is `NA` is; blocks with less than one observation's worth of information, because they have few
#'   rows or because of separation (fitted probabilities of 0 or 1); coefficients about which the
#'   penalty says more than the data.
#' * `missing`: a character vector with an element for each standard error that is `NA`, named as in
#'   [coef()]: `"aliased"`, `"few rows"`, `"separation"`, `"singular information"`,
#'   `"not at a maximum"` or `"no data"`.
#' * `experts`: a data frame, one row per expert: `weight`, the average gate probability; `rows`,
#'   the sum of its posterior probabilities, by weight; `posterior`, the average of these in the
#'   rows where it is the most probable expert.
#' * `sharpness`: how well the data tell the experts apart, 1 minus the entropy of the posteriors
#'   over its largest value: 1 when every row is certain, 0 when none says anything (the relative
#'   entropy of Ramaswamy et al. 1993). `NA` for one expert. Neither this nor `rows` and
#'   `posterior` are known of a fit without its data.
#' * `profile`: who belongs to which expert, `NULL` for a fit without its data. A data frame with a
#'   row per quantity and expert: `part` (`"class"` or `"covariate"`), `variable`, `level` (the
#'   class, or that of a factor), `expert`, `mean` and `sd` of the expert's rows (for a level, the
#'   share that has it), each row weighted by its posterior probability of the expert, `overall`
#'   (the mean of all rows) and `difference` (of the two means, in standard deviations of all rows).
#'   `autoplot(fit, "profile")` draws it.
#' * `criteria`: log-likelihood, AIC and BIC. `fit`: the fit without its data. `type`.
#' @references
#' Ramaswamy, V., DeSarbo, W. S., Reibstein, D. J. and Robinson, W. T. (1993). An empirical pooling
#' approach for estimating marketing mix elasticities with PIMS data. *Marketing Science*, 12,
#' 103-124. \doi{10.1287/mksc.12.1.103}
#' @seealso [vcov.moelogit()], [coef.moelogit()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' summary(fit)
#' coef(summary(fit))
#' @export
summary.moelogit <- function(object, type = c("hessian", "opg", "sandwich", "bootstrap"), ...) {
  type <- check_choice(type, c("hessian", "opg", "sandwich", "bootstrap"), "type")
  check_fit(object)
  kept <- has_information(object)
  estimate <- coef(object)
  error <- if (kept) {
    withCallingHandlers(
      sqrt(diag(vcov(object, type = type, ...))),
      moelogit_warning_information = function(w) invokeRestart("muffleWarning")
    )
  } else {
    NA_real_ * estimate
  }
  z <- replace(estimate / error, fixed_at(object$frame, object$fixed), NA)
  checks <- if (kept) block_checks(object)
  missing <- missing_errors(object, error, checks)
  split <- if (!is.null(object$data)) expert_split(object)
  fit <- object
  fit["data"] <- fit["fitted.values"] <- list(NULL)
  structure(
    list(
      fit = fit,
      coefficients = cbind(
        Estimate = estimate, `Std. Error` = error, `z value` = z,
        `Pr(>|z|)` = 2 * stats::pnorm(-abs(z))
      ),
      blocks = summary_blocks(object, checks),
      notes = c(missing_note(missing), if (kept) summary_notes(object, checks)),
      missing = missing,
      experts = as.data.frame(c(list(weight = object$gate_mean), split$experts)),
      sharpness = split$sharpness,
      profile = if (!is.null(object$data)) expert_profile(object),
      criteria = c(logLik = object$loglik, AIC = stats::AIC(object), BIC = stats::BIC(object)),
      type = type
    ),
    class = "summary.moelogit"
  )
}

#' @rdname summary.moelogit
#' @param x The summary.
#' @param digits Significant digits.
#' @export
print.summary.moelogit <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  fit <- x$fit
  cat(headline(fit), "\n\n", sep = "")
  cat("Call:\n", call_text(fit$call), "\n", sep = "")
  blocks <- x$blocks
  fixed <- seq_len(nrow(x$coefficients)) %in% fixed_at(fit$frame, fit$fixed)
  last <- 0L
  for (b in seq_along(blocks$part)) {
    part <- blocks$part[b]
    expert <- blocks$expert[b]
    if (part == "gate") {
      cat("\nGate, log odds of expert ", expert, " against 1:\n", sep = "")
    } else {
      if (blocks$class[b] == fit$classes[2L]) {
        cat("\nExpert ", expert, " (", round(100 * fit$gate_mean[[expert]]), "% of the gate)\n",
            sep = "")
      }
      cat("Log odds of \"", blocks$class[b], "\" against \"", fit$classes[1L], "\":\n", sep = "")
    }
    rows <- rownames(fit[[part]])
    table <- x$coefficients[last + seq_along(rows), , drop = FALSE]
    rownames(table) <- paste0(rows, ifelse(fixed[last + seq_along(rows)], " (fixed)", ""))
    last <- last + length(rows)
    stats::printCoefmat(
      table, digits = digits, na.print = "NA", has.Pvalue = TRUE, P.values = TRUE,
      signif.legend = FALSE, ...
    )
  }
  if (getOption("show.signif.stars") && any(x$coefficients[, 4L] < 0.1, na.rm = TRUE)) {
    cat("---\nSignif. codes:  0 '***' 0.001 '**' 0.01 '*' 0.05 '.' 0.1 ' ' 1\n")
  }
  cat("\nStandard errors: ", error_source(x), "\n\n", sep = "")
  if (fit$k > 1L && !is.null(x$profile)) {
    print_split(x)
    print_profile(x$profile)
  }
  cat(fit_lines(fit, digits), sep = "")
  for (note in x$notes) cat(strwrap(paste("Note:", note), exdent = 2L), sep = "\n")
  invisible(x)
}

error_source <- function(x) {
  switch(x$type,
    hessian = paste0(
      "observed information", if (any(x$fit$penalty > 0)) " of the penalised likelihood"
    ),
    opg = "outer products of the scores", sandwich = "sandwich", bootstrap = "bootstrap"
  )
}
