types <- c("prob", "gate", "expert", "link")

test_that("standard errors are the delta method, by numerical derivatives", {
  skip_on_cran()
  for (seed in c(2, 3, 5, 8)) {
    fit <- random_fit(seed)
    covariance <- diag(runif(length(coef(fit)), 0.5, 2))
    covariance <- crossprod(covariance + 0.1)
    dimnames(covariance) <- list(names(coef(fit)), names(coef(fit)))
    x <- fit$data$x[1:4, ]
    args <- list(
      newdata = x, newz = if (!fit$shared) fit$data$z[1:4, ],
      newoffset = if (fit$offset_argument) fit$data$offset[1:4, ]
    )
    for (type in types) {
      predicted <- function(free) {
        c(do.call(predict, c(list(with_coefficients(fit, free), type = type), args)))
      }
      jacobian <- central_differences(predicted, coef(fit))
      result <- do.call(
        predict, c(list(fit, type = type, se.fit = TRUE, vcov. = covariance), args)
      )
      expect_equal(
        c(result$se.fit), sqrt(rowSums((jacobian %*% covariance) * jacobian)), tolerance = 1e-6
      )
      expect_identical(result$fit, do.call(predict, c(list(fit, type = type), args)))
    }
  }
})

test_that("one expert and two classes are predict.glm(se.fit = TRUE)", {
  data <- transform(iris[51:150, ], y = factor(Species))
  ours <- moelogit(y ~ Sepal.Length, data, k = 1, penalty = 0, tol = 1e-15)
  theirs <- glm(y ~ Sepal.Length, binomial, data, epsilon = 1e-14)
  new <- data.frame(Sepal.Length = c(4, 6.2, 9))
  for (type in c("prob", "link")) {
    se <- predict(ours, new, type = type, se.fit = TRUE)$se.fit[, 2]
    wanted <- predict(theirs, new, type = c(prob = "response", link = "link")[[type]],
                      se.fit = TRUE)
    expect_equal(se, wanted$se.fit, tolerance = 1e-6)
  }
})

test_that("shapes and names are those of the prediction", {
  skip_on_cran()
  fit <- separated_fit()$fit
  data <- transform(mtcars, am = factor(am))
  two <- moelogit(am ~ wt, data, k = 1)
  cases <- list(
    list(fit, data.frame(x1 = 1, x2 = 0)), list(fit, data.frame(x1 = 1:3, x2 = c(0, NA, 1))),
    list(fit, data.frame(x1 = 1:2, x2 = 0)[0, ]), list(fit, NULL), list(two, data[1, ]),
    list(two, NULL)
  )
  for (case in cases) {
    for (type in types) {
      result <- predict(case[[1]], case[[2]], type = type, interval = "confidence")
      expect_named(result, c("fit", "se.fit", "lower", "upper"))
      for (part in result) {
        expect_identical(dim(part), dim(result$fit))
        expect_identical(dimnames(part), dimnames(result$fit))
        expect_identical(is.na(part), is.na(result$fit))
      }
      expect_named(predict(case[[1]], case[[2]], type = type, se.fit = TRUE), c("fit", "se.fit"))
    }
  }
})

test_that("intervals of probabilities stay inside (0, 1) and around the estimate", {
  fit <- separated_fit()$fit
  far <- data.frame(x1 = c(-6, 0, 6), x2 = c(4, 0, -4))
  for (type in c("prob", "gate", "expert")) {
    wide <- predict(fit, far, type = type, interval = "confidence", level = 0.999)
    expect_true(all(wide$lower > 0 & wide$lower < wide$fit))
    expect_true(all(wide$upper < 1 & wide$upper > wide$fit))
    narrow <- predict(fit, far, type = type, interval = "confidence", level = 0.5)
    expect_true(all(wide$lower < narrow$lower & narrow$upper < wide$upper))
  }
  link <- predict(fit, far, type = "link", interval = "confidence")
  expect_equal(link$upper - link$fit, qnorm(0.975) * link$se.fit)
  expect_true(all(link$se.fit[, 1] == 0))
})

