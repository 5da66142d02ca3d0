# What the core itself refuses, whoever calls it, and threads in and after a fork.

sparse_matrix <- function() {
  set.seed(1)
  x <- Matrix::Matrix(matrix(rbinom(200, 1, 0.3) * rnorm(200), 50), sparse = TRUE)
  methods::as(x, "CsparseMatrix")
}

design_of <- function(x) list(x = x, implicit = TRUE, center = numeric(4), scale = rep(1, 4))

test_that("a dgCMatrix whose slots contradict each other is not read", {
  skip_if_not_installed("Matrix")
  good <- sparse_matrix()
  spoil <- function(change) {
    x <- good
    change(x)
  }
  bad <- list(
    spoil(function(x) {
      x@i[1:3] <- 5000L
      x
    }),
    spoil(function(x) {
      x@i[2] <- -1L
      x
    }),
    spoil(function(x) {
      x@i[2] <- NA
      x
    }),
    spoil(function(x) {
      x@x <- x@x[1:3]
      x
    }),
    spoil(function(x) {
      x@i <- x@i[1:3]
      x
    }),
    spoil(function(x) {
      x@p[3] <- x@p[2] - 1L
      x
    }),
    spoil(function(x) {
      x@p <- x@p[-1]
      x
    }),
    spoil(function(x) {
      x@Dim[1] <- 3L
      x
    })
  )
  for (x in bad) {
    expect_error(core_moments(x, rep(1, 50), TRUE), "invalid dgCMatrix|one entry per row")
    expect_error(core_gram(design_of(x), rep(1, 50), 1L), "invalid dgCMatrix")
  }
  expect_error(core_moments(good, 1, TRUE), "one entry per row")
  expect_error(core_gram(design_of(good), 1, 1L), "one entry per row")
  expect_equal(
    core_moments(good, rep(1, 50), TRUE)$center, unname(Matrix::colMeans(good))
  )
})

test_that("log probabilities are those of the log-likelihood, also where probabilities are 0", {
  set.seed(2)
  case <- random_problem(n = 60, p = 2, k = 3, m = 4)
  case$problem$offset <- matrix(rnorm(240, sd = 300), 60)
  theta <- random_theta(case$problem)
  found <- core_predict(case$problem, theta, c("class", "logclass"), 1L)
  own <- cbind(seq_len(60), case$problem$response + 1L)
  expect_equal(
    sum(case$problem$weight * found$logclass[own]), evaluate(case, theta)$loglik,
    tolerance = 1e-12
  )
  expect_lte(max(found$class), 1)
  expect_true(any(found$class == 0))
  expect_true(all(is.finite(found$logclass)))
  expect_equal(exp(found$logclass), found$class)
})

test_that("a forked child fits with threads after its parent did", {
  skip_on_os("windows")
  set.seed(3)
  case <- random_problem(n = 3000, p = 2, k = 2)
  theta <- random_theta(case$problem)
  fit <- function(threads) {
    core_ascend(case$problem, cbind(theta), run_options(case$control), threads, NULL)[[1L]]$theta
  }
  parent <- fit(2L)
  child <- parallel::mcparallel(fit(2L))
  answer <- parallel::mccollect(child, wait = FALSE, timeout = 30)
  if (is.null(answer)) tools::pskill(child$pid, tools::SIGKILL)
  expect_equal(answer[[1L]], parent)
  expect_identical(fit(1000000L), parent)
})
