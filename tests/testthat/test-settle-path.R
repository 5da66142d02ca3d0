test_that("a choice is checked when the level below is not far behind, and only above two", {
  table <- data.frame(k = 1:4, loglik = c(-200, -150, -140, -20), df = c(5, 10, 15, 20))
  expect_false(needs_check(table, 2L))
  expect_true(needs_check(table, 3L))
  expect_false(needs_check(table, 4L))
})

test_that("the search of the chosen level is never longer than that of a fit", {
  frame <- random_problem(n = 30, k = 3)$problem$frame
  expect_equal(settle_budget(frame, moelogit_control())[["search"]], settle_search)
  expect_equal(settle_budget(frame, moelogit_control(search = 8))[["search"]], 8)
})

test_that("settling lowers no level, and the heights stay those of the levels", {
  set.seed(5)
  data <- two_experts(200)
  asked <- list(
    design = design(y ~ x + z, data), control = moelogit_control(starts = 6, search = 8),
    call = quote(f()), fit_call = quote(moelogit(y ~ x + z, data))
  )
  path <- polished_path(asked, 4L, "curvature")
  before <- vapply(path$fits, `[[`, 0, "objective")
  settled <- settle_path(path, "aic", 200)
  after <- vapply(settled$fits, `[[`, 0, "objective")
  expect_true(all(after >= before - 1e-8))
})
