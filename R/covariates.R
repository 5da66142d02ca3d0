# Covariates as columns: from the terms of a formula, or from a matrix.

# One part's model matrix, without row names (n strings), and what it takes to build it again.
term_matrix <- function(terms, data, contrasts, part, filled = NULL) {
  matrix <- tryCatch(
    filled_matrix(terms, data, part_contrasts(contrasts, terms), filled),
    error = function(e) abort_term_matrix(e, terms, data)
  )
  if (ncol(matrix) == 0L) {
    moe_abort(
      c(
        "The {part} part of the formula has no columns.",
        i = "Leave the intercept in, with {.code ~ 1}, or add a covariate."
      ),
      "formula"
    )
  }
  parts <- list(
    intercept = attr(terms, "intercept") == 1L,
    assign = attr(matrix, "assign"),
    contrasts = attr(matrix, "contrasts")
  )
  attr(matrix, "assign") <- NULL
  attr(matrix, "contrasts") <- NULL
  dimnames(matrix) <- list(NULL, colnames(matrix))
  if (!is.double(matrix)) storage.mode(matrix) <- "double"
  check_finite(matrix, colnames(matrix), NULL)
  c(list(matrix = matrix), parts)
}

same_columns <- function(terms) {
  identical(attr(terms$expert, "term.labels"), attr(terms$gate, "term.labels")) &&
    attr(terms$expert, "intercept") == attr(terms$gate, "intercept")
}

part_contrasts <- function(contrasts, terms) {
  variables <- vapply(as.list(attr(terms, "variables"))[-1L], deparse1, "")
  used <- contrasts[intersect(names(contrasts), variables)]
  if (length(used) > 0L) used
}

check_contrasts <- function(contrasts, data) {
  if (is.null(contrasts)) {
    return(invisible())
  }
  if (!is.list(contrasts) || is.null(names(contrasts))) {
    moe_abort(
      c(
        "{.arg contrasts} must be a named list such as {.code list(f = \"contr.sum\")}.",
        x = describe(contrasts)
      ),
      "contrasts"
    )
  }
  categorical <- setdiff(names(data)[vapply(data, is_categorical, NA)], names(data)[1L])
  unknown <- setdiff(names(contrasts), categorical)
  if (length(unknown) > 0L) {
    moe_abort(
      c(
        "{.arg contrasts} names {cli::qty(unknown)}{?a variable/variables} that {?is/are} no \\
         factor in the formula: {.var {unknown}}.",
        i = if (length(categorical) > 0L) "Factors in the formula: {.var {categorical}}."
      ),
      "contrasts"
    )
  }
}

abort_term_matrix <- function(error, terms, data) {
  variables <- vapply(as.list(attr(terms, "variables"))[-1L], deparse1, "")
  levels <- vapply(data[variables], function(v) {
    if (has_levels(v)) length(unique(v[!is.na(v)])) else NA_integer_
  }, 0L)
  single <- variables[!is.na(levels) & levels < 2L]
  if (length(single) > 0L) {
    moe_abort(
      c(
        "Every factor among the covariates needs at least two levels in the data.",
        x = "{.var {single}} {?has/have} only one.",
        i = "Leave {cli::qty(single)}{?it/them} out of the formula."
      ),
      "covariates"
    )
  }
  moe_abort("The design matrix cannot be built from the formula.", "covariates", parent = error)
}

#' Covariates given as a matrix
#'
#' @param x Numeric or logical matrix, data frame of such columns, or any Matrix. Never densified
#'   when sparse, and returned as it is (not copied) when already double or `dgCMatrix`.
#' @param arg Its name.
#' @return A double matrix or a `dgCMatrix`; errors of class `moelogit_error_covariates`.
#' @noRd
as_covariates <- function(x, arg) {
  if (is.data.frame(x)) {
    usable <- vapply(x, function(v) (is.numeric(v) || is.logical(v)) && is.null(dim(v)), NA)
    if (!all(usable)) {
      moe_abort(
        c(
          "A data frame {.arg {arg}} must hold numeric columns only.",
          x = "Not numeric: {.var {names(x)[!usable]}}.",
          i = "Use the formula interface for factors, or {.fn model.matrix} first."
        ),
        "covariates"
      )
    }
    x <- as.matrix(x)
  }
  if (inherits(x, "Matrix")) {
    check_slots(x, arg)
    x <- as_sparse_or_dense(x)
  } else if (!is.matrix(x) || !(is.numeric(x) || is.logical(x))) {
    moe_abort(
      c(
        "{.arg {arg}} must be a numeric matrix, a data frame of numbers or a sparse matrix.",
        x = describe(x),
        i = if (is.numeric(x)) "For one covariate, use {.code matrix({arg})}."
      ),
      "covariates"
    )
  }
  if (nrow(x) == 0L || ncol(x) == 0L) {
    moe_abort(
      c("{.arg {arg}} must have at least one row and one column.", x = describe(x)), "covariates"
    )
  }
  if (is.matrix(x) && !is.double(x)) storage.mode(x) <- "double"
  x
}

