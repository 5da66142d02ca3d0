# Cells and truths of the selection study: 36 of the 1,080 combinations of the factors, chosen so
# that every pair of levels of two factors meets, two more of the largest sample with far experts,
# and a random truth for each replicate.

source("bench/helpers.R")

study_factors <- list(
  k0 = 1:5, n = c(1000, 4000, 16000), m = c(2, 3, 5), covariates = c(1, 2, 5),
  experts = c("far", "near"), gate = c("balanced", "unbalanced"), contamination = c(0, 0.01)
)

# A covering design: of random candidates, always the one that meets most pairs not met yet.
study_cells <- function(size = 36, seed = 20260101) {
  set.seed(seed)
  grid <- expand.grid(study_factors, stringsAsFactors = FALSE)
  pairs <- combn(names(study_factors), 2, simplify = FALSE)
  key <- function(rows) {
    vapply(pairs, function(p) paste(p[1], rows[[p[1]]], p[2], rows[[p[2]]]), character(nrow(rows)))
  }
  keys <- matrix(key(grid), nrow(grid))
  met <- character()
  chosen <- integer()
  for (i in seq_len(size)) {
    used <- vapply(study_factors$k0, function(k) sum(grid$k0[chosen] == k), 0)
    fresh <- rowSums(matrix(!(keys %in% met), nrow(keys)))
    score <- fresh - used[grid$k0] + runif(nrow(grid)) # ties at random; the K0 rows stay even
    score[chosen] <- -Inf
    chosen <- c(chosen, which.max(score))
    met <- unique(c(met, keys[chosen[i], ]))
  }
  stopifnot(length(met) == length(unique(c(keys))))
  more <- data.frame(k0 = 3:4, n = 16000, m = c(3, 2), covariates = 2, experts = "far",
                     gate = c("balanced", "unbalanced"), contamination = c(0, 0.01))
  cells <- rbind(grid[chosen, ], more)
  rownames(cells) <- NULL
  cbind(cell = seq_len(nrow(cells)), cells)
}

# Gate slopes that spread over directions, intercepts that give the wanted average weights, and
# experts whose slopes differ pairwise by at least `apart` (far) or half of it (near).
study_truth <- function(cell, apart = 3) {
  k <- cell$k0
  r <- cell$covariates
  m <- cell$m
  if (cell$experts == "near") apart <- apart / 2
  slopes <- if (r == 1) {
    matrix(3 * (seq_len(k) - (k + 1) / 2), 1)
  } else {
    directions <- far_points(r, k, 0.8, function(n) {
      x <- matrix(rnorm(n * r), r)
      sweep(x, 2, sqrt(colSums(x^2)), "/")
    })
    3 * directions
  }
  weights <- if (cell$gate == "balanced") rep(1, k) else 1.6^-seq_len(k)
  weights <- sample(weights / sum(weights))
  x <- matrix(rnorm(5000 * r), ncol = r)
  intercept <- numeric(k)
  for (i in 1:200) {
    share <- colMeans(softmax(sweep(x %*% slopes, 2, intercept, "+")))
    intercept <- intercept + 0.5 * log(weights / share)
  }
  free <- m * (r + 1)
  expert <- far_points(free, k, apart, function(n) {
    b <- array(rnorm(free * n, sd = apart / 2), c(r + 1, m, n))
    matrix(sweep(b, c(1, 3), apply(b, c(1, 3), mean)), free)
  })
  list(gate = rbind(intercept, slopes), expert = array(expert, c(r + 1, m, k)))
}

# k random columns, any two of them at least `apart` from each other (less, where that cannot be).
far_points <- function(size, k, apart, draw) {
  points <- draw(1)
  while (ncol(points) < k) {
    candidates <- draw(200)
    nearest <- apply(candidates, 2, function(v) min(sqrt(colSums((points - v)^2))))
    good <- which(nearest >= apart)
    points <- cbind(points, candidates[, if (length(good) > 0) good[1] else which.max(nearest)])
  }
  points
}

study_data <- function(cell, truth) {
  data <- moelogit::rmoelogit(cell$n, truth$gate, truth$expert)$data
  wrong <- which(runif(cell$n) < cell$contamination)
  data$y[wrong] <- sample(levels(data$y), length(wrong), replace = TRUE)
  data
}
