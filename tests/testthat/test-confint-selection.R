with_weights <- function(weight) {
  s <- selection()
  s$table$weight <- weight
  s
}

test_that("the set is the smallest with so much weight", {
  s <- with_weights(c(0.05, 0.5, 0.15, 0.3))
  expect_equal(confint(s, level = 0.5), data.frame(k = 2L, weight = 0.5))
  expect_equal(confint(s, level = 0.51)$k, c(2L, 4L))
  expect_equal(confint(s)$k, 2:4)
  expect_equal(confint(s, level = 0.96)$k, 1:4)
  expect_equal(confint(with_weights(c(NA, NA, 0.2, 0.8)), level = 0.9)$k, 3:4)
})

test_that("a level outside (0, 1) and a sweep are errors", {
  set.seed(1)
  sweep <- sweep_experts(Species ~ Petal.Length, data = iris, k_max = 1)
  expect_snapshot_output(show_errors(
    confint(selection(), level = 90), confint(sweep), predict(sweep, average = TRUE),
    confint(selection(), "x")
  ))
})
