test_that("with one expert and no penalty the fit is nnet::multinom()", {
  skip_if_not_installed("nnet")
  data <- fit_data(400)
  ours <- moelogit(y ~ x * f + poly(z, 2), data, k = 1, penalty = 0, weights = w, tol = 1e-13)
  theirs <- nnet::multinom(
    y ~ x * f + poly(z, 2), data, weights = w, trace = FALSE, reltol = 1e-15, maxit = 2000
  )
  expect_equal(coef(ours, "expert")[, -1, 1], t(coef(theirs)), tolerance = 1e-5)
  expect_equal(fitted(ours), fitted(theirs), tolerance = 1e-5)
  expect_equal(ours$loglik, -theirs$value, tolerance = 1e-8)
  expect_equal(ours$df, theirs$edf)

  two <- moelogit((y == "low") ~ x + z, data, k = 1, penalty = 0, tol = 1e-13)
  logistic <- glm((y == "low") ~ x + z, binomial, data, epsilon = 1e-14)
  expect_equal(unname(coef(two)), unname(coef(logistic)), tolerance = 1e-6)
  expect_equal(two$loglik, as.numeric(logLik(logistic)), tolerance = 1e-9)
})

test_that("with one expert the fit is glmnet's ridge, intercepts free", {
  skip_if_not_installed("glmnet")
  data <- fit_data(300)
  x <- cbind(a = data$x, b = 10 * data$z - 7, c = data$x * data$z)
  for (weights in list(rep(1, 300), data$w)) {
    ours <- moelogit(x, data$y, k = 1, weights = weights, penalty = 3,
                     penalize_intercept = FALSE, tol = 1e-14)
    theirs <- glmnet::glmnet(
      x, data$y, "multinomial", weights, alpha = 0, lambda = c(30, 10, 3) / sum(weights),
      thresh = 1e-16, maxit = 1e6
    )
    slopes <- vapply(theirs$beta, function(beta) beta[, 3], numeric(3))
    expect_equal(coef(ours, "expert", "symmetric")[-1, , 1], slopes, tolerance = 1e-5)
    prob <- predict(theirs, x, s = 3 / sum(weights), type = "response")[, , 1]
    expect_equal(unname(fitted(ours)), unname(prob), tolerance = 1e-5)
    # class frequencies are kept
    expect_equal(colSums(weights * fitted(ours)),
                 c(tapply(weights, data$y, sum))[ours$classes], tolerance = 1e-7)
  }
})

test_that("with one expert the fit is glmnet's ridge on a column of ones, intercepts penalised", {
  skip_if_not_installed("glmnet")
  data <- fit_data(300)
  x <- cbind(data$x, data$z)
  sd <- sqrt(colMeans(sweep(x, 2, colMeans(x))^2))
  ours <- moelogit(x, data$y, k = 1, penalty = 3, tol = 1e-14)
  # glmnet leaves constant columns out: this one varies a little
  ones <- cbind(1 + 1e-9 * (1:300 %% 2), sweep(sweep(x, 2, colMeans(x)), 2, sd, `/`))
  theirs <- glmnet::glmnet(
    ones, data$y, "multinomial", alpha = 0, lambda = c(30, 10, 3) / 300, thresh = 1e-16,
    maxit = 1e6, standardize = FALSE, intercept = FALSE
  )
  expect_equal(
    unname(standardised_coef(ours$frame, ours)$expert[, , 1]),
    unname(vapply(theirs$beta, function(beta) beta[, 3], numeric(3))), tolerance = 1e-5
  )
})

test_that("a weight of 2 is the row twice", {
  data <- fit_data()
  start <- fit_start(150)
  twice <- rep(c(1, 2, 0), c(50, 60, 40))
  rows <- rep(1:150, twice)
  a <- moelogit(y ~ x | z, data, k = 2, weights = twice, start = start)
  b <- moelogit(y ~ x | z, data[rows, ], k = 2, start = start[rows, ])
  expect_same_model(a, b, data)
  expect_equal(nobs(a), nobs(b))
  expect_equal(BIC(a), BIC(b), tolerance = 1e-8)
  expect_equal(ICL(a), ICL(b), tolerance = 1e-6)
})

