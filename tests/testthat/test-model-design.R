d <- cars_data()

test_that("one part gives experts and gate the same columns", {
  one <- design(gear ~ wt + cyl, d)
  reference <- model.matrix(lm(mpg ~ wt + cyl, d))
  expect_s3_class(one, "moelogit_design")
  expect_equal(unname(one$x), unname(reference), ignore_attr = TRUE)
  expect_identical(one$columns, list(expert = colnames(reference), gate = colnames(reference)))
  expect_null(one$z)
  expect_true(one$shared)
  expect_identical(one$intercept, list(expert = TRUE, gate = TRUE))
  expect_identical(one$assign$expert, attr(reference, "assign"))
  expect_identical(one$xlevels, list(cyl = levels(d$cyl)))
  expect_identical(one$classes, levels(d$gear))
  expect_identical(one$y, as.integer(d$gear))
  expect_identical(one$weights, rep(1, 32))
  expect_identical(one$row_names, rownames(mtcars))
  expect_null(one$row)
  expect_null(one$offset)
  expect_null(one$case_weights)
  expect_true(design(gear ~ wt | wt, d)$shared)
})

test_that("two parts are read apart", {
  two <- design(gear ~ wt + log(hp) | qsec:cyl - 1, d)
  expect_false(two$shared)
  expect_identical(two$columns$expert, c("(Intercept)", "wt", "log(hp)"))
  expect_identical(two$columns$gate, colnames(model.matrix(~ qsec:cyl - 1, d)))
  expect_identical(two$intercept, list(expert = TRUE, gate = FALSE))
  expect_equal(two$z, model.matrix(~ qsec:cyl - 1, d), ignore_attr = TRUE)
  expect_identical(two$contrasts$expert, NULL)
  expect_false(design(gear ~ 0 + wt, d)$intercept$expert)
  expect_identical(design(gear ~ wt | 1, d)$columns$gate, "(Intercept)")
  expect_identical(design(gear ~ 1 | wt, d)$columns$expert, "(Intercept)")
  expect_identical(design(gear ~ 1, d)$columns$expert, "(Intercept)")
})

test_that("weights, subset and offset are found in the data or where the formula was written", {
  d$w <- seq_len(32)
  expect_identical(design(gear ~ wt, d, weights = w)$weights, as.double(1:32))
  expect_identical(design(gear ~ wt, d, weights = w)$case_weights, as.double(1:32))
  inside <- function(data) {
    v <- rev(seq_len(nrow(data)))
    heavy <- 3
    design(gear ~ wt, data, weights = v / 2, subset = wt < heavy)
  }
  got <- inside(d)
  expect_identical(got$weights, (32:1 / 2)[d$wt < 3])
  expect_identical(got$n, sum(d$wt < 3))
  expect_identical(got$row_names, rownames(d)[d$wt < 3])
  expect_identical(design(gear ~ wt, d, subset = 25:30)$y, as.integer(d$gear)[25:30])
  wt <- d$wt
  gear <- d$gear
  expect_equal(design(gear ~ wt)$x, design(gear ~ wt, d)$x)
  by_loop <- lapply(list(1, 2), function(power) design(gear ~ wt, d, weights = wt^power))
  expect_identical(by_loop[[2L]]$weights, d$wt^2)
})

test_that("rows with missing values follow na.action and keep their alignment", {
  d$wt[c(2, 5)] <- NA
  d$gear[7] <- NA
  excluded <- design(gear ~ wt, d, na.action = na.exclude)
  expect_identical(as.vector(excluded$na_action), c(2L, 5L, 7L))
  expect_s3_class(excluded$na_action, "exclude")
  expect_length(naresid(excluded$na_action, excluded$y), 32L)
  expect_s3_class(design(gear ~ wt, d)$na_action, "omit")
  expect_identical(design(gear ~ wt, d)$n, 29L)
  d$w <- replace(rep(2, 32), 1, NA)
  expect_identical(design(gear ~ wt, d, weights = w)$n, 28L)
})

