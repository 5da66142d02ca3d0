test_that("posteriors keep their look", {
  expect_picture("posterior", autoplot(rounded_fit(), "posterior"))
})

test_that("each row counts once, under its most probable expert", {
  fit <- rounded_fit()
  rows <- autoplot(fit, "posterior")$data
  tau <- predict(fit, type = "posterior")
  expect_equal(rows$.posterior, unname(apply(tau, 1, max)))
  expect_equal(as.integer(rows$.expert), unname(max.col(tau, "first")))
})
