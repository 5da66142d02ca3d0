test_that("there is no bar unless asked for, and one takes reports of every kind", {
  expect_null(progress_reporter(moelogit_control(progress = FALSE), 2L))
  report <- progress_reporter(moelogit_control(progress = TRUE), 2L)
  expect_type(report, "closure")
  expect_error(report(0L, 0), NA)
  expect_error(report(7L, -12.5), NA)
  # iteration 0 says that time has passed: what was known stays
  expect_identical(environment(report)$last$iteration, 7L)
  report(0L, 0)
  expect_identical(environment(report)$last$iteration, 7L)
})

test_that("a bar of tasks moves by one at a time", {
  expect_null(task_bar(moelogit_control(progress = FALSE), "Fits", 3))
  tick <- task_bar(moelogit_control(progress = TRUE), "Fits", 3)
  expect_error(tick(), NA)
})
