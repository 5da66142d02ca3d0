test_that("reliability diagrams", {
  p <- probabilities(400, 3)
  set.seed(3)
  y <- draw(p)
  flat <- (p + 1) / 4
  several <- calibration(list(sharp = p, flat = flat), y, replicates = 0)
  expect_draws(autoplot(several))
  expect_picture("reliability of two models", autoplot(several))
  two <- cbind(no = p[, 1], yes = 1 - p[, 1])
  binary <- calibration(two, ifelse(y == "a", "no", "yes"), binning = "count", replicates = 0)
  expect_picture("reliability of two classes", autoplot(binary))
  expect_draws(autoplot(binary, classes = "no"))
})

test_that("classes are all, the second of two, or those asked for", {
  p <- probabilities(60, 3)
  set.seed(3)
  of_three <- calibration(p, draw(p), replicates = 0)
  expect_equal(levels(autoplot(of_three)$data$class), c("a", "b", "c"))
  expect_equal(levels(autoplot(of_three, classes = c("c", "a"))$data$class), c("c", "a"))
  of_two <- calibration(p[, 1] / (p[, 1] + p[, 2]), rep(c("no", "yes"), 30), replicates = 0)
  expect_equal(levels(autoplot(of_two)$data$class), "yes")
  expect_snapshot_output(show_errors(
    autoplot(of_three, classes = "z"),
    autoplot(of_three, classes = character())
  ))
})

test_that("bars stand beside each other inside their bin", {
  p <- probabilities(400, 2)
  set.seed(3)
  two <- calibration(list(one = p, other = p[, 2:1]), draw(p), bins = 5, replicates = 0)
  bars <- layer_of(autoplot(two), "GeomRect")
  expect_true(all(bars$xmax > bars$xmin))
  bin <- ceiling((bars$xmin + bars$xmax) / 2 * 5)
  expect_true(all(bars$xmin >= (bin - 1) / 5 & bars$xmax <= bin / 5))
  for (b in unique(bin)) {
    inside <- bars[bin == b, ]
    inside <- inside[order(inside$xmin), ]
    expect_true(all(inside$xmax[-nrow(inside)] <= inside$xmin[-1] + 1e-12))
  }
})

test_that("a single bin is a point without a line, and nothing is said of it", {
  one <- calibration(rep(c(0.42, 0.44), 10), rep(c("no", "yes"), 10), replicates = 0)
  expect_no_message(expect_draws(autoplot(one)))
  many <- matrix(1 / 6, 30, 6, dimnames = list(NULL, letters[1:6]))
  expect_no_message(expect_draws(autoplot(calibration(many, rep(letters[1:6], 5)))))
})
