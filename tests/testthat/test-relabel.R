three <- function() {
  set.seed(1)
  moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 3)
}

test_that("everything downstream follows", {
  fit <- three()
  order <- c(3L, 1L, 2L)
  other <- relabel(fit, order)
  experts <- as.character(1:3)
  expect_equal(unname(other$gate_mean), unname(fit$gate_mean[order]))
  expect_identical(colnames(other$gate), experts)
  for (type in c("gate", "posterior")) {
    expect_equal(
      unname(predict(other, type = type)), unname(predict(fit, type = type)[, order])
    )
    expect_identical(colnames(predict(other, type = type)), experts)
  }
  expect_equal(
    unname(predict(other, type = "expert")), unname(predict(fit, type = "expert")[, , order])
  )
  expect_equal(predict(other, type = "prob"), predict(fit, type = "prob"))
  expect_equal(predict(other, type = "prob"), fitted(other))
  expect_identical(logLik(other), logLik(fit))
  expect_equal(
    unname(coef(other, "expert")), unname(coef(fit, "expert")[, , order])
  )
  gate <- coef(fit, "gate")[, order]
  expect_equal(unname(coef(other, "gate")), unname(gate - gate[, 1]))
})

test_that("vcov() is that of the recoded coefficients, and predictions keep their errors", {
  fit <- three()
  other <- relabel(fit, c(2, 3, 1))
  # the coefficients of the one as a linear map of the other's
  recode <- function(free) coef(relabel(with_coefficients(fit, free), c(2, 3, 1)))
  map <- central_differences(recode, coef(fit), step = 1)
  for (type in c("hessian", "opg", "sandwich")) {
    expect_equal(
      unname(vcov(other, type = type)), unname(map %*% vcov(fit, type = type) %*% t(map)),
      tolerance = 1e-6
    )
  }
  expect_equal(
    predict(other, iris[c(1, 99), ], type = "prob", se.fit = TRUE),
    predict(fit, iris[c(1, 99), ], type = "prob", se.fit = TRUE), tolerance = 1e-6
  )
})

test_that("the default is by weight, and names are as good as numbers", {
  fit <- three()
  mixed <- relabel(fit, c("2", "3", "1"))
  expect_identical(mixed, relabel(fit, c(2, 3, 1)))
  back <- relabel(mixed)
  expect_identical(back$gate, fit$gate)
  expect_identical(back$expert, fit$expert)
  expect_false(is.unsorted(-back$gate_mean))
  one <- moelogit(Species ~ Sepal.Length, iris, k = 1)
  expect_identical(relabel(one), one)
})

test_that("errors", {
  local_reproducible_output()
  fit <- three()
  expect_snapshot_output(show_errors(
    relabel(fit, 1:2), relabel(fit, c(1, 1, 2)), relabel(fit, c("1", "2", "4")),
    relabel(fit, c(1, 2, NA))
  ))
})
