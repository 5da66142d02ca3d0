test_that("the vector holds the free coefficients, named, in the order of the blocks", {
  fit <- quick_fit(y ~ x | z, fit_data(), k = 3)
  expect_named(coef(fit), c(
    "gate_2:(Intercept)", "gate_2:z", "gate_3:(Intercept)", "gate_3:z",
    paste0("expert_", rep(1:3, each = 4), ":", rep(c("mid", "high"), each = 2), ":",
           c("(Intercept)", "x"))
  ))
  gate <- coef(fit, "gate")
  expert <- coef(fit, "expert")
  for (k in 2:3) expect_equal(coef(fit)[[paste0("gate_", k, ":z")]], gate["z", k])
  for (k in 1:3) {
    expect_equal(coef(fit)[[paste0("expert_", k, ":high:x")]], expert["x", "high", k])
  }
  expect_identical(unname(gate[, 1]), c(0, 0))
  expect_true(all(expert[, "low", ] == 0))
})

test_that("symmetric coding sums to zero and differs from the reference by a constant", {
  fit <- quick_fit(y ~ x | z, fit_data(), k = 2)
  gate <- coef(fit, "gate", "symmetric")
  expert <- coef(fit, "expert", "symmetric")
  expect_equal(unname(rowSums(gate)), c(0, 0), tolerance = 1e-10)
  expect_equal(unname(apply(expert, c(1, 3), sum)), matrix(0, 2, 2), tolerance = 1e-10)
  expect_equal(gate - gate[, 1], coef(fit, "gate"))
  expect_identical(
    dimnames(expert), list(c("(Intercept)", "x"), c("low", "mid", "high"), c("1", "2"))
  )
})

test_that("one expert has no gate coefficients; two classes have one column", {
  fit <- moelogit((y == "low") ~ x | z, fit_data(), k = 1)
  expect_named(coef(fit), c("expert_1:TRUE:(Intercept)", "expert_1:TRUE:x"))
  expect_identical(dim(coef(fit, "gate")), c(2L, 1L))
  expect_identical(dim(coef(fit, "expert")), c(2L, 2L, 1L))
  constant <- moelogit(y ~ 1, fit_data(), k = 1)
  expect_named(coef(constant), c("expert_1:mid:(Intercept)", "expert_1:high:(Intercept)"))
})

test_that("bad choices are errors", {
  fit <- moelogit(y ~ x, fit_data(), k = 1)
  expect_error(coef(fit, "experts"), class = "moelogit_error_argument")
  expect_error(coef(fit, "gate", "corner"), class = "moelogit_error_argument")
})

test_that("every coefficient has its term, of formulas and of matrices", {
  d <- fit_data()
  fit <- quick_fit(y ~ x * f, d, k = 2)
  terms <- coefficient_terms(fit)
  matrix <- model.matrix(~ x * f, d)
  own <- c("(Intercept)", "x", "f", "x:f")[attr(matrix, "assign") + 1]
  expect_identical(terms$term, rep(own, 5))
  expect_identical(terms$column, rep(colnames(matrix), 5))
  expect_identical(terms$part, rep(c("gate", "expert"), c(1, 4) * ncol(matrix)))
  plain <- quick_fit(as.matrix(d[c("x", "z")]), d$y, k = 2, z = as.matrix(d["w"]))
  expect_identical(coefficient_terms(plain)$term,
                   c("(Intercept)", "w", rep(c("(Intercept)", "x", "z"), 4)))
})
