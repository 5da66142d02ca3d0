# What calibration() computes for one model: bins, scores, calibration error and intervals.

# Scores (one row) and reliability curve of n x M probabilities, with y in 1..M and weights w.
model_calibration <- function(prob, y, w, settings, replicates) {
  m <- ncol(prob)
  total <- sum(w)
  observed <- prob[cbind(seq_along(y), y)]
  bins <- apply(prob, 2L, assign_bins, w, settings$bins, settings$binning, simplify = FALSE)
  parts <- lapply(seq_len(m), function(class) {
    brier_parts(prob[, class], as.double(y == class), w, bins[[class]])
  })
  curve <- do.call(rbind, lapply(seq_len(m), function(class) {
    data.frame(class = class, parts[[class]]$curve)
  }))
  interval <- wilson_interval(curve$observed, curve$n, settings$conf_level)
  top <- max.col(prob, "first")
  confidence <- prob[cbind(seq_along(y), top)]
  right <- as.double(top == y)
  bin <- assign_bins(confidence, w, settings$bins, settings$binning)
  used <- observed[w > 0]
  scores <- data.frame(
    n = total,
    log_loss = -sum(w[w > 0] * log(used)) / total,
    brier = sum(w * (rowSums(prob^2) - 2 * observed + 1)) / total,
    t(rowSums(vapply(parts, `[[`, numeric(4L), "terms"))),
    accuracy = sum(w * right) / total,
    ece = calibration_error(confidence, right, w, bin),
    ece_bootstrap(confidence, right, w, bin, settings$conf_level, replicates),
    ece_class = mean(vapply(seq_len(m), function(class) {
      calibration_error(prob[, class], as.double(y == class), w, bins[[class]])
    }, 0))
  )
  list(scores = scores, curve = cbind(curve, interval))
}

# The bin, 1..bins, of each probability.
assign_bins <- function(p, w, bins, binning) {
  if (binning == "width") {
    return(pmin(floor(p * bins), bins - 1L) + 1L)
  }
  # Weighted ranks; equal probabilities share a bin
  order <- order(p)
  below <- cumsum(w[order]) - w[order] / 2
  below <- below[match(p[order], p[order])]
  bin <- integer(length(p))
  bin[order] <- pmin(floor(bins * below / sum(w)), bins - 1L) + 1L
  bin
}

# Murphy's terms of the Brier score of one class, what is left within bins, and the curve.
brier_parts <- function(p, hit, w, bin) {
  sums <- rowsum(cbind(w, w * p, w * hit), bin)
  sums <- sums[sums[, 1L] > 0, , drop = FALSE]
  n <- sums[, 1L]
  predicted <- sums[, 2L] / n
  observed <- sums[, 3L] / n
  rate <- sum(sums[, 3L]) / sum(n)
  at <- match(bin, rownames(sums))
  deviation <- p - predicted[at]
  within <- w * (deviation^2 - 2 * deviation * (hit - observed[at]))
  list(
    terms = c(
      reliability = sum(n * (predicted - observed)^2), resolution = sum(n * (observed - rate)^2),
      uncertainty = sum(n) * rate * (1 - rate), within = sum(within, na.rm = TRUE)
    ) / sum(n),
    curve = data.frame(
      bin = as.integer(rownames(sums)), n = n, predicted = predicted, observed = observed,
      row.names = NULL
    )
  )
}

calibration_error <- function(p, hit, w, bin) {
  sum(abs(rowsum(w * (p - hit), bin))) / sum(w)
}

# Basic bootstrap interval, and the mean under perfect calibration.
ece_bootstrap <- function(p, hit, w, bin, conf_level, replicates) {
  if (replicates == 0L) {
    return(data.frame(ece_low = NA_real_, ece_high = NA_real_, ece_calibrated = NA_real_))
  }
  size <- min(max(1, round(sum(w))), .Machine$integer.max)
  drawn <- vapply(seq_len(replicates), function(i) {
    times <- as.double(stats::rmultinom(1L, size, w))
    null <- as.double(stats::runif(length(p)) < p)
    c(calibration_error(p, hit, times, bin), calibration_error(p, null, w, bin))
  }, c(0, 0))
  tail <- (1 - conf_level) / 2
  ece <- calibration_error(p, hit, w, bin)
  ends <- 2 * ece - stats::quantile(drawn[1L, ], c(1 - tail, tail), names = FALSE)
  beyond <- ece > stats::quantile(drawn[2L, ], 1 - tail, names = FALSE)
  data.frame(
    ece_low = if (beyond) min(max(ends[1L], 0), ece) else 0, ece_high = max(ends[2L], ece),
    ece_calibrated = mean(drawn[2L, ])
  )
}

wilson_interval <- function(rate, n, conf_level) {
  z2 <- stats::qnorm((1 + conf_level) / 2)^2
  centre <- (rate + z2 / (2 * n)) / (1 + z2 / n)
  half <- sqrt(z2 * (rate * (1 - rate) / n + z2 / (4 * n^2))) / (1 + z2 / n)
  data.frame(low = pmax(centre - half, 0), high = pmin(centre + half, 1))
}
