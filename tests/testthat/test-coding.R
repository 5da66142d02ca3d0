arrays <- function(q, p, m, k) {
  list(gate = matrix(rnorm(q * k), q), expert = array(rnorm(p * m * k), c(p, m, k)))
}

class_prob <- function(coef, x, z) {
  softmax <- function(l) exp(l) / rowSums(exp(l))
  pi <- softmax(z %*% coef$gate)
  Reduce(`+`, lapply(seq_len(ncol(pi)), function(k) {
    pi[, k] * softmax(x %*% matrix(coef$expert[, , k], ncol(x)))
  }))
}

test_that("theta and arrays are each other's inverse, in the core's order", {
  for (dims in list(c(2, 3, 4, 5), c(1, 1, 2, 1), c(3, 1, 2, 2))) {
    theta <- seq_len(dims[1] * dims[4] + prod(dims[2:4])) + 0
    coef <- do.call(theta_to_arrays, as.list(c(list(theta), dims)))
    expect_identical(arrays_to_theta(coef$gate, coef$expert), theta)
  }
  coef <- theta_to_arrays(1:16, 2, 2, 3, 2)
  expect_equal(coef$gate[1, ], 1:2)
  expect_equal(coef$expert[1, , 2], 8:10)
})

test_that("unscaling gives the same logits, and scaling undoes it", {
  set.seed(1)
  scaling <- list(center = c(0, 5, -3), scale = c(1, 0.1, 40))
  x <- cbind(1, rnorm(20, 5), rnorm(20, -3))
  coef <- matrix(rnorm(12), 3)
  own <- unscale_rows(coef, scaling, TRUE)
  standard <- sweep(sweep(x, 2, scaling$center), 2, scaling$scale, `/`)
  expect_equal(x %*% own, standard %*% coef)
  expect_equal(scale_rows(own, scaling, TRUE), coef)
  expect_equal(unscale_matrix(scaling, TRUE) %*% coef, own)
  none <- list(center = c(0, 0, 0), scale = scaling$scale)
  expect_equal(scale_rows(unscale_rows(coef, none, FALSE), none, FALSE), coef)
})

test_that("every coding gives the same probabilities", {
  for (dims in list(c(3, 2, 4, 3), c(1, 1, 2, 1), c(2, 1, 2, 2), c(1, 3, 3, 1))) {
    set.seed(2)
    coef <- do.call(arrays, as.list(dims))
    x <- matrix(rnorm(10 * dims[2]), 10)
    z <- matrix(rnorm(10 * dims[1]), 10)
    symmetric <- center_coding(coef)
    reference <- reference_coding(coef)
    expect_equal(rowSums(symmetric$gate), numeric(dims[1]))
    expect_equal(apply(symmetric$expert, c(1, 3), sum), matrix(0, dims[2], dims[4]))
    expect_true(all(reference$gate[, 1] == 0))
    expect_true(all(reference$expert[, 1, ] == 0))
    expect_equal(class_prob(symmetric, x, z), class_prob(coef, x, z))
    expect_equal(class_prob(reference, x, z), class_prob(coef, x, z))
    expect_equal(center_coding(reference), symmetric)
  }
})

test_that("the standardised coefficients of a fit belong to its standardised columns", {
  data <- transform(fit_data(), twice = 2 * x + 1)
  expect_message(
    fit <- quick_fit(y ~ twice + x | z, data, k = 2), class = "moelogit_message_aliased"
  )
  standard <- standardised_coef(fit)
  expect_identical(rownames(standard$expert), c("(Intercept)", "twice"))
  x <- cbind(1, scale(data$twice) * sqrt(150 / 149))
  z <- cbind(1, scale(data$z) * sqrt(150 / 149))
  expect_equal(class_prob(standard, x, z), unname(fitted(fit)), tolerance = 1e-10)
  expect_equal(arrays_to_theta(standard$gate, standard$expert), object_theta(fit))
})
