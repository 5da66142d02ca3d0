test_that("classes are the levels, or the sorted values", {
  read <- function(y, ...) model_response(y, "y", ...)[c("y", "classes", "type")]
  expect_identical(
    read(factor(c("u", "v", "u"), levels = c("v", "u"))),
    list(y = c(2L, 1L, 2L), classes = c("v", "u"), type = "factor")
  )
  expect_identical(
    read(ordered(c("lo", "hi"), levels = c("lo", "hi"))),
    list(y = 1:2, classes = c("lo", "hi"), type = "ordered")
  )
  expect_identical(
    read(c("b", "a", "b")), list(y = c(2L, 1L, 2L), classes = c("a", "b"), type = "character")
  )
  expect_identical(
    read(c(TRUE, FALSE)), list(y = 2:1, classes = c("FALSE", "TRUE"), type = "logical")
  )
  expect_identical(
    read(c(10L, 2L, 10L)), list(y = c(2L, 1L, 2L), classes = c("2", "10"), type = "numeric")
  )
  expect_identical(
    read(c(1.5, -1, 0)), list(y = 3:1 - c(0L, 1L, -1L), classes = c("-1", "0", "1.5"),
                              type = "numeric")
  )
  expect_identical(read(matrix(c(2, 1, 2), 3)), read(c(2, 1, 2)))
  expect_length(read(seq_len(200))$classes, 200L)
})

test_that("classes without rows are dropped with a message, or kept", {
  y <- factor(c("u", "w"), levels = c("u", "v", "w"))
  expect_message(dropped <- model_response(y, "kind"), class = "moelogit_message_unused_class")
  expect_identical(dropped$classes, c("u", "w"))
  expect_identical(dropped$y, 1:2)
  expect_identical(dropped$kept, c(TRUE, FALSE, TRUE))
  expect_silent(kept <- model_response(y, "kind", drop_unused = FALSE))
  expect_identical(kept$classes, levels(y))
  expect_identical(kept$y, c(1L, 3L))
  expect_snapshot_output(cat(
    conditionMessage(tryCatch(model_response(y, "kind"), message = identity)),
    conditionMessage(tryCatch(
      model_response(cbind(a = 1, b = 0, c = 2, d = 0), "counts"), message = identity
    )),
    sep = "\n"
  ))
})

test_that("counts equal the rows they stand for", {
  counts <- cbind(u = c(2, 0, 1), v = c(1, 3, 0))
  got <- model_response(counts, "counts")
  expanded <- rep(got$classes[got$y], got$count)
  expect_equal(as.vector(table(expanded)), as.vector(colSums(counts)))
  expect_identical(got$row, c(1L, 1L, 2L, 3L))
  expect_identical(model_response(unname(counts), "counts")$classes, c("1", "2"))
  expect_identical(model_response(as.data.frame(counts), "counts"), got)
  expect_identical(model_response(counts > 0, "counts")$count, rep(1, 4))
})

test_that("errors name the response", {
  set.seed(1)
  continuous <- rnorm(100)
  expect_snapshot_output(show_errors(
    model_response(continuous, "blood pressure"),
    model_response(c(1, NA, 2), "kind"),
    model_response(factor(c("a", NA, NA)), "kind"),
    model_response(c(1, Inf), "kind"),
    model_response(Sys.Date() + 0:1, "day"),
    model_response(list(1, 2), "kind"),
    model_response(1:2 + 1i, "kind"),
    model_response(NULL, "kind"),
    model_response(cbind(a = c(1, -1), b = 1:2), "counts"),
    model_response(cbind(a = c(1, NA), b = 1:2), "counts"),
    model_response(cbind(a = c(1, Inf), b = 1:2), "counts"),
    model_response(cbind(a = 1:2, a = 1:2), "counts"),
    model_response(cbind("a", "b"), "counts")
  ))
})

test_that("one class only is an error, whatever the type", {
  x <- matrix(1:4 / 2)
  unused <- factor(rep("a", 4), levels = c("a", "b"))
  expect_snapshot_output(show_errors(
    model_design_matrix(x, rep("a", 4), response_name = "kind"),
    model_design_matrix(x, rep(TRUE, 4), drop_unused = FALSE),
    model_design_matrix(x, unused, drop_unused = FALSE, response_name = "kind"),
    model_design_matrix(x, cbind(a = 1:4, b = 0), drop_unused = FALSE),
    model_design_matrix(x, cbind(a = rep(0, 4), b = 0), drop_unused = FALSE)
  ))
})

test_that("counts of nothing are refused beside an offset, too", {
  counts <- matrix(0, 4, 2)
  expect_error(
    suppressMessages(model_design_matrix(matrix(1:4 / 2), counts, offset = matrix(0, 4, 2))),
    class = "moelogit_error_one_class"
  )
})

test_that("weights and offsets that cannot be computed with are refused", {
  local_reproducible_output()
  fit <- function(...) moelogit(Species ~ Sepal.Length, iris, k = 1, ...)
  expect_snapshot_output(show_errors(
    fit(weights = rep(1e307, 150)),
    fit(weights = rep(5e-324, 150)),
    fit(offset = matrix(c(1e308, -1e308, 0), 150, 3))
  ))
  expect_equal(
    fit(weights = rep(1e90, 150), penalty = 0)$loglik / 1e90, fit(penalty = 0)$loglik,
    tolerance = 1e-6
  )
})
