# Whether a fit is what moelogit() makes: it may have been saved by another version of the package,
# or changed by hand.

#' Check the parts of a fit that everything else reads
#'
#' Called where the methods of a fit begin; cheap, and silent when all is well.
#' @return The fit, invisibly; or an error of class `moelogit_error_object`.
#' @noRd
check_fit <- function(object) {
  fault <- fit_fault(object)
  if (!is.null(fault)) {
    moe_abort(
      c(
        "This is not a whole fit of {.fn moelogit}.",
        x = fault,
        i = "It may come from another version of the package, or have been changed: fit again."
      ),
      "object"
    )
  }
  invisible(object)
}

# What is wrong, in words, or NULL.
fit_fault <- function(object) {
  if (!is.list(object)) {
    return("It is no list.")
  }
  absent <- setdiff(fit_fields, names(object))
  if (length(absent) > 0L) {
    return(sprintf("It lacks: %s.", paste(absent, collapse = ", ")))
  }
  frame <- object$frame
  if (!inherits(frame, "coef_frame") || !identical(frame$k, as.integer(object$k)) ||
        !identical(frame$classes, object$classes)) {
    return("Its numbers of experts or its classes are not those of its coefficients.")
  }
  dims <- list(
    gate = c(length(frame$gate$columns), frame$k),
    expert = c(length(frame$expert$columns), length(frame$classes), frame$k)
  )
  for (name in names(dims)) {
    coef <- object[[name]]
    aliased <- frame[[name]]$aliased
    finite <- is.numeric(coef) && all(is.finite(matrix(coef, length(aliased))[!aliased, ]))
    if (!identical(dim(coef), dims[[name]]) || !finite) {
      return(sprintf("Its %s coefficients are not finite numbers of the right shape.", name))
    }
  }
}

# Fields that every fit has, with or without its data.
fit_fields <- c(
  "call", "formula", "k", "terms", "xlevels", "filled", "contrasts", "intercept", "columns",
  "assign", "implicit", "shared", "classes", "response_name", "response_type", "offset_argument",
  "gate", "expert", "gate_mean", "frame", "theta", "gram", "penalty", "loglik", "objective", "df",
  "nobs", "n", "trace", "converged", "interrupted", "runs", "control", "na.action"
)
