# What the penalty leaves of the coefficients: how many are really free, and what the data say for a
# number of experts when all their values are averaged over.

#' Effective coefficients and evidence of a fit
#'
#' With H the observed information of the data, P the Hessian of the penalty and lambda the
#' eigenvalues of P^(-1/2) H P^(-1/2), those below 0 set to 0 (superfluous experts often sit at
#' saddles): the effective number of coefficients is the sum of lambda / (1 + lambda) (Moody 1992,
#' the trace of the smoother of a ridge regression), and Laplace's approximation of the log evidence
#' is the log-likelihood, plus the log prior density less its constant, minus half the sum of
#' log(1 + lambda) (MacKay 1992, Kass and Raftery 1995).
#'
#' Coefficients without a penalty count as if they had one of 1. With more than `max_spectrum` free
#' coefficients the eigenvalues are replaced by the diagonal, H_jj / P_jj, which can only raise the
#' effective number and lower the evidence (both are sums of concave functions of the eigenvalues).
#'
#' @param fit A fit. @param problem What it was fitted to.
#' @return `c(edf =, evidence =)`.
#' @noRd
effective_coefficients <- function(fit, problem) {
  problem$ridge <- lapply(problem$ridge, function(ridge) ifelse(ridge > 0, ridge, 1))
  lambda <- pmax(penalised_spectrum(fit, problem), 0)
  prior <- -penalty_value(problem, standardised_coef(fit$frame, fit))
  c(
    edf = sum(lambda / (1 + lambda)),
    evidence = fit$loglik + prior - sum(log1p(lambda)) / 2
  )
}

max_spectrum <- 1000L

penalised_spectrum <- function(fit, problem) {
  if (free_size(problem$frame) > max_spectrum) {
    return(information_diagonal(fit, problem) / penalty_diagonal(problem))
  }
  information <- fit_information(fit, problem)
  root <- chol(information$penalty)
  half <- backsolve(root, information$data, transpose = TRUE)
  relative <- backsolve(root, t(half), transpose = TRUE)
  eigen((relative + t(relative)) / 2, symmetric = TRUE, only.values = TRUE)$values
}

# Half the sum of ridge times squares, in symmetric coding.
penalty_value <- function(problem, coef) {
  squares <- function(x, ridge) sum(ridge * matrix(x, length(ridge))^2)
  (squares(coef$gate, problem$ridge$gate) + squares(coef$expert, problem$ridge$expert)) / 2
}

penalty_diagonal <- function(problem) {
  k <- problem$frame$k
  m <- length(problem$frame$classes)
  c(
    rep(problem$ridge$gate * (1 - 1 / k), k - 1L),
    rep(problem$ridge$expert * (1 - 1 / m), (m - 1L) * k)
  )
}

# The diagonal of the observed information: with derivative r of a row's log-likelihood by a logit,
# minus the second derivative is p (1 - p) in the gate and tau p (1 - p) in an expert, less what the
# spread of the posterior takes away.
information_diagonal <- function(fit, problem) {
  prob <- core_predict(
    problem, object_theta(fit), c("gate", "expert", "posterior"), fit$control$threads
  )
  m <- length(problem$frame$classes)
  tau <- prob$posterior
  experts <- lapply(seq_len(problem$frame$k), function(k) {
    p <- prob$expert[, ((k - 1L) * m + seq_len(m))[-1L], drop = FALSE]
    residual <- outer(problem$response + 1L, seq_len(m)[-1L], `==`) - p
    tau[, k] * (p * (1 - p) - (1 - tau[, k]) * residual^2)
  })
  gate <- prob$gate * (1 - prob$gate) - tau * (1 - tau)
  curvature <- do.call(cbind, c(list(gate[, -1L, drop = FALSE]), experts)) * problem$weight
  logits <- free_logits(problem$frame)
  total <- 0
  for (rows in row_pieces(nrow(curvature), max(logits$to))) {
    squares <- lapply(stats::setNames(nm = unique(logits$part)), function(part) {
      part_covariates(problem, part, rows)^2
    })
    total <- total + unlist(lapply(seq_along(logits$part), function(l) {
      crossprod(squares[[logits$part[l]]], curvature[rows, l])
    }))
  }
  total
}