test_that("a matrix of counts is the rows one by one", {
  x <- rep(seq(-2, 2, length.out = 12), 2)
  z <- rep(0:1, each = 12)
  set.seed(3)
  counts <- t(vapply(ifelse(z == 1, x, -x), function(v) {
    drop(stats::rmultinom(1, 15, exp(c(v, 0, -v))))
  }, numeric(3)))
  colnames(counts) <- c("u", "b", "m")
  counts[4, ] <- 0
  aggregated <- data.frame(x = x, z = z)
  aggregated$counts <- counts
  cell <- rep(seq_along(counts), counts)
  rows <- row(counts)[cell]
  expanded <- data.frame(
    y = factor(colnames(counts)[col(counts)[cell]], c("u", "b", "m")), x = x[rows], z = z[rows]
  )
  start <- fit_start(24)
  a <- moelogit(counts ~ x | z, aggregated, k = 2, start = start)
  b <- moelogit(y ~ x | z, expanded, k = 2, start = start[rows, ])
  expect_same_model(a, b, expanded)
  expect_equal(nobs(a), sum(counts))
  expect_equal(BIC(a), BIC(b), tolerance = 1e-8)
  expect_equal(ICL(a), ICL(b), tolerance = 1e-6)
  expect_equal(dim(fitted(a)), c(24, 3))
  expect_equal(a$loglik, sum(counts * log(fitted(a))), tolerance = 1e-9)
  posterior <- predict(a, type = "posterior")
  expect_true(all(is.na(posterior[4, ])))
  expect_equal(unname(rowSums(posterior[-4, ])), rep(1, 23))
  expect_equal(predict(a, aggregated, type = "posterior"), posterior)
  first <- predict(b, type = "posterior")[rows == 1, , drop = FALSE]
  expect_equal(posterior[1, ], colMeans(first), tolerance = 1e-5)

  weighted <- moelogit(counts ~ x | z, aggregated, k = 2, start = start, weights = rep(2, 24))
  double <- moelogit(2 * counts ~ x | z, aggregated, k = 2, start = start)
  expect_equal(weighted$loglik, double$loglik, tolerance = 1e-9)
})

test_that("formula and matrices, dense and sparse, give one model", {
  data <- fit_data()
  start <- fit_start(150)
  x <- model.matrix(~ x + f, data)[, -1]
  z <- cbind(z = data$z, xz = data$x * data$z)
  formula <- moelogit(y ~ x + f | z + I(x * z), data, k = 2, weights = w, start = start)
  dense <- moelogit(x, data$y, k = 2, z = z, weights = data$w, start = start)
  sparse <- moelogit(
    methods::as(x, "CsparseMatrix"), data$y, k = 2, z = methods::as(z, "CsparseMatrix"),
    weights = data$w, start = start
  )
  mixed <- moelogit(methods::as(x, "CsparseMatrix"), data$y, k = 2, z = z, weights = data$w,
                    start = start)
  frame <- moelogit(as.data.frame(x), data$y, k = 2, z = as.data.frame(z), weights = data$w,
                    start = start)
  for (fit in list(dense, sparse, mixed, frame)) {
    expect_equal(fit$loglik, formula$loglik, tolerance = 1e-8)
    expect_equal(unname(fitted(fit)), unname(fitted(formula)), tolerance = 1e-6)
    expect_equal(unname(coef(fit)), unname(coef(formula)), tolerance = 1e-4)
  }
  for (type in c("prob", "gate", "expert")) {
    new <- 1:5
    wanted <- unname(predict(formula, data[new, ], type = type))
    p <- predict(dense, x[new, ], type = type, newz = z[new, ])
    expect_equal(unname(p), wanted, tolerance = 1e-6)
    expect_equal(
      predict(sparse, methods::as(x[new, ], "CsparseMatrix"), type = type,
              newz = methods::as(z[new, ], "CsparseMatrix")),
      p, tolerance = 1e-6
    )
    expect_equal(predict(dense, data.frame(x, z)[new, ], type = type), p, tolerance = 1e-12)
  }
})

