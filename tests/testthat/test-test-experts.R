small_test <- function(...) {
  set.seed(2)
  test_experts(selection(), B = 9, progress = FALSE, ...)
}

test_that("a number that is too small is rejected, the true one is not", {
  few <- small_test(k = 1)
  expect_identical(few$k, 1L)
  expect_equal(few$p.value, 0.1) # the least that nine samples can give
  expect_gt(few$statistic, 50)
  enough <- small_test()
  expect_identical(enough$k, 2L)
  expect_gt(enough$p.value, 0.1)
  expect_equal(enough$p.value, (1 + sum(enough$replicates >= enough$statistic)) / 10)
})

test_that("the statistic is the gain of a search with one expert more", {
  s <- selection()
  more <- moelogit(y ~ x + z | x, two_experts(), k = 2, starts = 20)
  expect_equal(small_test(k = 1)$statistic, 2 * (more$loglik - s$fits[[1]]$loglik),
               tolerance = 1e-3)
})

test_that("threads and workers do not change it, a fit can be tested alone, and counts too", {
  one <- small_test(k = 1)
  expect_identical(small_test(k = 1, threads = 2), one)
  expect_identical(small_test(k = 1, cluster = two_workers()), one)
  set.seed(2)
  alone <- test_experts(selection()$fits[["1"]], B = 9, progress = FALSE)
  expect_identical(alone, one)
  data <- data.frame(x = rep(c(-1, 0, 1), 3))
  data$n <- cbind(a = 1:9, b = 9:1)
  fit <- suppressWarnings(moelogit(n ~ x, data, k = 1))
  expect_length(test_experts(fit, B = 3, progress = FALSE)$replicates, 3L)
})

test_that("it prints and tidies", {
  test <- small_test()
  expect_output(print(test), "test of 2 against 3 experts")
  expect_identical(names(tidy(test)), c("k", "alternative", "statistic", "p.value", "replicates"))
  expect_identical(tidy(test)$p.value, test$p.value)
  expect_snapshot_output(show_errors(
    test_experts(selection(), k = 7), test_experts(selection(), B = 0)
  ))
})
