test_that("the table holds the fits of every level and criteria that follow from them", {
  s <- selection()
  t <- s$table
  expect_identical(t$k, 1:4)
  expect_named(t, c("k", "height", "height_merged", "loglik_merged", "loglik", "df", "edf",
                    "evidence", "weight", selection_criteria))
  expect_named(s$fits, as.character(1:4))
  for (k in 1:4) {
    fit <- s$fits[[k]]
    expect_s3_class(fit, "moelogit")
    expect_identical(fit$k, k)
    expect_identical(fit$call$k, k)
    expect_false(is.unsorted(-fit$gate_mean))
    expect_equal(c(t$loglik[k], t$df[k], t$aic[k], t$bic[k]),
                 c(fit$loglik, fit$df, AIC(fit), BIC(fit)))
    expect_equal(t$icl[k], ICL(fit), tolerance = 1e-8)
    expect_equal(t$slope[k], -2 * fit$loglik + 2 * slope_penalty(t$loglik, t$df, 400) * fit$df)
    expect_equal(fit$loglik, loglik_by_hand(fitted(fit), two_experts()$y), tolerance = 1e-9)
  }
  expect_true(all(t$loglik >= t$loglik_merged - 1e-6))
  expect_true(all(diff(t$loglik) > -1))
  expect_equal(t$loglik_merged[4], t$loglik[4], tolerance = 1e-9)
  expect_true(is.na(t$height[1]) && !anyNA(t$height[-1]))
  expect_identical(s$fit, s$fits[[s$k]])
})

test_that("the number of experts is found, 1 included", {
  expect_identical(selection()$k, 2L)
  set.seed(2)
  data <- fit_data(300)
  data$y <- rmoelogit(300, cbind(c(0, 0)), array(c(0, 2, 0, 0, 0, -2), c(2, 3, 1)),
                      cbind(data$x))$data$y
  one <- select_experts(y ~ x, data, k_max = 3, starts = 4)
  expect_identical(one$k, 1L)
  expect_identical(one$fit$k, 1L)
  flat <- moelogit(y ~ x, data, k = 1)
  expect_equal(one$fits[[1]]$loglik, flat$loglik, tolerance = 1e-6)
})

test_that("matrices, counts, weights and gates of every kind can be selected among", {
  data <- two_experts(200)
  start <- fit_start(200, 3)
  formula <- select_experts(y ~ x + z, data, k_max = 3, start = start)
  matrix <- select_experts(as.matrix(data[c("x", "z")]), data$y, k_max = 3, start = start)
  expect_equal(matrix$table, formula$table, tolerance = 1e-4)
  counts <- table(1:200, data$y)
  data$counts <- base::matrix(counts, 200, dimnames = list(NULL, colnames(counts)))
  of_counts <- select_experts(counts ~ x + z, data, k_max = 3, start = start)
  expect_equal(of_counts$table$loglik, formula$table$loglik, tolerance = 1e-4)
  data$pair <- 2 * data$counts + 1
  pairs <- suppressMessages(select_experts(pair ~ x | z, data, k_max = 2, start = start[, 1:2]))
  expect_equal(pairs$fit$nobs, sum(data$pair))
  piped <- data |> select_experts(formula = y ~ x + z, k_max = 3, start = start)
  expect_equal(piped$table, formula$table)
  for (gate in list(y ~ x | 1, y ~ x | 0 + z, y ~ 0 + x | z, y ~ 1 | x)) {
    s <- suppressMessages(select_experts(gate, data, k_max = 3, starts = 3))
    expect_false(anyNA(s$table[-1, ]))
    expect_true(all(s$table$loglik >= s$table$loglik_merged - 1e-4))
  }
})

test_that("a chosen fit that has not converged warns", {
  data <- two_experts(200)
  expect_warning(
    suppressMessages(
      select_experts(y ~ x + z | x, data, k_max = 2, start = fit_start(200), max_iter = 1)
    ),
    class = "moelogit_warning_convergence"
  )
})

test_that("bad input is an error that names the argument", {
  data <- two_experts(30)
  expect_snapshot_output(show_errors(
    select_experts(y ~ x, data, k_max = 1),
    select_experts(y ~ x, data, k_max = 31),
    select_experts(y ~ x, data, criterion = "best"),
    select_experts(y ~ x, data, metric = "taxi"),
    select_experts(y ~ nothing, data),
    select_experts(as.matrix(data["x"])),
    select_experts(y ~ x, data, control = moelogit_control(), penalty = 2)
  ))
})

test_that("the choice depends neither on coding, order, units nor on how rows are counted", {
  skip_on_cran()
  set.seed(11)
  problems <- 200L
  same <- vapply(seq_len(problems), function(i) {
    n <- 120L
    k0 <- sample(3L, 1L)
    gate <- matrix(rnorm(3L * k0, sd = 2), 3L)
    expert <- array(rnorm(9L * k0, sd = 2), c(3L, 3L, k0))
    data <- rmoelogit(n, gate, expert)$data
    while (min(table(data$y)) < 2L) data <- rmoelogit(n, gate, expert)$data
    data$w <- sample(1:2, n, replace = TRUE)
    posterior <- matrix(rexp(3L * n), n)
    choose <- function(data, start = posterior, formula = y ~ x1 + x2, ...) {
      suppressMessages(select_experts(formula, data, k_max = 3L, start = start, tol = 1e-11, ...))
    }
    plain <- choose(data, weights = w)
    backwards <- data
    backwards$y <- factor(data$y, levels = rev(levels(data$y)))
    scaled <- transform(data, x1 = 1000 * x1 + 5, x2 = 3 - 0.01 * x2)
    twice <- rep(seq_len(n), data$w)
    others <- list(
      choose(backwards, weights = w), choose(data, posterior[, 3:1], weights = w),
      choose(scaled, weights = w), choose(data[twice, ], posterior[twice, ])
    )
    agree <- vapply(others, function(other) {
      c(other$k == plain$k, abs(other$table$loglik - plain$table$loglik) < 1e-3)
    }, logical(4L))
    c(k = all(agree[1L, ]), loglik = all(agree[-1L, ]))
  }, c(k = NA, loglik = NA))
  expect_equal(sum(!same["k", ]), 0L)
  expect_equal(sum(!same["loglik", ]), 0L)
})
