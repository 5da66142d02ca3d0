part <- function(x, weights = rep(1, nrow(x)), implicit = TRUE, intercept = TRUE,
                 standardize = TRUE) {
  columns <- paste0("c", seq_len(ncol(x) + implicit))
  out <- standardise_part(x, weights, columns, implicit, intercept, standardize, 1L)
  c(
    out$design[c("x", "center", "scale")], out$frame["aliased"], out["gram"],
    list(frame = out$frame)
  )
}

scaled <- function(x, part) {
  cbind(1, sweep(sweep(x, 2, part$center), 2, part$scale, `/`))
}

test_that("columns get weighted mean 0 and variance 1, and their Gram matrix is right", {
  set.seed(1)
  x <- cbind(rnorm(30, 1e6), rexp(30) * 1e-3, rbinom(30, 1, 0.3))
  w <- runif(30)
  a <- part(x, w)
  expect_equal(a$center, apply(x, 2, weighted.mean, w), tolerance = 1e-12)
  s <- scaled(x, a)
  expect_equal(unname(a$gram), crossprod(s, s * w) / sum(w), tolerance = 1e-9)
  expect_equal(unname(diag(a$gram)), rep(1, 4), tolerance = 1e-9)
  expect_identical(unname(a$aliased), logical(4))
  expect_identical(a$x, x)

  sparse <- part(methods::as(x, "CsparseMatrix"), w)
  expect_equal(sparse[c("center", "scale", "frame", "gram")],
               a[c("center", "scale", "frame", "gram")])

  with_ones <- part(cbind(1, x), w, implicit = FALSE)
  expect_equal(unname(with_ones$gram), unname(a$gram))
  expect_equal(with_ones$frame$center, a$frame$center)
})

test_that("without an intercept columns are scaled but not centred", {
  x <- cbind(c(1, 2, 3), c(0, 0, 4))
  a <- part(x, implicit = FALSE, intercept = FALSE)
  expect_equal(a$center, c(0, 0))
  expect_equal(a$scale, sqrt(colMeans(x^2)))
})

test_that("without standardisation the Gram matrix is that of the columns themselves", {
  set.seed(2)
  x <- cbind(rnorm(20, 5), rexp(20))
  a <- part(x, standardize = FALSE)
  expect_equal(a$center, c(0, 0))
  expect_equal(a$scale, c(1, 1))
  expect_equal(unname(a$gram), crossprod(cbind(1, x)) / 20)
})

test_that("constant and dependent columns are found as by lm()", {
  set.seed(3)
  for (i in 1:5) {
    x <- matrix(rnorm(40 * 6), 40)
    x[, 3] <- x[, 1] - 2 * x[, 2] + 1
    x[, 5] <- 1e5
    if (i > 2) x[, 6] <- x[, 4] * 1e6
    a <- part(x)
    expect_identical(unname(a$aliased), unname(is.na(coef(lm(rnorm(40) ~ x)))))
    expect_equal(ncol(a$x), sum(!a$aliased) - 1L)
    expect_equal(dim(a$gram), rep(sum(!a$aliased), 2))
    expect_length(a$center, ncol(a$x))
  }
  expect_identical(unname(part(cbind(numeric(5), 1:5))$aliased), c(FALSE, TRUE, FALSE))
  expect_false(any(part(cbind(1e8 + 1:5))$aliased))
})

test_that("as many columns are left as there are rows, in whatever order these come", {
  set.seed(1)
  x <- cbind(matrix(rnorm(20), 5), c(1, 0, 1, 1, 1), c(0, 0, 0, 0, 1), c(1, 0, 0, 0, 0))
  weights <- c(1e8, 1, 3, 1e8, 1)
  for (try in 1:20) {
    rows <- sample.int(5)
    found <- part(x[rows, ], weights[rows])
    expect_identical(unname(found$aliased), c(logical(5), TRUE, TRUE, TRUE))
  }
})

test_that("the ridge leaves out the intercept when asked, part by part", {
  data <- fit_data()
  design <- design(y ~ x | 0 + z, data)
  problem <- function(...) build_problem(design, 2L, moelogit_control(...))$ridge
  expect_equal(problem(penalty = c(gate = 2, expert = 3)), list(gate = 2, expert = c(3, 3)))
  expect_equal(
    problem(penalty = c(gate = 2, expert = 3), penalize_intercept = FALSE),
    list(gate = 2, expert = c(0, 3))
  )
})

test_that("rows of a problem carry their share of the objective", {
  data <- fit_data()
  control <- moelogit_control()
  problem <- build_problem(design(y ~ x | z, data, weights = w), 2L, control)
  problem$offset <- matrix(rnorm(3 * nrow(data)), ncol = 3)
  theta <- rnorm(2 * 2 + 2 * 3 * 2)
  halves <- list(1:70, 71:150)
  parts <- lapply(halves, function(rows) {
    core_evaluate(subset_problem(problem, rows), theta, run_options(control), 1L)
  })
  whole <- core_evaluate(problem, theta, run_options(control), 1L)
  expect_equal(parts[[1]]$objective + parts[[2]]$objective, whole$objective)
  expect_equal(parts[[1]]$gradient + parts[[2]]$gradient, whole$gradient)
})

test_that("columns left out are told, and none left is an error", {
  data <- transform(fit_data(30), one = 1, none = 0, twice = 2 * x)
  expect_snapshot_output(withCallingHandlers(
    {
      quick_fit(y ~ x + twice + one, data, k = 1)
      quick_fit(y ~ x | z + one, data, k = 1)
      invisible()
    },
    message = function(m) {
      cat(conditionMessage(m))
      invokeRestart("muffleMessage")
    }
  ))
  expect_snapshot_output(show_errors(moelogit(y ~ x | 0 + none, data, k = 2)))
})

test_that("columns of any size are scaled, not dropped", {
  plain <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1)
  for (power in c(-300, -200, 155, 300)) {
    data <- transform(iris, Sepal.Width = Sepal.Width * 10^power)
    expect_silent(fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data, k = 1))
    expect_equal(fit$loglik, plain$loglik, tolerance = 1e-10)
    width <- c(fit$expert["Sepal.Width", , 1])
    expect_equal(width * 10^power, plain$expert["Sepal.Width", , 1], tolerance = 1e-6)
    sparse <- Matrix::Matrix(as.matrix(data[1:2]), sparse = TRUE)
    expect_equal(moelogit(sparse, iris$Species, k = 1)$loglik, plain$loglik, tolerance = 1e-10)
  }
})

test_that("without standardisation columns must have squares", {
  local_reproducible_output()
  data <- transform(iris, big = Sepal.Width * 1e155, small = Sepal.Width * 1e-155)
  expect_snapshot_output(show_errors(
    moelogit(Species ~ Sepal.Length + big + small, data, k = 1, standardize = FALSE)
  ))
})
