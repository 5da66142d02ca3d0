# The pieces of inference: the observed information and the scores, of free coefficients (reference
# coding, columns that are not aliased) on standardised covariates.

#' Observed information in reference coding on standardised covariates
#'
#' @return A list of D x D matrices: `data`, the negative Hessian of the log-likelihood, and
#'   `penalty`, that of the penalty: \eqn{(I - 11'/N) \otimes \mathrm{diag}(ridge)}{(I - 11'/N) x
#'   diag(ridge)} for the N logits of the gate, and of each expert.
#' @noRd
fit_information <- function(object, problem = information_problem(object)) {
  data <- object$inference$information
  if (is.null(data)) data <- core_information(problem, object_theta(object), object$control$threads)
  list(data = data, penalty = penalty_information(problem))
}

# The training rows, or without them what penalty_information() reads.
information_problem <- function(object) {
  if (is.null(object$inference)) training_problem(object) else fit_penalty(object)
}

fit_penalty <- function(object) {
  list(
    frame = object$frame,
    ridge = penalty_ridge(object$frame, object$penalty, object$control$penalize_intercept)
  )
}

penalty_information <- function(problem) {
  block <- function(ridge, logits) {
    kronecker(diag(logits - 1L) - 1 / logits, diag(ridge, length(ridge)))
  }
  k <- problem$frame$k
  expert <- kronecker(diag(k), block(problem$ridge$expert, length(problem$frame$classes)))
  if (k == 1L) {
    return(expert)
  }
  gate <- block(problem$ridge$gate, k)
  at <- seq_len(nrow(gate))
  out <- matrix(0, nrow(gate) + nrow(expert), nrow(gate) + nrow(expert))
  out[at, at] <- gate
  out[-at, -at] <- expert
  out
}

#' Invert an information matrix
#'
#' @param information Symmetric D x D matrix.
#' @param floor What is rounding error on its diagonal.
#' @return A list: `vcov`, the inverse, and `unknown`, which coefficients the information says
#'   nothing about. Their rows are `NA`; the others come from the generalised inverse, which for
#'   them is the inverse on the directions that are known. `maximum`: `FALSE` when a direction has
#'   clearly negative information, so that the point is no maximum.
#' @noRd
invert_information <- function(information, floor = 0, tol = 1e-10) {
  size <- nrow(information)
  scale <- sqrt(pmax(diag(information), floor, .Machine$double.xmin))
  scaled <- information / outer(scale, scale)
  if (!all(is.finite(scaled))) {
    return(list(
      vcov = matrix(NA_real_, size, size), unknown = rep_len(TRUE, size), maximum = FALSE
    ))
  }
  # where a pivot falls to the tolerance, what is left is not known; R warns of that
  factor <- suppressWarnings(chol(scaled, pivot = TRUE, tol = tol))
  order <- attr(factor, "pivot")
  rank <- attr(factor, "rank")
  known <- seq_len(rank)
  vcov <- matrix(NA_real_, size, size)
  if (rank > 0L) {
    vcov[order[known], order[known]] <- chol2inv(factor[known, known, drop = FALSE])
  }
  if (rank == size) {
    return(list(vcov = vcov / outer(scale, scale), unknown = logical(size), maximum = TRUE))
  }
  rest <- null_space(scaled[order, order], factor, rank)
  unknown <- replace(logical(size), order, rest$unknown)
  vcov[unknown, ] <- NA_real_
  vcov[, unknown] <- NA_real_
  list(vcov = vcov / outer(scale, scale), unknown = unknown, maximum = rest$maximum)
}

#' What a Cholesky factor of less than full rank leaves
#'
#' @param information,factor Pivoted. @param rank Of the factor.
#' @return A list: `unknown`, which coefficients have a share in the null space; the inverse of the
#'   leading block is that of the whole for all others. `maximum`: whether the information that is
#'   left has no clearly negative direction (it has as many as the whole has, by Sylvester).
#' @noRd
null_space <- function(information, factor, rank) {
  size <- ncol(information)
  known <- seq_len(rank)
  left <- setdiff(seq_len(size), known)
  beside <- factor[known, left, drop = FALSE]
  solved <- if (rank > 0L) backsolve(factor[known, known, drop = FALSE], beside) else beside
  basis <- qr.Q(qr(rbind(-solved, diag(length(left)))))
  remainder <- information[left, left, drop = FALSE] - crossprod(beside)
  small <- max(abs(remainder)) * length(left) <= 1e-6
  list(
    unknown = rowSums(basis^2) > 1e-6 | seq_len(size) > rank,
    maximum = small || min(eigen(remainder, symmetric = TRUE, only.values = TRUE)$values) > -1e-6
  )
}

