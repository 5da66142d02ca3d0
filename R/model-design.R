# From what the user wrote to what the core needs: the formula interface, the matrix interface, new
# data (new-design.R) and the data that a fit holds (fit-rows.R) all end in one list of class
# "moelogit_design" with the same fields. The model frame is in model-frame.R, covariates in
# covariates.R, the response in model-response.R.

#' Design of a mixture of experts
#'
#' `model_design()` reads the call of a function with the arguments of [stats::lm()] (formula,
#' data, subset, weights, na.action, offset), as matched by [match.call()] in that function, and
#' evaluates it where the user called. `model_design_matrix()` takes the pieces themselves.
#'
#' @param call A matched call with some of `formula`, `data`, `subset`, `weights`, `na.action` and
#'   `offset`; others are ignored.
#' @param env The frame from which `call` was made.
#' @param contrasts `NULL` or a named list, as in [stats::model.matrix()].
#' @param drop_unused Whether levels of the response without any row are dropped (with a message).
#' @param x,z Covariates of the experts and of the gate, n rows each: numeric matrices, data frames
#'   of numbers or sparse matrices of package Matrix; an intercept is implied. `z = NULL`: as `x`.
#' @param y Response, see `model_response()`.
#' @param weights `NULL` or n case weights, real and `>= 0`.
#' @param offset `NULL`, n x M matrix or, with two classes, a vector of n: see `model_offset()`.
#' @param response_name What the user called `y`.
#'
#' @return A list of class `"moelogit_design"`:
#' * `x`, `z`: n x p and n x q, dense double or `dgCMatrix`; `z` is `NULL` when the gate has the
#'   columns of `x`, and `shared` is then `TRUE`. `implicit`: `TRUE` when an intercept column comes
#'   first but is not stored (matrix interface). `intercept`: `list(expert =, gate =)` flags,
#'   whether the first column (stored or implied) is the intercept. `columns`: names,
#'   `list(expert =, gate =)`, with `"(Intercept)"` in both interfaces; `assign`: the term of each
#'   column (formula interface).
#' * `y`: class 1..M of each record; `row`: `NULL` when record i is row i of `x`, otherwise the row
#'   of each record (response of counts: one record per positive count); `weights`: one per record,
#'   case weight times count; `case_weights`: `NULL` or the n case weights as given.
#'   All of these are `NULL` in a design of new data, whose response is not known.
#' * `offset`: `NULL` or an n x M matrix added to the class logits of every expert;
#'   `offset_argument`: whether some of it came from the argument `offset`.
#' * `n`: number of rows; `n_positive`: rows with positive weight; `complete`: logical n, `FALSE`
#'   where a value of new data is missing and nothing can be predicted; `classes` (M names);
#'   `response_name`; `response_type`: `"factor"`, `"ordered"`, `"character"`, `"logical"`,
#'   `"numeric"` or `"counts"`.
#' * `terms`: `list(expert =, gate =, full =, required =)`, the last one being the variables that
#'   new data must have; `xlevels`; `filled`: see `filled_values()`; `contrasts`: `list(expert =,
#'   gate =)`; `formula`; `model_frame`; `na_action`; all `NULL` for matrices. `row_names`: integer
#'   or character. `source`: `NULL`, or where rows come from that are not in memory, see
#'   `source_design()`.
#' @noRd
model_design <- function(call, env, contrasts = NULL, drop_unused = TRUE) {
  frame <- design_frame(call, env)
  data <- frame$data
  n <- nrow(data)
  response <- model_response(data[[1L]], frame$response_name, drop_unused)
  weights <- stats::model.weights(data)
  offset <- model_offset(frame_offsets(data, frame$terms$expert), n, response)
  check_contrasts(contrasts, data)
  filled <- filled_values(data, frame$terms$full)

  x <- term_matrix(frame$terms$expert, data, contrasts, "expert", filled)
  shared <- same_columns(frame$terms)
  z <- if (!shared) term_matrix(frame$terms$gate, data, contrasts, "gate", filled)
  gate <- if (shared) x else z

  new_moelogit_design(c(
    list(
      x = x$matrix,
      z = z$matrix,
      shared = shared,
      implicit = FALSE,
      intercept = list(expert = x$intercept, gate = gate$intercept),
      columns = list(expert = colnames(x$matrix), gate = colnames(gate$matrix)),
      assign = list(expert = x$assign, gate = gate$assign),
      offset = offset,
      offset_argument = "(offset)" %in% names(data),
      terms = frame$terms,
      xlevels = stats::.getXlevels(frame$terms$full, fill_missing(data, filled)),
      filled = filled,
      contrasts = list(expert = x$contrasts, gate = gate$contrasts),
      formula = frame$formula,
      model_frame = data,
      na_action = attr(data, "na.action"),
      row_names = attr(data, "row.names")
    ),
    response_fields(response, frame$response_name, weights, n)
  ))
}

