bag_pairs <- function(rows = 1:500, ...) {
  set.seed(1)
  bag_moelogit(interacts ~ log_common + log_paths3, yeast_ppi[rows, ], k = c(1, 3),
               penalty = c(0.1, 1), members = 8, ...)
}

test_that("out of bag, a row is predicted by the samples that leave it out", {
  bag <- bag_pairs(race = FALSE)
  row <- 7L
  out <- which(vapply(bag$samples, function(one) row %in% one$test, NA))
  expect_gt(length(out), 0)
  used <- nrow(bag$weights)
  member_of <- rep(seq_along(bag$samples), each = used)
  design <- new_design(bag$recipe, yeast_ppi[row, ])
  prob <- vapply(which(member_of %in% out), function(i) {
    bag$ensemble$weight[i] * 8 / length(out) *
      member_probabilities(bag$ensemble$members[[i]], design)[, 2]
  }, 0)
  expect_equal(bag$held_out$prob[row, 2], sum(prob), ignore_attr = TRUE)
  expect_equal(sum(bag$ensemble$weight), 1)
  expect_equal(sum(bag$table$weight), 1)
})

test_that("the curve ends at the out-of-bag log loss, which the average brings below single fits", {
  bag <- bag_pairs(race = FALSE)
  seen <- !is.na(bag$held_out$prob[, 1])
  observed <- bag$held_out$prob[cbind(1:500, as.integer(yeast_ppi$interacts[1:500]))]
  expect_equal(bag$curve$logloss[8], -mean(log(observed[seen])))
  expect_equal(glance(bag)$log_loss, bag$curve$logloss[8])
  expect_equal(glance(bag)$nobs, sum(seen))
  expect_lt(min(bag$table$logloss), min(bag$table$single))
  # the stack is the mixture that fits these rows best, but for the weights left out
  expect_lt(bag$curve$logloss[8], min(bag$table$logloss) + 1e-3)
})

test_that("the smallest log loss can choose alone", {
  bag <- bag_pairs(rule = "min")
  expect_equal(nrow(bag$weights), 1)
  expect_equal(bag$table$weight, as.numeric(seq_len(4) == which.min(bag$table$logloss)))
  expect_length(bag$ensemble$members, 8)
})

test_that("the race drops settings and keeps those that are used", {
  set.seed(2)
  bag <- bag_moelogit(interacts ~ log_common, yeast_ppi[1:800, ], k = 1,
                      penalty = c(0.1, 1000), members = 6)
  expect_equal(bag$table$samples, c(6, 2))
  expect_equal(bag$table$weight, c(1, 0))
  expect_true(is.na(bag$table$logloss[2]))
})

test_that("formula and matrices give the same, weights count rows, and the seed decides", {
  skip_on_cran()
  a <- bag_pairs()
  expect_identical(bag_pairs()$table, a$table)
  set.seed(1)
  x <- as.matrix(yeast_ppi[1:500, c("log_common", "log_paths3")])
  b <- bag_moelogit(x, yeast_ppi$interacts[1:500], k = c(1, 3), penalty = c(0.1, 1), members = 8)
  expect_equal(b$table, a$table, tolerance = 1e-6)
  new <- yeast_ppi[501:505, ]
  expect_equal(predict(b, as.matrix(new[colnames(x)]), type = "prob"),
               predict(a, new, type = "prob"), tolerance = 1e-5, ignore_attr = TRUE)
  for (same in list(bag_pairs(threads = 2), bag_pairs(cluster = two_workers()))) {
    fields <- c("table", "held_out", "ensemble")
    expect_identical(same[fields], a[fields])
  }
})

test_that("predictions have their shapes, and the spread is that of the members", {
  bag <- bag_pairs()
  new <- yeast_ppi[501:503, ]
  both <- predict(bag, new, type = "prob", spread = TRUE)
  expect_equal(dim(both$fit), c(3, 2))
  expect_equal(unname(rowSums(both$fit)), rep(1, 3))
  # with two classes both spread alike
  expect_equal(both$spread[, 1], both$spread[, 2])
  expect_equal(predict(bag, new, type = "link")[, 2], log(both$fit[, 2] / both$fit[, 1]))
  expect_equal(predict(bag, type = "prob"), bag$held_out$prob)
  new$log_common[2] <- NA
  expect_equal(is.na(predict(bag, new, type = "prob")[, 1]), c(FALSE, TRUE, FALSE),
               ignore_attr = TRUE)
})

test_that("it prints, tidies and draws", {
  bag <- structure(
    list(
      table = data.frame(k = 1:2, penalty = 1, logloss = c(0.5, 0.4), single = c(0.6, 0.5),
                         samples = 3, weight = c(0.25, 0.75)),
      weights = data.frame(k = 2:1, penalty = 1, weight = c(0.75, 0.25)),
      curve = data.frame(members = 1:3, logloss = c(0.6, 0.5, 0.45)),
      held_out = list(prob = cbind(a = c(0.8, 0.3), b = c(0.2, 0.7)), y = 1:2, row = NULL,
                      weights = c(1, 1)),
      samples = vector("list", 3), rule = "stack", recipe = list(classes = c("a", "b"))
    ),
    class = "bag_moelogit"
  )
  expect_snapshot_output(print(bag))
  expect_equal(tidy(bag), bag$table)
  expect_equal(glance(bag)$log_loss, -mean(log(c(0.8, 0.7))))
  expect_draws(autoplot(bag))
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  expect_identical(withVisible(plot(bag)), list(value = bag, visible = FALSE))
  grDevices::dev.off()
})