test_that("offsets become logits of the classes", {
  d$o <- seq(-1, 1, length.out = 32)
  binary <- design(am ~ wt + offset(o), d)
  expect_equal(binary$offset, cbind(0, d$o))
  expect_false(binary$offset_argument)
  expect_identical(binary$columns$expert, c("(Intercept)", "wt"))
  twice <- design(am ~ wt + offset(o) | wt, d, offset = 2 * o)
  expect_equal(twice$offset, cbind(0, 3 * d$o))
  expect_true(twice$offset_argument)
  logits <- outer(d$o, 1:3)
  expect_equal(design(gear ~ wt, d, offset = logits)$offset, logits)
  colnames(logits) <- c("5", "3", "4")
  expect_equal(design(gear ~ wt, d, offset = logits)$offset, unname(logits[, c(2, 3, 1)]))
  expect_equal(design(gear ~ wt + offset(logits), d)$offset, unname(logits[, c(2, 3, 1)]))
  unnamed <- unname(logits)
  suppressMessages(some <- design(gear ~ wt, d, offset = unnamed, subset = gear != "4"))
  expect_equal(some$offset, unnamed[d$gear != "4", c(1, 3)])
})

test_that("a matrix of counts gives one record per positive count", {
  counts <- cbind(a = c(2, 0, 0, 1.5), b = c(0, 0, 3, 1))
  u <- c(1, 2, 3, 5)
  got <- design(counts ~ u, weights = c(1, 1, 2, 4))
  expect_identical(got$row, c(1L, 3L, 4L, 4L))
  expect_identical(got$y, c(1L, 2L, 1L, 2L))
  expect_identical(got$weights, c(2, 6, 6, 4))
  expect_identical(got$case_weights, c(1, 1, 2, 4))
  expect_identical(got$n, 4L)
  expect_identical(got$n_positive, 3L)
  expect_identical(got$classes, c("a", "b"))
  expect_identical(nrow(got$x), 4L)
  expect_null(design(diag(2) ~ c(1, 3))$row)
})

test_that("matrices are taken as they are, with an implied intercept", {
  x <- matrix(rnorm(20), 10)
  y <- rep(c("u", "v"), 5)
  plain <- model_design_matrix(x, y)
  expect_identical(plain$x, x)
  expect_identical(plain$columns$expert, c("(Intercept)", "x1", "x2"))
  expect_identical(plain$columns$gate, plain$columns$expert)
  expect_true(plain$implicit)
  expect_null(plain$z)
  expect_identical(model_design_matrix(x, y, z = x)$shared, TRUE)
  expect_identical(model_design_matrix(x, y, z = x[, 1, drop = FALSE])$columns$gate,
                   c("(Intercept)", "z1"))
  expect_identical(model_design_matrix(data.frame(a = 1:10, b = TRUE), y)$x,
                   cbind(a = as.double(1:10), b = 1))
  named <- cbind(u = 1:10, 10:1)
  expect_identical(model_design_matrix(named, y)$columns$expert, c("(Intercept)", "u", "x2"))
  expect_type(model_design_matrix(named, y)$x, "double")
  expect_equal(model_design_matrix(x, y, offset = 1:10)$offset, cbind(0, 1:10))
  expect_identical(model_design_matrix(x, y, weights = 0:9)$n_positive, 9L)
})

test_that("the recipe is small and free of data", {
  got <- design(gear ~ wt | cyl, d)
  recipe <- design_recipe(got)
  expect_false(any(c("x", "z", "y", "weights", "model_frame") %in% names(recipe)))
  expect_identical(new_design(recipe, d)$x, got$x)
})

test_that("the number of experts is checked", {
  expect_identical(check_experts(3, 10), 3L)
  expect_identical(check_experts(10, 10L), 10L)
  expect_snapshot_output(show_errors(
    check_experts(11, 10), check_experts(0, 10), check_experts(2.5, 10),
    check_experts("two", 10), check_experts(NULL, 10), check_experts(2:3, 10)
  ))
})

