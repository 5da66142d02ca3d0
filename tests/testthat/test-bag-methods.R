small_bag <- local({
  kept <- NULL
  function() {
    if (is.null(kept)) {
      set.seed(1)
      kept <<- bag_moelogit(Species ~ Sepal.Length + Petal.Width, iris, k = 1, penalty = c(0.1, 1),
                            members = 6L)
    }
    kept
  }
})

test_that("the scores of a bag are those of its out-of-bag predictions", {
  bag <- small_bag()
  scores <- glance(bag)
  expect_equal(scores$log_loss, held_out_logloss(bag$held_out))
  expect_equal(scores$members, 6L)
  expect_identical(tidy(bag), bag$table)
  expect_output(print(bag), "Out of bag: log loss")
})

test_that("the curve is drawn, and plot() returns the bag", {
  bag <- small_bag()
  expect_draws(autoplot(bag))
  file <- tempfile(fileext = ".pdf")
  grDevices::pdf(file)
  expect_identical(withVisible(plot(bag))$visible, FALSE)
  grDevices::dev.off()
})
