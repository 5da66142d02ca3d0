test_that("formula, terms, model frame and design are those of the fit", {
  data <- fit_data()
  data$x[2] <- NA
  fit <- quick_fit(y ~ x + f | z, data, k = 2, weights = w, subset = z < 1)
  rows <- which(data$z < 1 & !is.na(data$x))
  expect_equal(formula(fit), y ~ x + f | z, ignore_attr = TRUE)
  expect_identical(attr(terms(fit, "expert"), "term.labels"), c("x", "f"))
  expect_identical(attr(terms(fit, "gate"), "term.labels"), "z")
  frame <- model.frame(fit)
  expect_identical(nrow(frame), length(rows))
  expect_identical(frame$y, data$y[rows])
  expect_identical(model.weights(frame), data$w[rows])
  expect_equal(model.matrix(fit), model.matrix(~ x + f, data[rows, ]),
               ignore_attr = c("assign", "contrasts"))
  expect_equal(model.matrix(fit, "gate"), model.matrix(~z, data[rows, ]), ignore_attr = "assign")
  shared <- quick_fit(y ~ x, data, k = 2)
  expect_identical(model.matrix(shared, "gate"), model.matrix(shared, "expert"))
})

test_that("fits to matrices have a design but no formula", {
  data <- fit_data()
  x <- as.matrix(data["x"])
  sparse <- methods::as(x, "CsparseMatrix")
  dense_fit <- moelogit(x, data$y, k = 2, z = as.matrix(data["z"]), start = fit_start(150))
  expect_equal(unname(model.matrix(dense_fit)), unname(cbind(1, x)))
  expect_identical(colnames(model.matrix(dense_fit, "gate")), c("(Intercept)", "z"))
  sparse_fit <- moelogit(sparse, data$y, k = 2, start = fit_start(150))
  design <- model.matrix(sparse_fit)
  expect_s4_class(design, "sparseMatrix")
  expect_equal(as.matrix(design), model.matrix(dense_fit), ignore_attr = "dimnames")
  expect_snapshot_output(show_errors(
    formula(dense_fit), terms(dense_fit), model.frame(dense_fit), update(dense_fit, . ~ . + z)
  ))
})

test_that("update() changes formulas part by part", {
  data <- fit_data()
  fit <- moelogit(y ~ x, data, k = 2, starts = 2)
  two <- update(fit, . ~ . | z)
  expect_equal(formula(two), y ~ x | z, ignore_attr = TRUE)
  changes <- list(
    list(fit, . ~ . + z, y ~ x + z), list(two, . ~ . + w, y ~ x + w | z),
    list(two, . ~ . | . + f, y ~ x | z + f), list(two, . ~ 1 | ., y ~ 1 | z),
    list(two, y == "low" ~ ., y == "low" ~ x | z)
  )
  for (change in changes) {
    call <- update(change[[1]], change[[2]], evaluate = FALSE)
    expect_equal(call$formula, change[[3]], ignore_attr = TRUE)
    again <- eval(call)
    expect_equal(formula(again), change[[3]], ignore_attr = TRUE)
  }
})

test_that("update() starts from the old fit while its coefficients mean the same", {
  data <- fit_data()
  fit <- moelogit(y ~ x | z, data, k = 2, starts = 3)
  for (warm in list(update(fit, penalty = 0.5), update(fit, tol = 1e-10), update(fit))) {
    expect_identical(warm$runs$kind, "given")
    expect_false("start" %in% names(warm$call))
  }
  expect_equal(update(fit)$loglik, fit$loglik, tolerance = 1e-8)
  stopped <- suppressWarnings(moelogit(y ~ x | z, data, k = 2, starts = 1, max_iter = 2))
  expect_false(stopped$converged)
  expect_true(update(stopped, max_iter = 1000)$converged)
  # data of the same name that no longer have the same classes
  data <- droplevels(data[data$y != levels(data$y)[1], ])
  expect_length(update(fit)$classes, nlevels(data$y))
})

test_that("update() changes and removes arguments, and continues a fit", {
  data <- fit_data()
  fit <- moelogit(y ~ x | z, data, k = 2, starts = 3, penalty = 2)
  expect_identical(update(fit, k = 1)$k, 1L)
  expect_equal(update(fit, penalty = 0.5)$penalty, c(gate = 0.5, expert = 0.5))
  expect_equal(update(fit, penalty = NULL)$penalty, c(gate = 1, expert = 1))
  expect_equal(update(fit, weights = w)$nobs, sum(data$w))
  expect_identical(update(fit, data = data[1:100, ])$n, 100L)
  warm <- update(fit, start = fit)
  expect_equal(warm$loglik, fit$loglik, tolerance = 1e-8)
  expect_identical(warm$runs$kind, "given")
  expect_false("given" %in% update(fit, starts = 2)$runs$kind)
  expect_false("given" %in% update(fit, start = NULL)$runs$kind)
  inside <- function(local) {
    weight <- local$w
    fit <- moelogit(y ~ x, local, k = 2, weights = weight, starts = 2)
    update(fit, . ~ . | z)
  }
  expect_equal(inside(data)$nobs, sum(data$w))
  of_matrix <- moelogit(as.matrix(data["x"]), data$y, k = 2, starts = 2)
  expect_identical(update(of_matrix, k = 3)$k, 3L)
})