#' @rdname model_design
#' @noRd
model_design_matrix <- function(x, y, z = NULL, weights = NULL, offset = NULL,
                                drop_unused = TRUE, response_name = "y") {
  shared <- is.null(z) || identical(z, x)
  x <- as_covariates(x, "x")
  n <- nrow(x)
  columns <- covariate_names(x, "x")
  check_finite(x, columns, "x")
  gate_columns <- columns
  if (shared) {
    z <- NULL
  } else {
    z <- as_covariates(z, "z")
    check_length(nrow(z), n, "z", "row{?s}")
    gate_columns <- covariate_names(z, "z")
    check_finite(z, gate_columns, "z")
  }
  check_length(NROW(y), n, response_name, if (is.null(dim(y))) "value{?s}" else "row{?s}")
  if (!is.null(weights)) check_length(length(weights), n, "weights", "value{?s}")
  response <- model_response(y, response_name, drop_unused)

  new_moelogit_design(c(
    list(
      x = x,
      z = z,
      shared = shared,
      implicit = TRUE,
      intercept = list(expert = TRUE, gate = TRUE),
      columns = list(
        expert = c("(Intercept)", columns), gate = c("(Intercept)", gate_columns)
      ),
      offset = model_offset(list(offset = offset), n, response),
      offset_argument = !is.null(offset),
      row_names = if (is.null(rownames(x))) seq_len(n) else rownames(x)
    ),
    response_fields(response, response_name, weights, n)
  ))
}

design_fields <- c(
  "x", "z", "shared", "implicit", "intercept", "columns", "assign", "y", "row", "count", "weights",
  "case_weights", "offset", "offset_argument", "n", "n_positive", "complete", "classes",
  "response_name", "response_type", "terms", "xlevels", "filled", "contrasts", "formula",
  "model_frame", "na_action", "row_names", "source"
)

# The only place that makes a design. Every field is there, NULL ones too: `$` would complete a
# missing `row` to `row_names`.
new_moelogit_design <- function(fields) {
  stopifnot(names(fields) %in% design_fields)
  design <- stats::setNames(vector("list", length(design_fields)), design_fields)
  design[names(fields)] <- fields
  structure(design, class = "moelogit_design")
}

# Fields of the response, its records and weights, checked.
response_fields <- function(response, name, weights, n) {
  check_weights(weights, "weights")
  record_weights <- if (is.null(weights)) rep_len(1, n) else as.double(weights)
  if (response$type == "counts") {
    rows <- if (is.null(response$row)) seq_len(n) else response$row
    record_weights <- record_weights[rows] * response$count
  }
  weighted <- !is.null(weights) || response$type == "counts"
  positive <- if (weighted) which(record_weights > 0) else seq_len(n)
  check_two_classes(response, positive, name)
  list(
    y = response$y,
    row = response$row,
    count = response$count,
    weights = record_weights,
    case_weights = if (!is.null(weights)) as.double(weights),
    n = n,
    n_positive = count_rows(positive, response$row),
    complete = rep_len(TRUE, n),
    classes = response$classes,
    response_name = name,
    response_type = response$type
  )
}

# The number of rows that some records belong to.
count_rows <- function(records, row) {
  if (is.null(row)) length(records) else length(unique(row[records]))
}

# The part of a design that prediction needs: plain fields that a fit holds too; see new_design().
design_recipe <- function(design) {
  fields <- c(
    "terms", "xlevels", "filled", "contrasts", "intercept", "columns", "assign", "implicit",
    "shared", "classes", "response_name", "response_type", "offset_argument"
  )
  unclass(design)[fields]
}

# A design without what is only needed to make another one: plain data, without environments.
bare_design <- function(design) {
  design[c("terms", "xlevels", "contrasts", "formula", "model_frame", "na_action")] <- list(NULL)
  design
}

# Some rows of a design, with their records.
subset_design <- function(design, rows) {
  records <- if (is.null(design$row)) rows else which(design$row %in% rows)
  for (part in c("x", "z", "offset")) {
    if (!is.null(design[[part]])) design[[part]] <- design[[part]][rows, , drop = FALSE]
  }
  design$y <- design$y[records]
  design$weights <- design$weights[records]
  if (!is.null(design$count)) design$count <- design$count[records]
  if (!is.null(design$row)) design$row <- match(design$row[records], rows)
  if (!is.null(design$case_weights)) design$case_weights <- design$case_weights[rows]
  design$row_names <- design$row_names[rows]
  design$complete <- design$complete[rows]
  design$n <- length(rows)
  design$n_positive <- count_rows(which(design$weights > 0), design$row)
  design
}

row_labels <- function(design) {
  if (is.character(design$row_names)) design$row_names else as.character(design$row_names)
}

#' Check the number of experts
#'
#' @param k As given by the user.
#' @param n Number of design rows with positive weight, `design$n_positive`.
#' @param arg The argument's name.
#' @return `k` as an integer, or an error of class `moelogit_error_argument` (no positive whole
#'   number) or `moelogit_error_experts` (more experts than rows).
#' @noRd
check_experts <- function(k, n, arg = "k") {
  if (is.null(k)) {
    moe_abort(
      c(
        "{.arg {arg}}, the number of experts, must be given: a positive whole number.",
        i = "{.fn select_experts} chooses it from the data."
      ),
      "argument"
    )
  }
  k <- check_count(k, arg)
  if (k > n) {
    moe_abort(
      c(
        "{.arg {arg}} asks for more experts than there are rows.",
        x = "You asked for {k} experts; {n} row{?s} {?has/have} a positive weight.",
        i = "A mixture is worth fitting with many rows for each expert."
      ),
      "experts"
    )
  }
  k
}
