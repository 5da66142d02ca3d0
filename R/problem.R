# The problem that the core solves: standardised covariates, columns that carry nothing new left
# out, one ridge per coefficient row. new_problem() is the only place that makes one.

# Columns of the largest design that is checked for collinearity and whose Gram matrix is kept.
max_gram <- 500L

#' A problem of the core
#'
#' Read by the core (src/r_problem.h) and by whatever looks at rows and coefficients on the way.
#' A record is a row with one class: rows of counts have one for every class that was counted.
#'
#' @param expert,gate Covariates of the records: a list of `x` (the stored columns that are not
#'   aliased, dense or `dgCMatrix`), `implicit` (whether an intercept comes before them), `center`
#'   and `scale` of the stored columns. `gate = NULL`: those of the experts.
#' @param response Class of each record, 0 to M - 1, integer.
#' @param weight Weight of each record.
#' @param offset `NULL` or a matrix, records x M, added to the logits of every expert.
#' @param frame The [coef_frame()].
#' @param ridge `list(gate =, expert =)`: the penalty of each coefficient row, see
#'   `penalty_ridge()`.
#' @param gram `list(gate =, expert =)`: weighted mean Gram matrices of the standardised columns
#'   that are not aliased, each `NULL` when it was not made.
#' @param fixed `NULL`, or the coefficients that are held at values, from `read_fixed()`.
#' @param row,n The row of each record, `NULL` when record i is row i; the number of rows.
#' @param parts `NULL`, or the parts of rows that are on workers, see `read_parts()`. There are no
#'   records then, `weight` is the sum of all, and `ascend_runs()` adds `sum`, a function that gives
#'   the core its sums.
#' @return A list of class `"moelogit_problem"` with these fields.
#' @noRd
new_problem <- function(expert, gate, response, weight, offset, frame, ridge,
                        gram = list(gate = NULL, expert = NULL), fixed = NULL, row = NULL,
                        n = length(response), parts = NULL) {
  structure(
    list(
      expert = expert, gate = gate, response = response, weight = weight, offset = offset,
      frame = frame, ridge = ridge, gram = gram, fixed = fixed, row = row, n = n, parts = parts
    ),
    class = "moelogit_problem"
  )
}

# A problem without rows: what a worker needs of it to make that of a part.
problem_shell <- function(problem) {
  side <- function(covariates) {
    if (is.null(covariates)) return(NULL)
    covariates$columns <- unclass(covariates$x)$columns
    lapply(covariates[c("columns", "implicit", "center", "scale")], unname)
  }
  list(
    expert = side(problem$expert), gate = side(problem$gate),
    frame = problem$frame[c("k", "classes")], ridge = problem$ridge
  )
}

#' The problem of a design
#'
#' @param design From `model_design()` or `model_design_matrix()`.
#' @param k Number of experts.
#' @param control From [moelogit_control()].
#' @param fixed As in [moelogit()].
#' @return A [new_problem()].
#' @noRd
build_problem <- function(design, k, control, fixed = NULL) {
  rows <- function(x) if (is.null(design$row) || is.null(x)) x else x[design$row, , drop = FALSE]
  part <- function(x, name) {
    standardise_part(
      rows(x), design$weights, design$columns[[name]], design$implicit, design$intercept[[name]],
      control$standardize, control$threads
    )
  }
  expert <- part(design$x, "expert")
  gate <- if (design$shared) expert else part(design$z, "gate")
  frame <- coef_frame(gate$frame, expert$frame, design$classes, k)
  check_columns_left(frame)
  inform_aliased(unique(c(
    names(which(frame$expert$aliased)), if (!design$shared) names(which(frame$gate$aliased))
  )))
  new_problem(
    expert = expert$design, gate = if (!design$shared) gate$design,
    response = design$y - 1L, weight = design$weights, offset = rows(design$offset),
    frame = frame, ridge = penalty_ridge(frame, control$penalty, control$penalize_intercept),
    gram = list(gate = gate$gram, expert = expert$gram), fixed = read_fixed(fixed, frame),
    row = design$row, n = design$n,
    parts = if (inherits(design$x, "moelogit_part_columns")) unclass(design$x)$parts
  )
}

#' Standardise one part of a design
#'
#' @param x Stored columns, dense or `dgCMatrix`; rows are records.
#' @param weights One per record.
#' @param columns Names of the coefficient rows, with the intercept.
#' @param implicit,intercept Whether the intercept is implied; whether there is one.
#' @param standardize,threads From the control.
#' @return A list: `design` (covariates for `new_problem()`; `x` is the same object when all columns
#'   are kept), `frame` (see `part_frame()`), `gram` (weighted mean Gram matrix of the kept
#'   columns, or `NULL`).
#' @noRd
standardise_part <- function(x, weights, columns, implicit, intercept, standardize, threads) {
  scaling <- column_scaling(x, weights, implicit, intercept)
  aliased <- scaling$constant
  shift <- as.integer(implicit)
  gram <- NULL
  if (ncol(x) + shift <= max_gram) {
    gram <- column_gram(
      list(x = x, implicit = implicit, center = scaling$center, scale = scaling$scale), weights,
      threads
    ) / sum(weights)
    dimnames(gram) <- list(columns, columns)
    skip <- c(logical(shift), scaling$constant)
    dependent <- collinear_columns(gram, skip, most = positive_count(x, weights))
    aliased <- aliased | dependent[shift + seq_along(aliased)]
  }
  if (!standardize) {
    check_squares(columns[c(rep_len(FALSE, shift), !aliased)], scaling, !aliased)
    if (!is.null(gram)) gram <- gram_as_given(gram, scaling, shift, intercept)
    scaling$center[] <- 0
    scaling$scale[] <- 1
  }
  kept <- c(rep_len(TRUE, shift), !aliased)
  list(
    design = list(
      x = if (any(aliased)) x[, !aliased, drop = FALSE] else x, implicit = implicit,
      center = scaling$center[!aliased], scale = scaling$scale[!aliased]
    ),
    frame = part_frame(
      columns, !kept,
      center = stats::setNames(c(numeric(shift), ifelse(aliased, 0, scaling$center)), columns),
      scale = stats::setNames(c(rep_len(1, shift), ifelse(aliased, 1, scaling$scale)), columns),
      intercept = intercept
    ),
    gram = if (!is.null(gram)) gram[kept, kept, drop = FALSE]
  )
}