test_that("order of classes, rows and experts, units and origins change nothing", {
  data <- fit_data()
  start <- fit_start(150)
  fit <- moelogit(y ~ x + f | z, data, k = 2, start = start)
  other <- function(data, start, formula = y ~ x + f | z) {
    moelogit(formula, data, k = 2, start = start)
  }
  relevelled <- transform(data, y = factor(y, c("high", "low", "mid")))
  expect_same_model(fit, other(relevelled, start), data)
  expect_same_model(fit, other(transform(data, y = as.character(y)), start), data)
  order <- sample(150)
  expect_same_model(fit, other(data[order, ], start[order, ]), data)
  expect_same_model(fit, other(data, start[, 2:1]), data)
  moved <- transform(data, x = 1e3 * x + 5e4, z = 1e-6 * (z - 20))
  again <- other(moved, start)
  expect_equal(again$loglik, fit$loglik, tolerance = 1e-9)
  expect_equal(fitted(again), fitted(fit), tolerance = 1e-6)
  flat <- moelogit(y ~ x + f | z, data, k = 2, start = start, penalty = 0, max_iter = 200)
  sums <- moelogit(y ~ x + f | z, data, k = 2, start = start, penalty = 0, max_iter = 200,
                   contrasts = list(f = "contr.sum"))
  expect_equal(fitted(sums), fitted(flat), tolerance = 1e-4)
  expect_identical(rownames(sums$expert), c("(Intercept)", "x", "f1", "f2"))
})

test_that("terms of formulas are rebuilt on new data", {
  data <- fit_data()
  shown <- c(3, 90, 17)
  formulas <- list(
    y ~ poly(x, 3) | splines::ns(z, 3), y ~ x * f | f, y ~ log(w) + I(z^2) | scale(x),
    y ~ f:x - 1 | z, y ~ . - w | w
  )
  for (formula in formulas) {
    fit <- quick_fit(formula, data, k = 2)
    expect_equal(predict(fit, data[shown, ], type = "prob"), fitted(fit)[shown, ])
    expect_equal(predict(fit, data[3, ], type = "gate"),
                 predict(fit, type = "gate")[3, , drop = FALSE])
  }
})

test_that("small models work: two classes, one row of each, constant parts, no intercept", {
  skip_on_cran()
  data <- fit_data()
  two <- droplevels(data[data$y != "mid", ])
  for (formula in list(y ~ x | 1, y ~ 1 | x, y ~ 1, y ~ 0 + x, y ~ 0 + x | z, y ~ x | 0 + z)) {
    for (k in 1:3) {
      for (d in list(data, two)) {
        fit <- quick_fit(formula, d, k = k, starts = 2)
        m <- nlevels(d$y)
        expect_equal(fit$loglik, loglik_by_hand(fitted(fit), d$y), tolerance = 1e-9)
        expect_true(fit$converged)
        expect_equal(dim(fit$expert)[2:3], c(m, k))
        expect_length(coef(fit), fit$df)
        expect_equal(dim(predict(fit, d[1, ], type = "expert")), c(1, m, k))
      }
    }
  }
  intercepts <- moelogit(y ~ 1, data, k = 1, penalty = 0)
  expect_equal(fitted(intercepts)[1, ], c(table(data$y))[c("low", "mid", "high")] / 150,
               tolerance = 1e-6)
  tiny <- quick_fit(y ~ x, data[match(levels(data$y), data$y), ], k = 3)
  expect_equal(dim(fitted(tiny)), c(3, 3))
})

test_that("many classes, more experts than classes, large numbers", {
  set.seed(5)
  data <- data.frame(y = sample(letters[1:10], 200, TRUE), x = rnorm(200))
  fit <- quick_fit(y ~ x, data, k = 2)
  expect_equal(dim(fitted(fit)), c(200, 10))
  expect_identical(fit$classes, letters[1:10])
  six <- fit_data()
  many <- quick_fit(y ~ x, six, k = 5)
  expect_equal(many$df, 4 * 2 + 5 * 2 * 2)
  one <- moelogit(y ~ x, six, k = 1)
  for (x in list(six$x * 1e8, six$x + 1e8, six$x * 1e-10)) {
    large <- moelogit(y ~ x, transform(six, x = x), k = 1)
    expect_equal(large$loglik, one$loglik, tolerance = 1e-6)
  }
})

test_that("constant and collinear columns get NA, and change no prediction", {
  data <- transform(fit_data(), one = 3, sum = 2 * x - z)
  start <- fit_start(150)
  fit <- moelogit(y ~ x + z, data, k = 2, start = start)
  expect_message(
    wide <- moelogit(y ~ x + one + z + sum, data, k = 2, start = start),
    class = "moelogit_message_aliased"
  )
  expect_same_model(fit, wide, data)
  expect_equal(fit$df, wide$df)
  columns <- c("(Intercept)", "x", "one", "z", "sum")
  expect_identical(wide$frame$expert$aliased,
                   setNames(c(FALSE, FALSE, TRUE, FALSE, TRUE), columns))
  expect_identical(is.na(wide$gate[, 1]), wide$frame$gate$aliased)
  expect_identical(names(which(is.na(coef(wide)))),
                   grep("one|sum", names(coef(wide)), value = TRUE))
  expect_equal(coef(wide, complete = FALSE), coef(fit), tolerance = 1e-5)
  # aliased in the training data only: still nothing to add
  moved <- transform(data, one = 100, sum = 0)
  expect_equal(predict(wide, moved, type = "prob"), predict(wide, data, type = "prob"))
  expect_message(
    sparse <- quick_fit(methods::as(as.matrix(data[c("x", "one", "sum")]), "CsparseMatrix"),
                        data$y, k = 2),
    class = "moelogit_message_aliased"
  )
  expect_identical(unname(which(sparse$frame$gate$aliased)), 3L)
})

