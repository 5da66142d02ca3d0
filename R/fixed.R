# Coefficients that the user holds at values: which they are, the equations that the core keeps, and
# what that leaves free.

#' Read the fixed coefficients
#'
#' @param fixed As in [moelogit()]. @param frame The [coef_frame()].
#' @return `NULL` when there are none, else what `new_problem()` takes: a list of `table`, a data
#'   frame with a row for each fixed coefficient in the order of [coef()] (`component`, `expert`,
#'   `class`, `term`, `value`), and of what `fixed_equations()` makes of it.
#' @noRd
read_fixed <- function(fixed, frame) {
  if (NROW(fixed) == 0L && (is.null(fixed) || is.numeric(fixed) || is.data.frame(fixed))) {
    return(NULL)
  }
  found <- if (is.data.frame(fixed)) fixed_rows(fixed, frame) else fixed_names(fixed, frame)
  if (!all(is.finite(found$value))) {
    abort_fixed("Values in {.arg fixed} must be finite numbers.")
  }
  found <- unique(found[order(found$at), ])
  twice <- found$at[duplicated(found$at)]
  names <- unlist(coef_names(frame))
  if (length(twice) > 0L) {
    abort_fixed(
      "{.arg fixed} gives one coefficient two values.", x = "Twice: {.val {names[twice]}}."
    )
  }
  aliased <- found$at[!free_coefficients(frame)[found$at]]
  if (length(aliased) > 0L) {
    abort_fixed(
      "{.arg fixed} names coefficients that are not estimated.",
      x = "Of columns that are constant or depend linearly on others: {.val {names[aliased]}}.",
      i = "Leave them out of {.arg fixed}, or the columns out of the model."
    )
  }
  table <- data.frame(coef_labels(frame)[found$at, ], value = found$value, row.names = NULL)
  c(list(table = table), fixed_equations(frame, table))
}

abort_fixed <- function(...) moe_abort(c(...), "fixed", .envir = parent.frame())

# Named numbers -> a data frame of `at`, positions in coef(), and `value`.
fixed_names <- function(fixed, frame) {
  if (!is.numeric(fixed) || is.null(names(fixed))) {
    abort_fixed(
      "{.arg fixed} must be numbers with the names of coefficients, as in \\
       {.code c(\"expert_2:b:x\" = 0)}, or a data frame.",
      x = describe(fixed)
    )
  }
  known <- unlist(coef_names(frame))
  at <- match(names(fixed), known)
  if (anyNA(at)) abort_unknown(names(fixed)[is.na(at)], frame)
  data.frame(at = at, value = as.double(fixed))
}

# The same of a data frame: a row fixes all coefficients that have what it names.
fixed_rows <- function(fixed, frame) {
  columns <- c("component", "expert", "class", "term")
  unknown <- setdiff(names(fixed), c(columns, "value"))
  if (length(unknown) > 0L || !is.numeric(fixed[["value"]])) {
    abort_fixed(
      "{.arg fixed} must have a column {.code value} of numbers, and of {.code component}, \\
       {.code expert}, {.code class} and {.code term} those that say whose values they are.",
      x = if (length(unknown) > 0L) "Not known: {.code {unknown}}." else
        "There is no such {.code value}."
    )
  }
  labels <- coef_labels(frame)
  rows <- lapply(seq_len(nrow(fixed)), function(i) {
    own <- lapply(intersect(columns, names(fixed)), function(name) {
      wanted <- as.character(fixed[[name]][i])
      is.na(wanted) | labels[[name]] %in% wanted
    })
    at <- which(Reduce(`&`, own, rep_len(TRUE, nrow(labels))))
    if (length(at) == 0L) {
      named <- vapply(fixed[i, intersect(columns, names(fixed)), drop = FALSE], as.character, "")
      named <- named[!is.na(named)]
      abort_unknown(paste(names(named), named, collapse = ", "), frame)
    }
    data.frame(at = at, value = as.double(fixed$value[i]))
  })
  do.call(rbind, rows)
}

abort_unknown <- function(what, frame) {
  known <- utils::head(unlist(coef_names(frame)), 4L)
  abort_fixed(
    "{.arg fixed} names coefficients that the model does not have.",
    x = "Not in it: {.val {what}}.",
    i = "It has {.val {known}}, ...: see {.code coef()} of a fit without {.arg fixed}. The first \\
         expert of the gate and the first class, {.val {frame$classes[1L]}}, have none."
  )
}

#' The equations of fixed coefficients
#'
#' On the free coefficients as the core has them (reference coding, standardised covariates, see
#' `free_logits()`): a slope is a multiple of its own, an intercept takes along the slopes of its
#' logit.
#' @param table From `read_fixed()`, or `NULL`.
#' @return A list of `left`, free coefficients x equations, and `value`, one per equation.
#' @noRd
fixed_equations <- function(frame, table) {
  if (is.null(table)) {
    return(NULL)
  }
  at <- fixed_free(frame, table)
  left <- matrix(0, free_size(frame), length(at))
  left[cbind(at, seq_along(at))] <- 1
  value <- table$value
  logits <- free_logits(frame)
  for (i in seq_along(at)) {
    part <- frame[[table$component[i]]]
    scaling <- kept_scaling(part)
    from <- logits$from[at[i] >= logits$from & at[i] <= logits$to]
    if (part$intercept && at[i] == from) {
      slopes <- seq_along(scaling$scale)[-1L]
      left[from - 1L + slopes, i] <- -(scaling$center / scaling$scale)[slopes]
    } else {
      value[i] <- value[i] * scaling$scale[at[i] - from + 1L]
    }
  }
  list(left = left, value = value)
}

# Where the fixed coefficients are in coef(); and among the free ones, those that are not aliased.
fixed_at <- function(frame, table) {
  key <- function(labels) do.call(paste, c(labels[names(coef_labels(frame))], sep = "\r"))
  if (is.null(table)) integer() else match(key(table), key(coef_labels(frame)))
}

fixed_free <- function(frame, table) cumsum(free_coefficients(frame))[fixed_at(frame, table)]

#' The directions that fixed coefficients leave free
#'
#' @return A matrix, coefficients as in `fixed_equations()` x what is left free, a column for each
#'   of these: itself, and what a fixed intercept must do when a slope of its logit changes.
#' @noRd
free_directions <- function(frame, table) {
  at <- fixed_free(frame, table)
  equations <- fixed_equations(frame, table)
  out <- diag(free_size(frame))
  for (i in seq_along(at)) out[at[i], ] <- out[at[i], ] - equations$left[, i]
  out[, -at, drop = FALSE]
}

#' Which experts could have each other's names
#'
#' @return K x K logical: whether the same coefficients of two experts are fixed at the same values.
#' @noRd
exchangeable_experts <- function(frame, table) {
  pattern <- vapply(expert_names(frame), function(expert) {
    own <- table[table$expert == expert, c("component", "class", "term", "value")]
    paste(do.call(paste, own), collapse = "\n")
  }, "")
  if (any(table$component == "gate")) pattern[1L] <- "reference of the gate"
  unname(outer(pattern, pattern, `==`))
}

# As a line of print() lists them.
fixed_text <- function(frame, table, most = 4L) {
  names <- unlist(coef_names(frame))[fixed_at(frame, table)]
  text <- paste(names, "=", vapply(table$value, format, ""))
  more <- length(text) - most
  paste0(
    paste(utils::head(text, most), collapse = ", "), if (more > 0L) paste0(" and ", more, " more")
  )
}
