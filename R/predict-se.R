# Standard errors of predictions by the delta method. Everything predicted is a function of a row's
# free logits, so: first the covariance of the logits at each row, then the chain rule.

#' Predictions with standard errors
#'
#' @param fit The prediction, shaped and named as `predict()` returns it, before rows left out by
#'   `na.exclude` are put back.
#' @param vcov `NULL` or a covariance matrix of the coefficients.
#' @return A list: `fit`, `se.fit`, and with an `interval` also `lower` and `upper`, shaped alike.
#' @noRd
with_errors <- function(object, design, fit, type, interval, level, vcov) {
  out <- list(fit = fit, se.fit = fit)
  out$se.fit[] <- prediction_errors(object, design, type, standard_vcov(object, vcov))
  if (interval == "confidence") {
    limits <- prediction_limits(fit, out$se.fit, type, level)
    out$lower <- limits$lower
    out$upper <- limits$upper
  }
  out
}

# Wald limits, for probabilities on the logit scale; the prediction itself where it has no error, as
# the gate of a single expert.
prediction_limits <- function(fit, error, type, level) {
  z <- stats::qnorm((1 + level) / 2)
  if (type == "link") {
    return(list(lower = fit - z * error, upper = fit + z * error))
  }
  limit <- function(side) {
    logit <- stats::qlogis(fit) + side * z * error / (fit * (1 - fit))
    # where the logit is infinite, on the scale of the probability
    plain <- pmin(pmax(fit + side * z * error, 0), 1)
    fit[] <- ifelse(error == 0 | fit * (1 - fit) == 0, plain, stats::plogis(logit))
    fit
  }
  list(lower = limit(-1), upper = limit(1))
}

# The user's covariance matrix, or the fit's, of the free coefficients on standardised covariates.
standard_vcov <- function(object, vcov) {
  if (is.null(vcov)) {
    inverse <- free_vcov(object, "hessian", penalized = TRUE)
    warn_information(object, inverse)
    return(inverse$vcov)
  }
  names <- names(coef(object))[free_coefficients(object$frame)]
  if (!is.matrix(vcov) || !is.numeric(vcov) || !all(names %in% rownames(vcov)) ||
        !all(names %in% colnames(vcov))) {
    moe_abort(
      c(
        "{.arg vcov.} must be a covariance matrix whose row and column names are those of the \\
         coefficients, as from {.fn vcov}.",
        x = describe(vcov)
      ),
      "argument"
    )
  }
  recode_vcov(object$frame, vcov[names, names, drop = FALSE], free_to_standard)
}

# n x (number of predictions per row), NA where the design is not complete.
prediction_errors <- function(object, design, type, vcov) {
  if (!any(design$complete)) {
    return(NA_real_)
  }
  problem <- problem_at(object, design, complete_at(design))
  prob <- core_predict(
    problem, object_theta(object), c("gate", "expert", "class"), object$control$threads
  )
  if (type == "link") prob$posterior <- class_posteriors(object, problem)
  logits <- free_logits(object$frame)
  pieces <- lapply(row_pieces(nrow(prob$class), length(logits$part)^2), function(rows) {
    covariance <- logit_covariance(problem, logits, vcov, rows)
    at <- lapply(prob, function(p) p[rows, , drop = FALSE])
    vapply(prediction_derivatives(at, type, logits, object$k), function(derivative) {
      delta_variance(derivative, covariance)
    }, numeric(length(rows)))
  })
  columns <- switch(type, gate = object$k, expert = ncol(prob$expert), ncol(prob$class))
  out <- matrix(NA_real_, design$n, columns)
  out[design$complete, ] <- sqrt(do.call(rbind, lapply(pieces, matrix, ncol = columns)))
  out
}

# The posterior of the experts given each class in turn, n x KM: exact where classes underflow.
class_posteriors <- function(object, problem) {
  do.call(cbind, lapply(seq_along(object$classes), function(class) {
    problem$response[] <- class - 1L
    core_predict(
      problem, object_theta(object), "posterior", object$control$threads
    )$posterior
  }))
}

