# One selection for several tests.
selection <- local({
  kept <- NULL
  function() {
    if (is.null(kept)) {
      set.seed(1)
      kept <<- select_experts(y ~ x + z | x, two_experts(), k_max = 4, starts = 6)
    }
    kept
  }
})
