test_that("every kind of source gives the rows in order", {
  data <- source_data(25L)
  plain <- transform(data, f = as.character(f), y = as.character(y))
  expect_identical(collect(row_source(data, chunk_rows = 7)), data)
  expect_identical(collect(row_source(rows_function(data, 10L))), data)
  file <- csv_of(data)
  for (chunk_rows in c(1, 7, 25, 100)) {
    expect_equal(collect(row_source(file, chunk_rows = chunk_rows)), plain, tolerance = 0)
  }
  both <- collect(row_source(c(file, file), chunk_rows = 7))
  expect_equal(both, rbind(plain, plain), tolerance = 0)
  other <- tempfile()
  utils::write.table(plain, other, sep = ";", dec = ",", row.names = FALSE)
  read <- collect(row_source(other, sep = ";", dec = ",", chunk_rows = 4))
  expect_equal(read, plain, tolerance = 1e-12)
  unlink(other)
})

test_that("a matrix of bigmemory gives its rows", {
  skip_on_cran()
  skip_if_not_installed("bigmemory")
  values <- cbind(y = rep(1:2, length.out = 25), x = rnorm(25), z = c(NA, rnorm(24)))
  directory <- tempfile()
  dir.create(directory)
  matrix <- bigmemory::as.big.matrix(
    values, backingpath = directory, backingfile = "rows.bin", descriptorfile = "rows.desc"
  )
  expect_identical(collect(row_source(matrix, chunk_rows = 7)), as.data.frame(values))
  again <- bigmemory::attach.big.matrix(file.path(directory, "rows.desc"))
  expect_identical(row_source(again)$fingerprint, row_source(matrix)$fingerprint)
  expect_same_bits(
    seeded_fit(y ~ x | z, row_source(matrix, chunk_rows = 7)),
    seeded_fit(y ~ x | z, row_source(as.data.frame(values)))
  )
  plain <- bigmemory::big.matrix(2, 2, init = 0)
  expect_error(row_source(plain), "must have names", class = "moelogit_error_argument")
  rm(matrix, again)
  unlink(directory, recursive = TRUE)
})

test_that("tables and queries of a database give their rows", {
  skip_if_not_installed("RSQLite")
  data <- source_data(25L)
  connection <- database_of(data)
  got <- collect(row_source(connection, table = "rows", chunk_rows = 7))
  expect_identical(got$x, data$x)
  expect_identical(got$f, as.character(data$f))
  got <- collect(row_source(connection, query = "SELECT x, w FROM rows WHERE x > 0"))
  expect_identical(got$x, data$x[which(data$x > 0)])
  expect_identical(names(got), c("x", "w"))
  pieces <- DBI::SQL(sprintf("SELECT * FROM rows WHERE rowid %% 2 = %d", c(1, 0)))
  source <- row_source(connection, query = pieces, chunk_rows = 4)
  expect_identical(source$description, "queries of a database")
  expect_identical(collect(source)$w, data$w[c(seq(1, 25, 2), seq(2, 24, 2))])
  # one result at a time: SQLite warns of a second one
  expect_silent(collect(source))
  large <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
  DBI::dbExecute(large, "CREATE TABLE rows (id INTEGER)")
  DBI::dbExecute(large, "INSERT INTO rows VALUES (1099511627776), (1)")
  expect_type(collect(row_source(large, table = "rows"))$id, "double")
  DBI::dbDisconnect(large)
})

test_that("rows without names are numbered on; others keep theirs", {
  expect_identical(rownames(collect(row_source(mtcars, chunk_rows = 10))), rownames(mtcars))
  file <- csv_of(data.frame(x = rnorm(20)))
  expect_identical(rownames(collect(row_source(file, chunk_rows = 6))), as.character(1:20))
})

test_that("empty chunks, columns in another order and empty files are no matter", {
  pieces <- list(iris[1:3, ], iris[0, ], iris[4:5, 5:1], NULL)
  at <- 0L
  f <- function(reset = FALSE) {
    at <<- if (reset) 0L else at + 1L
    if (at > 0L) pieces[[at]]
  }
  expect_identical(collect(row_source(f)), iris[1:5, ])
  empty <- tempfile()
  file <- csv_of(data.frame(x = 1:3))
  writeLines("x", empty)
  expect_identical(collect(row_source(c(empty, file, empty)))$x, 1:3)
  unlink(empty)
})

test_that("a body that returns FALSE ends the reading, and what was open is closed", {
  skip_if_not_installed("RSQLite")
  data <- source_data(25L)
  connection <- database_of(data)
  source <- row_source(connection, table = "rows", chunk_rows = 5)
  seen <- 0L
  each_chunk(source, function(chunk) {
    seen <<- seen + nrow(chunk)
    seen < 10L
  })
  expect_identical(seen, 10L)
  expect_error(each_chunk(source, function(chunk) stop("no")), "no")
  # SQLite warns of a result that is still open
  expect_warning(DBI::dbGetQuery(connection, "SELECT 1"), NA)
})

test_that("levels that are given hold for every chunk", {
  data <- data.frame(f = c("b", "a", NA, "b"))
  got <- collect(row_source(data, chunk_rows = 2, levels = list(f = c("b", "c", "a"))))
  expect_identical(got$f, factor(data$f, c("b", "c", "a")))
})
