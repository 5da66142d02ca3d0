#' Print a mixture of experts
#'
#' @param x A fit of class `"moelogit"`.
#' @param digits Significant digits.
#' @param ... Not used.
#' @return `x`, invisibly. See [summary.moelogit()] for the coefficients.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' fit
#' @export
print.moelogit <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  check_no_dots(...)
  check_fit(x)
  cat(headline(x), "\n\n", sep = "")
  cat("Call:\n", call_text(x$call), "\n\n", sep = "")
  if (x$k > 1L) {
    cat("Average gate probability:\n")
    print(round(x$gate_mean, 3L))
    cat("\n")
  }
  cat(fit_lines(x, digits), sep = "")
  invisible(x)
}

# do.call() writes the data themselves into the call: only its beginning is shown.
call_text <- function(call, most = 10L) {
  text <- deparse(call)
  if (length(text) > most) text <- c(text[seq_len(most)], "...")
  paste(text, collapse = "\n")
}

headline <- function(x) {
  paste0(
    "Mixture of ", x$k, " multinomial-logit expert", if (x$k > 1L) "s", " for ",
    length(x$classes), " classes (", paste(utils::head(x$classes, 6L), collapse = ", "),
    if (length(x$classes) > 6L) ", ...", ")"
  )
}

# How good the fit is and how it was reached.
fit_lines <- function(x, digits) {
  iterations <- length(x$trace) - 1L
  parts <- if (x$shared) "expert" else c("expert", "gate")
  dropped <- length(x$na.action)
  aliased <- sum(vapply(x$frame[parts], function(part) sum(part$aliased), 0L))
  paste0(c(
    paste0(
      "Log-likelihood ", format(x$loglik, digits = digits + 3L), " on ", x$df, " df, ",
      format(x$nobs), " observations; AIC ", format(stats::AIC(x), digits = digits + 3L),
      ", BIC ", format(stats::BIC(x), digits = digits + 3L)
    ),
    paste0(
      if (x$converged) "Converged in " else "NOT converged after ", iterations, " iteration",
      if (iterations != 1L) "s", "; ", starts_line(x$runs)
    ),
    if (!is.null(x$source)) source_line(x$source),
    if (aliased > 0L) paste0("(", aliased, " column", if (aliased > 1L) "s",
                             " not defined because of singularities)"),
    if (dropped > 0L) paste0("(", dropped, " row", if (dropped > 1L) "s",
                             " left out because of missing values)"),
    if (!is.null(x$fixed)) {
      paste0(
        "(", nrow(x$fixed), " coefficient", if (nrow(x$fixed) > 1L) "s", " fixed: ",
        fixed_text(x$frame, x$fixed), ")"
      )
    },
    penalty_line(x)
  ), "\n")
}

# Which penalty the fit has, and what it does.
penalty_line <- function(x) {
  penalty <- unique(if (x$k > 1L) x$penalty else x$penalty[["expert"]])
  said <- if (length(penalty) == 1L) {
    paste0(format(penalty), if (penalty == 1) " (default)")
  } else {
    paste0(format(x$penalty[["gate"]]), " (gate) and ", format(x$penalty[["expert"]]), " (experts)")
  }
  paste0("Penalty ", said, if (all(penalty == 0)) {
    ": none; penalty = 1, the default, shrinks coefficients towards 0"
  } else {
    ": shrinks coefficients towards 0; penalty = 0 turns it off"
  })
}

source_line <- function(source) {
  paste0(
    format(source$rows, big.mark = ","), " rows from ", source$description,
    if (source$omitted > 0) {
      paste0(", ", format(source$omitted, big.mark = ","), " of them left out")
    }
  )
}

# Where the fit began, and how many of the starts agree on its optimum.
starts_line <- function(runs) {
  random <- runs[runs$kind %in% random_kinds, ]
  if (nrow(random) == 0L) {
    return(switch(runs$kind[1L],
      given = "from a given start", merged = "from merged experts", "one start"
    ))
  }
  neighbours <- sum(runs$kind == "neighbour")
  sampled <- "sample_best" %in% names(runs)
  there <- if (sampled) !is.na(random$sample_best) else random$continued
  best <- if (sampled) random$sample_best else random$best
  paste0(
    nrow(random), " random start", if (nrow(random) > 1L) "s", ", ", sum(there), " continued",
    if (sampled) " on a sample of the rows", ", ", sum(best, na.rm = TRUE), " of them at ",
    if (sampled) "its" else "the", " best optimum",
    if (neighbours > 0L) paste0("; ", neighbours, " neighbour",
                               if (neighbours > 1L) "s", " of it tried"),
    if (sampled) paste0("; the best ", sum(runs$continued), " continued on all rows")
  )
}
