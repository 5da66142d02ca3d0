plain_design <- function(n, weights = rep(1, n)) {
  list(n = n, y = rep(1:2, length.out = n), row = NULL, weights = weights, na_action = NULL)
}

test_that("a sample draws as many rows as there are and leaves out those not drawn", {
  set.seed(1)
  samples <- bootstrap_samples(20L, NULL, plain_design(100L))
  for (one in samples) {
    expect_length(one$train, 100)
    expect_setequal(c(one$train, one$test), 1:100)
    expect_length(intersect(one$train, one$test), 0)
  }
  out <- mean(lengths(lapply(samples, `[[`, "test"))) / 100
  expect_equal(out, exp(-1), tolerance = 0.1)
})

test_that("groups stay together", {
  set.seed(2)
  group <- rep(letters[1:10], each = 5)
  for (one in bootstrap_samples(10L, group, plain_design(50L))) {
    expect_length(intersect(group[one$train], group[one$test]), 0)
    times <- table(factor(one$train, 1:50))
    expect_true(all(tapply(times, group, function(t) length(unique(t)) == 1)))
    expect_equal(sum(times), 50)
  }
})

test_that("pairs count by the product of their members' draws, and only unseen ones are left out", {
  set.seed(3)
  members <- letters[1:12]
  pairs <- expand.grid(a = members, b = members, stringsAsFactors = FALSE)
  pairs <- pairs[pairs$a < pairs$b, ]
  n <- nrow(pairs)
  for (one in bootstrap_samples(10L, pairs, plain_design(n))) {
    expect_length(intersect(unlist(pairs[one$train, ]), unlist(pairs[one$test, ])), 0)
  }
  group <- matrix(match(unlist(pairs), letters), n)
  set.seed(4)
  one <- draw_sample(group, n)
  set.seed(4)
  draws <- tabulate(sample.int(12, replace = TRUE), 12)
  expect_equal(tabulate(one$train, n), draws[group[, 1]] * draws[group[, 2]])
  expect_equal(one$test, which(draws[group[, 1]] == 0 & draws[group[, 2]] == 0))
})

test_that("rows without weight are neither drawn nor left out, and rows left out are taken off", {
  set.seed(5)
  for (one in bootstrap_samples(5L, NULL, plain_design(20L, rep(0:1, 10)))) {
    expect_true(all(unlist(one) %% 2 == 0))
  }
  design <- plain_design(4L)
  design$na_action <- c(2L, 5L)
  expect_equal(check_groups(c("a", "x", "b", "a", "y", "c"), design), cbind(c(1, 2, 1, 3)))
})

test_that("wrong groups are named", {
  expect_snapshot_output(show_errors(
    bag_moelogit(Species ~ Sepal.Length, iris, groups = 1:3),
    bag_moelogit(Species ~ Sepal.Length, iris, groups = list(1:150, 1:150, 1:150)),
    bag_moelogit(Species ~ Sepal.Length, iris, groups = rep("a", 150))
  ))
})

test_that("one sample that leaves no row out is one too many", {
  set.seed(1)
  left_out <- replicate(30, length(setdiff(1:3, sample.int(3, replace = TRUE))))
  expect_true(any(left_out == 0) && any(left_out > 0))
  set.seed(1)
  expect_error(
    bootstrap_samples(30L, NULL, plain_design(3L)), class = "moelogit_error_groups"
  )
})
