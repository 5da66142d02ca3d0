test_that("each condition has the class of its kind", {
  expect_error(moe_abort("No.", "kind"), class = "moelogit_error_kind")
  expect_error(moe_abort("No.", "kind"), class = "moelogit_error")
  expect_warning(moe_warn("Hm.", "kind"), class = "moelogit_warning_kind")
  expect_message(moe_inform("So.", "kind"), class = "moelogit_message_kind")
})

test_that("messages are interpolated where they are written", {
  f <- function(value) moe_abort("It is {.val {value}}.", "kind")
  expect_error(f("odd {thing}"), "odd {thing}", fixed = TRUE)
})

test_that("an error names the function that the user called", {
  inner <- function(k) lapply(k, check_count, arg = "k")
  outer <- function(k, control) {
    force(control)
    inner(k)
  }
  settings <- function(p = 1) check_number(p, "p", min = 0)
  home <- environment(user_frame)
  environment(inner) <- environment(settings) <- home
  environment(outer) <- list2env(list(inner = inner), parent = home)
  origin <- function(code) conditionCall(tryCatch(code, error = identity))
  expect_identical(origin(inner(0))[[1L]], quote(inner))
  expect_identical(origin(outer(1, settings(-1)))[[1L]], quote(settings))
})

test_that("checks return the value in its canonical type", {
  expect_identical(check_count(3, "k"), 3L)
  expect_identical(check_count(0, "k", min = 0L), 0L)
  expect_identical(check_number(2L, "x"), 2)
  expect_identical(check_flag(c(a = TRUE), "x"), TRUE)
  expect_identical(check_choice(c("one", "two"), c("one", "two"), "x"), "one")
  expect_identical(check_choice("tw", c("one", "two"), "x"), "two")
  fit <- structure(list(), class = "moelogit")
  expect_identical(check_class(fit), fit)
})

test_that("checks refuse everything else", {
  for (bad in list(0, -1, 1.5, NA, NaN, Inf, "1", 1:2, NULL, list(1), matrix(1), TRUE, 3e9)) {
    expect_error(check_count(bad, "k"), class = "moelogit_error_argument")
  }
  for (bad in list(-0.1, 1.1, NA_real_, Inf, "1", 1:2, NULL)) {
    expect_error(check_number(bad, "x", 0, 1), class = "moelogit_error_argument")
  }
  for (bad in list(NA, 1, "TRUE", NULL, c(TRUE, FALSE))) {
    expect_error(check_flag(bad, "x"), class = "moelogit_error_argument")
  }
  for (bad in list("three", NA, 1, NULL, c("two", "one"))) {
    expect_error(check_choice(bad, c("one", "two"), "x"), class = "moelogit_error_argument")
  }
})

test_that("the wording of the checks", {
  expect_snapshot_output(show_errors(
    check_count(1.5, "k"),
    check_count("a{b}", "k"),
    check_count(-1, "k", min = 0L),
    check_count(9, "k", max = 5L),
    check_count(1:3, "k"),
    check_number(Inf, "tol"),
    check_number(-1, "tol", min = 0),
    check_number(2, "tol", min = 0, max = 1),
    check_number(NULL, "tol", max = 1),
    check_flag(matrix(TRUE, 2, 2), "progress"),
    check_flag(list(), "progress"),
    check_choice("newton", c("accelerated", "mm"), "method"),
    check_class(data.frame(), arg = "fit")
  ))
})
