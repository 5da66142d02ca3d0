test_that("a fit survives being saved, without the training data, in a fresh session", {
  fit <- moelogit(Species ~ poly(Sepal.Length, 2) | Sepal.Width, iris, k = 2, starts = 4,
                  keep_data = FALSE)
  new <- iris[c(1, 60, 120), 1:2]
  expected <- predict(fit, new, type = "prob")
  expect_identical(predict(unserialize(serialize(fit, NULL)), new, type = "prob"), expected)
  files <- tempfile(c("fit", "new", "prob"), fileext = ".rds")
  saveRDS(fit, files[1])
  saveRDS(new, files[2])
  expect_lt(file.size(files[1]), 20000)
  script <- tempfile(fileext = ".R")
  writeLines(c(
    sprintf(".libPaths(%s)", deparse1(.libPaths())),
    "library(moelogit)",
    sprintf("files <- %s", deparse1(files)),
    "saveRDS(predict(readRDS(files[1]), readRDS(files[2]), type = 'prob'), files[3])"
  ), script)
  status <- system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(script)))
  expect_equal(status, 0L)
  expect_equal(readRDS(files[3]), expected)
})
