test_that("every type has its shape and its names, for any number of rows", {
  fit <- fit_for_prediction()
  data <- fit_data()
  two <- moelogit((y == "low") ~ x, data, k = 1)
  for (rows in list(1:4, 7L, integer())) {
    new <- data[rows, ]
    names <- if (length(rows) > 0L) as.character(rows)
    p <- lapply(setNames(nm = types), function(type) predict(fit, new, type = type))
    expect_identical(levels(p$class), fit$classes)
    expect_identical(names(p$class), names)
    for (type in c("prob", "link")) {
      expect_identical(dim(p[[type]]), c(length(rows), 3L))
      expect_identical(dimnames(p[[type]]), list(names, fit$classes))
    }
    for (type in c("gate", "posterior")) {
      expect_identical(dim(p[[type]]), c(length(rows), 2L))
      expect_identical(dimnames(p[[type]]), list(names, c("1", "2")))
    }
    expect_identical(dim(p$expert), c(length(rows), 3L, 2L))
    expect_identical(dimnames(p$expert), list(names, fit$classes, c("1", "2")))
    expect_identical(dim(predict(two, new, type = "prob")), c(length(rows), 2L))
    expect_identical(dim(predict(two, new, type = "gate")), c(length(rows), 1L))
    expect_identical(dim(predict(two, new, type = "expert")), c(length(rows), 2L, 1L))
  }
})

test_that("the types agree with each other and with the coefficients", {
  fit <- fit_for_prediction()
  data <- fit_data()
  p <- lapply(setNames(nm = types), function(type) predict(fit, data, type = type))
  softmax <- function(l) exp(l) / rowSums(exp(l))
  expect_equal(unname(p$gate), unname(softmax(model.matrix(~z, data) %*% coef(fit, "gate"))))
  x <- model.matrix(~ x + f, data)
  for (k in 1:2) {
    expect_equal(unname(p$expert[, , k]), unname(softmax(x %*% coef(fit, "expert")[, , k])))
  }
  mixed <- p$gate[, 1] * p$expert[, , 1] + p$gate[, 2] * p$expert[, , 2]
  expect_equal(p$prob, mixed, tolerance = 1e-14)
  expect_equal(unname(rowSums(p$prob)), rep(1, 150), tolerance = 1e-13)
  expect_equal(p$link, log(p$prob / p$prob[, 1]))
  expect_identical(as.character(p$class), colnames(p$prob)[apply(p$prob, 1, which.max)])
  at <- cbind(1:150, as.integer(data$y))
  expect_equal(p$posterior[, 2], p$gate[, 2] * p$expert[, , 2][at] / p$prob[at])
  for (type in types) expect_equal(predict(fit, type = type), p[[type]], tolerance = 1e-12)
  expect_identical(predict(fit), predict(fit, type = "class"))
  expect_identical(predict(fit, NULL, type = "gate"), predict(fit, type = "gate"))
})

test_that("with one expert the link is the linear predictor", {
  data <- fit_data()
  fit <- moelogit(y ~ x + f, data, k = 1)
  expect_equal(
    unname(predict(fit, type = "link")),
    unname(model.matrix(fit) %*% coef(fit, "expert")[, , 1])
  )
})

test_that("rows with missing values are NA, and stay in their place", {
  fit <- fit_for_prediction()
  new <- fit_data()[1:4, ]
  whole <- lapply(setNames(nm = types), function(type) predict(fit, new, type = type))
  new$x[2] <- NA
  new$f[4] <- NA
  for (type in setdiff(types, "expert")) {
    p <- as.matrix(predict(fit, new, type = type))
    expect_identical(unname(which(is.na(p[, 1]))), c(2L, 4L))
    expect_equal(p[c(1, 3), ], as.matrix(whole[[type]])[c(1, 3), ])
  }
  expect_equal(predict(fit, new, type = "expert")[c(1, 3), , ], whole$expert[c(1, 3), , ])
  expect_true(all(is.na(predict(fit, new, type = "expert")[c(2, 4), , ])))
  new$x <- NA
  expect_true(all(is.na(predict(fit, new, type = "prob"))))
  # a class that is not known hinders the posterior alone
  unknown <- transform(fit_data()[1:2, ], y = replace(y, 1, NA))
  expect_identical(
    is.na(predict(fit, unknown, type = "posterior")[, 1]), c("1" = TRUE, "2" = FALSE)
  )
  expect_false(anyNA(predict(fit, unknown, type = "prob")))
})

test_that("na.exclude keeps rows aligned with the data, na.omit leaves them out", {
  data <- fit_data()
  data$x[c(1, 77)] <- NA
  data$y[150] <- NA
  gone <- c(1, 77, 150)
  start <- fit_start(147)
  exclude <- moelogit(y ~ x | z, data, k = 2, na.action = na.exclude, start = start)
  omit <- moelogit(y ~ x | z, data, k = 2, start = start)
  expect_identical(exclude$loglik, omit$loglik)
  for (type in types) {
    p <- predict(exclude, type = type)
    q <- predict(omit, type = type)
    expect_identical(NROW(p), 150L)
    expect_identical(NROW(q), 147L)
    rows <- function(v) if (is.factor(v)) names(v) else rownames(v)
    expect_identical(rows(q), as.character(setdiff(1:150, gone)))
    expect_identical(rows(p), as.character(1:150))
  }
  expect_identical(unname(which(is.na(fitted(exclude)[, 2]))), as.integer(gone))
  expect_equal(fitted(exclude)[-gone, ], fitted(omit))
  expect_identical(unname(which(is.na(fitted(exclude, "class")))), as.integer(gone))
})

test_that("fits with an offset need it again", {
  data <- fit_data()
  offset <- matrix(rnorm(450), 150)
  fit <- moelogit(y ~ x, data, k = 2, offset = offset, start = fit_start(150))
  p <- fitted(fit)
  expect_equal(predict(fit, data[3:5, ], type = "prob", newoffset = offset[3:5, ]), p[3:5, ])
  inside <- moelogit((y == "low") ~ x + offset(z), data, k = 2, start = fit_start(150))
  expect_equal(predict(inside, data[3:5, ], type = "prob"), fitted(inside)[3:5, ])
})

test_that("the posterior of new data needs their response", {
  data <- fit_data()
  fit <- fit_for_prediction()
  x <- as.matrix(data[c("x", "z")])
  of_matrix <- moelogit(x, data$y, k = 2, start = fit_start(150))
  wanted <- predict(of_matrix, type = "posterior")[4:6, ]
  expect_equal(
    predict(of_matrix, x[4:6, ], type = "posterior", newy = data$y[4:6]), wanted,
    ignore_attr = "dimnames"
  )
  y <- data$y
  absent <- data[4:6, c("x", "f", "z")]
  expect_snapshot_output(show_errors(
    predict(fit, absent, type = "posterior"),
    predict(of_matrix, x[4:6, ], type = "posterior"),
    predict(of_matrix, x[4:6, ], type = "posterior", newy = "low"),
    predict(fit, transform(data[1, ], y = "none"), type = "posterior"),
    predict(fit, type = "probability"),
    predict(fit, data["x"]),
    predict(fit, transform(data[1:2, ], f = "s"))
  ))
})
