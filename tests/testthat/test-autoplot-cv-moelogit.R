test_that("a cross-validation is drawn, whichever rule chose", {
  cv <- given_cv("stack")
  expect_picture("cross-validation", autoplot(cv))
  expect_draws(autoplot(given_cv("min")))
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  expect_identical(withVisible(plot(cv)), list(value = cv, visible = FALSE))
  grDevices::dev.off()
})

test_that("the ring is at the chosen setting, discs at those of the stack, the line at its loss", {
  plot <- autoplot(given_cv("stack"))
  cv <- given_cv("stack")
  points <- lapply(1:3, function(i) layer_of(plot, "GeomPoint", i))
  expect_equal(points[[1]]$y, cv$table$logloss[cv$table$weight > 0])
  expect_equal(points[[3]]$y, cv$best$logloss)
  expect_equal(layer_of(plot, "GeomHline")$yintercept, -log(0.62))
  expect_equal(layer_of(autoplot(given_cv()), "GeomHline")$yintercept, cv$min$logloss)
})

test_that("a penalty of zero stands one step below the smallest positive one", {
  axis <- penalty_axis(c(0, 0.1, 1, 10))
  expect_equal(axis$place(c(0, 0.1, 1, 10)), -2:1)
  expect_equal(axis$labels, c("0", "0.1", "1", "10"))
})
