test_that("Parquet files give their rows a group at a time", {
  skip_if_not_installed("nanoparquet", "0.5.0")
  data <- source_data(25L)
  data$day <- as.Date("2024-02-28") + 1:25
  options <- nanoparquet::parquet_options(num_rows_per_row_group = 8L)
  files <- c(tempfile(fileext = ".parquet"), tempfile(fileext = ".PARQUET"))
  nanoparquet::write_parquet(data[1:20, ], files[1], options = options)
  nanoparquet::write_parquet(data[21:25, ], files[2])
  for (chunk_rows in c(3, 8, 100)) {
    sizes <- integer()
    source <- row_source(files, chunk_rows = chunk_rows)
    each_chunk(source, function(chunk) sizes <<- c(sizes, nrow(chunk)))
    most <- c(8, 8, 4, 5)
    pieces <- lapply(most, function(n) diff(unique(c(seq(0, n, by = chunk_rows), n))))
    expect_equal(sizes, unlist(pieces))
    expect_equal(collect(source), data, tolerance = 0)
  }
  with_function("parquet_group_reader", function() NULL, {
    expect_equal(collect(row_source(files, chunk_rows = 9)), data, tolerance = 0)
  })
  # no rows, and no Parquet file
  nanoparquet::write_parquet(data[0, ], files[2])
  expect_equal(collect(row_source(files[2:1])), data[1:20, ], tolerance = 0)
  writeLines("x", files[2])
  error <- expect_error(collect(row_source(files)), class = "moelogit_error_source")
  expect_match(conditionMessage(error$parent), "no Parquet file")
  unlink(files)
})

test_that("what Parquet files need is said, and they come without others", {
  file <- tempfile(fileext = ".parquet")
  writeLines("x", file)
  expect_error(row_source(c(file, csv_of(data.frame(x = 1)))), "all CSV or all Parquet")
  skip_if(requireNamespace("nanoparquet", quietly = TRUE))
  expect_error(row_source(file), "nanoparquet", class = "rlib_error_package_not_found")
})

test_that("the number of groups is what the metadata of a file say", {
  bytes <- function(...) as.raw(c(...))
  name <- bytes(0x48, 0x01, 0x61) # field 4, a text of one character
  truth <- bytes(0x11, 0x12) # fields 5 and 6, without values
  far <- bytes(0x08, 0x40, 0x02, 0x62, 0x63) # field 32, its number in full
  nested <- bytes(0x1c, 0x15, 0x02, 0x17, 1:8, 0x13, 0x7f, 0x00) # a struct of three numbers
  truths <- bytes(0x19, 0x21, 0x01, 0x02)
  element <- c(name, truth, far, nested, truths, bytes(0x00))
  before <- c(bytes(0x15, 0x02, 0x19, 0x2c), element, element, bytes(0x16, 0x80, 0x01))
  expect_equal(count_groups(c(before, bytes(0x19, 0x3c))), 3)
  expect_equal(count_groups(c(before, bytes(0x19, 0xfc, 0xc8, 0x01))), 200)
  expect_equal(count_groups(c(before, bytes(0x00))), 0)
  expect_error(count_groups(before), "too early")

  skip_if_not_installed("nanoparquet", "0.5.0")
  data <- source_data(60L)
  data$day <- as.POSIXct("2024-02-28", tz = "UTC") + 1:60
  file <- tempfile(fileext = ".parquet")
  for (size in c(1L, 3L, 4L, 60L)) {
    options <- nanoparquet::parquet_options(num_rows_per_row_group = size)
    nanoparquet::write_parquet(data, file, options = options, metadata = c(note = "some text"))
    expect_equal(
      count_groups(parquet_footer(file)), nrow(nanoparquet::read_parquet_metadata(file)$row_groups)
    )
  }
  unlink(file)
})
