# The response, the case weights and the offset.

#' Read a response
#'
#' @param y Factor, ordered, character, logical or numeric vector (classes: its levels, or its
#'   sorted values), or a matrix of counts, n rows and one column per class, real and `>= 0`.
#' @param name What the user called it.
#' @param drop_unused Whether classes without any row are dropped, with a message of class
#'   `moelogit_message_unused_class`.
#' @return A list: `y` (integer in 1..M, one per record), `classes`, `type`, `kept` (which of
#'   the original classes remain). For counts also `count`, one per record, and `row`, the row of
#'   each record, or `NULL` when they are the rows themselves.
#' @section Errors: classes `moelogit_error_response` and `moelogit_error_missing_values`.
#' @noRd
model_response <- function(y, name, drop_unused = TRUE) {
  y <- plain_response(y)
  drop_unused_classes(
    if (is.matrix(y)) count_response(y, name) else class_response(y, name), name, drop_unused
  )
}

drop_unused_classes <- function(response, name, drop_unused) {
  used <- tabulate(response$y, length(response$classes)) > 0L
  response$kept <- rep_len(TRUE, length(used))
  if (drop_unused && !all(used)) {
    unused <- response$classes[!used]
    moe_inform(
      c(
        "{.var {name}} has {length(unused)} class{?es} without any row, left out: {.val {unused}}.",
        i = "Use {.code drop_unused = FALSE} to keep {cli::qty(unused)}{?it/them}."
      ),
      "unused_class"
    )
    response$y <- cumsum(used)[response$y]
    response$classes <- response$classes[used]
    response$kept <- used
  }
  response
}

# Without I() and data frames around it; one column is a vector.
plain_response <- function(y) {
  if (is.data.frame(y)) y <- as.matrix(y)
  if (inherits(y, "AsIs")) oldClass(y) <- setdiff(oldClass(y), c("AsIs", "matrix", "array"))
  if (is.matrix(y) && ncol(y) == 1L) y[, 1L] else y
}

class_response <- function(y, name) {
  check_response_type(y, name)
  classes <- if (is.logical(y)) c("FALSE", "TRUE") else levels(if (is.factor(y)) y else factor(y))
  code <- if (is.factor(y)) as.integer(y) else match(as.character(y), classes)
  if (anyNA(code)) {
    missing <- sum(is.na(code))
    moe_abort(
      c(
        "The response {.var {name}} must not have missing values.",
        x = "{missing} of {length(y)} row{?s} {cli::qty(missing)}{?is/are} {.code NA}.",
        i = "Leave these rows out."
      ),
      "missing_values"
    )
  }
  type <- if (is.ordered(y)) "ordered" else if (is.factor(y)) "factor" else class(y)[1L]
  if (is.numeric(y)) type <- "numeric"
  list(y = code, classes = classes, type = type)
}

check_response_type <- function(y, name) {
  plain <- is.atomic(y) && !is.object(y) && (is.numeric(y) || is.character(y) || is.logical(y))
  if (!is.factor(y) && !plain) {
    moe_abort(
      c(
        "The response {.var {name}} must be a factor, character, logical or whole-number \\
         vector, or a matrix of counts per class.",
        x = describe(y)
      ),
      "response"
    )
  }
  if (is.double(y)) {
    if (any(is.infinite(y))) {
      moe_abort(
        c(
          "The response {.var {name}} must be finite.",
          x = "{sum(is.infinite(y))} row{?s} {?is/are} infinite."
        ),
        "response"
      )
    }
    values <- unique(y[!is.na(y)])
    if (length(values) > 50L && any(values != round(values))) {
      moe_abort(
        c(
          "The response {.var {name}} looks continuous, but must hold classes.",
          x = "It has {length(values)} different values, not all whole numbers.",
          i = "If they are classes, use {.code factor({name})}."
        ),
        "response"
      )
    }
  }
}

# One record per positive count, row by row: the likelihood of the expanded rows.
count_response <- function(y, name) {
  valid <- is.numeric(y) || is.logical(y)
  if (!valid) {
    moe_abort(
      c("The response matrix {.var {name}} must hold numbers.", x = describe(y)), "response"
    )
  }
  missing <- sum(rowSums(is.na(y)) > 0L)
  if (missing > 0L) {
    moe_abort(
      c(
        "The response {.var {name}} must not have missing values.",
        x = "{missing} of {nrow(y)} row{?s} {cli::qty(missing)}{?has/have} {.code NA}.",
        i = "Leave these rows out."
      ),
      "missing_values"
    )
  }
  invalid <- sum(rowSums(y < 0 | is.infinite(y)) > 0L)
  if (invalid > 0L) {
    moe_abort(
      c(
        "The counts in the response {.var {name}} must be finite and not negative.",
        x = "{invalid} of {nrow(y)} row{?s} {cli::qty(invalid)}{?is/are} not."
      ),
      "response"
    )
  }
  classes <- colnames(y)
  if (is.null(classes)) classes <- as.character(seq_len(ncol(y)))
  twice <- unique(classes[duplicated(classes)])
  if (length(twice) > 0L) {
    moe_abort(
      c(
        "The columns of the response {.var {name}} must have different names.",
        x = "Repeated: {.val {twice}}."
      ),
      "response"
    )
  }
  by_row <- t(y)
  at <- which(by_row > 0)
  row <- as.integer((at - 1L) %/% length(classes) + 1L)
  list(
    y = as.integer((at - 1L) %% length(classes) + 1L), classes = classes, type = "counts",
    count = as.double(by_row[at]), row = if (!identical(row, seq_len(nrow(y)))) row
  )
}

