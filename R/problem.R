# From a design to the problem that the core solves: standardised covariates, columns that carry
# nothing new left out, one ridge per coefficient row.

# Columns of the largest design that is checked for collinearity and whose Gram matrix is kept.
max_gram <- 500L

#' Standardise one part of a design
#'
#' @param x Stored columns, dense or `dgCMatrix`; rows are records.
#' @param weights One per record.
#' @param columns Names of the coefficient rows, with the intercept.
#' @param implicit,intercept Whether the intercept is implied; whether there is one.
#' @param standardize,threads From the control.
#' @return A list: `x` (kept columns; the same object when all are kept), `center` and `scale` of
#'   the kept stored columns, `scaling` (over all coefficient rows), `aliased` (logical, named),
#'   `gram` (weighted mean Gram matrix of the kept columns, or `NULL`).
#' @noRd
standardise_part <- function(x, weights, columns, implicit, intercept, standardize, threads) {
  first <- intercept && !implicit
  moments <- core_moments(x, weights, intercept)
  center <- moments$center
  scale <- sqrt(moments$variance)
  if (first) {
    center[1L] <- 0
    scale[1L] <- 1
  }
  constant <- scale <= 1e-10 * abs(center)
  scale[constant] <- 1
  aliased <- constant
  shift <- as.integer(implicit)
  gram <- NULL
  if (ncol(x) + shift <= max_gram) {
    gram <- core_gram(
      list(x = x, implicit = implicit, center = center, scale = scale), weights, threads
    ) / sum(weights)
    dimnames(gram) <- list(columns, columns)
    dependent <- collinear_columns(gram, c(logical(shift), constant))
    aliased <- aliased | dependent[shift + seq_along(aliased)]
  }
  if (!standardize) {
    rescale <- c(rep_len(1, shift), scale)
    offset <- c(numeric(shift), center)
    back <- diag(rescale, length(rescale))
    if (intercept) back[1L, ] <- back[1L, ] + offset * (seq_along(offset) > 1L)
    if (!is.null(gram)) gram[] <- crossprod(back, gram) %*% back
    center[] <- 0
    scale[] <- 1
  }
  kept <- c(rep_len(TRUE, shift), !aliased)
  list(
    x = if (any(aliased)) x[, !aliased, drop = FALSE] else x,
    center = center[!aliased],
    scale = scale[!aliased],
    scaling = list(
      center = stats::setNames(c(numeric(shift), ifelse(aliased, 0, center)), columns),
      scale = stats::setNames(c(rep_len(1, shift), ifelse(aliased, 1, scale)), columns)
    ),
    aliased = stats::setNames(!kept, columns),
    gram = if (!is.null(gram)) gram[kept, kept, drop = FALSE]
  )
}

# Columns that depend linearly on those before them (lm()'s rule: the later one goes): what is left
# of a column's length after projecting on the earlier ones, from the Cholesky factor.
collinear_columns <- function(gram, skip, tol = 1e-10) {
  p <- ncol(gram)
  dependent <- logical(p)
  factor <- matrix(0, p, p)
  for (j in seq_len(p)) {
    if (skip[j]) next
    earlier <- factor[, j]
    left <- gram[j, j] - sum(earlier^2)
    if (left <= tol * max(gram[j, j], .Machine$double.xmin)) {
      dependent[j] <- TRUE
    } else if (j < p) {
      after <- (j + 1L):p
      factor[j, after] <- (gram[j, after] - drop(earlier %*% factor[, after])) / sqrt(left)
    }
  }
  dependent
}

#' The problem of the core
#'
#' @param design From `model_design()` or `model_design_matrix()`.
#' @param k Number of experts.
#' @param control From [moelogit_control()].
#' @return A list for the core's functions (see src/r_problem.h), with what the fit stores
#'   (`scaling`, `aliased`, `gram`) in `parts`.
#' @noRd
build_problem <- function(design, k, control) {
  rows <- function(x) if (is.null(design$row) || is.null(x)) x else x[design$row, , drop = FALSE]
  part <- function(x, name) {
    standardise_part(
      rows(x), design$weights, design$columns[[name]], design$implicit, design$intercept[[name]],
      control$standardize, control$threads
    )
  }
  expert <- part(design$x, "expert")
  gate <- if (design$shared) expert else part(design$z, "gate")
  check_columns_left(list(expert = expert, gate = gate))
  inform_aliased(unique(c(
    names(which(expert$aliased)), if (!design$shared) names(which(gate$aliased))
  )))
  problem <- list(
    expert = part_design(expert, design$implicit),
    gate = if (!design$shared) part_design(gate, design$implicit),
    n = design$n,
    row = design$row,
    response = design$y - 1L,
    weight = design$weights,
    offset = rows(design$offset),
    experts = k,
    classes = length(design$classes),
    ridge = NULL,
    intercept = design$intercept,
    parts = list(expert = expert[-1L], gate = gate[-1L])
  )
  set_penalty(problem, control$penalty, control$penalize_intercept)
}

set_penalty <- function(problem, penalty, penalize_intercept) {
  ridge <- function(part) {
    size <- sum(!problem$parts[[part]]$aliased)
    free <- problem$intercept[[part]] && !penalize_intercept
    penalty[[part]] * c(if (free) 0 else 1, rep_len(1, size - 1L))
  }
  problem$ridge <- list(gate = ridge("gate"), expert = ridge("expert"))
  problem
}

part_design <- function(part, implicit) {
  list(x = part$x, implicit = implicit, center = part$center, scale = part$scale)
}

# Numbers of coefficient rows and logits: what theta_to_arrays() needs.
problem_shape <- function(problem) {
  list(
    q = length(problem$ridge$gate), p = length(problem$ridge$expert),
    m = problem$classes, k = problem$experts
  )
}

problem_arrays <- function(problem, theta) {
  shape <- problem_shape(problem)
  theta_to_arrays(theta, shape$q, shape$p, shape$m, shape$k)
}

# Some rows of a problem, with the ridge in proportion.
subset_problem <- function(problem, rows) {
  take <- function(part) {
    if (!is.null(part)) part$x <- part$x[rows, , drop = FALSE]
    part
  }
  share <- sum(problem$weight[rows]) / sum(problem$weight)
  problem$expert <- take(problem$expert)
  problem["gate"] <- list(take(problem$gate))
  problem$response <- problem$response[rows]
  problem$weight <- problem$weight[rows]
  if (!is.null(problem$offset)) problem$offset <- problem$offset[rows, , drop = FALSE]
  problem$ridge <- lapply(problem$ridge, `*`, share)
  problem
}

check_columns_left <- function(parts) {
  for (name in names(parts)) {
    if (all(parts[[name]]$aliased)) {
      moe_abort(
        c(
          "The {name} part has no column that tells rows apart.",
          x = "All zero: {.var {names(parts[[name]]$aliased)}}.",
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
