members <- function(folds, j, part, a, b) unique(c(a[folds[[j]][[part]]], b[folds[[j]][[part]]]))

test_that("pair_folds() of type unseen never trains on a protein of a test pair", {
  a <- yeast_ppi$idA
  b <- yeast_ppi$idB
  set.seed(1)
  folds <- pair_folds(a, b, v = 4)
  expect_named(folds, paste0("fold", 1:4))
  for (j in 1:4) {
    expect_named(folds[[j]], c("train", "test"))
    train <- members(folds, j, "train", a, b)
    test <- members(folds, j, "test", a, b)
    expect_length(intersect(train, test), 0L)
  }
  expect_identical(anyDuplicated(unlist(lapply(folds, `[[`, "test"))), 0L)
})

test_that("pair_folds() of type unseen puts every row where its two groups say", {
  # all 21 pairs of 7 members, and each with itself: a group of size s has s (s + 1) / 2 test pairs
  pairs <- expand.grid(a = 1:7, b = 1:7)
  pairs <- pairs[pairs$a <= pairs$b, ]
  set.seed(2)
  folds <- pair_folds(pairs$a, pairs$b, v = 3)
  size <- lengths(lapply(1:3, function(j) members(folds, j, "test", pairs$a, pairs$b)))
  expect_identical(sort(size), c(2L, 2L, 3L))
  for (j in 1:3) {
    expect_identical(length(folds[[j]]$test), as.integer(size[j] * (size[j] + 1) / 2))
    expect_identical(length(folds[[j]]$train), as.integer((7 - size[j]) * (8 - size[j]) / 2))
  }
})

test_that("pair_folds() of type random divides the rows", {
  set.seed(3)
  folds <- pair_folds(yeast_ppi$idA, yeast_ppi$idB, v = 7, type = "random")
  expect_identical(sort(unlist(lapply(folds, `[[`, "test"), use.names = FALSE)), 1:4500)
  expect_lte(diff(range(lengths(lapply(folds, `[[`, "test")))), 1L)
  for (fold in folds) expect_identical(sort(c(fold$train, fold$test)), 1:4500)
})

test_that("pair_folds() obeys set.seed() and does not mind how the members are stored", {
  draw <- function(a, b, type = "unseen") {
    set.seed(5)
    pair_folds(a, b, type = type)
  }
  a <- yeast_ppi$idA
  b <- yeast_ppi$idB
  expect_identical(draw(a, b), draw(a, b))
  expect_identical(draw(a, b, "random"), draw(a, b, "random"))
  expect_identical(draw(factor(a), factor(b)), draw(a, b))
  expect_identical(draw(factor(a), b), draw(a, b))
  number <- match(c(a, b), unique(c(a, b)))
  expect_identical(draw(number[seq_along(a)], number[-seq_along(a)]), draw(a, b))
  set.seed(6)
  expect_false(identical(pair_folds(a, b), draw(a, b)))
})

test_that("pair_folds() says what is wrong with its arguments", {
  a <- c("p", "q", "r", "s")
  b <- c("q", "r", "s", "p")
  expect_error(pair_folds(a, b[-1]), class = "moelogit_error_argument")
  expect_error(pair_folds(replace(a, 2, NA), b), class = "moelogit_error_argument")
  expect_error(pair_folds(a, list(1, 2, 3, 4)), class = "moelogit_error_argument")
  expect_error(pair_folds(c(1, 2.5), 1:2), class = "moelogit_error_argument")
  expect_error(pair_folds(character(), character()), class = "moelogit_error_argument")
  expect_error(pair_folds(a, b, v = 1), class = "moelogit_error_argument")
  expect_error(pair_folds(a, b, v = 5), class = "moelogit_error_argument")
  expect_error(pair_folds("p", "p"), class = "moelogit_error_argument")
  expect_error(pair_folds(a, b, type = "other"), class = "moelogit_error_argument")
  expect_error(pair_folds(a, b, v = 4), class = "moelogit_error_empty_fold")

  expect_snapshot_output(show_errors(
    pair_folds(a, b[-1]),
    pair_folds(replace(a, 2, NA), b),
    pair_folds(a, as.list(b)),
    pair_folds(c(1, 2.5), 1:2),
    pair_folds(a, b, v = 5),
    pair_folds("p", "p"),
    pair_folds(a, b, v = 4)
  ))
})
