test_that("limits are named by their percentages", {
  expect_identical(interval_names(0.95), c("2.5 %", "97.5 %"))
  expect_identical(interval_names(0.9), c("5 %", "95 %"))
})

test_that("a level of 0 or 1, or no number, is an error", {
  expect_identical(check_level(0.5), 0.5)
  for (level in list(0, 1, "a", c(0.9, 0.95), NA)) {
    expect_error(check_level(level), class = "moelogit_error_argument")
  }
})

test_that("coefficients are chosen by name or number, and unknown ones named", {
  names <- c("a", "b", "c")
  expect_identical(chosen_coefficients(names), 1:3)
  expect_identical(chosen_coefficients(names, c("c", "a")), c(3L, 1L))
  expect_identical(chosen_coefficients(names, -1), 2:3)
  expect_error(chosen_coefficients(names, "d"), "d", class = "moelogit_error_argument")
  expect_error(chosen_coefficients(names, 4), class = "moelogit_error_argument")
})
