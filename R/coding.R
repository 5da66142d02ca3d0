# Codings of coefficients, of list(gate = q x K, expert = p x M x K).
#
# Symmetric: each row of the gate, and of each expert, sums to zero; no expert and no class is
# special. The core computes in it, and fits hold it. Reference: the first expert and the first
# class are 0, the coding of coef(). Theta is the core's vector: gate, then experts, both row by
# row.

arrays_to_theta <- function(gate, expert) {
  c(t(gate), t(matrix(expert, dim(expert)[1L])))
}

# The same of coefficients in any coding of `gate` and `expert`.
centered_theta <- function(coef) {
  coef <- center_coding(coef)
  arrays_to_theta(coef$gate, coef$expert)
}

# Symmetric coding from any coding.
center_coding <- function(coef) {
  list(
    gate = coef$gate - rowMeans(coef$gate),
    expert = sweep(coef$expert, c(1L, 3L), apply(coef$expert, c(1L, 3L), mean))
  )
}

# Reference coding from any coding.
reference_coding <- function(coef) {
  list(
    gate = coef$gate - coef$gate[, 1L],
    expert = sweep(coef$expert, c(1L, 3L), coef$expert[, 1L, , drop = TRUE])
  )
}

# The free ones of them, in the order of coef().
free_vector <- function(coef) {
  coef <- reference_coding(coef)
  c(coef$gate[, -1L], coef$expert[, -1L, ])
}
