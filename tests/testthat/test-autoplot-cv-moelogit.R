test_that("a cross-validation is drawn, whichever rule chose", {
  cv <- given_cv("stack")
  expect_picture("cross-validation", autoplot(cv))
  expect_draws(autoplot(given_cv("min")))
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  expect_identical(withVisible(plot(cv)), list(value = cv, visible = FALSE))
  grDevices::dev.off()
})

test_that("the ring is at the chosen setting, the dashed line one standard error above the best", {
  cv <- given_cv()
  plot <- autoplot(cv)
  ring <- layer_of(plot, "GeomPoint", 2L)
  expect_equal(ring$y, cv$best$logloss)
  expect_equal(layer_of(plot, "GeomHline")$yintercept, cv$min$logloss + cv$min$se)
})

test_that("a penalty of zero stands one step below the smallest positive one", {
  axis <- penalty_axis(c(0, 0.1, 1, 10))
  expect_equal(axis$place(c(0, 0.1, 1, 10)), -2:1)
  expect_equal(axis$labels, c("0", "0.1", "1", "10"))
})
