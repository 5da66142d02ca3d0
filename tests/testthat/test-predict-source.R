test_that("predictions for a source are those for its rows at once", {
  data <- source_data(300L)
  fit <- seeded_fit(y ~ x + f | z, data)
  source <- row_source(data, chunk_rows = 47)
  for (type in c("class", "prob", "logprob", "link", "gate", "expert", "posterior")) {
    expect_identical(predict(fit, source, type = type), predict(fit, data, type = type))
  }
  expect_identical(
    predict(fit, source, type = "expert", interval = "confidence"),
    predict(fit, data, type = "expert", interval = "confidence")
  )
  named <- row_source(mtcars, chunk_rows = 10)
  set.seed(1)
  cars <- moelogit(factor(cyl) ~ mpg, mtcars, k = 1)
  expect_identical(predict(cars, named), predict(cars, mtcars))
  set.seed(1)
  matrices <- moelogit(as.matrix(mtcars[c("mpg", "wt")]), mtcars$gear, k = 1)
  expect_identical(predict(matrices, named, "prob"), predict(matrices, mtcars, "prob"))
})

test_that("they go to a function, a file or a table", {
  data <- source_data(100L)
  fit <- seeded_fit(y ~ x + f | z, data)
  source <- row_source(data, chunk_rows = 30)
  prob <- predict(fit, data, type = "prob")
  sizes <- integer()
  rows <- withVisible(predict(fit, source, "prob", to = function(frame) {
    sizes <<- c(sizes, nrow(frame))
    expect_identical(names(frame), colnames(prob))
  }))
  expect_identical(rows, list(value = 100, visible = FALSE))
  expect_identical(sizes, c(30L, 30L, 30L, 10L))

  path <- tempfile(fileext = ".csv")
  predict(fit, source, "prob", to = path)
  expect_equal(as.matrix(read.csv(path)), unname(prob), ignore_attr = TRUE)
  expect_error(predict(fit, source, "prob", to = path), class = "moelogit_error_argument")
  unlink(path)
  predict(fit, source, "expert", se.fit = TRUE, to = path)
  both <- read.csv(path)
  expected <- predict(fit, data, "expert", se.fit = TRUE)
  expect_equal(both$se.fit.2.mid, expected$se.fit[, "mid", "2"], ignore_attr = TRUE)
  expect_equal(both$fit.1.high, expected$fit[, "high", "1"], ignore_attr = TRUE)
  unlink(path)

  skip_if_not_installed("RSQLite")
  connection <- database_of(data)
  predict(fit, row_source(connection, table = "rows", chunk_rows = 30), to = list(connection, "p"))
  expect_identical(
    DBI::dbReadTable(connection, "p")$class, as.character(unname(predict(fit, data)))
  )
})

test_that("what cannot be predicted says so", {
  data <- source_data(100L)
  fit <- seeded_fit(y ~ x + f | z, data)
  source <- row_source(data)
  unseen <- row_source(transform(data, f = "new"))
  expect_snapshot_output(show_errors(
    predict(fit, source, to = 3),
    predict(fit, data, to = "file.csv"),
    predict(fit, source, newoffset = 1),
    predict(fit, unseen),
    predict(fit, row_source(data["x"])),
    predict(fit, row_source(data[0, ]))
  ))
})

test_that("workers predict the rows of their parts, which come in order, or go to their files", {
  skip_on_cran()
  data <- source_data(60L)
  fit <- seeded_fit(y ~ x + f | z, data)
  source <- row_source(data, cluster = two_workers(), parts = 5, chunk_rows = 7)
  for (type in c("class", "prob", "expert", "posterior")) {
    expect_equal(predict(fit, source, type = type), predict(fit, data, type = type))
  }
  expect_equal(
    predict(fit, source, type = "gate", se.fit = TRUE),
    predict(fit, data, type = "gate", se.fit = TRUE)
  )
  to <- tempfile()
  expect_identical(predict(fit, source, type = "prob", to = paste0(to, "-%02d.csv")), 60)
  files <- sprintf("%s-%02d.csv", to, 1:5)
  expect_equal(
    as.matrix(do.call(rbind, lapply(files, utils::read.csv))), predict(fit, data, type = "prob"),
    ignore_attr = TRUE, tolerance = 1e-12
  )
  unlink(files)
  some <- row_source(function(part) data[(part == 2) * (1:9), ], cluster = two_workers(), parts = 3)
  expect_identical(nrow(predict(fit, some, type = "prob")), 9L)
  expect_snapshot_output(show_errors(
    predict(fit, source, to = "here.csv"),
    predict(fit, row_source(function(part) data[0, ], cluster = two_workers(), parts = 2)),
    cv_moelogit(y ~ x, source)
  ))
})
