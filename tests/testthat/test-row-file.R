written <- function(x, pieces = list(seq_len(nrow(x)))) {
  path <- tempfile(fileext = ".rows")
  writer <- row_writer(path)
  for (rows in pieces) writer$append(x[rows, , drop = FALSE])
  new_row_file(path, writer$close(), ncol(x), names = colnames(x))
}

some_rows <- function(n = 3000L, p = 4L) {
  set.seed(1)
  matrix(rnorm(n * p, 3, 10), n, dimnames = list(NULL, letters[seq_len(p)]))
}

test_that("rows and columns come back as they were written, in whatever pieces", {
  x <- some_rows()
  file <- written(x, list(1:10, integer(), 11L, 12:3000))
  expect_identical(dim(file), c(3000, 4))
  expect_identical(file[1:3000, , drop = FALSE], x)
  expect_identical(file[c(7, 2999, 7), , drop = FALSE], x[c(7, 2999, 7), ])
  some <- file[, c(3, 1), drop = FALSE]
  expect_identical(dim(some), c(3000, 2))
  expect_identical(some[5:9, , drop = FALSE], x[5:9, c(3, 1)])
  expect_identical(some[5:9, 2, drop = FALSE], x[5:9, 1, drop = FALSE])
  expect_identical(some[, 2, drop = FALSE][5:9, ], x[5:9, 1])
})

test_that("moments and Gram matrices are those of the matrix to the last bit", {
  x <- cbind(1, some_rows(), 0)
  file <- written(x)
  for (weight in list(rep(1, 3000), runif(3000))) {
    for (centered in c(TRUE, FALSE)) {
      expect_identical(core_moments(file, weight, centered), core_moments(x, weight, centered))
    }
    columns <- c(4, 2)
    gram <- function(x) {
      core_gram(list(x = x, implicit = TRUE, center = c(1, 2), scale = c(3, 4)), weight, 2L)
    }
    expect_identical(gram(file[, columns, drop = FALSE]), gram(x[, columns]))
  }
})

test_that("a problem of rows in a file climbs as one of rows in memory", {
  set.seed(1)
  case <- random_problem(n = 700)
  filed <- case
  filed$problem$expert$x <- written(case$x)
  theta <- random_theta(case$problem)
  expect_identical(climb(filed, theta, threads = 2L), climb(case, theta))
  rows <- c(3L, 9L)
  expect_identical(subset_problem(filed$problem, rows), subset_problem(case$problem, rows))
})

test_that("a file that is gone or of another size stops the core", {
  x <- some_rows(100L)
  file <- written(x)
  longer <- new_row_file(file$path, 101, 4)
  expect_error(core_read_rows(longer, 1), "bytes")
  expect_error(core_read_rows(file, 101), "rows")
  expect_error(core_read_rows(new_row_file(file$path, 100, 4, columns = 5), 1), "columns")
  unlink(file$path)
  expect_error(core_moments(file, rep(1, 100), TRUE), "cannot open")
})
