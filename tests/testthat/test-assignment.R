test_that("the matching costs what the best permutation costs", {
  set.seed(1)
  permutations <- as.matrix(expand.grid(rep(list(1:5), 5L)))
  permutations <- permutations[apply(permutations, 1L, anyDuplicated) == 0L, ]
  for (repeat_ in 1:50) {
    cost <- matrix(rnorm(25), 5L)
    totals <- apply(permutations, 1L, function(column) sum(cost[cbind(1:5, column)]))
    expect_identical(assign_labels(cost), unname(permutations[which.min(totals), ]))
  }
})

test_that("rows or columns may be left over", {
  cost <- rbind(c(9, 1, 5), c(1, 0, 9))
  expect_identical(assign_labels(cost), c(2L, 1L))
  expect_identical(assign_labels(t(cost)), c(2L, 1L, NA))
})

test_that("costs must be finite", {
  expect_error(assign_labels(matrix(c(1, NA, 3, 4), 2)), "finite")
})
