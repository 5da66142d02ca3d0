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
#' Coefficients without a penalty count as if they had one of 1. With many free coefficients
#' (`exact = FALSE`) H is taken apart into the blocks of single logits, in symmetric coding, where
#' the N logits of a gate or an expert count N - 1 times; with many covariates too, into its
#' diagonal. The blocks come close (within a tenth on the data of bench/), the diagonal counts too
#' many where covariates are correlated.
#'
#' @param fit A fit. @param problem What it was fitted to.
#' @param exact Whether to take all eigenvalues; the same for all numbers that are compared.
#' @return `c(edf =, evidence =, complexity =)`, the last what the evidence takes off.
#' @noRd
effective_coefficients <- function(fit, problem, exact = is_small(problem)) {
  problem$ridge <- lapply(problem$ridge, function(ridge) ifelse(ridge > 0, ridge, 1))
  spectrum <- if (exact) penalised_spectrum(fit, problem) else logit_spectrum(fit, problem)
  lambda <- pmax(spectrum$lambda, 0)
  prior <- -penalty_value(problem, standardised_coef(fit$frame, fit))
  complexity <- sum(spectrum$times * log1p(lambda)) / 2
  c(
    edf = sum(spectrum$times * lambda / (1 + lambda)),
    evidence = fit$loglik + prior - complexity, complexity = complexity
  )
}

# Free coefficients of a problem, or covariates of a logit, whose eigenvalues take a second at most.
max_spectrum <- 1000L

is_small <- function(problem) free_size(problem$frame) <= max_spectrum

# `lambda`, and how many `times` each counts.
penalised_spectrum <- function(fit, problem) {
  information <- fit_information(fit, problem)
  root <- chol(information$penalty)
  half <- backsolve(root, information$data, transpose = TRUE)
  relative <- backsolve(root, t(half), transpose = TRUE)
  relative <- (relative + t(relative)) / 2
  list(lambda = eigen(relative, symmetric = TRUE, only.values = TRUE)$values, times = 1)
}

# Half the sum of ridge times squares, in symmetric coding.
penalty_value <- function(problem, coef) {
  squares <- function(x, ridge) sum(ridge * matrix(x, length(ridge))^2)
  (squares(coef$gate, problem$ridge$gate) + squares(coef$expert, problem$ridge$expert)) / 2
}

logit_spectrum <- function(fit, problem) {
  sums <- sum_rows(problem, "curvature_sums", object_theta(fit), fit$control$threads)
  sizes <- list(expert = length(problem$frame$classes), gate = problem$frame$k)
  parts <- lapply(names(sums), function(part) {
    ridge <- problem$ridge[[part]]
    lambda <- if (length(dim(sums[[part]])) == 3L) {
      apply(sums[[part]], 3L, function(block) {
        block <- block / sqrt(outer(ridge, ridge))
        eigen(block, symmetric = TRUE, only.values = TRUE)$values
      })
    } else {
      sums[[part]] / ridge
    }
    # N logits that sum to nothing: N - 1 directions hold what is on the diagonals of N
    share <- 1 - 1 / sizes[[part]]
    list(lambda = as.vector(lambda) / share, times = rep_len(share, length(lambda)))
  })
  list(
    lambda = unlist(lapply(parts, `[[`, "lambda")), times = unlist(lapply(parts, `[[`, "times"))
  )
}

# By part, the blocks or with many covariates the diagonals of single logits.
curvature_sums <- function(problem, theta, threads) {
  curvature <- logit_curvature(problem, theta, threads)
  Map(function(part, weight) {
    few <- length(problem$ridge[[part]]) <= max_spectrum
    (if (few) logit_blocks else logit_diagonals)(problem, part, weight * problem$weight)
  }, names(curvature), curvature)
}

# Minus the second derivative of a row's log-likelihood by each logit: p (1 - p) in the gate and
# tau p (1 - p) in an expert, less what the spread of the posterior tau takes away. A list by part,
# n x logits.
logit_curvature <- function(problem, theta, threads) {
  k <- problem$frame$k
  m <- length(problem$frame$classes)
  prob <- core_predict(problem, theta, c("gate", "expert", "posterior"), threads)
  tau <- prob$posterior
  observed <- outer(problem$response + 1L, seq_len(m), `==`)
  experts <- lapply(seq_len(k), function(j) {
    p <- prob$expert[, (j - 1L) * m + seq_len(m), drop = FALSE]
    tau[, j] * (p * (1 - p) - (1 - tau[, j]) * (observed - p)^2)
  })
  gate <- prob$gate * (1 - prob$gate) - tau * (1 - tau)
  c(list(expert = do.call(cbind, experts)), if (k > 1L) list(gate = gate))
}

# Weighted Gram matrices of the covariates of a part, p x p x logits.
logit_blocks <- function(problem, part, weight) {
  p <- length(problem$ridge[[part]])
  out <- array(0, c(p, p, ncol(weight)))
  for (rows in row_pieces(nrow(weight), p)) {
    x <- part_covariates(problem, part, rows)
    for (l in seq_len(ncol(weight))) out[, , l] <- out[, , l] + crossprod(x, x * weight[rows, l])
  }
  out
}

# Their diagonals, p x logits.
logit_diagonals <- function(problem, part, weight) {
  total <- 0
  for (rows in row_pieces(nrow(weight), length(problem$ridge[[part]]))) {
    total <- total + crossprod(part_covariates(problem, part, rows)^2, weight[rows, , drop = FALSE])
  }
  total
}
