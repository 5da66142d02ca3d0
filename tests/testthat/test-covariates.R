test_that("double matrices are not copied", {
  skip_if_not(capabilities("profmem"))
  x <- matrix(rnorm(20), 10)
  y <- rep(1:2, 5)
  tracemem(x)
  on.exit(untracemem(x))
  copy_on_write <- function(v) v[1] <- 0
  expect_output(copy_on_write(x), "tracemem")
  expect_silent(model_design_matrix(x, y))
})

test_that("sparse matrices of any kind become dgCMatrix and stay sparse", {
  set.seed(1)
  x <- Matrix::rsparsematrix(6, 6, 0.4)
  y <- rep(1:2, 3)
  kinds <- list(
    x, methods::as(x, "TsparseMatrix"), methods::as(x, "RsparseMatrix"), x != 0,
    Matrix::crossprod(x), Matrix::Diagonal(6), methods::as(6:1, "pMatrix"),
    methods::as(x, "nMatrix")
  )
  for (kind in kinds) {
    got <- model_design_matrix(kind, y)$x
    expect_s4_class(got, "dgCMatrix")
    expect_equal(as.matrix(got), as.matrix(kind) * 1, ignore_attr = TRUE)
  }
  dense <- model_design_matrix(Matrix::Matrix(1:12 / 2, 6), y)$x
  expect_identical(dense, matrix(1:12 / 2, 6))
})

test_that("sparse matrices whose slots contradict each other are refused, new ones too", {
  set.seed(3)
  x <- Matrix::rsparsematrix(20, 4, 0.5)
  y <- rep(1:2, 10)
  beyond <- x
  beyond@i[1:3] <- 5000L
  short <- methods::as(x, "TsparseMatrix")
  short@x <- short@x[1:3]
  fit <- moelogit(x, y, k = 1)
  for (bad in list(beyond, short)) {
    expect_error(moelogit(bad, y, k = 1), class = "moelogit_error_covariates")
    expect_error(moelogit(x, y, z = bad, k = 1), class = "moelogit_error_covariates")
    expect_error(predict(fit, bad), class = "moelogit_error_covariates")
  }
  # what the slots are said to be depends on the version of Matrix
  expect_error(moelogit(beyond, y, k = 1), "`x` is a broken <dgCMatrix>: its slots contradict")
})