test_that("rows left out by na.exclude come back as NA, also in arrays", {
  data <- separated_fit()$data
  data$x1[c(2, 300)] <- NA
  fit <- moelogit(y ~ x1 | x1 + x2, data, k = 2, na.action = na.exclude)
  for (type in types) {
    result <- predict(fit, type = type, se.fit = TRUE)
    rows <- if (type == "expert") result$se.fit[, 1, 1] else result$se.fit[, 1]
    expect_identical(unname(which(is.na(rows))), c(2L, 300L))
    expect_identical(names(rows), row.names(data))
    expect_identical(dim(result$se.fit), dim(result$fit))
  }
  expect_identical(dim(predict(fit, type = "expert")), c(300L, 3L, 2L))
})

test_that("aliased columns, sparse matrices, and another covariance", {
  data <- separated_fit()$data
  plain <- moelogit(y ~ x1 | x1 + x2, data, k = 2)
  start <- predict(plain, type = "posterior")
  more <- suppressMessages(
    moelogit(y ~ x1 + I(2 * x1) | x1 + x2, data, k = 2, start = start)
  )
  sparse <- moelogit(
    Matrix::Matrix(cbind(x1 = data$x1), sparse = TRUE), data$y, k = 2,
    z = Matrix::Matrix(cbind(x1 = data$x1, x2 = data$x2), sparse = TRUE), start = plain
  )
  new <- data[5:8, ]
  wanted <- predict(plain, new, type = "prob", se.fit = TRUE)
  expect_equal(predict(more, new, type = "prob", se.fit = TRUE), wanted, tolerance = 1e-4)
  result <- predict(
    sparse, Matrix::Matrix(cbind(x1 = new$x1), sparse = TRUE), newz = new[c("x1", "x2")],
    type = "prob", se.fit = TRUE
  )
  expect_equal(unname(result$se.fit), unname(wanted$se.fit), tolerance = 1e-4)
  expect_equal(
    predict(plain, new, type = "gate", se.fit = TRUE, vcov. = 4 * vcov(plain))$se.fit,
    2 * predict(plain, new, type = "gate", se.fit = TRUE)$se.fit
  )
  # a fit without its data predicts errors from a covariance kept beside it
  small <- update(plain, data = data, start = plain, keep_data = FALSE)
  expect_equal(
    predict(small, new, type = "prob", se.fit = TRUE, vcov. = vcov(plain)), wanted,
    tolerance = 1e-4
  )
})

test_that("limits of a probability that is 0 or 1 to the last digit are numbers", {
  fit <- c(0, 1e-300, 0.5, 1)
  limits <- prediction_limits(fit, c(0, 1e-290, 0.1, 1e-17), "prob", 0.95)
  expect_true(all(is.finite(unlist(limits))))
  expect_true(all(limits$lower <= fit & fit <= limits$upper))
  expect_true(all(limits$lower >= 0 & limits$upper <= 1))
  expect_identical(c(limits$lower[1], limits$upper[1]), c(0, 0))
})

test_that("errors", {
  local_reproducible_output()
  fit <- separated_fit()$fit
  expect_snapshot_output(show_errors(
    predict(fit, type = "class", se.fit = TRUE),
    predict(fit, type = "posterior", interval = "confidence"),
    predict(fit, type = "prob", se.fit = NA),
    predict(fit, type = "prob", se.fit = TRUE, vcov. = diag(3))
  ))
})

test_that("log odds of classes that underflow have errors, the limit of those before", {
  set.seed(9)
  fit <- moelogit(Species ~ Petal.Width | Sepal.Width, iris, k = 2, starts = 2)
  far <- data.frame(Petal.Width = c(50, 100, 1e4), Sepal.Width = 3)
  error <- predict(fit, far, type = "link", se.fit = TRUE)$se.fit
  expect_true(any(predict(fit, far, type = "prob")[3, ] == 0))
  expect_true(all(is.finite(error)))
  # one expert of each class is left, and its logits are linear
  expect_equal(error[3, ] / error[2, ], c(setosa = NaN, versicolor = 100, virginica = 100),
               tolerance = 0.05)
})