test_that("classes keep their names and kind", {
  data <- fit_data()
  ordered <- quick_fit(factor(y, c("low", "mid", "high"), ordered = TRUE) ~ x, data, k = 2)
  expect_s3_class(predict(ordered, data[1:3, ]), "ordered")
  expect_identical(levels(predict(ordered)), c("low", "mid", "high"))
  logical <- quick_fit((z > 0) ~ x, data, k = 1)
  expect_identical(logical$classes, c("FALSE", "TRUE"))
  number <- quick_fit(ifelse(z > 0, 10, 9) ~ x, data, k = 1)
  expect_identical(number$classes, c("9", "10"))
  expect_identical(colnames(fitted(number)), c("9", "10"))
  unused <- transform(data, y = factor(y, c(levels(y), "none")))
  expect_message(dropped <- quick_fit(y ~ x, unused, k = 1), "none")
  kept <- quick_fit(y ~ x, unused, k = 1, drop_unused = FALSE)
  expect_identical(dropped$classes, levels(data$y))
  expect_identical(kept$classes, levels(unused$y))
  names(data)[1:2] <- c("the class", "the x")
  spaces <- quick_fit(`the class` ~ `the x`, data, k = 2)
  expect_identical(rownames(spaces$expert), c("(Intercept)", "`the x`"))
  expect_identical(rownames(predict(spaces, data[5, ], type = "posterior")), "5")
})

test_that("variables are found where R finds them", {
  data <- fit_data()
  expected <- quick_fit(y ~ x, data, k = 2, weights = w, start = fit_start(150))
  local_fit <- function(d) {
    start <- fit_start(nrow(d))
    mine <- d$w
    moelogit(y ~ x, data = d, k = 2, weights = mine, start = start)
  }
  expect_equal(local_fit(data)$loglik, expected$loglik)
  wrapper <- function(...) moelogit(..., k = 2)
  start <- fit_start(150)
  wrapped <- wrapper(y ~ x, data, weights = w, start = start)
  expect_equal(wrapped$loglik, expected$loglik)
  expect_identical(
    wrapped$call, quote(moelogit(formula = y ~ x, data = data, k = 2, weights = w, start = start))
  )
  named <- data.frame(k = data$y, data = data$x, weights = data$w, formula = data$z)
  odd <- moelogit(k ~ data, named, k = 2, weights = weights, start = start)
  expect_equal(odd$loglik, expected$loglik)
  formula <- y ~ x
  expect_equal(moelogit(formula, data, k = 2, weights = w, start = start)$loglik, expected$loglik)
  called <- do.call(moelogit, list(y ~ x, data, k = 2, weights = quote(w), start = start))
  expect_equal(called$loglik, expected$loglik)
  x <- data$x
  y <- data$y
  expect_equal(moelogit(y ~ x, k = 2, weights = data$w, start = start)$loglik, expected$loglik)
  piped <- data |> moelogit(formula = y ~ x, k = 2, weights = w, start = start)
  expect_equal(piped$loglik, expected$loglik)
  last <- moelogit(k = 2, data = data, weights = w, start = start, formula = y ~ x)
  expect_equal(last$loglik, expected$loglik)
})

test_that("tibbles are data frames", {
  skip_if_not_installed("tibble")
  data <- fit_data()
  start <- fit_start(150)
  tibble <- moelogit(y ~ x | f, tibble::as_tibble(data), k = 2, start = start)
  frame <- moelogit(y ~ x | f, data, k = 2, start = start)
  expect_equal(tibble$loglik, frame$loglik)
  expect_equal(predict(tibble, tibble::as_tibble(data)[2, ], type = "gate"),
               predict(frame, data[2, ], type = "gate"), ignore_attr = "dimnames")
  expect_equal(
    moelogit(tibble::as_tibble(data[c("x", "z")]), data$y, k = 2, start = start)$loglik,
    moelogit(data[c("x", "z")], data$y, k = 2, start = start)$loglik
  )
})

