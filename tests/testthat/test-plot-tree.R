test_that("heights of zero stand between the leaves and the lowest merge", {
  axis <- height_axis(c(0, 1e-3, 2), "log10")
  expect_equal(axis$place(1e-3), -3)
  expect_true(axis$floor < axis$place(0) && axis$place(0) < -3)
  expect_equal(as.character(axis$labels[1L]), "0")
  linear <- height_axis(c(0, 1), "linear")
  expect_lt(linear$floor, linear$place(0))
  flat <- height_axis(c(0, 0), "log10")
  expect_gt(flat$place(0), flat$floor)
  for (height in list(c(1e-5, 3), c(0.3, 0.4), 1e-200)) {
    expect_gte(length(height_axis(height, "log10")$at), 2L)
  }
})
