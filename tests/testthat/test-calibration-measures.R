test_that("scores are those of their definitions", {
  for (m in 2:4) {
    p <- probabilities(300, m, m)
    y <- draw(p)
    w <- runif(300, 0, 3)
    scores <- calibration(p, y, weights = w, bins = 7, replicates = 0)$scores
    expect_equal(unlist(scores[c("log_loss", "brier", "accuracy", "ece")]),
                 plain_scores(p, y, w, 7), tolerance = 1e-12)
    expect_equal(scores$n, sum(w))
  }
})

test_that("the parts of the Brier score add up, and are Murphy's where bins hold one value", {
  p <- probabilities(500, 3)
  for (binning in c("width", "count")) {
    scores <- calibration(p, draw(p), binning = binning, replicates = 0)$scores
    expect_equal(
      scores$brier,
      with(scores, reliability - resolution + uncertainty + within), tolerance = 1e-12
    )
  }
  # A forecast of three values: nothing varies within a bin
  forecast <- rep(c(0.1, 0.5, 0.8), c(50, 30, 20))
  y <- rep(c(0, 1, 0, 1, 0, 1), c(40, 10, 15, 15, 5, 15))
  scores <- calibration(forecast, y, replicates = 0)$scores
  rate <- tapply(y, forecast, mean)
  n <- c(50, 30, 20)
  expect_equal(scores$within, 0, tolerance = 1e-12)
  expect_equal(scores$reliability, 2 * sum(n * (c(0.1, 0.5, 0.8) - rate)^2) / 100)
  expect_equal(scores$resolution, 2 * sum(n * (rate - mean(y))^2) / 100)
  expect_equal(scores$uncertainty, 2 * mean(y) * (1 - mean(y)))
  expect_equal(scores$brier, 2 * mean((forecast - y)^2))
})

test_that("the interval and the expected error tell a calibrated model from another", {
  p <- probabilities(2000, 2)
  set.seed(2)
  good <- calibration(p, draw(p))$scores
  expect_equal(good$ece_low, 0)
  expect_lt(good$ece, 2 * good$ece_calibrated)
  sharp <- p^4 / rowSums(p^4)
  bad <- calibration(sharp, draw(p))$scores
  expect_gt(bad$ece_low, 0.05)
  expect_gt(bad$ece, 3 * bad$ece_calibrated)
  expect_true(bad$ece_low < bad$ece && bad$ece < bad$ece_high)
})

test_that("Wilson's interval solves its quadratic", {
  ends <- wilson_interval(c(0, 0.3, 1), c(10, 50, 20), 0.9)
  z <- qnorm(0.95)
  for (end in list(ends$low, ends$high)) {
    inner <- end > 1e-9 & end < 1 - 1e-9
    expect_equal(
      abs(end - c(0, 0.3, 1))[inner],
      (z * sqrt(end * (1 - end) / c(10, 50, 20)))[inner], tolerance = 1e-10
    )
  }
})

test_that("weights that sum to more than the largest integer are no obstacle", {
  set.seed(1)
  prob <- runif(40)
  hit <- as.double(runif(40) < prob)
  bin <- assign_bins(prob, rep(1, 40), 5L, "width")
  expect_silent(out <- ece_bootstrap(prob, hit, rep(1e9, 40), bin, 0.95, 20L))
  expect_true(all(is.finite(unlist(out))))
})
