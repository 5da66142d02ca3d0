test_that("a weight of two is the row twice, and counts are their rows", {
  p <- probabilities(120, 3)
  y <- draw(p)
  times <- rep(1:3, 40)
  long <- rep(seq_along(y), times)
  weighted <- calibration(p, y, weights = times, replicates = 0)
  expect_equal(weighted, calibration(p[long, ], y[long], replicates = 0))
  counts <- outer(as.integer(y), 1:3, `==`) * times
  colnames(counts) <- colnames(p)
  expect_equal(calibration(p, counts, replicates = 0), weighted)
})

test_that("a fit, its matrix and a list of both agree", {
  set.seed(1)
  fit <- moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 4)
  trained <- calibration(fit, replicates = 0)
  new <- calibration(fit, iris, replicates = 0)
  expect_true(trained$training)
  expect_equal(new$scores, trained$scores)
  expect_equal(trained$scores$log_loss, -as.numeric(logLik(fit)) / nobs(fit))
  prob <- predict(fit, iris, type = "prob")
  both <- calibration(list(a = fit, prob), newdata = iris, replicates = 0)
  expect_equal(both$scores$model, c("a", "model 2"))
  expect_equal(unlist(both$scores[1, -1]), unlist(both$scores[2, -1]))
  expect_equal(both$scores[1, -1], trained$scores[, -1])
  joined <- c(calibration(prob, iris$Species, replicates = 0), new)
  expect_equal(joined$scores[-1], both$scores[-1])
  expect_equal(unique(joined$curve$model), c("model", "moelogit"))
  expect_equal(unique(c(new, new)$curve$model), c("moelogit", "moelogit.1"))
  # columns are matched by name
  expect_equal(calibration(prob[, 3:1], iris$Species, replicates = 0)$scores$brier,
               new$scores$brier)
})

test_that("weights and counts of a fit are those of its training rows", {
  set.seed(1)
  d <- transform(iris, w = rep(1:2, 75))
  fit <- moelogit(Species ~ Sepal.Length, d, k = 2, weights = w, starts = 4)
  expect_equal(calibration(fit, replicates = 0)$scores,
               calibration(fit, d, weights = d$w, replicates = 0)$scores)
  counts <- cbind(a = c(3, 0, 2, 5, 1), b = c(1, 4, 2, 1, 3))
  x <- cbind(x = c(1, 3, 2, 0, 4))
  for (rows in list(1:5, c(1, 3, 4, 5))) {
    y <- counts[rows, ]
    fit <- moelogit(x[rows, , drop = FALSE], y, k = 1)
    expect_equal(calibration(fit, replicates = 0)$scores$log_loss,
                 -as.numeric(logLik(fit)) / sum(y))
  }
  one_each <- cbind(a = c(2, 0, 3, 0), b = c(0, 4, 0, 1))
  fit <- moelogit(x[1:4, , drop = FALSE], one_each, k = 1)
  expect_equal(calibration(fit, replicates = 0)$scores$n, 10)
})

test_that("rows with missing values are left out of every model", {
  p <- probabilities(50, 3)
  y <- draw(p)
  broken <- p
  broken[3, ] <- NA
  y[5] <- NA
  expect_message(
    both <- calibration(list(a = p, b = broken), y, replicates = 0),
    "2 rows with a missing probability or class are left out", class = "moelogit_message_left_out"
  )
  expect_equal(both$scores$n, c(48, 48))
  expect_equal(both$scores$brier[1], both$scores$brier[2])
})

test_that("one row, a class that never occurs and a probability of zero are no obstacle", {
  p <- probabilities(5, 3)
  one <- calibration(p[1, , drop = FALSE], "a", replicates = 10)
  expect_equal(one$scores$brier, sum((p[1, ] - c(1, 0, 0))^2))
  expect_equal(calibration(p, rep("b", 5), replicates = 0)$classes, c("a", "b", "c"))
  sure <- rbind(c(a = 1, b = 0), c(1, 0))
  expect_equal(calibration(sure, c("a", "b"), replicates = 0)$scores$log_loss, Inf)
})

test_that("bins of equal count hold about the same weight", {
  p <- probabilities(1000, 2)
  curve <- tidy(calibration(p, draw(p), binning = "count", bins = 8, replicates = 0))
  expect_equal(curve$n[curve$class == "b"], rep(125, 8))
  tied <- assign_bins(rep(c(0.2, 0.7), c(9, 1)), rep(1, 10), 5, "count")
  expect_equal(length(unique(tied[1:9])), 1)
})

test_that("wrong input is named", {
  p <- probabilities(4, 3)
  set.seed(1)
  fit <- moelogit(as.matrix(iris[1]), iris$Species, k = 1)
  expect_snapshot_output(show_errors(
    calibration(p),
    calibration(p * 2, rep("a", 4)),
    calibration(unname(p), c("a", "b", "a", "b")),
    calibration(p, c("a", "b", "z", "b")),
    calibration(p, c("a", "b")),
    calibration(list(a = p, b = p[1:3, ]), rep("a", 4)),
    calibration(p, rep("a", 4), weights = c(1, -1, 1, 1)),
    calibration(p, rep("a", 4), bins = 1),
    calibration(list(), rep("a", 4)),
    calibration(fit, iris[1]),
    c(calibration(p, rep("a", 4), replicates = 0), p)
  ))
})

test_that("it prints", {
  p <- probabilities(100, 3)
  set.seed(3)
  y <- draw(p)
  expect_snapshot_output(print(calibration(list(a = p, b = p[, 3:1]), y, replicates = 20)))
  expect_snapshot_output(print(calibration(p, y, replicates = 0)))
})
