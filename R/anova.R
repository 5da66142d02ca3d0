#' Compare nested mixtures of experts
#'
#' Likelihood-ratio tests between fits with the same number of experts, each nested in the next.
#'
#' @param object,... Two fits or more of class `"moelogit"`, to the same response, smallest first.
#' @details
#' The number of experts cannot be tested this way: under the smaller number the coefficients of the
#' superfluous experts are not identified, and twice the log-likelihood ratio is not chi-squared
#' (McLachlan and Peel 2000, section 6.4). Between fits with different numbers the test is `NA`,
#' with a warning of class `"moelogit_warning_anova_experts"`; use [select_experts()] instead.
#'
#' The theory is that of maximum likelihood. With the default `penalty = 1` and many observations
#' the difference is small; for small data fit with `penalty = 0`, or as little as will do.
#' Likelihoods are compared without the penalty.
#'
#' @return A data frame of class `"anova"` with a row per fit: `Df` (free coefficients), `logLik`,
#'   `Deviance`, and against the row before, `Chisq`, `Chisq Df` and `Pr(>Chisq)`.
#' @section Errors: `"moelogit_error_anova"` when the fits cannot be compared. A warning of class
#'   `"moelogit_warning_anova"` when fits do not look nested, or when the larger one has the smaller
#'   likelihood, which then is not its best optimum.
#' @references McLachlan, G. J. and Peel, D. (2000). *Finite Mixture Models*. Wiley.
#'   \doi{10.1002/0471721182}
#' @examples
#' set.seed(1)
#' small <- moelogit(Species ~ Sepal.Width, data = iris, k = 1)
#' anova(small, update(small, . ~ . + Sepal.Length))
#' @importFrom stats anova
#' @export
anova.moelogit <- function(object, ...) {
  fits <- list(object, ...)
  check_same_data(fits)
  df <- vapply(fits, `[[`, 0, "df")
  loglik <- vapply(fits, `[[`, 0, "loglik")
  experts <- vapply(fits, `[[`, 0L, "k")
  gain <- c(NA, 2 * diff(loglik))
  more <- c(NA, diff(df))
  testable <- c(FALSE, diff(experts) == 0L) & more > 0
  check_nested(fits, gain, experts)
  p <- ifelse(testable, stats::pchisq(pmax(gain, 0), more, lower.tail = FALSE), NA)
  table <- data.frame(
    Df = df, logLik = loglik, Deviance = -2 * loglik, Chisq = gain, `Chisq Df` = more,
    `Pr(>Chisq)` = p, check.names = FALSE
  )
  models <- vapply(fits, function(fit) {
    formula <- if (is.null(fit$formula)) "matrices" else deparse1(stats::formula(fit$formula))
    paste0(
      formula, ", ", fit$k, " expert", if (fit$k > 1L) "s",
      if (!is.null(fit$fixed)) paste0(", ", nrow(fit$fixed), " fixed")
    )
  }, "")
  structure(
    table,
    heading = c(
      "Likelihood-ratio tests of mixtures of multinomial-logit experts\n",
      paste0(paste0("Model ", seq_along(fits), ": ", models, collapse = "\n"), "\n")
    ),
    class = c("anova", "data.frame")
  )
}

check_same_data <- function(fits) {
  if (length(fits) < 2L) {
    moe_abort(
      c(
        "{.fn anova} compares two fits or more.",
        i = "For a test of each coefficient see {.fn summary}, of each term \\
             {.code drop1(fit, test = \"Chisq\")}."
      ),
      "anova"
    )
  }
  for (fit in fits) check_class(fit, arg = "...")
  same <- function(field) {
    all(vapply(fits, function(fit) identical(fit[[field]], fits[[1L]][[field]]), NA))
  }
  counts <- vapply(fits, `[[`, 0, "nobs")
  if (!same("classes")) {
    moe_abort("The fits must have the same classes.", "anova")
  }
  if (any(abs(counts - counts[1L]) > 1e-8 * counts[1L]) || !same("n")) {
    moe_abort(
      c(
        "The fits must be to the same rows.",
        x = "They have {.val {counts}} observations.",
        i = "Rows with missing values may have been left out of some."
      ),
      "anova"
    )
  }
  responses <- lapply(fits, function(fit) fit$data$y)
  kept <- !vapply(responses, is.null, NA)
  if (any(kept) && !all(vapply(responses[kept], identical, NA, responses[kept][[1L]]))) {
    moe_abort("The fits must have the same response.", "anova")
  }
}

# Whether what the larger model holds fixed, the smaller one does as well: by fixing it, or without
# the column where it is 0.
fixed_within <- function(small, large) {
  table <- large$fixed
  if (is.null(table)) {
    return(TRUE)
  }
  key <- function(table) do.call(paste, c(as.list(table), sep = "\r"))
  columns <- key(coef_labels(small$frame)[c("component", "term")])
  without <- table$value == 0 & !key(table[c("component", "term")]) %in% columns
  all(without | key(table) %in% key(small$fixed))
}

check_nested <- function(fits, gain, experts) {
  if (any(diff(experts) != 0L)) {
    moe_warn(
      c(
        "The number of experts is not tested by a likelihood ratio.",
        i = "Choose it with {.fn select_experts}."
      ),
      c("anova_experts", "anova")
    )
  }
  for (i in seq_along(fits)[-1L]) {
    within <- vapply(c("gate", "expert"), function(part) {
      kept <- lapply(fits[c(i - 1L, i)], function(fit) {
        kept_columns(fit$frame[[part]])
      })
      all(kept[[1L]] %in% kept[[2L]])
    }, NA)
    if (all(within) && !fixed_within(fits[[i - 1L]], fits[[i]])) {
      moe_warn(
        c(
          "Model {i - 1L} does not look nested in model {i}, which has other coefficients fixed.",
          i = "What is fixed in the larger model must be so in the smaller one, or left out of it."
        ),
        "anova"
      )
    }
    if (!all(within)) {
      moe_warn(
        c(
          "Model {i - 1L} does not look nested in model {i}, which lacks some of its columns.",
          i = "The test is right only if its columns are combinations of the other's."
        ),
        "anova"
      )
    } else if (gain[i] < -1e-6 && experts[i] >= experts[i - 1L]) {
      moe_warn(
        c(
          "Model {i} is larger than model {i - 1L} but has a smaller likelihood.",
          i = "It is not at its best optimum, or its penalty is larger: use more {.arg starts}."
        ),
        "anova"
      )
    }
  }
}
