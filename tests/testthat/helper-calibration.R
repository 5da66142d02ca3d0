probabilities <- function(n, m, seed = 1) {
  set.seed(seed)
  p <- matrix(rexp(n * m), n)
  p <- p / rowSums(p)
  colnames(p) <- letters[seq_len(m)]
  p
}

draw <- function(p) factor(colnames(p)[draw_classes(p)], levels = colnames(p))

# The plain loops of the definitions
plain_scores <- function(p, y, w, bins) {
  hit <- outer(as.integer(y), seq_len(ncol(p)), `==`)
  top <- max.col(p, "first")
  confidence <- p[cbind(seq_along(y), top)]
  right <- top == as.integer(y)
  ece <- 0
  for (b in seq_len(bins)) {
    inside <- confidence >= (b - 1) / bins & (confidence < b / bins | b == bins)
    if (any(inside)) {
      distance <- weighted.mean(right[inside], w[inside]) -
        weighted.mean(confidence[inside], w[inside])
      ece <- ece + sum(w[inside]) / sum(w) * abs(distance)
    }
  }
  c(
    log_loss = weighted.mean(-log(p[cbind(seq_along(y), as.integer(y))]), w),
    brier = weighted.mean(rowSums((p - hit)^2), w), accuracy = weighted.mean(right, w), ece = ece
  )
}
