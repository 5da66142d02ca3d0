#' Weights of a stack
#'
#' Non-negative weights that sum to one and maximise the log-likelihood of the mixture of given
#' probabilities (stacking: Wolpert 1992, Smyth and Wolpert 1999): after a few EM steps for mixture
#' weights, sequential quadratic programming (Kim, Carbonetto, Stephens and Anitescu 2020,
#' \doi{10.1080/10618600.2019.1689985}). It ends when no other weights can gain more than `tol` in
#' mean log-likelihood: the gain is at most log max_j mean_i(p_ij / sum_l w_l p_il), which is zero
#' at the optimum.
#'
#' @param p Probability of the observed class, records x models.
#' @param weights Of the records.
#' @return The weights of the models.
#' @noRd
stack_weights <- function(p, weights, tol = 1e-8, em_steps = 3L, max_iter = 100L) {
  share <- weights / sum(weights)
  p <- pmax(p, least_stacked)
  w <- rep_len(1 / ncol(p), ncol(p))
  for (i in seq_len(max_iter)) {
    mix <- drop(p %*% w)
    gain <- drop(crossprod(p, share / mix))
    if (log(max(gain)) <= tol) break
    w <- if (i <= em_steps) w * gain else newton_stack(p, share, w, mix, gain, tol / 100)
  }
  w / sum(w)
}

# A class that no model thinks possible says nothing of their weights.
least_stacked <- 1e-12

#' A Newton step for the weights of a stack
#'
#' Of -sum_i share_i log(mix_i) + sum_j w_j over w >= 0, whose minimum sums to one: towards the
#' minimum of its quadratic approximation, as far as it falls.
#'
#' @param mix,gain `p w`, and the derivative of the mean log-likelihood with respect to `w`.
#' @param tol Of `nonnegative_minimum()`.
#' @noRd
newton_stack <- function(p, share, w, mix, gain, tol) {
  curvature <- crossprod(p * (sqrt(share) / mix))
  # models of equal probabilities: near where they are
  ridge <- 1e-8 * diag(curvature)
  diag(curvature) <- diag(curvature) + ridge
  target <- nonnegative_minimum(curvature, 2 * gain - 1 + ridge * w, w, tol)
  ahead <- drop(p %*% target) / mix
  rise <- sum(target - w)
  slope <- sum((1 - gain) * (target - w))
  change <- function(step) step * rise - sum(share * log1p(step * (ahead - 1)))
  step <- 1
  while (step > 1e-8 && change(step) > 1e-4 * step * slope) step <- step / 2
  w <- w + step * (target - w)
  w / sum(w)
}

#' The minimum of a quadratic function over non-negative vectors
#'
#' Of x'ax / 2 - b'x, by active sets (Lawson and Hanson 1974, Solving least squares problems,
#' section 23.3), from `x`, whose positive elements are the first to be used.
#' @param tol Largest derivative by which another element would still be used.
#' @noRd
nonnegative_minimum <- function(a, b, x, tol) {
  used <- x > 0
  for (i in seq_len(5L * length(x))) {
    root <- chol(a[used, used, drop = FALSE])
    to <- replace(x, used, backsolve(root, backsolve(root, b[used], transpose = TRUE)))
    leaves <- used & to <= 0
    if (any(leaves)) {
      x <- x + min((x / pmax(x - to, 1e-300))[leaves]) * (to - x)
      x[leaves & x <= 1e-12 * max(x)] <- 0
      used <- x > 0
    } else {
      x <- to
      slope <- replace(b - drop(a %*% x), used, 0)
      if (max(slope) <= tol) break
      used[which.max(slope)] <- TRUE
    }
  }
  x
}

# As stack_weights(), but models with less than `least` are left out, the least first.
sparse_stack_weights <- function(p, weights, least = 0.02) {
  used <- seq_len(ncol(p))
  repeat {
    w <- stack_weights(p[, used, drop = FALSE], weights)
    if (min(w) >= least) break
    used <- used[w >= least]
  }
  `[<-`(numeric(ncol(p)), used, w)
}