test_that("the response may be computed in the formula", {
  data <- fit_data(60)
  data$n <- as.integer(data$y)
  fit <- moelogit(y ~ x, data, k = 2, start = fit_start(60))
  for (formula in list(n - 1 ~ x, n / 2 ~ x, 2 * n ~ x, I(n) ~ x, n^2 ~ x, factor(n) ~ x)) {
    again <- moelogit(formula, data, k = 2, start = fit_start(60))
    expect_equal(unname(fitted(again)), unname(fitted(fit)))
    expect_equal(predict(again, data[2, ], type = "posterior"),
                 predict(again, type = "posterior")[2, , drop = FALSE])
  }
  two <- moelogit(y %in% c("low", "mid") ~ x, data, k = 1)
  expect_identical(two$classes, c("FALSE", "TRUE"))
})

test_that("a fit continues from every kind of start", {
  data <- fit_data()
  fit <- quick_fit(y ~ x + f | z, data, k = 2)
  again <- function(start, ...) moelogit(y ~ x + f | z, data, k = 2, start = start, ...)
  for (start in list(fit, coef_list = unclass(fit)[c("gate", "expert")],
                     reference = list(gate = coef(fit, "gate"), expert = coef(fit, "expert")))) {
    warm <- again(start)
    expect_equal(warm$trace[1], fit$objective, tolerance = 1e-9)
    expect_equal(warm$loglik, fit$loglik, tolerance = 1e-7)
    expect_identical(warm$runs$kind, "given")
  }
  posterior <- again(predict(fit, type = "posterior"))
  expect_equal(posterior$loglik, fit$loglik, tolerance = 1e-5)
  expect_null(fit$control$start)
  expect_snapshot_output(show_errors(
    again(fit_start(149)),
    moelogit(y ~ x, data, k = 2, start = fit),
    moelogit(y ~ x + f | z, data, k = 3, start = fit)
  ))
})

test_that("seeds make fits reproducible", {
  data <- fit_data()
  seeded <- function() {
    set.seed(11)
    quick_fit(y ~ x | z, data, k = 2)
  }
  expect_identical(seeded(), seeded())
})

test_that("a fit survives saving", {
  data <- fit_data()
  fits <- list(
    quick_fit(y ~ poly(x, 2) * f | splines::ns(z, 2), data, k = 2),
    quick_fit(methods::as(as.matrix(data[c("x", "z")]), "CsparseMatrix"), data$y, k = 2)
  )
  new <- list(data[1:4, ], data[1:4, c("x", "z")])
  file <- tempfile(fileext = ".rds")
  on.exit(unlink(file))
  for (i in 1:2) {
    saveRDS(fits[[i]], file)
    back <- readRDS(file)
    expect_identical(predict(back, new[[i]], type = "prob"),
                     predict(fits[[i]], new[[i]], type = "prob"))
    expect_identical(predict(back, type = "posterior"), predict(fits[[i]], type = "posterior"))
  }
})

test_that("errors of the whole call name what is at fault", {
  data <- fit_data(30)
  bad <- transform(data, x = replace(x, 3, Inf), y2 = "low")
  expect_snapshot_output(show_errors(
    moelogit(),
    moelogit(data = data, k = 2),
    moelogit(as.matrix(data$x), k = 2),
    moelogit(y ~ x, data),
    moelogit(y ~ x, data, k = 0),
    moelogit(y ~ x, data, k = 2.5),
    moelogit(y ~ x, data, k = "2"),
    moelogit(y ~ x, data, k = c(1, 2)),
    moelogit(y ~ x, data, k = 31),
    moelogit(y ~ x, bad, k = 2),
    moelogit(y2 ~ x, bad, k = 2),
    moelogit(y ~ v, data, k = 2),
    moelogit(y ~ x, as.matrix(data["x"]), k = 2),
    moelogit(y ~ x, utils::data, k = 2),
    moelogit(y ~ x, data, k = 2, weights = -w),
    moelogit(y ~ x, data[0, ], k = 2),
    moelogit(y ~ x, data, k = 2, control = list(starts = 2)),
    moelogit(y ~ x, data, k = 2, control = moelogit_control(starts = 2), penalty = 5, keep = 1),
    moelogit(y ~ x, data, k = 2, penalty = -1)
  ))
})
