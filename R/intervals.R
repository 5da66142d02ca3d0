# What confidence intervals of all kinds share: the level, the names of the limits, which
# coefficients were asked for.

check_level <- function(level) {
  level <- check_number(level, "level", min = 0, max = 1)
  if (level == 0 || level == 1) {
    moe_abort(
      c("{.arg level} must be between 0 and 1, both excluded.", x = describe(level)), "argument"
    )
  }
  level
}

interval_names <- function(level) {
  tail <- (1 - level) / 2
  paste(format(100 * c(tail, 1 - tail), trim = TRUE, digits = 3L), "%")
}

# Positions of the coefficients that the user named or numbered.
chosen_coefficients <- function(names, parm) {
  if (missing(parm)) {
    return(seq_along(names))
  }
  at <- if (is.character(parm)) match(parm, names) else seq_along(names)[parm]
  if (anyNA(at)) {
    unknown <- parm[is.na(at)]
    moe_abort(
      c(
        "{.arg parm} must name or number coefficients of the fit.",
        x = "Unknown: {.val {unknown}}.",
        i = "See {.code names(coef(fit))}."
      ),
      "argument"
    )
  }
  at
}
