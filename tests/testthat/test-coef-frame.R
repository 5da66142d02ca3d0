# A frame of standardised columns, none of them aliased.
plain_frame <- function(q, p, m, k) {
  part <- function(size) {
    part_frame(paste0("c", seq_len(size)), logical(size), numeric(size), rep(1, size), FALSE)
  }
  coef_frame(part(q), part(p), letters[seq_len(m)], k)
}

test_that("theta and arrays are each other's inverse, in the core's order", {
  for (dims in list(c(2, 3, 4, 5), c(1, 1, 2, 1), c(3, 1, 2, 2))) {
    theta <- seq_len(dims[1] * dims[4] + prod(dims[2:4])) + 0
    coef <- theta_to_arrays(do.call(plain_frame, as.list(dims)), theta)
    expect_identical(arrays_to_theta(coef$gate, coef$expert), theta)
  }
  coef <- theta_to_arrays(plain_frame(2, 2, 3, 2), 1:16)
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
  none <- list(center = c(0, 0, 0), scale = scaling$scale)
  expect_equal(scale_rows(unscale_rows(coef, none, FALSE), none, FALSE), coef)
})

test_that("the standardised coefficients of a fit belong to its standardised columns", {
  data <- transform(fit_data(), twice = 2 * x + 1)
  expect_message(
    fit <- quick_fit(y ~ twice + x | z, data, k = 2), class = "moelogit_message_aliased"
  )
  standard <- standardised_coef(fit$frame, fit)
  expect_identical(rownames(standard$expert), c("(Intercept)", "twice"))
  x <- cbind(1, scale(data$twice) * sqrt(150 / 149))
  z <- cbind(1, scale(data$z) * sqrt(150 / 149))
  expect_equal(class_prob(standard, x, z), unname(fitted(fit)), tolerance = 1e-10)
  expect_equal(arrays_to_theta(standard$gate, standard$expert), object_theta(fit))
})

test_that("coefficients go to the original scale and back, aliased columns apart", {
  set.seed(3)
  frame <- coef_frame(
    part_frame(c("(Intercept)", "z"), c(FALSE, FALSE), c(0, 2), c(1, 3), TRUE),
    part_frame(c("a", "b", "c"), c(FALSE, TRUE, FALSE), c(0, 0, 0), c(2, 1, 5), FALSE),
    c("u", "v"), 2L
  )
  theta <- rnorm(coefficient_count(frame))
  coef <- original_coef(frame, theta_to_arrays(frame, theta))
  expect_identical(dimnames(coef$expert), list(c("a", "b", "c"), c("u", "v"), c("1", "2")))
  expect_true(all(is.na(coef$expert["b", , ])))
  back <- standardised_coef(frame, coef)
  expect_equal(arrays_to_theta(back$gate, back$expert), theta)
  expect_identical(rownames(back$expert), c("a", "c"))
})

test_that("counts and names of coefficients agree with what they stand for", {
  frame <- plain_frame(2, 3, 3, 2)
  expect_equal(free_size(frame), length(unlist(coef_names(frame))))
  expect_equal(sum(free_coefficients(frame)), free_size(frame))
  logits <- free_logits(frame)
  expect_equal(max(logits$to), free_size(frame))
  expect_equal(logits$from[-1L], logits$to[-nrow(logits)] + 1)
  expect_equal(free_size(with_experts(list(frame = frame), 1L)$frame), 2 * 3)
})

test_that("free coefficients are recoded as the coefficients are", {
  set.seed(4)
  fit <- random_fit(3)
  standard <- free_vector(standardised_coef(fit$frame, fit))
  own <- coef(fit, complete = FALSE)
  expect_equal(drop(free_to_original(fit$frame, cbind(standard))), unname(own))
  expect_equal(unname(drop(free_to_standard(fit$frame, cbind(own)))), standard)
  v <- crossprod(matrix(rnorm(length(own)^2), length(own)))
  there <- recode_vcov(fit$frame, v, free_to_original)
  expect_equal(recode_vcov(fit$frame, there, free_to_standard), v)
})

# covariates of the experts of the size of 1e-200
with_tiny_covariates <- function(frame) {
  rows <- !grepl("Intercept", frame$expert$columns)
  for (name in c("center", "scale")) {
    frame$expert[[name]][rows] <- 1e-200 * frame$expert[[name]][rows]
  }
  frame
}

test_that("slopes beyond all numbers leave the others what they are", {
  fit <- random_fit(3)
  tiny <- with_tiny_covariates(fit$frame)
  set.seed(4)
  v <- crossprod(matrix(rnorm(free_size(tiny)^2), free_size(tiny)))
  there <- recode_vcov(tiny, v, free_to_original)
  own <- recode_vcov(fit$frame, v, free_to_original)
  expect_false(anyNA(there))
  expect_equal(there[is.finite(there) & abs(there) < 1e9], own[is.finite(there) & abs(there) < 1e9])
  expect_true(any(is.infinite(there)))
})

test_that("rounding leaves no variance below zero, and no difference of infinities", {
  tiny <- with_tiny_covariates(random_fit(3)$frame)
  v <- diag(free_size(tiny))
  # a sandwich of scores that are almost nothing: zero up to rounding
  v[row(v) < col(v)] <- 1e-17
  v[row(v) > col(v)] <- -1e-17
  diag(v) <- -1e-18
  there <- recode_vcov(tiny, v, free_to_original)
  expect_false(anyNA(there))
  expect_gte(min(diag(there)), 0)
  expect_identical(there, t(there))
})

test_that("a fit is where it starts from, to the last digit", {
  set.seed(1)
  # far from zero: on the original scale nine digits are lost
  data <- transform(iris, far = 1e9 + Sepal.Length)
  for (standardize in c(TRUE, FALSE)) {
    formula <- if (standardize) Species ~ far + Sepal.Width else Species ~ Sepal.Width
    fit <- moelogit(formula, data, k = 2, starts = 2, standardize = standardize)
    again <- update(fit, max_iter = 1)
    expect_identical(again$trace[1], fit$objective)
    expect_identical(predict(fit, data, type = "prob"), fitted(fit))
    turned <- relabel(fit, 2:1)
    expect_equal(predict(turned, data, type = "prob"), fitted(fit), tolerance = 1e-12)
    expect_identical(relabel(turned, 2:1)$theta, fit$theta)
  }
  # changed by hand, the coefficients on the original scale count
  fit$expert[] <- 0
  expect_equal(unname(predict(fit, data[1, ], type = "prob")), t(rep(1 / 3, 3)))
})
