# The error layer: every message of the package goes through these few functions, so that each
# condition has a class of its own and names the function that the user called.

#' Signal a condition of the package
#'
#' Thin wrappers over [cli::cli_abort()], [cli::cli_warn()] and [cli::cli_inform()]. `message` is a
#' cli message (a character vector with inline markup, interpolated in `.envir`): what is wrong,
#' then which value (`x`, `i` bullets), then what to do.
#'
#' @param message Character vector in cli's inline markup.
#' @param class One word naming the kind: the condition has the classes
#'   `moelogit_<error|warning|message>_<class>` and `moelogit_<error|warning|message>`.
#' @param ... Passed on (fields of the condition, `parent`).
#' @param call The frame shown as the origin of an error.
#' @param .envir Where `message` is interpolated.
#' @return `moe_abort()` does not return; the others return `NULL`, invisibly.
#' @keywords internal
#' @noRd
moe_abort <- function(message, class, ..., call = user_frame(), .envir = parent.frame()) {
  cli::cli_abort(
    message, class = c(paste0("moelogit_error_", class), "moelogit_error"), ...,
    call = call, .envir = .envir
  )
}

moe_warn <- function(message, class, ..., .envir = parent.frame()) {
  cli::cli_warn(
    message, class = c(paste0("moelogit_warning_", class), "moelogit_warning"), ...,
    .envir = .envir
  )
}

moe_inform <- function(message, class, ..., .envir = parent.frame()) {
  cli::cli_inform(
    message, class = c(paste0("moelogit_message_", class), "moelogit_message"), ...,
    .envir = .envir
  )
}

#' The frame of the package's function that the user called
#'
#' Follows the calling frames (not the stack: an argument that the user wrote, as in
#' `moelogit(control = moelogit_control())`, belongs to the user) out to the last one that runs a
#' function of this package. A function called from an environment that is no frame, as under the
#' data mask of rlang, is numbered as its own parent: there the way out ends.
#' @return An environment, or `NULL` when no function of the package is running.
#' @noRd
user_frame <- function() {
  home <- environment(user_frame)
  parents <- sys.parents()
  at <- sys.parent()
  found <- NULL
  while (at > 0L) {
    if (identical(environment(sys.function(at)), home)) found <- sys.frame(at)
    at <- if (parents[at] < at) parents[at] else 0L
  }
  found
}

#' Check one argument
#'
#' Each returns the checked value in its canonical type (integer, double, logical, character) or
#' stops with an error of class `moelogit_error_argument` that names the argument.
#'
#' @param x The value.
#' @param arg The argument's name as the user wrote it.
#' @param min,max Smallest and largest value allowed.
#' @param choices Character vector of the values allowed; `x` equal to all of them means the first,
#'   and an unambiguous beginning of a word is enough, as in [match.arg()].
#' @noRd
check_count <- function(x, arg, min = 1L, max = .Machine$integer.max) {
  if (!is_one_number(x) || x != round(x) || x < min || x > max) {
    wanted <- if (max < .Machine$integer.max) {
      "a whole number from {min} to {max}"
    } else if (min == 1L) {
      "a positive whole number"
    } else {
      "a whole number of at least {min}"
    }
    moe_abort(c(paste0("{.arg {arg}} must be ", wanted, "."), x = describe(x)), "argument")
  }
  as.integer(x)
}

check_number <- function(x, arg, min = -Inf, max = Inf) {
  if (!is_one_number(x) || x < min || x > max) {
    wanted <- paste0(
      "one finite number",
      if (min > -Inf && max < Inf) {
        " from {min} to {max}"
      } else if (min > -Inf) {
        " of at least {min}"
      } else if (max < Inf) {
        " of at most {max}"
      }
    )
    moe_abort(c(paste0("{.arg {arg}} must be ", wanted, "."), x = describe(x)), "argument")
  }
  as.double(x)
}

check_flag <- function(x, arg) {
  if (!is.logical(x) || length(x) != 1L || is.na(x)) {
    moe_abort(c("{.arg {arg}} must be {.code TRUE} or {.code FALSE}.", x = describe(x)), "argument")
  }
  as.vector(x)
}

check_choice <- function(x, choices, arg) {
  if (identical(x, choices)) {
    return(choices[1L])
  }
  at <- if (is.character(x) && length(x) == 1L) pmatch(x, choices) else NA
  if (is.na(at)) {
    moe_abort(c("{.arg {arg}} must be one of {.or {.val {choices}}}.", x = describe(x)), "argument")
  }
  choices[at]
}

check_class <- function(x, class = "moelogit", arg = "object") {
  if (!inherits(x, class)) {
    moe_abort(
      c("{.arg {arg}} must be an object of class {.cls {class}}.", x = describe(x)), "argument"
    )
  }
  invisible(x)
}

# For the `...` that a generic has and a method does not use: what is in it was meant for something.
# `.also`: what other packages give to every method of the generic.
check_no_dots <- function(..., .also = character()) {
  method <- sys.function(-1L)
  given <- if (is.null(...names())) character(...length()) else ...names()
  given <- given[is.na(given) | !given %in% .also]
  if (length(given) == 0L) {
    return(invisible())
  }
  known <- setdiff(names(formals(method))[-1L], "...")
  unnamed <- sum(is.na(given) | given == "")
  given <- given[!is.na(given) & given != ""]
  moe_abort(
    c(
      "There are arguments that this function does not know.",
      x = if (length(given) > 0L) "Not known: {.arg {given}}.",
      x = if (unnamed > 0L) "{unnamed} too many without a name.",
      i = if (length(known) > 0L) "It takes {.arg {known}}."
    ),
    "argument"
  )
}

is_one_number <- function(x) {
  is.numeric(x) && length(x) == 1L && is.null(dim(x)) && is.finite(x)
}

# "You gave ..." in one line, whatever was given; braces doubled because cli interpolates it.
describe <- function(x) {
  kind <- if (is.object(x) || !is.atomic(x) || !is.null(dim(x))) class(x)[1L] else typeof(x)
  article <- if (grepl("^[aeiou]", kind)) "an" else "a"
  text <- if (is.null(x)) {
    "NULL"
  } else if (length(dim(x)) > 1L) {
    paste0("a ", paste(dim(x), collapse = " x "), " <", kind, ">")
  } else if (is.atomic(x) && !is.object(x)) {
    if (length(x) == 1L) deparse(unname(x)) else paste(article, kind, "vector of length", length(x))
  } else {
    paste0(article, " <", kind, ">")
  }
  text <- gsub("}", "}}", gsub("{", "{{", text[1L], fixed = TRUE), fixed = TRUE)
  paste0("You gave ", text, ".")
}