# Slots that contradict each other, as after an assignment to one of them, would be read beyond.
check_slots <- function(x, arg) {
  found <- methods::validObject(x, test = TRUE)
  if (!isTRUE(found)) {
    moe_abort(
      c(
        "{.arg {arg}} is a broken {.cls {class(x)[1L]}}: its slots contradict each other.",
        x = "{found[1L]}",
        i = "Make it anew, as with {.fn Matrix::sparseMatrix}."
      ),
      "covariates"
    )
  }
}

as_sparse_or_dense <- function(x) {
  if (inherits(x, "dgCMatrix")) {
    return(x)
  }
  if (!inherits(x, c("sparseMatrix", "diagonalMatrix", "indMatrix"))) {
    return(as.matrix(x))
  }
  methods::as(methods::as(methods::as(x, "dMatrix"), "generalMatrix"), "CsparseMatrix")
}

# Names for the columns of x: its own, with gaps filled as x1, x2, ...
covariate_names <- function(x, arg) {
  default <- paste0(arg, seq_len(ncol(x)))
  given <- colnames(x)
  if (is.null(given)) {
    return(default)
  }
  names <- ifelse(is.na(given) | given == "", default, given)
  twice <- unique(names[duplicated(names)])
  if (length(twice) > 0L) {
    moe_abort(
      c("The columns of {.arg {arg}} must have different names.", x = "Repeated: {.val {twice}}."),
      "covariates"
    )
  }
  if ("(Intercept)" %in% names) {
    moe_abort(
      c(
        "{.arg {arg}} has a column {.val (Intercept)}, but an intercept is implied.",
        i = "Leave the column out."
      ),
      "covariates"
    )
  }
  names
}

# Stops when a column holds NA, NaN or an infinite value; `arg` is NULL for terms of a formula.
check_finite <- function(x, columns, arg) {
  counts <- nonfinite_counts(x)
  bad <- which(counts > 0L)
  if (length(bad) == 0L) {
    return(invisible())
  }
  shown <- utils::head(bad, 5L)
  bullets <- sprintf("{.var {columns[shown[%d]]}}: {counts[shown[%d]]} row{?s}.",
                     seq_along(shown), seq_along(shown))
  names(bullets) <- rep_len("x", length(bullets))
  rest <- length(bad) - length(shown)
  moe_abort(
    c(
      if (is.null(arg)) {
        "Covariates must be finite, without {.code NA}, {.code NaN} or {.code Inf}."
      } else {
        "{.arg {arg}} must be finite, without {.code NA}, {.code NaN} or {.code Inf}."
      },
      bullets,
      if (rest > 0L) c(x = "... and {rest} more column{?s}."),
      i = "Leave these rows out, or repair the values."
    ),
    "nonfinite"
  )
}

# How many rows of each column are not finite; one cheap pass when all is well.
nonfinite_counts <- function(x) {
  if (inherits(x, "dgCMatrix")) {
    bad <- which(!is.finite(x@x))
    return(tabulate(findInterval(bad - 1L, x@p), ncol(x)))
  }
  counts <- integer(ncol(x))
  suspect <- which(!is.finite(colSums(x)))
  counts[suspect] <- vapply(suspect, function(j) sum(!is.finite(x[, j])), 0L)
  counts
}

check_length <- function(found, n, arg, unit) {
  if (found == n) {
    return(invisible())
  }
  moe_abort(
    c(
      "{.arg {arg}} must have one value or row for each row of {.arg x}.",
      x = paste0("{.arg {arg}} has {found} ", unit, ", {.arg x} has {n} row{?s}.")
    ),
    "length"
  )
}
