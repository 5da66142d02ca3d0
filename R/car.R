# Tests of terms by package car.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' Wald tests of the terms of a mixture of experts
#'
#' A method for `Anova()` of package car: for each term of the formula, a test that all of its
#' coefficients are zero, those of the gate and of every expert together.
#'
#' @param mod A fit of class `"moelogit"` that holds its training data.
#' @param type `"II"` or `"III"` (or 2, 3), as in package car: whether a term is tested with the
#'   terms that contain it set to zero, or beside them. The same without interactions.
#' @param part Which coefficients: `"all"`, or only those of the `"gate"` or of the `"expert"`s.
#' @param vcov. `NULL`, a covariance matrix of the coefficients such as `vcov(mod, "sandwich")`, or
#'   a function of the fit that gives one.
#' @param test.statistic Only `"Wald"`; for likelihood ratios see [drop1.moelogit()].
#' @param ... Not used.
#' @details
#' The number of experts is taken as known. A test of a whole term is needed because each term has
#' K - 1 coefficients in the gate and M - 1 in every expert, none of which says by itself whether
#' the term matters.
#' @return A data frame of class `"anova"` with a row for each term: `Df`, `Chisq`, `Pr(>Chisq)`.
#' @section Errors: `"moelogit_error_argument"` for another `type` or `test.statistic`.
#' @references Fox, J. and Weisberg, S. (2019). *An R Companion to Applied Regression*, 3rd edition,
#'   section 5.3. Sage.
#' @seealso [drop1.moelogit()] for likelihood ratios, [anova.moelogit()]
#' @examplesIf requireNamespace("car", quietly = TRUE)
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' car::Anova(fit)
#' @name car-Anova
#' @aliases Anova.moelogit
#' @exportS3Method car::Anova
Anova.moelogit <- function(mod, type = c("II", "III", 2, 3), part = c("all", "gate", "expert"),
                           vcov. = NULL, test.statistic = "Wald", ...) {
  check_no_dots(...)
  type <- check_choice(as.character(type), c("II", "III", "2", "3"), "type")
  type <- c(II = "II", `2` = "II", III = "III", `3` = "III")[[type]]
  part <- check_choice(part, c("all", "gate", "expert"), "part")
  check_wald(test.statistic)
  labels <- coefficient_terms(mod)
  labels <- labels[free_coefficients(mod$frame), ]
  used <- part == "all" | labels$part == part
  used[fixed_free(mod$frame, mod$fixed)] <- FALSE
  estimate <- coef(mod, complete = FALSE)
  covariance <- chosen_covariance(mod, vcov., "vcov.")
  wald <- function(terms) {
    at <- which(used & labels$term %in% terms)
    wald_statistic(estimate[at], covariance[at, at, drop = FALSE])
  }
  terms <- unique(labels$term[used & labels$term != "(Intercept)"])
  table <- data.frame(
    Df = vapply(terms, function(term) sum(used & labels$term == term), 0L),
    # type II: what the term adds to the terms that contain it
    Chisq = vapply(terms, function(term) {
      above <- if (type == "II") containing_terms(mod, term)
      max(0, wald(c(term, above)) - wald(above))
    }, 0),
    row.names = terms
  )
  table[["Pr(>Chisq)"]] <- stats::pchisq(table$Chisq, table$Df, lower.tail = FALSE)
  structure(
    table,
    heading = c(
      paste0("Analysis of Deviance Table (Type ", type, " tests)\n"),
      paste0("Wald tests, ", c(all = "gate and experts together", gate = "gate alone",
                               expert = "experts alone")[[part]])
    ),
    class = c("anova", "data.frame")
  )
}

#' @exportS3Method car::vif
vif.moelogit <- function(mod, ...) {
  moe_abort(
    c(
      "There are no variance inflation factors of a mixture: a term has several coefficients, and \\
       how collinear they are differs between the gate and every expert.",
      i = "See {.code cor(model.matrix(fit)[, -1])}, or {.fn vif} of a linear model with the same \\
           covariates."
    ),
    "vif"
  )
}

# nolint end

check_wald <- function(statistic) {
  if (!statistic %in% c("Wald", "Chisq")) {
    moe_abort(
      c(
        "{.fn Anova} of a mixture of experts makes Wald tests.",
        x = describe(statistic),
        i = "For likelihood ratios use {.code drop1(fit, test = \"Chisq\")}."
      ),
      "argument"
    )
  }
}

# b' V^-1 b, on the scale of the standard errors.
wald_statistic <- function(estimate, covariance) {
  if (length(estimate) == 0L) {
    return(0)
  }
  error <- sqrt(diag(covariance))
  correlation <- covariance / outer(error, error)
  if (!all(is.finite(correlation)) || rcond(correlation) < .Machine$double.eps) {
    return(NA_real_)
  }
  z <- estimate / error
  sum(z * solve(correlation, z))
}

# The terms, in gate or experts, of which `term` is a factor.
containing_terms <- function(object, term) {
  found <- lapply(object$terms[c("gate", "expert")], function(terms) {
    factors <- attr(terms, "factors") > 0L
    if (!term %in% colnames(factors)) {
      return(NULL)
    }
    own <- factors[factors[, term], , drop = FALSE]
    setdiff(colnames(factors)[colSums(own) == nrow(own)], term)
  })
  unique(unlist(found))
}