#' The inverse of the information of a fit, along what it does not hold fixed
#'
#' @param information On free coefficients, D x D.
#' @return As `invert_information()`: fixed coefficients do not vary, those of others are what they
#'   are when these are known.
#' @noRd
invert_for_fit <- function(object, information) {
  if (is.null(object$fixed)) {
    return(invert_information(information, information_floor(object)))
  }
  directions <- free_directions(object$frame, object$fixed)
  if (ncol(directions) == 0L) {
    return(list(vcov = 0 * information, unknown = logical(nrow(information)), maximum = TRUE))
  }
  inverse <- invert_information(
    crossprod(directions, information %*% directions), information_floor(object)
  )
  vcov <- directions %*% na_to_zero(inverse$vcov) %*% t(directions)
  unknown <- rowSums(directions[, inverse$unknown, drop = FALSE] != 0) > 0
  vcov[unknown, ] <- NA_real_
  vcov[, unknown] <- NA_real_
  unknown[fixed_free(object$frame, object$fixed)] <- FALSE
  list(vcov = vcov, unknown = unknown, maximum = inverse$maximum)
}

# Rounding error in sums over the observations of a fit.
information_floor <- function(object) .Machine$double.eps * object$nobs

# Derivatives of the log-likelihood of each record with respect to the free logits, n x L.
logit_residuals <- function(object, problem) {
  prob <- core_predict(
    problem, object_theta(object), c("gate", "expert", "posterior"), object$control$threads
  )
  posterior <- prob$posterior
  m <- length(problem$frame$classes)
  observed <- outer(problem$response + 1L, seq_len(m), `==`)
  expert <- lapply(seq_len(problem$frame$k), function(k) {
    at <- (k - 1L) * m + seq_len(m)
    posterior[, k] * (observed - prob$expert[, at])[, -1L, drop = FALSE]
  })
  do.call(cbind, c(list((posterior - prob$gate)[, -1L, drop = FALSE]), expert))
}

# Standardised covariates of one part of a problem as a dense matrix, at some rows.
part_covariates <- function(problem, part, rows) {
  part <- if (part == "gate" && !is.null(problem$gate)) problem$gate else problem$expert
  n <- length(rows)
  x <- as.matrix(part$x[rows, , drop = FALSE])
  x <- (x - rep(part$center, each = n)) / rep(part$scale, each = n)
  if (part$implicit) cbind(1, x) else x
}

# Derivatives with respect to the free coefficients, at some rows: logit by logit, the derivative
# times the covariates.
coefficient_scores <- function(problem, residual, logits, rows) {
  covariates <- lapply(stats::setNames(nm = unique(logits$part)), function(part) {
    part_covariates(problem, part, rows)
  })
  do.call(cbind, lapply(seq_along(logits$part), function(l) {
    residual[rows, l] * covariates[[logits$part[l]]]
  }))
}

# Row numbers in pieces whose `columns` doubles per row fit in a few megabytes.
row_pieces <- function(n, columns) {
  size <- max(64L, as.integer(1e6 / columns))
  split(seq_len(n), (seq_len(n) - 1L) %/% size)
}

# Sum over rows of weight times the outer product of the scores.
score_products <- function(scores) {
  size <- length(scores$shift)
  total <- matrix(0, size, size)
  for (rows in row_pieces(length(scores$weight), size)) {
    total <- total + crossprod(sqrt(scores$weight[rows]) * shifted_scores(scores, rows))
  }
  total
}

shifted_scores <- function(scores, rows) {
  coefficient_scores(scores$problem, scores$residual, scores$logits, rows) -
    rep(scores$shift, each = length(rows))
}

#' Scores on standardised covariates
#'
#' @return `record_scores()`: those of the log-likelihood, one per record. `row_scores()`: those of
#'   the penalised objective, one per row of the data (a row of counts is one case), the penalty in
#'   equal shares per unit of weight. Both a list for `score_products()`: `problem` (whose
#'   covariates are those of the rows), `residual` (n x L, unweighted), `weight` (n), `shift` (what
#'   is subtracted from each row's scores), `logits`.
#' @noRd
record_scores <- function(object) {
  problem <- training_problem(object)
  logits <- free_logits(object$frame)
  list(
    problem = problem, residual = logit_residuals(object, problem), weight = problem$weight,
    shift = numeric(max(logits$to)), logits = logits
  )
}

row_scores <- function(object) {
  scores <- record_scores(object)
  free <- free_vector(standardised_coef(object$frame, object))
  penalty <- drop(penalty_information(scores$problem) %*% free)
  scores$shift <- penalty / sum(scores$weight)
  row <- object$data$row
  if (is.null(row)) {
    return(scores)
  }
  add <- function(x) {
    sums <- rowsum(x, row)
    out <- matrix(0, object$n, ncol(sums))
    out[as.integer(rownames(sums)), ] <- sums
    out
  }
  weight <- drop(add(cbind(scores$weight)))
  scores$residual <- add(scores$residual * scores$weight) / ifelse(weight > 0, weight, 1)
  scores$weight <- weight
  scores$problem <- problem_at(object, stored_design(object))
  scores
}
