test_that("the sweep fits every number of experts from scratch", {
  data <- two_experts(200)
  set.seed(3)
  sweep <- sweep_experts(y ~ x + z | x, data, k_max = 3, starts = 4)
  expect_named(sweep$table, c("k", "height", "loglik", "df", "aic", "bic", "icl", "agreeing"))
  for (k in 1:3) {
    fit <- sweep$fits[[k]]
    expect_identical(fit$k, k)
    expect_equal(unlist(sweep$table[k, c("loglik", "df", "aic", "bic", "icl")]),
                 c(loglik = fit$loglik, df = fit$df, aic = AIC(fit), bic = BIC(fit),
                   icl = ICL(fit)), tolerance = 1e-8)
  }
  expect_true(all(sweep$table$agreeing > 0 & sweep$table$agreeing <= 1))
  expect_identical(sweep$k, which.min(sweep$table$bic))
  # a kind of selection: what works for one works for the other
  expect_s3_class(sweep, "moelogit_selection")
  expect_equal(sweep$table$height[-1], unname(mixing_dendrogram(sweep$fits[[3]])$heights))
  expect_identical(predict(sweep, data[1:3, ], type = "prob"),
                   predict(sweep$fit, data[1:3, ], type = "prob"))
  expect_output(print(summary(sweep)), "multinomial-logit expert")
  expect_output(print(sweep), "(a sweep of at most 3, by bic)", fixed = TRUE)
  set.seed(3)
  matrix <- sweep_experts(as.matrix(data[c("x", "z")]), data$y, k_max = 2, z = as.matrix(data["x"]),
                          starts = 4)
  expect_identical(matrix$table$df, sweep$table$df[1:2])
})

test_that("who fits changes nothing", {
  data <- two_experts(200)
  run <- function(...) {
    set.seed(3)
    sweep <- sweep_experts(y ~ x, data, k_max = 3, starts = 4, ...)
    list(sweep$table, lapply(sweep$fits, function(fit) fit[c("theta", "runs")]), runif(1))
  }
  alone <- run()
  expect_identical(run(threads = 2), alone)
  expect_identical(run(cluster = two_workers()), alone)
})

test_that("bad input is an error that names the argument", {
  data <- two_experts(30)
  expect_snapshot_output(show_errors(
    sweep_experts(y ~ x, data, k_max = 0),
    sweep_experts(y ~ x, data, criterion = "dsc"),
    sweep_experts(y ~ x, data, control = moelogit_control(), penalty = 2)
  ))
})
