#' Weights of a stack
#'
#' Non-negative weights that sum to one and maximise the log-likelihood of the mixture of given
#' probabilities (stacking: Wolpert 1992, Smyth and Wolpert 1999), by the EM algorithm for mixture
#' weights. It ends when no other weights can gain more than `tol` in mean log-likelihood: the gain
#' is at most log max_j mean_i(p_ij / sum_l w_l p_il).
#'
#' @param p Probability of the observed class, records x models.
#' @param weights Of the records.
#' @return The weights of the models.
#' @noRd
stack_weights <- function(p, weights, tol = 1e-4, max_iter = 1000L) {
  share <- weights / sum(weights)
  p <- pmax(p, least_stacked)
  w <- rep_len(1 / ncol(p), ncol(p))
  for (i in seq_len(max_iter)) {
    gain <- drop(crossprod(p, share / drop(p %*% w)))
    if (log(max(gain)) <= tol) break
    w <- w * gain
  }
  w / sum(w)
}

# A class that no model thinks possible says nothing of their weights.
least_stacked <- 1e-12

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
