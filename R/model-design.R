# From what the user wrote to what the core needs: the formula and the matrix interface both end in
# one list of class "moelogit_design". The model frame is in model-frame.R, covariates in
# covariates.R, the response in model-response.R, designs of new data in new-design.R.

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
#' * `offset`: `NULL` or an n x M matrix added to the class logits of every expert;
#'   `offset_argument`: whether some of it came from the argument `offset`.
#' * `n`: number of rows; `n_positive`: rows with positive weight; `classes` (M names);
#'   `response_name`; `response_type`: `"factor"`, `"ordered"`, `"character"`, `"logical"`,
#'   `"numeric"` or `"counts"`.
#' * `terms`: `list(expert =, gate =, full =, required =)`, the last one being the variables that
#'   new data must have; `xlevels`; `contrasts`: `list(expert =, gate =)`; `formula`;
#'   `model_frame`; `na_action`; all `NULL` for matrices. `row_names`: integer or character.
#' @noRd
model_design <- function(call, env, contrasts = NULL, drop_unused = TRUE) {
  frame <- design_frame(call, env)
  data <- frame$data
  n <- nrow(data)
  response <- model_response(data[[1L]], frame$response_name, drop_unused)
  weights <- stats::model.weights(data)
  offset <- model_offset(frame_offsets(data, frame$terms$expert), n, response)
  check_contrasts(contrasts, data)

  x <- term_matrix(frame$terms$expert, data, contrasts, "expert")
  shared <- same_columns(frame$terms)
  z <- if (!shared) term_matrix(frame$terms$gate, data, contrasts, "gate")
  gate <- if (shared) x else z

  new_moelogit_design(
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
      response_name = frame$response_name,
      terms = frame$terms,
      xlevels = stats::.getXlevels(frame$terms$full, data),
      contrasts = list(expert = x$contrasts, gate = gate$contrasts),
      formula = frame$formula,
      model_frame = data,
      na_action = attr(data, "na.action"),
      row_names = attr(data, "row.names")
    ),
    response, weights, n
  )
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

  new_moelogit_design(
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
      assign = NULL,
      response_name = response_name,
      terms = NULL,
      xlevels = NULL,
      contrasts = NULL,
      formula = NULL,
      model_frame = NULL,
      na_action = NULL,
      row_names = if (is.null(rownames(x))) seq_len(n) else rownames(x)
    ),
    response, weights, n
  )
}

# The part of a design that prediction needs: plain fields to store in a fit; see new_design().
design_recipe <- function(design) {
  fields <- c(
    "terms", "xlevels", "contrasts", "intercept", "columns", "implicit", "shared", "classes",
    "response_name", "response_type", "offset_argument"
  )
  unclass(design)[fields]
}

# Every field is there, NULL ones too: `$` would complete a missing `row` to `row_names`.
new_moelogit_design <- function(fields, response, weights, n) {
  check_weights(weights, "weights")
  record_weights <- if (is.null(weights)) rep_len(1, n) else as.double(weights)
  if (response$type == "counts") {
    rows <- if (is.null(response$row)) seq_len(n) else response$row
    record_weights <- record_weights[rows] * response$count
  }
  weighted <- !is.null(weights) || response$type == "counts"
  positive <- if (weighted) which(record_weights > 0) else seq_len(n)
  check_two_classes(response, positive, fields$response_name)
  structure(
    c(
      fields,
      list(
        y = response$y,
        row = response$row,
        weights = record_weights,
        case_weights = if (!is.null(weights)) as.double(weights),
        n = n,
        n_positive = if (is.null(response$row)) {
          length(positive)
        } else {
          length(unique(response$row[positive]))
        },
        classes = response$classes,
        response_type = response$type
      )
    ),
    class = "moelogit_design"
  )
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
