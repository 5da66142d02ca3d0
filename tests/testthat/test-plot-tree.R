test_that("heights of zero stand on the floor; all zero is drawn too", {
  axis <- height_axis(c(0, 1e-3, 2), "log10")
  expect_equal(axis$place(c(0, 1e-3)), c(axis$floor, -3))
  expect_lt(axis$floor, -3)
  flat <- height_axis(c(0, 0), "log10")
  expect_equal(flat$place(0), flat$floor)
  for (height in list(c(1e-5, 3), c(0.3, 0.4), 1e-200)) {
    expect_gte(length(height_axis(height, "log10")$at), 2L)
  }
})
