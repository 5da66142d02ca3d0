test_that("a source prints what it is", {
  expect_snapshot_output({
    print(row_source(iris))
    print(row_source(function(reset) NULL, levels = list(f = "a", g = c("u", "v"))))
  })
})

test_that("wrong arguments and sources that fail say so", {
  other <- function(second) {
    pieces <- list(data.frame(x = 1, y = 2), second)
    at <- 0L
    row_source(function(reset = FALSE) {
      at <<- if (reset) 0L else at + 1L
      if (at > 0L && at <= 2L) pieces[[at]]
    })
  }
  file <- csv_of(data.frame(x = 1:3))
  skip_if_not_installed("RSQLite")
  connection <- database_of(data.frame(x = 1))
  expect_snapshot_output(show_errors(
    row_source(1),
    row_source(iris, 3),
    row_source(iris, chunk_rows = 0),
    row_source(iris, levels = c("a", "b")),
    row_source(iris, levels = list(a = c("a", "a"))),
    row_source(iris, cache_dir = 3),
    row_source(iris, cache_dir = ""),
    row_source("no file"),
    row_source(file, separator = ";"),
    row_source(connection),
    row_source(connection, table = "a", query = "b"),
    collect(row_source(connection, table = "absent")),
    collect(row_source(rows_function(iris, 50L, fail = 100))),
    collect(other(data.frame(x = 1))),
    collect(other(data.frame(x = 1, y = 2, z = 3))),
    collect(other(1:3)),
    collect(row_source(data.frame(f = c("a", "b")), levels = list(f = "a")))
  ))
})

test_that("a source for the workers of a cluster says what its parts are", {
  cluster <- hasty_cluster()
  expect_snapshot_output({
    print(row_source(iris, cluster = cluster))
    print(row_source(function(part) iris, cluster = cluster, parts = 1))
    print(row_source(c("a.parquet", "b.parquet"), cluster = cluster))
  })
  origins <- function(x, ...) row_source(x, cluster = cluster, ...)$origins
  frames <- origins(iris[1:10, ], parts = 3)
  expect_identical(do.call(rbind, lapply(frames, `[[`, "rows")), iris[1:10, ])
  expect_identical(length(origins(iris[1:2, ])), 2L)
  files <- c("a", "b", "c")
  expect_identical(origins(files, parts = 2), list(list(rows = "a"), list(rows = c("b", "c"))))
  expect_identical(length(origins(files)), 3L)
  f <- function(part) NULL
  expect_identical(origins(f, parts = 2)[[2]], list(make = f, part = 2L))
  expect_snapshot_output(show_errors(
    row_source(1, cluster = cluster), row_source(iris, cluster = 2), row_source(iris, parts = 2),
    row_source(iris, cluster = cluster, parts = 0),
    row_source(iris, cluster = cluster, cache_dir = "here"),
    row_source(iris[0, ], cluster = cluster)
  ))
})
