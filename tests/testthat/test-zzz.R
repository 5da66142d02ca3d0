test_that("a fit survives being saved, without the training data, in a fresh session", {
  skip_on_cran()
  fit <- moelogit(Species ~ poly(Sepal.Length, 2) | Sepal.Width, iris, k = 2, starts = 4,
                  keep_data = FALSE)
  new <- iris[c(1, 60, 120), 1:2]
  expected <- predict(fit, new, type = "prob")
  expect_identical(predict(unserialize(serialize(fit, NULL)), new, type = "prob"), expected)
  files <- tempfile(c("fit", "new"), fileext = ".rds")
  saveRDS(fit, files[1])
  saveRDS(new, files[2])
  expect_lt(file.size(files[1]), 20000)
  found <- in_new_session(c(
    "library(moelogit)",
    sprintf("files <- %s", deparse1(files)),
    "predict(readRDS(files[1]), readRDS(files[2]), type = 'prob')"
  ))
  expect_equal(found, expected)
})
