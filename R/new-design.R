# Designs for prediction: from new data and the recipe of a fit, without the training data.

#' Design of new data
#'
#' @param object A fit.
#' @param newdata A data frame (formula fits); a matrix, data frame or sparse matrix whose columns
#'   are those of `x`, matched by name when both have names (matrix fits). May have one row or none.
#' @param newz Matrix fits with covariates of their own in the gate: these, as `newdata`. `NULL`:
#'   taken from `newdata` by name.
#' @param newoffset Values for a fit with the argument `offset`; as there.
#' @return A design as of `model_design()`, without a response.
#' @section Errors: classes `moelogit_error_newdata` (with `_newdata_missing`, `_newdata_level`
#'   and `_newdata_type` for a missing column, an unseen level and a changed type).
#' @noRd
new_design <- function(object, newdata, newz = NULL, newoffset = NULL) {
  design <- if (is.null(object$terms)) {
    new_matrix_design(object, newdata, newz)
  } else {
    new_formula_design(object, newdata)
  }
  if (isTRUE(object$offset_argument) && is.null(newoffset)) {
    moe_abort(
      c(
        "The model was fitted with an {.arg offset}, so predictions on new data need one.",
        i = "Give it as {.arg newoffset}."
      ),
      "newdata"
    )
  }
  response <- list(classes = object$classes, kept = rep_len(TRUE, length(object$classes)))
  offsets <- c(design$offsets, list(newoffset = newoffset))
  offset <- model_offset(offsets, design$n, response, finite = FALSE)
  result <- new_moelogit_design(c(
    design_recipe(object), design[c("x", "z", "n", "row_names")], list(offset = offset)
  ))
  result$complete <- complete_rows(result)
  warn_infinite(result)
  result
}

new_formula_design <- function(object, newdata) {
  if (!is.data.frame(newdata)) {
    if (!is.list(newdata)) {
      moe_abort(
        c("{.arg newdata} must be a data frame.", x = describe(newdata)), "newdata"
      )
    }
    newdata <- as.data.frame(newdata, stringsAsFactors = FALSE)
  }
  check_new_columns(object$terms$required, names(newdata))
  n <- nrow(newdata)
  row_names <- attr(newdata, "row.names")
  if (n == 0L) {
    empty <- function(part) {
      matrix(0, 0L, length(object$columns[[part]]), dimnames = list(NULL, object$columns[[part]]))
    }
    return(list(
      x = empty("expert"), z = if (!object$shared) empty("gate"), offsets = list(), n = 0L,
      row_names = row_names
    ))
  }
  terms <- stats::delete.response(object$terms$full)
  data <- tryCatch(
    withCallingHandlers(
      stats::model.frame(terms, newdata, na.action = stats::na.pass),
      warning = function(w) {
        # about the number of rows: an error below
        of_rows <- is.null(conditionCall(w)) && grepl("newdata", conditionMessage(w), fixed = TRUE)
        if (of_rows) invokeRestart("muffleWarning")
      }
    ),
    error = function(e) {
      moe_abort("The variables of the formula cannot be evaluated in {.arg newdata}.",
                "newdata", parent = e)
    }
  )
  if (nrow(data) != n && length(data) > 0L) {
    moe_abort(
      c(
        "{.arg newdata} has {n} row{?s}, but its variables have {nrow(data)}.",
        i = "A variable was found outside {.arg newdata}: give all of them as columns."
      ),
      "newdata"
    )
  }
  if (length(data) == 0L) data <- newdata[character()]
  data <- match_training(data, attr(terms, "dataClasses"), object$xlevels)
  rebuild <- function(part) {
    matrix <- filled_matrix(object$terms[[part]], data, object$contrasts[[part]], object$filled)
    matrix(as.double(matrix), n, ncol(matrix), dimnames = list(NULL, colnames(matrix)))
  }
  list(
    x = rebuild("expert"), z = if (!object$shared) rebuild("gate"),
    offsets = frame_offsets(data, object$terms$expert), n = n, row_names = row_names
  )
}

