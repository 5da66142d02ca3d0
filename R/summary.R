#' Summarise a mixture of experts
#'
#' @param object A fit of class `"moelogit"`.
#' @param type Kind of standard errors, as in [vcov.moelogit()].
#' @param ... Passed to [vcov.moelogit()]. For `print()`: to [stats::printCoefmat()].
#' @return A list of class `"summary.moelogit"`:
#' * `coefficients`: a matrix with a row for each coefficient of [coef()] and the columns
#'   `Estimate`, `Std. Error`, `z value` and `Pr(>|z|)`; `NA` for columns that are linearly
#'   dependent. The standard errors take the number and the labels of the experts as known.
#' * `blocks`: a data frame with a row for each block of the table: `part` (`"gate"` or
#'   `"expert"`), `expert`, `class`, and `information`: how many observations tell this logit's
#'   class (or expert) from the others, the sum over rows of posterior times p (1 - p).
#' * `notes`: what the reader must know about the standard errors, a character vector: a singular
#'   information matrix, blocks on separation (fitted probabilities of 0 or 1, less than one
#'   observation's worth of information), coefficients about which the penalty says more than the
#'   data.
#' * `experts`: a data frame, one row per expert, of the average gate probability.
#' * `profile`: who belongs to which expert, `NULL` for a fit without its data. A data frame with a
#'   row per quantity and expert: `part` (`"class"` or `"covariate"`), `variable`, `level` (the
#'   class, or that of a factor), `expert`, `mean` and `sd` of the expert's rows (for a level, the
#'   share that has it), each row weighted by its posterior probability of the expert, `overall`
#'   (the mean of all rows) and `difference` (of the two means, in standard deviations of all rows).
#'   `autoplot(fit, "profile")` draws it.
#' * `criteria`: log-likelihood, AIC and BIC. `fit`: the fit without its data. `type`.
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
  kept <- !is.null(object$data)
  estimate <- coef(object)
  error <- if (kept) {
    withCallingHandlers(
      sqrt(diag(vcov(object, type = type, ...))),
      moelogit_warning_information = function(w) invokeRestart("muffleWarning")
    )
  } else {
    NA_real_ * estimate
  }
  z <- estimate / error
  logits <- free_logits(object$frame)
  blocks <- data.frame(
    part = logits$part,
    expert = colnames(object$gate)[logits$expert],
    class = object$classes[logits$class],
    information = NA_real_
  )
  checks <- if (kept) separation_checks(object, logits)
  if (kept) blocks$information <- checks$information
  fit <- object
  fit["data"] <- fit["fitted.values"] <- list(NULL)
  structure(
    list(
      fit = fit,
      coefficients = cbind(
        Estimate = estimate, `Std. Error` = error, `z value` = z,
        `Pr(>|z|)` = 2 * stats::pnorm(-abs(z))
      ),
      blocks = blocks,
      notes = if (kept) {
        summary_notes(object, blocks, checks)
      } else {
        "No standard errors: the fit does not hold its training data (keep_data = FALSE)."
      },
      experts = data.frame(weight = object$gate_mean),
      profile = if (kept) expert_profile(object),
      criteria = c(logLik = object$loglik, AIC = stats::AIC(object), BIC = stats::BIC(object)),
      type = type
    ),
    class = "summary.moelogit"
  )
}

#' What the information says about separation
#'
#' @return A list: `information`, per free logit, the sum over records of weight times posterior
#'   times p (1 - p), or of the reference's when that is smaller; `share`, per free coefficient, the
#'   part of its information that comes from the data and not from the penalty: the diagonal
#'   of (J + R)^-1 J, its effective degrees of freedom (Gray 1992, \doi{10.2307/2290630});
#'   `inverse`, see `invert_information()`.
#' @noRd
separation_checks <- function(object, logits) {
  problem <- training_problem(object)
  prob <- core_predict(
    problem, object_theta(object), c("gate", "expert", "posterior"), object$control$threads
  )
  k <- object$k
  m <- length(object$classes)
  posterior <- problem$weight * prob$posterior
  gate <- colSums(problem$weight * prob$gate * (1 - prob$gate))
  expert <- colSums(posterior[, rep(seq_len(k), each = m)] * prob$expert * (1 - prob$expert))
  expert <- matrix(expert, m, k)
  information <- fit_information(object, problem)
  inverse <- invert_information(
    information$data + information$penalty, information_floor(object)
  )
  list(
    information = c(
      pmin(gate, gate[1L])[-1L], pmin(expert, rep(expert[1L, ], each = m))[-1L, ]
    ),
    share = rowSums(inverse$vcov * information$data),
    inverse = inverse
  )
}

summary_notes <- function(object, blocks, checks) {
  names <- names(coef(object))[free_coefficients(object$frame)]
  listed <- function(items) {
    rest <- length(items) - 6L
    paste0(
      paste(utils::head(items, 6L), collapse = ", "),
      if (rest > 0L) paste0(" and ", rest, " more")
    )
  }
  unknown <- names[checks$inverse$unknown]
  separated <- blocks[blocks$information < 1, ]
  held <- names[which(checks$share < 0.5)]
  c(
    if (!object$converged) "The fit has not converged: standard errors are not those of a maximum.",
    if (!checks$inverse$maximum) {
      "The information matrix is not positive definite: the fit is not at a maximum."
    } else if (length(unknown) > 0L) {
      paste0("The information matrix is singular; it says nothing about ", listed(unknown), ".")
    },
    if (nrow(separated) > 0L) {
      paste0(
        "On separation, with fitted probabilities of 0 or 1: ",
        listed(block_names(separated)), ". Their estimates are as large as penalty and ",
        "tolerance let them be; their z values say nothing."
      )
    },
    if (length(held) > 0L) {
      paste0("The penalty says more than the data about ", listed(held), ".")
    }
  )
}

block_names <- function(blocks) {
  ifelse(
    blocks$part == "gate", paste("gate of expert", blocks$expert),
    paste0("class \"", blocks$class, "\" in expert ", blocks$expert)
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
    rownames(table) <- rows
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
  if (fit$k > 1L && !is.null(x$profile)) print_profile(x$profile)
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
