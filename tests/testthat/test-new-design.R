d <- cars_data()

test_that("new data are coded as the training data", {
  formulas <- list(
    gear ~ wt + cyl * hp, gear ~ poly(wt, 2) | splines::ns(hp, 3), gear ~ scale(wt) + log(hp),
    gear ~ . - name, gear ~ cyl + am | 0 + factor(carb > 2), gear ~ I(wt^2):cyl | ordered(cyl)
  )
  for (formula in formulas) {
    fit <- design(formula, d)
    again <- new_design(fit, d)
    expect_equal(again$x, fit$x)
    expect_equal(again$z, fit$z)
    expect_true(all(again$complete))
    rows <- c(9, 2, 9)
    some <- new_design(fit, d[rows, ])
    expect_equal(some$x, fit$x[rows, , drop = FALSE])
    one <- new_design(fit, d[5, ])
    expect_equal(one$x, fit$x[5, , drop = FALSE])
    expect_equal(one$z, fit$z[5, , drop = FALSE])
    none <- new_design(fit, d[0, ])
    expect_identical(dim(none$x), c(0L, ncol(fit$x)))
    expect_identical(colnames(none$x), colnames(fit$x))
    expect_identical(none$n, 0L)
    expect_identical(none$complete, logical())
  }
})

test_that("data-dependent terms predict as lm() does", {
  set.seed(1)
  new <- data.frame(wt = runif(7, 1, 6), hp = runif(7, 40, 400))
  fit <- design(gear ~ poly(wt, 3) + splines::ns(hp, 4) + scale(hp), d)
  linear <- lm(mpg ~ poly(wt, 3) + splines::ns(hp, 4) + scale(hp), d)
  beta <- coef(linear)
  kept <- !is.na(beta)
  got <- new_design(fit, new)$x[, kept] %*% beta[kept]
  expect_equal(drop(got), suppressWarnings(predict(linear, new)), ignore_attr = TRUE)
})

test_that("contrasts and levels come from the fit", {
  fit <- design(gear ~ cyl + name, transform(d, name = substr(name, 1, 1)),
                contrasts = list(cyl = "contr.sum"))
  new <- data.frame(cyl = "8", name = "M")
  old <- options(contrasts = c("contr.helmert", "contr.poly"))
  on.exit(options(old))
  at <- which(d$cyl == "8" & substr(d$name, 1, 1) == "M")[1L]
  expect_identical(new_design(fit, new)$x, fit$x[at, , drop = FALSE])
})

test_that("variables of the user's own environment are still found", {
  fit <- local({
    twice <- function(v) 2 * v
    design(gear ~ twice(wt), d)
  })
  expect_equal(new_design(fit, data.frame(wt = 3))$x[, 2L], 6, ignore_attr = TRUE)
  wt <- d$wt
  gear <- d$gear
  loose <- design(gear ~ wt)
  expect_identical(new_design(loose, data.frame(wt = 1:2 / 2))$x[, 2L], 1:2 / 2)
})

test_that("rows with missing values stay in place", {
  fit <- design(gear ~ wt * cyl | poly(hp, 2), d)
  new <- d[1:5, ]
  new$wt[2] <- NA
  new$cyl[3] <- NA
  new$hp[5] <- NaN
  got <- new_design(fit, new)
  expect_identical(got$complete, c(TRUE, FALSE, FALSE, TRUE, FALSE))
  expect_identical(dim(got$x), c(5L, ncol(fit$x)))
  expect_equal(got$x[c(1, 4), ], fit$x[c(1, 4), ])
  all_missing <- data.frame(wt = NA, cyl = NA, hp = 100)
  expect_identical(new_design(fit, all_missing)$complete, FALSE)
  infinite <- transform(d[1:2, ], hp = c(Inf, 100))
  expect_warning(
    got <- new_design(design(gear ~ hp, d), infinite), class = "moelogit_warning_newdata_infinite"
  )
  expect_identical(got$complete, c(FALSE, TRUE))
})

test_that("formulas without variables keep the number of rows", {
  fit <- design(gear ~ 1, d)
  expect_identical(dim(new_design(fit, d[1:3, ])$x), c(3L, 1L))
  expect_identical(dim(new_design(fit, data.frame(row.names = 1:4))$x), c(4L, 1L))
})

test_that("offsets of new data", {
  d$o <- seq_len(32) / 10
  fit <- design(am ~ wt + offset(log(o)), d)
  expect_equal(new_design(fit, d[3:4, ])$offset, cbind(0, log(d$o[3:4])))
  new <- transform(d[3:4, ], o = c(NA, 1))
  expect_identical(new_design(fit, new)$complete, c(FALSE, TRUE))
  logits <- matrix(1:96 / 100, 32)
  fit <- design(gear ~ wt, d, offset = logits)
  expect_equal(new_design(fit, d[1:2, ], newoffset = logits[1:2, ])$offset, logits[1:2, ])
  expect_error(new_design(fit, d[1:2, ]), class = "moelogit_error_newdata")
  expect_identical(dim(new_design(fit, d[0, ], newoffset = logits[0, ])$offset), c(0L, 3L))
})

