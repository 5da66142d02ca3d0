d <- cars_data()

test_that("a dot stands for all other variables", {
  small <- d[c("gear", "wt", "hp", "cyl")]
  dot <- design(gear ~ ., small)
  expect_equal(dot$x, model.matrix(~ wt + hp + cyl, small), ignore_attr = TRUE)
  expect_identical(dot$columns$expert, colnames(model.matrix(~ wt + hp + cyl, small)))
  both <- design(gear ~ . | wt, small)
  expect_identical(both$columns$expert, dot$columns$expert)
  expect_identical(both$columns$gate, c("(Intercept)", "wt"))
  expect_identical(
    design(gear ~ wt | . - hp, small)$columns$gate, colnames(model.matrix(~ wt + cyl, small))
  )
  counts <- data.frame(a = 1:4, b = 4:1, u = c(1, 3, 2, 5))
  expect_identical(design(cbind(a, b) ~ ., counts)$columns$expert, c("(Intercept)", "u"))
  expect_identical(new_design(dot, small[3:1, ])$x, dot$x[3:1, ])
})

test_that("levels of covariates without rows are dropped, contrasts are kept", {
  some <- design(am ~ cyl, d, subset = cyl != "6")
  expect_identical(some$columns$expert, c("(Intercept)", "cyl8"))
  expect_identical(some$xlevels$cyl, c("4", "8"))
  sums <- design(gear ~ cyl * am | wt + cyl, d, contrasts = list(cyl = "contr.sum"))
  reference <- model.matrix(~ cyl * am, d, contrasts.arg = list(cyl = "contr.sum"))
  expect_equal(sums$x, reference, ignore_attr = TRUE)
  expect_identical(sums$contrasts$expert, attr(reference, "contrasts"))
  expect_identical(sums$contrasts$gate, list(cyl = "contr.sum"))
  contrasts(d$cyl) <- contr.helmert(3)
  expect_equal(design(gear ~ cyl, d)$x, model.matrix(~cyl, d), ignore_attr = TRUE)
})

test_that("an error of the user's own code is passed on", {
  expect_error(design(gear ~ wt, no_such_data), class = "moelogit_error_model_frame")
  expect_error(design(gear ~ wt, no_such_data), "no_such_data")
  error <- tryCatch(design(gear ~ stop("mine: {wt}"), d), error = identity)
  expect_s3_class(error, "moelogit_error_model_frame")
  expect_identical(conditionMessage(error$parent), "mine: {wt}")
})

test_that("a formula of package Formula is that formula", {
  two <- Formula::Formula(Species ~ Sepal.Length | Sepal.Width)
  set.seed(1)
  fit <- moelogit(two, iris, k = 2, starts = 2)
  set.seed(1)
  plain <- moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, starts = 2)
  expect_identical(fit$expert, plain$expert)
  expect_identical(formula(fit), formula(plain))
})
