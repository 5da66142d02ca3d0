arrays <- function(q, p, m, k) {
  list(gate = matrix(rnorm(q * k), q), expert = array(rnorm(p * m * k), c(p, m, k)))
}

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