# Gives each variable the levels of the training data; unseen levels and other types are errors.
match_training <- function(data, classes, xlevels) {
  for (name in names(xlevels)) {
    if (!has_levels(data[[name]]) && !all(is.na(data[[name]]))) {
      abort_new_type(name, classes[[name]], stats::.MFclass(data[[name]]))
    }
    value <- as.character(data[[name]])
    unseen <- setdiff(value[!is.na(value)], xlevels[[name]])
    if (length(unseen) > 0L) {
      moe_abort(
        c(
          "{.var {name}} in {.arg newdata} has {cli::qty(unseen)}{?a level/levels} not seen in \\
           the training data.",
          x = "New: {.val {unseen}}.",
          i = "Seen: {.val {xlevels[[name]]}}."
        ),
        c("newdata_level", "newdata")
      )
    }
    data[[name]] <- factor(value, levels = xlevels[[name]])
  }
  for (name in setdiff(intersect(names(data), names(classes)), names(xlevels))) {
    was <- classes[[name]]
    value <- data[[name]]
    if (was == "numeric" && is.logical(value) && all(is.na(value))) {
      data[[name]] <- as.double(value)
    } else if (stats::.MFclass(value) != was) {
      abort_new_type(name, was, stats::.MFclass(value))
    }
  }
  data
}

abort_new_type <- function(name, was, now) {
  moe_abort(
    c(
      "{.var {name}} in {.arg newdata} must be of the same type as in the training data.",
      x = "It was {.val {was}} and is now {.val {now}}."
    ),
    c("newdata_type", "newdata")
  )
}

new_matrix_design <- function(object, newdata, newz) {
  row_names <- if (is.data.frame(newdata)) attr(newdata, "row.names") else rownames(newdata)
  x <- new_covariates(newdata, object$columns$expert[-1L], "newdata")
  z <- NULL
  if (!object$shared) {
    if (is.null(newz)) {
      if (!all(object$columns$gate[-1L] %in% colnames(newdata))) {
        moe_abort(
          c(
            "The gate has covariates of its own, and {.arg newdata} does not have them.",
            i = "Give them as {.arg newz}."
          ),
          c("newdata_missing", "newdata")
        )
      }
      newz <- newdata
    }
    z <- new_covariates(newz, object$columns$gate[-1L], "newz")
    check_new_rows(nrow(z), nrow(x))
  }
  if (is.null(row_names)) row_names <- seq_len(nrow(x))
  list(x = x, z = z, offsets = list(), n = nrow(x), row_names = row_names)
}

# A matrix with the columns of the training data, picked by name when it has names.
new_covariates <- function(newdata, columns, arg) {
  if (is.data.frame(newdata)) {
    check_new_columns(columns, names(newdata), arg)
    newdata <- newdata[columns]
  }
  if (is.null(dim(newdata)) && is.numeric(newdata) && length(newdata) == length(columns)) {
    newdata <- matrix(newdata, 1L, dimnames = list(NULL, names(newdata)))
  }
  if (NROW(newdata) == 0L && length(dim(newdata)) == 2L) {
    return(matrix(0, 0L, length(columns), dimnames = list(NULL, columns)))
  }
  x <- as_covariates(newdata, arg)
  given <- colnames(x)
  # columns without a name are known by their place, as in training
  if (length(given) == length(columns)) given <- ifelse(nzchar(given), given, columns)
  if (!is.null(given) && !identical(given, columns) && any(given %in% columns)) {
    check_new_columns(columns, given, arg)
    return(x[, match(columns, given), drop = FALSE])
  }
  if (ncol(x) != length(columns)) {
    moe_abort(
      c(
        "{.arg {arg}} must have the columns of the training data.",
        x = "It has {ncol(x)} column{?s} instead of {length(columns)}."
      ),
      "newdata"
    )
  }
  x
}

