# Time to converge against flexmix (FLXMRmultinom with FLXPmultinom, its default tolerance), both
# from the same posteriors, without a penalty. Target: 100 times faster, at least its likelihood.
source("bench/helpers.R")
source("bench/fit-flexmix.R")

sizes <- data.frame(n = c(1000, 5000, 20000), p = c(3, 10, 10), k = c(2, 3, 4), m = c(3, 4, 3))
cases <- merge(data.frame(overlap = c("low", "high")), sizes)
table <- do.call(rbind, lapply(seq_len(nrow(cases)), function(i) {
  case <- cases[i, ]
  sim <- simulated(case$n, case$p, case$k, case$m, case$overlap)
  ours <- function() {
    moelogit(sim$x, sim$y, k = case$k, penalty = 0, start = sim$posterior)
  }
  fit <- ours()
  # flexmix runs for minutes: once, between two medians of ours
  before <- interleaved(list(ours = ours))
  theirs <- seconds(peer <- fit_flexmix(sim))
  after <- interleaved(list(ours = ours))
  time <- mean(c(before, after))
  # the fit as a user makes it: many starts and the search
  set.seed(i)
  default_s <- seconds(default <- moelogit(sim$x, sim$y, k = case$k, penalty = 0))
  data.frame(case,
    flexmix_s = theirs, moelogit_s = time, ratio = theirs / time,
    flexmix_loglik = as.numeric(logLik(peer)), moelogit_loglik = fit$loglik,
    default_s = default_s, default_ratio = theirs / default_s, default_loglik = default$loglik,
    flexmix_steps = peer@iter, evaluations = fit$evaluations, converged = fit$converged
  )
}))
show_results(table, "flexmix", "Target: ratio >= 100 and moelogit_loglik >= flexmix_loglik.")
