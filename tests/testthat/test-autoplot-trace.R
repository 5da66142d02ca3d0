test_that("short runs on some of the rows are not shown with the objective of all", {
  fit <- rounded_fit()
  fit$runs$short <- fit$runs$short / 2
  layers <- autoplot(fit, "trace")$layers
  points <- layers[[length(layers)]]$data
  expect_equal(nrow(points), 3)
})

test_that("trace and starts keep their look", {
  expect_picture("trace and starts", autoplot(rounded_fit(), "trace"))
})
