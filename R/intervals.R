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

#' Positions of the coefficients that the user asked for
#'
#' @param names Of the coefficients.
#' @param parm Numbers, or words: the name of a coefficient; a part of the model, a term of the
#'   formula or a column, for all coefficients of it; the beginning of names up to a colon; or what
#'   only names of one term contain.
#' @param terms From `coefficient_terms()`.
#' @noRd
chosen_coefficients <- function(names, parm, terms = NULL) {
  if (missing(parm)) {
    return(seq_along(names))
  }
  if (!is.character(parm)) {
    at <- seq_along(names)[parm]
    if (anyNA(at)) abort_coefficient("Unknown: {.val {parm[is.na(at)]}}.")
    return(at)
  }
  unique(unlist(lapply(parm, named_coefficients, names, terms)))
}

named_coefficients <- function(word, names, terms) {
  exact <- list(
    names == word, terms$term == word, terms$column == word, terms$part == word,
    startsWith(names, paste0(word, ":"))
  )
  for (found in exact) {
    if (any(found)) {
      return(which(found))
    }
  }
  found <- grep(word, names, fixed = TRUE)
  several <- unique(terms$term[found])
  if (length(found) == 1L || length(several) == 1L) {
    return(found)
  }
  abort_coefficient(if (length(found) == 0L) {
    "Unknown: {.val {word}}."
  } else {
    "{.val {word}} is part of the names of several: {.val {several}}."
  })
}

abort_coefficient <- function(what, .envir = parent.frame()) {
  moe_abort(
    c(
      "{.arg parm} must name or number coefficients of the fit, or name a term.",
      x = what,
      i = "See {.code names(coef(fit))}."
    ),
    "argument", .envir = .envir
  )
}
