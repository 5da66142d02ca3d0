test_that("random folds are balanced by class and follow the seed", {
  set.seed(2)
  design <- list(y = rep(1:3, c(50, 30, 20)), row = NULL, n = 100L)
  id <- balanced_folds(5L, design)
  expect_equal(as.vector(table(id)), rep(20, 5))
  expect_true(all(abs(table(id, design$y) - rep(c(10, 6, 4), each = 5)) <= 1))
  set.seed(2)
  expect_equal(balanced_folds(5L, design), id)
})
