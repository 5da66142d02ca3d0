# Between the layouts and codings of coefficients.
#
# Core: one vector theta, gate (q x K) then experts (p x KM), both row-major, symmetric coding on
# standardised covariates, columns that are not aliased. Fit: `gate` (q x K) and `expert`
# (p x M x K), symmetric coding on the covariates' own scale, NA for aliased columns. User: the
# reference coding of coef().

# theta -> list(gate = q x K, expert = p x M x K)
theta_to_arrays <- function(theta, q, p, m, k) {
  gate <- matrix(theta[seq_len(q * k)], q, k, byrow = TRUE)
  expert <- matrix(theta[q * k + seq_len(p * m * k)], p, m * k, byrow = TRUE)
  list(gate = gate, expert = array(expert, c(p, m, k)))
}

arrays_to_theta <- function(gate, expert) {
  c(t(gate), t(matrix(expert, dim(expert)[1L])))
}

# The same of coefficients in any coding of `gate` and `expert`.
centered_theta <- function(coef) {
  coef <- center_coding(coef)
  arrays_to_theta(coef$gate, coef$expert)
}

# Standardised coefficients on the covariates' own scale, and back. `scaling` is one part's
# list(center, scale) over the kept columns; with an intercept it is the first row.
unscale_rows <- function(coef, scaling, intercept) {
  coef <- coef / scaling$scale
  if (intercept) coef[1L, ] <- coef[1L, ] - colSums(scaling$center * coef)
  coef
}

scale_rows <- function(coef, scaling, intercept) {
  if (intercept) coef[1L, ] <- coef[1L, ] + colSums(scaling$center * coef)
  coef * scaling$scale
}

# The matrix of unscale_rows(): own-scale coefficients = matrix %*% standardised ones.
unscale_matrix <- function(scaling, intercept) {
  unscale_rows(diag(length(scaling$scale)), scaling, intercept)
}

kept_scaling <- function(object, part) {
  kept <- !object$aliased[[part]]
  lapply(object$scaling[[part]], `[`, kept)
}

# Symmetric coefficients on standardised covariates, kept columns only: list(gate = q' x K,
# expert = p' x M x K).
standardised_coef <- function(object) {
  convert <- function(coef, part) {
    kept <- !object$aliased[[part]]
    rows <- matrix(coef, length(kept))[kept, , drop = FALSE]
    scale_rows(rows, kept_scaling(object, part), object$intercept[[part]])
  }
  m <- length(object$classes)
  names <- lapply(object$aliased, function(aliased) names(aliased)[!aliased])
  list(
    gate = structure(
      convert(object$gate, "gate"), dimnames = list(names$gate, colnames(object$gate))
    ),
    expert = array(
      convert(object$expert, "expert"), c(length(names$expert), m, object$k),
      list(names$expert, object$classes, colnames(object$gate))
    )
  )
}

object_theta <- function(object) {
  coef <- standardised_coef(object)
  arrays_to_theta(coef$gate, coef$expert)
}

# Symmetric coding from any coding: each row of the gate, and of each expert, sums to zero.
center_coding <- function(coef) {
  list(
    gate = coef$gate - rowMeans(coef$gate),
    expert = sweep(coef$expert, c(1L, 3L), apply(coef$expert, c(1L, 3L), mean))
  )
}

# Reference coding: the first expert and the first class are 0.
reference_coding <- function(coef) {
  list(
    gate = coef$gate - coef$gate[, 1L],
    expert = sweep(coef$expert, c(1L, 3L), coef$expert[, 1L, , drop = TRUE])
  )
}