# Products of numbers up to this size are still finite.
largest_sum <- 1e100

check_weights <- function(weights, arg) {
  if (is.null(weights)) {
    return(invisible())
  }
  problem <- if (!is.numeric(weights) || length(dim(weights)) > 1L) {
    describe(weights)
  } else if (anyNA(weights)) {
    "{sum(is.na(weights))} of them {?is/are} {.code NA}."
  } else if (any(is.infinite(weights))) {
    "{sum(is.infinite(weights))} of them {?is/are} infinite."
  } else if (any(weights < 0)) {
    "{sum(weights < 0)} of them {?is/are} negative."
  } else if (all(weights == 0)) {
    "All of them are zero."
  } else if (sum(weights) > largest_sum || sum(weights) < 1 / largest_sum) {
    "Their sum is {sum(weights)}, beyond what can be computed with."
  }
  if (!is.null(problem)) {
    moe_abort(
      c("{.arg {arg}} must be finite numbers, none negative and not all zero.", x = problem),
      "weights"
    )
  }
}

# `positive`: which records have positive weight.
check_two_classes <- function(response, positive, name) {
  y <- if (length(positive) < length(response$y)) response$y[positive] else response$y
  seen <- which(tabulate(y, length(response$classes)) > 0L)
  if (length(seen) >= 2L) {
    return(invisible())
  }
  only <- response$classes[seen]
  moe_abort(
    c(
      "The response {.var {name}} must have at least two classes in the rows that are fitted.",
      x = if (length(seen) == 1L) {
        "All rows with positive weight are {.val {only}}."
      } else {
        "All counts are zero, or have zero weight."
      }
    ),
    "one_class"
  )
}

#' Add up offsets
#'
#' @param offsets Named list, each `NULL`, an n x M matrix, added to the class logits of every
#'   expert, or, with two classes, a vector of n, added to the second class. A matrix whose
#'   column names include all classes is matched by name.
#' @param n Number of rows.
#' @param response From `model_response()`; only `classes` and `kept` are used.
#' @return `NULL` or an n x M double matrix; errors of class `moelogit_error_offset`.
#' @noRd
model_offset <- function(offsets, n, response, finite = TRUE) {
  offsets <- offsets[!vapply(offsets, is.null, NA)]
  parts <- lapply(names(offsets), function(arg) {
    one_offset(offsets[[arg]], arg, n, response$classes, response$kept, finite)
  })
  if (length(parts) > 0L) Reduce(`+`, parts)
}

one_offset <- function(offset, arg, n, classes, kept, finite) {
  m <- length(classes)
  if (is.data.frame(offset)) offset <- as.matrix(offset)
  if (is.matrix(offset) && ncol(offset) == 1L) offset <- offset[, 1L]
  if (is.matrix(offset)) {
    if (!is.null(colnames(offset)) && all(classes %in% colnames(offset))) {
      offset <- offset[, classes, drop = FALSE]
    } else if (ncol(offset) == length(kept)) {
      offset <- offset[, kept, drop = FALSE]
    }
  }
  shape <- if (is.matrix(offset)) ncol(offset) == m else m == 2L && is.null(dim(offset))
  if (!is.numeric(offset) || !shape || NROW(offset) != n) {
    moe_abort(
      c(
        if (m == 2L) {
          "{.var {arg}} must be a numeric vector of length {n} or a {n} x 2 matrix."
        } else {
          "{.var {arg}} must be a numeric {n} x {m} matrix, one column per class."
        },
        x = describe(offset)
      ),
      "offset"
    )
  }
  bad <- sum(!is.finite(offset))
  if (finite && bad > 0L) {
    moe_abort(
      c(
        "{.var {arg}} must be finite, without {.code NA}, {.code NaN} or {.code Inf}.",
        x = "{bad} value{?s} {?is/are} not."
      ),
      "offset"
    )
  }
  huge <- sum(is.finite(offset) & abs(offset) > largest_sum)
  if (huge > 0L) {
    moe_abort(
      c(
        "{.var {arg}} must be numbers that can be computed with.",
        x = "{huge} value{?s} {?is/are} beyond {largest_sum} in size."
      ),
      "offset"
    )
  }
  if (!is.matrix(offset)) offset <- cbind(0, offset)
  matrix(as.double(offset), n, m)
}

# The offset() terms of the experts and the argument `offset`, as found in a model frame.
frame_offsets <- function(data, terms) {
  at <- attr(terms, "offset")
  names <- vapply(as.list(attr(terms, "variables"))[-1L][at], deparse1, "")
  offsets <- as.list(data[names])
  c(offsets, list(offset = data[["(offset)"]]))
}
