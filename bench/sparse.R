# A sparse design (dgCMatrix) of 100,000 x 2,000 with 0.5 % non-zeros, K = 3, M = 3. Target: peak
# memory of the process below 1 GiB. Dense it would be 1.5 GiB.
source("bench/helpers.R")

setup <- "
  set.seed(1)
  n <- 1e5; p <- 2000; per_column <- 500
  x <- Matrix::sparseMatrix(
    i = as.vector(replicate(p, sample.int(n, per_column))), j = rep(seq_len(p), each = per_column),
    x = rexp(p * per_column), dims = c(n, p)
  )
  score <- function(columns) as.matrix(x %*% matrix(rnorm(p * columns), p))
  region <- max.col(score(3) + matrix(rnorm(3 * n), n))
  logit <- score(9)
  own <- logit[cbind(rep(seq_len(n), 3), rep(3 * (region - 1), 3) + rep(1:3, each = n))]
  y <- factor(letters[max.col(matrix(own, n) + matrix(-log(rexp(3 * n)), n))])
  data <- list(x = x, y = y)"
run <- fresh_process(setup, "
  set.seed(1)
  seconds <- seconds(fit <- moelogit(data$x, data$y, k = 3))
  value <- list(seconds = seconds, converged = fit$converged, iterations = length(fit$trace) - 1,
                loglik = fit$loglik)")
table <- data.frame(
  seconds = run$value$seconds, converged = run$value$converged,
  iterations = run$value$iterations, loglik = run$value$loglik, fit_and_data_mib = run$mib,
  process_mib = run$process_mib
)
show_results(table, "sparse", "Target: process_mib < 1024.")
