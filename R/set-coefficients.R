# A copy of a fit with other values of coef(), for numerical derivatives.
set_coefficients <- function(object, coefs) {
  full <- coef(object)
  full[names(coefs)] <- coefs
  gate_size <- nrow(object$gate) * (object$k - 1L)
  gate <- cbind(0, matrix(full[seq_len(gate_size)], nrow(object$gate)))
  expert <- array(0, dim(object$expert))
  expert[, -1L, ] <- full[gate_size + seq_len(length(full) - gate_size)]
  symmetric <- center_coding(list(gate = gate, expert = expert))
  object$gate[] <- symmetric$gate
  object$expert[] <- symmetric$expert
  object
}