test_that("matrices are matched by name, or by position", {
  set.seed(1)
  x <- matrix(rnorm(12), 6, dimnames = list(NULL, c("a", "b")))
  y <- rep(1:2, 3)
  fit <- model_design_matrix(x, y)
  expect_identical(new_design(fit, x)$x, x)
  expect_identical(new_design(fit, x[, 2:1])$x, x)
  expect_identical(new_design(fit, cbind(x, c = 1))$x, x)
  expect_identical(unname(new_design(fit, unname(x))$x), unname(x))
  expect_equal(new_design(fit, as.data.frame(x)[2:1])$x, x, ignore_attr = "dimnames")
  expect_identical(dim(new_design(fit, x[1, , drop = FALSE])$x), c(1L, 2L))
  expect_identical(new_design(fit, x[1, ])$x, x[1, , drop = FALSE])
  expect_identical(dim(new_design(fit, x[0, ])$x), c(0L, 2L))
  expect_identical(new_design(fit, replace(x, 2, NA))$complete, c(TRUE, FALSE, rep(TRUE, 4)))
  sparse <- methods::as(x, "CsparseMatrix")
  expect_identical(new_design(fit, sparse)$x, sparse)
  expect_identical(new_design(fit, sparse[, 2:1])$x, sparse)
  sparse[3, 2] <- NA
  expect_identical(new_design(fit, sparse)$complete, seq_len(6) != 3)
})

test_that("a gate with covariates of its own needs them again", {
  x <- cbind(a = 1:6, b = c(2, 1, 3, 5, 4, 6))
  z <- cbind(g = 6:1)
  fit <- model_design_matrix(x, rep(1:2, 3), z = z)
  got <- new_design(fit, x, newz = z)
  expect_identical(got$z, z * 1)
  expect_identical(new_design(fit, cbind(x, z))[c("x", "z")], got[c("x", "z")])
  expect_snapshot_output(show_errors(
    new_design(fit, x), new_design(fit, x, newz = z[1:2, , drop = FALSE])
  ))
})

test_that("errors name the variable of the new data", {
  fit <- design(gear ~ wt + cyl | log(hp), d)
  without <- d[setdiff(names(d), c("hp", "wt"))]
  levels <- transform(d[1:2, ], cyl = c("5", "12"))
  number <- transform(d[1:2, ], cyl = c(4, 6))
  text <- transform(d[1:2, ], wt = c("light", "heavy"))
  unusable <- transform(d[1:2, ], hp = c("few", "many"))
  wt <- d$wt
  hp <- d$hp
  gear <- d$gear
  loose <- design(gear ~ log(wt))
  x <- cbind(a = 1:6, b = 6:1)
  matrix_fit <- model_design_matrix(x, rep(1:2, 3))
  expect_snapshot_output(show_errors(
    new_design(fit, without),
    new_design(fit, levels),
    new_design(fit, number),
    new_design(fit, text),
    new_design(fit, "d"),
    new_design(loose, data.frame(a = 1:3)),
    new_design(matrix_fit, x[, 1, drop = FALSE]),
    new_design(matrix_fit, unname(cbind(x, 1))),
    new_design(matrix_fit, data.frame(a = 1)),
    new_design(matrix_fit, "x")
  ))
  expect_error(new_design(fit, unusable), class = "moelogit_error_newdata")
  expect_error(new_design(fit, levels), class = "moelogit_error_newdata")
  expect_error(new_design(fit, levels), class = "moelogit_error_newdata_level")
})

test_that("the response of new data is coded by the classes of the fit", {
  fit <- design(gear ~ wt, d)
  expect_identical(new_response(fit, d)$y, fit$y)
  new <- data.frame(gear = c("5", NA, "3"), wt = 1)
  expect_identical(new_response(fit, new)$y, c(3L, NA, 1L))
  logical <- design(am ~ wt, d)
  expect_identical(new_response(logical, d)$y, logical$y)
  derived <- design(ifelse(mpg > 20, "far", "near") ~ wt, d)
  expect_identical(new_response(derived, d[4:1, ])$y, derived$y[4:1])
  counts <- data.frame(a = c(1, 0), b = c(2, 3), u = 1:2)
  fit_counts <- design(cbind(a, b) ~ u, counts)
  got <- new_response(fit_counts, counts)
  expect_identical(got, unclass(fit_counts)[c("y", "count", "weights", "row")])
  matrix_fit <- model_design_matrix(as.matrix(counts["u"]), c("p", "q"))
  expect_identical(new_response(matrix_fit, y = c("q", "p"))$y, 2:1)
  rm(counts)
  expect_snapshot_output(show_errors(
    new_response(fit, data.frame(gear = "6", wt = 1)),
    new_response(fit, data.frame(wt = 1)),
    new_response(matrix_fit, y = c("r", "s", "p"))
  ))
})

test_that("a column without a name is known by its place", {
  x <- as.matrix(iris[1:3])
  colnames(x)[2] <- ""
  fit <- moelogit(x, iris$Species, k = 1)
  expect_equal(unname(predict(fit, x, type = "prob")), unname(fitted(fit)))
  turned <- x
  colnames(turned)[2] <- "x2"
  expect_equal(predict(fit, turned[, 3:1], type = "prob"), predict(fit, x, type = "prob"))
})
