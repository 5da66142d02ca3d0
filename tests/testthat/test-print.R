test_that("printing tells the model, its fit and how it was reached", {
  data <- transform(fit_data(), one = 1)
  fit <- suppressMessages(quick_fit(y ~ x | z + one, data, k = 2, weights = w))
  expect_output(expect_identical(print(fit), fit), "Mixture of 2 multinomial-logit experts")
  shown <- paste(capture.output(print(fit)), collapse = "\n")
  parts <- c(
    "for 3 classes (low, mid, high)", "quick_fit|moelogit", "Average gate probability",
    format(fit$loglik, digits = 7), paste(fit$df, "df"), format(sum(data$w)),
    paste0("AIC ", format(AIC(fit), digits = 7)), paste0("BIC ", format(BIC(fit), digits = 7)),
    paste("Converged in", length(fit$trace) - 1), "3 random starts", "1 column not defined"
  )
  for (part in parts) expect_match(shown, part, fixed = part != parts[2])
})

test_that("one expert, one start, many classes and a fit that stopped are worded", {
  data <- fit_data()
  expect_output(print(moelogit(y ~ x, data, k = 1)), "Mixture of 1 multinomial-logit expert for")
  expect_output(print(moelogit(y ~ x, data, k = 1)), "one start")
  stopped <- suppressWarnings(
    moelogit(y ~ x, data, k = 2, start = fit_start(150), max_iter = 1)
  )
  expect_output(print(stopped), "NOT converged after 1 iteration;")
  data$letter <- rep(letters[1:8], length.out = 150)
  expect_output(print(moelogit(letter ~ x, data, k = 1)), "8 classes (a, b, c, d, e, f, ...)",
                fixed = TRUE)
})

test_that("a call that holds the data is cut", {
  fit <- do.call(moelogit, list(y ~ x, fit_data(), k = 1))
  expect_lt(length(capture.output(print(fit))), 25)
})