# rows x L x L
logit_covariance <- function(problem, logits, vcov, rows) {
  covariates <- lapply(stats::setNames(nm = unique(logits$part)), function(part) {
    part_covariates(problem, part, rows)
  })
  size <- length(logits$part)
  at <- Map(seq, logits$from, logits$to)
  out <- array(0, c(length(rows), size, size))
  for (a in seq_len(size)) {
    left <- covariates[[logits$part[a]]] %*% vcov[at[[a]], , drop = FALSE]
    for (b in a:size) {
      out[, a, b] <- out[, b, a] <-
        rowSums(left[, at[[b]], drop = FALSE] * covariates[[logits$part[b]]])
    }
  }
  out
}

# derivative: list(logits, d = rows x length(logits)). The variance at each row.
delta_variance <- function(derivative, covariance) {
  d <- derivative$d
  used <- derivative$logits
  size <- length(used)
  total <- numeric(nrow(d))
  for (a in seq_len(size)) {
    for (b in seq_len(size)) {
      total <- total + d[, a] * d[, b] * covariance[, used[a], used[b]]
    }
  }
  pmax(total, 0)
}

#' Derivatives of what is predicted with respect to the free logits
#'
#' @param prob `gate` (n x K), `expert` (n x KM) and `class` (n x M) probabilities; for the link
#'   also `posterior`, see `class_posteriors()`.
#' @return A list, one entry per column of the prediction: `logits` (which it depends on) and
#'   `d`, n x length(logits).
#' @noRd
prediction_derivatives <- function(prob, type, logits, k) {
  m <- ncol(prob$class)
  n <- nrow(prob$class)
  gate_at <- which(logits$part == "gate")
  expert_at <- which(logits$part == "expert")
  # of the gate's probability of expert j: pi_j (d_jl - pi_l)
  gate <- function(j) {
    same <- rep(logits$expert[gate_at] == j, each = n)
    prob$gate[, j] * (same - prob$gate[, logits$expert[gate_at], drop = FALSE])
  }
  # of log P_jh with respect to the logits of expert j: d_hm - P_jm
  log_expert <- function(j, h) {
    same <- rep(seq_len(m)[-1L] == h, each = n)
    same - prob$expert[, (j - 1L) * m + seq_len(m)[-1L], drop = FALSE]
  }
  expert <- function(j, h) prob$expert[, (j - 1L) * m + h] * log_expert(j, h)
  # of f_h: pi_l (P_lh - f_h) in the gate, pi_j times the expert's own
  mixture <- function(h) {
    cbind(
      prob$gate[, -1L, drop = FALSE] *
        (prob$expert[, (seq_len(k)[-1L] - 1L) * m + h, drop = FALSE] - prob$class[, h]),
      do.call(cbind, lapply(seq_len(k), function(j) prob$gate[, j] * expert(j, h)))
    )
  }
  # of log f_h, with tau_l the posterior given class h: tau_l - pi_l in the gate, tau_j times that
  # of log P_jh
  log_mixture <- function(h) {
    tau <- prob$posterior[, (h - 1L) * k + seq_len(k), drop = FALSE]
    cbind(
      (tau - prob$gate)[, -1L, drop = FALSE],
      do.call(cbind, lapply(seq_len(k), function(j) tau[, j] * log_expert(j, h)))
    )
  }
  every <- seq_along(logits$part)
  switch(type,
    gate = lapply(seq_len(k), function(j) list(logits = gate_at, d = gate(j))),
    expert = lapply(seq_len(k * m), function(column) {
      j <- (column - 1L) %/% m + 1L
      list(
        logits = expert_at[logits$expert[expert_at] == j],
        d = expert(j, (column - 1L) %% m + 1L)
      )
    }),
    prob = lapply(seq_len(m), function(h) list(logits = every, d = mixture(h))),
    link = lapply(seq_len(m), function(h) {
      list(logits = every, d = log_mixture(h) - log_mixture(1L))
    })
  )
}
