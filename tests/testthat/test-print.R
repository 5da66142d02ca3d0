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

test_that("the penalty is named, with what it does", {
  last <- function(...) {
    lines <- capture.output(print(quick_fit(y ~ x | z, fit_data(), ...)))
    lines[length(lines)]
  }
  expect_match(last(k = 2), "^Penalty 1 \\(default\\): shrinks .*; penalty = 0 turns it off$")
  expect_match(last(k = 2, penalty = 0.5), "^Penalty 0.5: shrinks")
  expect_match(last(k = 2, penalty = c(gate = 0.1, expert = 1)),
               "^Penalty 0.1 \\(gate\\) and 1 \\(experts\\): shrinks")
  expect_match(last(k = 1, penalty = c(gate = 0.1, expert = 1)), "^Penalty 1 \\(default\\)")
  expect_match(last(k = 1, penalty = 0), "^Penalty 0: none; penalty = 1, the default, shrinks")
  summary <- capture.output(print(summary(quick_fit(y ~ x, fit_data(), k = 2))))
  expect_match(summary, "^Penalty 1 \\(default\\): shrinks", all = FALSE)
})

test_that("rows left out are counted, and one expert has no gate to print", {
  data <- fit_data()
  data$x[c(2, 7)] <- NA
  shown <- capture.output(print(moelogit(y ~ x, data, k = 1)))
  expect_match(shown, "2 rows left out because of missing values", all = FALSE)
  expect_no_match(shown, "gate")
  data$x[2] <- 0
  expect_output(print(quick_fit(y ~ x, data, k = 2)), "(1 row left out because", fixed = TRUE)
  expect_no_match(capture.output(print(quick_fit(y ~ x, fit_data(), k = 2))), "left out")
})

test_that("starts and neighbours are counted in good grammar", {
  runs <- function(neighbours) {
    data.frame(kind = c("directions", rep("neighbour", neighbours)), continued = TRUE, best = TRUE)
  }
  expect_match(starts_line(runs(0)), "^1 random start, 1 continued, 1 of them at the best optimum$")
  expect_match(starts_line(runs(1)), "; 1 neighbour of it tried$")
  expect_match(starts_line(runs(2)), "; 2 neighbours of it tried$")
})