check_new_columns <- function(required, given, arg = "newdata") {
  absent <- setdiff(required, given)
  if (length(absent) > 0L) {
    moe_abort(
      c(
        "{.arg {arg}} must have every variable that the model needs.",
        x = "Missing: {.var {absent}}."
      ),
      c("newdata_missing", "newdata")
    )
  }
}

check_new_rows <- function(gate, expert) {
  if (gate != expert) {
    moe_abort(
      c(
        "{.arg newz} must have one row for each row of {.arg newdata}.",
        x = "{.arg newz} has {gate} row{?s}, {.arg newdata} has {expert}."
      ),
      c("newdata", "length")
    )
  }
}

complete_rows <- function(design) {
  complete <- rep_len(TRUE, design$n)
  for (part in design[c("x", "z", "offset")]) {
    if (inherits(part, "dgCMatrix")) {
      complete[part@i[!is.finite(part@x)] + 1L] <- FALSE
    } else if (!is.null(part)) {
      complete <- complete & is.finite(rowSums(part * 0))
    }
  }
  complete
}

warn_infinite <- function(design) {
  rows <- design$complete
  for (part in design[c("x", "z", "offset")]) {
    if (!is.null(part) && !all(rows)) {
      values <- if (inherits(part, "dgCMatrix")) part@x else part[!design$complete, ]
      if (any(is.infinite(values))) {
        moe_warn(
          c(
            "Infinite values in the new data: nothing can be predicted for these rows.",
            i = "Their predictions are {.code NA}."
          ),
          "newdata_infinite"
        )
        return(invisible())
      }
    }
  }
}

#' Response in new data
#'
#' @param object A fit.
#' @param newdata A data frame with the response (formula fits).
#' @param y The response itself (matrix fits).
#' @return As `coded_response()`.
#' @section Errors: `moelogit_error_newdata_missing` when a variable of the response is missing,
#'   `moelogit_error_newdata_level` for a class not seen in training.
#' @noRd
new_response <- function(object, newdata = NULL, y = NULL) {
  if (!is.null(object$terms)) y <- response_values(object, newdata)
  coded_response(y, object$classes, object$response_name)
}

# What the left side of the formula is in new data.
response_values <- function(object, newdata) {
  full <- object$terms$full
  variables <- all.vars(attr(full, "variables")[[2L]])
  absent <- setdiff(variables, names(newdata))
  environment <- environment(full)
  # Constants may come from outside, the response itself may not.
  constant <- vapply(absent, function(v) {
    length(absent) < length(variables) && !is.null(get0(v, environment)) &&
      !is.function(get0(v, environment))
  }, NA)
  check_new_columns(absent[!constant], names(newdata))
  eval(attr(full, "variables")[[2L]], newdata, environment)
}

#' A response as numbers of known classes
#'
#' @param y A response, see `model_response()`. @param classes Names of the M classes.
#' @param name What the user called it.
#' @return A list: `y` (class 1..M of each record, `NA` where missing), `weights` (the counts, 1
#'   for other responses), `row` (`NULL` or the row of each record).
#' @noRd
coded_response <- function(y, classes, name) {
  y <- plain_response(y)
  if (is.matrix(y)) {
    counts <- count_response(y, name)
    code <- match(counts$classes, classes)
    check_known_classes(counts$classes[unique(counts$y)], classes, name)
    return(list(
      y = code[counts$y], count = counts$count, weights = counts$count, row = counts$row
    ))
  }
  value <- as.character(y)
  check_known_classes(unique(value[!is.na(value)]), classes, name)
  list(y = match(value, classes), weights = rep_len(1, length(value)), row = NULL)
}

check_known_classes <- function(given, classes, name) {
  unseen <- setdiff(given, classes)
  if (length(unseen) > 0L) {
    moe_abort(
      c(
        "The response {.var {name}} has {cli::qty(unseen)}{?a class/classes} not seen in the \\
         training data.",
        x = "New: {.val {unseen}}.",
        i = "Seen: {.val {classes}}."
      ),
      c("newdata_level", "newdata")
    )
  }
}
