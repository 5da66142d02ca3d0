# What must hold, and how a breach is recorded.

claim <- function(ok, what) {
  if (!isTRUE(ok)) stop(errorCondition(what, class = "hostile_breach", call = NULL))
}

close_to <- function(a, b, tolerance = 1e-8, scale = max(1, abs(b))) {
  length(a) == length(b) && !anyNA(a - b) && all(abs(a - b) <= tolerance * scale)
}

# Numbers that are neither missing nor infinite.
all_finite <- function(x) all(is.finite(unlist(x)))

# NaN as opposed to NA.
no_nan <- function(x) {
  if (is.list(x)) all(vapply(x, no_nan, NA)) else !is.double(x) || !any(is.nan(x))
}

#' Run an expression and judge the conditions that come out of it
#'
#' Errors, warnings and messages must be of the package's own classes: anything else is a breach,
#' and so is a claim that does not hold.
#'
#' @param expr What to run. @param what Its name in breaches.
#' @param refusal Whether an error of the package's is in order.
#' @return A list: `value` (`NULL` after an error), `breaches` (character), `refused` (the class of
#'   the package's error, or `NULL`).
watch <- function(expr, what, refusal = FALSE) {
  breaches <- character()
  refused <- value <- NULL
  breach <- function(kind, condition) {
    text <- gsub("\\s+", " ", paste(conditionMessage(condition), collapse = " "))
    breaches <<- unique(c(breaches, sprintf("%s: %s: %s", what, kind, substr(text, 1L, 300L))))
  }
  utils::capture.output(tryCatch(
    withCallingHandlers(
      value <- expr,
      warning = function(w) {
        if (!inherits(w, "moelogit_warning")) breach("leaked warning", w)
        invokeRestart("muffleWarning")
      },
      message = function(m) {
        if (!inherits(m, "moelogit_message")) breach("leaked message", m)
        invokeRestart("muffleMessage")
      }
    ),
    error = function(e) {
      if (inherits(e, "moelogit_error")) {
        refused <<- class(e)[1L]
        if (!refusal) breach("refused", e)
      } else {
        breach(if (inherits(e, "hostile_breach")) "breach" else "raw error", e)
      }
    }
  ))
  list(value = value, breaches = breaches, refused = refused)
}

# The rows of the problem that were fitted, from what the fit says of itself.
fitted_rows <- function(fit) {
  labels <- rownames(fit$fitted.values)
  if (is.null(labels)) seq_len(nrow(fit$fitted.values)) else as.integer(labels)
}

# n x M: what each row says of each class, weights included, in the fit's order of classes.
observed_weight <- function(case, fit) {
  rows <- fitted_rows(fit)
  y <- case$env$d$y
  weight <- if (is.null(case$env$w)) rep_len(1, length(rows)) else case$env$w[rows]
  if (is.matrix(y)) {
    return(y[rows, fit$classes, drop = FALSE] * weight)
  }
  outer(as.character(y[rows]), fit$classes, `==`) * weight
}

# The penalty of a fit from the definition.
penalty_by_hand <- function(fit) {
  half_square <- function(name) {
    part <- fit$frame[[name]]
    coef <- matrix(fit[[name]], length(part$columns))
    if (part$intercept) {
      coef[1L, ] <- coef[1L, ] + colSums(part$center[-1L] * coef[-1L, , drop = FALSE], na.rm = TRUE)
    }
    coef <- coef * part$scale
    if (part$intercept && !fit$control$penalize_intercept) coef[1L, ] <- 0
    sum(coef^2, na.rm = TRUE) / 2
  }
  fit$penalty[["gate"]] * half_square("gate") + fit$penalty[["expert"]] * half_square("expert")
}

# Probabilities: finite, in [0, 1], rows summing to 1.
are_probabilities <- function(prob) {
  all_finite(prob) && all(prob >= 0) && all(prob <= 1) && all(abs(rowSums(prob) - 1) < 1e-9)
}