# Weighted means and standard deviations of the stored columns, and which of them are constant.
column_scaling <- function(x, weights, implicit, intercept) {
  moments <- column_moments(x, weights, intercept)
  center <- moments$center
  scale <- moments$scale
  if (intercept && !implicit) {
    center[1L] <- 0
    scale[1L] <- 1
  }
  # smaller than any number that has an inverse is constant, too
  constant <- scale <= 1e-10 * abs(center) | scale < .Machine$double.xmin
  scale[constant] <- 1
  list(center = center, scale = scale, constant = constant)
}

# Without standardisation the core computes with squares of the columns as they are.
check_squares <- function(columns, scaling, kept) {
  size <- (abs(scaling$center) + scaling$scale)[kept]
  bad <- size > 1e100 | size < 1e-100
  if (any(bad)) {
    moe_abort(
      c(
        "Columns of such size need {.code standardize = TRUE}.",
        x = "Beyond 1e-100 to 1e100: {.var {columns[bad]}}.",
        i = "Or give them in other units."
      ),
      "covariates"
    )
  }
}

# The Gram matrix of the columns as they were given, from that of the standardised ones.
gram_as_given <- function(gram, scaling, shift, intercept) {
  scale <- c(rep_len(1, shift), scaling$scale)
  center <- c(numeric(shift), scaling$center)
  back <- diag(scale, length(scale))
  if (intercept) back[1L, ] <- back[1L, ] + center * (seq_along(center) > 1L)
  gram[] <- crossprod(back, gram) %*% back
  gram
}

# Columns that depend linearly on those before them (lm()'s rule: the later one goes): what is left
# of a column's length after projecting on the earlier ones, from the Cholesky factor. There are at
# `most` as many others as rows, which rounding cannot tell when some rows weigh little.
collinear_columns <- function(gram, skip, tol = 1e-10, most = Inf) {
  p <- ncol(gram)
  dependent <- logical(p)
  factor <- matrix(0, p, p)
  for (j in seq_len(p)) {
    if (skip[j]) next
    earlier <- factor[, j]
    left <- gram[j, j] - sum(earlier^2)
    full <- sum(!dependent[seq_len(j - 1L)] & !skip[seq_len(j - 1L)]) >= most
    if (full || left <= tol * max(gram[j, j], .Machine$double.xmin)) {
      dependent[j] <- TRUE
    } else if (j < p) {
      after <- (j + 1L):p
      factor[j, after] <- (gram[j, after] - drop(earlier %*% factor[, after])) / sqrt(left)
    }
  }
  dependent
}

#' The penalty of each coefficient row
#'
#' @param penalty,penalize_intercept As in [moelogit_control()].
#' @return `list(gate =, expert =)`, each with an entry for every column that is not aliased.
#' @noRd
penalty_ridge <- function(frame, penalty, penalize_intercept) {
  ridge <- function(name) {
    free <- frame[[name]]$intercept && !penalize_intercept
    others <- sum(!frame[[name]]$aliased) - 1L
    penalty[[name]] * c(if (free) 0 else 1, rep_len(1, others))
  }
  list(gate = ridge("gate"), expert = ridge("expert"))
}

# With the hash no permutation of all rows is made; all of them take no random numbers.
sample_rows <- function(n, most) {
  if (n <= most) seq_len(n) else sort(sample.int(n, most, useHash = n >= 2 * most))
}

# Some rows of a problem, with the ridge in proportion.
subset_problem <- function(problem, rows) {
  take <- function(part) {
    if (!is.null(part)) part$x <- part$x[rows, , drop = FALSE]
    part
  }
  share <- sum(problem$weight[rows]) / sum(problem$weight)
  new_problem(
    expert = take(problem$expert), gate = take(problem$gate), response = problem$response[rows],
    weight = problem$weight[rows],
    offset = if (!is.null(problem$offset)) problem$offset[rows, , drop = FALSE],
    frame = problem$frame, ridge = lapply(problem$ridge, `*`, share), gram = problem$gram,
    fixed = problem$fixed
  )
}

check_columns_left <- function(frame) {
  for (name in c("expert", "gate")) {
    if (all(frame[[name]]$aliased)) {
      moe_abort(
        c(
          "The {name} part has no column that tells rows apart.",
          x = "All zero: {.var {frame[[name]]$columns}}.",
          i = "Leave the intercept in, or give other covariates."
        ),
        "covariates"
      )
    }
  }
}

inform_aliased <- function(columns) {
  if (length(columns) == 0L) {
    return(invisible())
  }
  moe_inform(
    c(
      "{length(columns)} column{?s} {?is/are} constant or depend{?s/} linearly on others: \\
       {.var {columns}}.",
      i = "{cli::qty(columns)}{?Its/Their} coefficients are {.code NA}, as in {.fn lm}."
    ),
    "aliased"
  )
}
