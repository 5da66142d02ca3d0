test_that("fitted classes are the most probable ones", {
  fit <- fit_for_prediction()
  expect_identical(fitted(fit, "class"), predict(fit))
})

test_that("numbers far outside the data give probabilities, not NaN", {
  fit <- fit_for_prediction()
  far <- data.frame(x = c(1e6, -1e12), z = c(-1e9, 1e3), f = "p", y = "mid")
  for (type in setdiff(types, "class")) expect_true(all(is.finite(predict(fit, far, type = type))))
  expect_equal(unname(rowSums(predict(fit, far, type = "prob"))), c(1, 1))
})