test_that("errors name the user's formula and variables", {
  skip_on_cran()
  bad <- d
  bad$hp[1:3] <- -Inf
  bad$wt[c(1, 4)] <- NA
  bad$one <- factor("only")
  d$w <- 1
  d$z <- d$wt
  empty <- d[0, ]
  five <- 1:5
  expect_snapshot_output(show_errors(
    design("gear ~ wt", d),
    design(~wt, d),
    design(gear | am ~ wt, d),
    design(gear ~ wt | hp | z, d),
    design(gear ~ 0, d),
    design(gear ~ wt | 0, d),
    design(gear ~ weight + wt | height, d),
    design(gear ~ wt, d, weights = no_weights),
    design(gear ~ wt, d, weights = five),
    design(gear ~ wt + five, d),
    design(gear ~ wt, d, subset = wt > 100),
    design(gear ~ wt, empty),
    design(gear ~ wt, transform(d, wt = NA)),
    design(gear ~ wt, bad, na.action = na.fail),
    design(gear ~ wt, bad, na.action = na.pass),
    design(gear ~ hp, bad),
    design(gear ~ wt | log(hp - 66), transform(d, hp = pmax(hp, 66))),
    design(gear ~ one, bad),
    design(gear ~ wt | offset(w) + z, d),
    design(gear ~ cyl, d, contrasts = list(cil = "contr.sum")),
    design(gear ~ cyl, d, contrasts = "contr.sum"),
    design(gear ~ wt, d, weights = -w),
    design(gear ~ wt, d, weights = w * 0),
    design(gear ~ wt, d, weights = name),
    design(gear ~ wt, d, weights = 1 / (w - 1)),
    design(gear ~ wt, d, offset = w),
    design(am ~ wt, d, offset = name),
    design(am ~ wt + offset(log(w - 1)), d)
  ))
})

test_that("names with braces are shown as they are", {
  odd <- data.frame(y = c(1, 2, 1), `{x}` = c(1, NA, 2), check.names = FALSE)
  expect_error(design(y ~ `{x}`, odd, na.action = na.pass), "{x}", fixed = TRUE)
  expect_error(design(y ~ `{x}`, odd, na.action = na.fail), "{x}", fixed = TRUE)
})

test_that("errors name the user's matrices", {
  skip_on_cran()
  x <- cbind(a = 1:6, b = 6:1)
  y <- rep(1:2, 3)
  broken <- x
  broken[2:3, "b"] <- c(NA, Inf)
  sparse <- Matrix::sparseMatrix(i = 1:6, j = c(1, 2, 2, 1, 1, 2), x = c(1, NaN, 3:6))
  wide <- matrix(NA_real_, 6, 8)
  text <- matrix("a", 6)
  expect_snapshot_output(show_errors(
    model_design_matrix(broken, y),
    model_design_matrix(x, y, z = sparse),
    model_design_matrix(wide, y),
    model_design_matrix(x[0, ], y),
    model_design_matrix(x[, 0], y),
    model_design_matrix(1:6, y),
    model_design_matrix(text, y),
    model_design_matrix(data.frame(a = 1:6, f = letters[1:6]), y),
    model_design_matrix(unname(x)[, c(1, 1)], y, z = cbind(a = 1:6, a = 1)),
    model_design_matrix(cbind("(Intercept)" = 1, x), y),
    model_design_matrix(x, y[-1]),
    model_design_matrix(x, diag(5), response_name = "type"),
    model_design_matrix(x, y, z = x[-1, ]),
    model_design_matrix(x, y, weights = 1),
    model_design_matrix(x, y, weights = c(1, NA, 1, 1, 1, 1)),
    model_design_matrix(x, y, weights = c(1, -1, 1, -1, 1, 1)),
    model_design_matrix(x, y, weights = rep(0, 6)),
    model_design_matrix(x, y, weights = c(1, 0, 1, 0, 1, 0)),
    model_design_matrix(x, replace(y, 2, NA), response_name = "type"),
    model_design_matrix(x, y, offset = 1:3),
    model_design_matrix(x, y, offset = diag(6))
  ))
})
