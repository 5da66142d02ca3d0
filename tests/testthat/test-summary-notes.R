test_that("separation is found, in the class and in the reference", {
  set.seed(3)
  data <- data.frame(x = sort(rnorm(60)))
  data$y <- factor(rep(c("low", "high"), each = 30), c("low", "high"))
  apart <- moelogit(y ~ x, data, k = 1, penalty = 0)
  summary <- summary(apart)
  expect_lt(summary$blocks$information, 1)
  expect_match(summary$notes, "On separation.*class \"high\" in expert 1")

  # the reference class is the one apart: every contrast with it is
  three <- rbind(
    transform(data, y = "low", x = x - 20),
    transform(data, y = sample(c("mid", "high"), 60, replace = TRUE))
  )
  three$y <- factor(three$y, c("low", "mid", "high"))
  fit <- moelogit(y ~ x, three, k = 1, penalty = 0)
  expect_true(all(summary(fit)$blocks$information < 1))

  # with the penalty the maximum exists, and the table says who holds it
  held <- summary(moelogit(y ~ x, three, k = 1, penalty = 100))
  expect_match(held$notes, "The penalty says more than the data about", all = FALSE)

  # nothing of the kind where classes overlap
  expect_null(summary(moelogit(Species ~ Sepal.Width, iris, k = 1))$notes)
})

test_that("a singular information and a fit that has not converged are said", {
  fit <- moelogit(Species ~ Sepal.Width, iris, k = 1, penalty = 0)
  both <- suppressWarnings(update(fit, k = 2, max_iter = 1, starts = 1))
  both$gate[] <- 0
  both$expert[] <- fit$expert
  notes <- expect_silent(summary(both))$notes
  expect_match(notes, "has not converged", all = FALSE)
  expect_match(notes, "not positive definite", all = FALSE)

  # every probability is 0 or 1, that of one observed class 0
  flat <- moelogit(am ~ wt, transform(mtcars, am = factor(am)), k = 1, penalty = 0)
  flat$expert[] <- 1e4 * flat$expert
  notes <- summary(flat)$notes
  expect_match(notes, "No standard error for expert_1:1:\\(Intercept\\), expert_1:1:wt \\(separ",
               all = FALSE)
})

test_that("few rows are not called separation", {
  # an expert of few rows, whose classes are anything but certain
  set.seed(2)
  data <- data.frame(x = rnorm(300))
  data$y <- factor(ifelse(runif(300) < plogis(data$x), "b", "a"))
  fit <- moelogit(y ~ x | 1, data, k = 2, penalty = 1)
  fit$gate[] <- c(2.5, -2.5)
  fit$expert[, , 2] <- c(0.2, 0.05, -0.2, -0.05)
  probability <- predict(fit, type = "expert")[, , 2]
  expect_true(all(probability > 0.1 & probability < 0.9))
  summary <- summary(fit)
  few <- summary$blocks$part == "expert" & summary$blocks$expert == "2"
  expect_identical(summary$blocks$reason[few], "few rows")
  expect_lt(summary$blocks$information[few], 1)
  posterior <- predict(fit, type = "posterior")[, 2]
  expect_equal(summary$blocks$rows[few], sum(posterior * probability[, "b"]))
  expect_equal(summary$blocks$others[few], sum(posterior * probability[, "a"]))
  expect_match(summary$notes, "Few rows.*class \"b\" in expert 2 \\([0-9.]+ against", all = FALSE)
  expect_no_match(summary$notes, "separation")
})

test_that("an expert without rows has few, and its gate is not separated from the other", {
  set.seed(2)
  data <- data.frame(x = rnorm(100), y = factor(rep(c("a", "b"), 50)))
  fit <- moelogit(y ~ x | 1, data, k = 2)
  fit$gate[] <- c(4, -4)
  blocks <- summary(fit)$blocks
  expect_identical(blocks$reason[blocks$part == "gate"], "few rows")
  expect_lt(blocks$rows[blocks$part == "gate"], 0.1)
  # two groups that the gate tells apart for certain
  data$x <- rep(c(-10, 10), c(50, 50)) + data$x
  split <- moelogit(y ~ 1 | x, data, k = 2)
  split$gate[] <- rbind(0, c(5, -5))
  blocks <- summary(split)$blocks
  expect_identical(blocks$reason[blocks$part == "gate"], "separation")
})

test_that("each standard error that is missing has a reason", {
  reasons <- function(fit, ...) {
    summary <- summary(fit, ...)
    error <- coef(summary)[, "Std. Error"]
    expect_identical(names(summary$missing), names(error)[is.na(error)])
    unname(unique(summary$missing))
  }
  data <- transform(iris, twice = 2 * Sepal.Width)
  aliased <- suppressMessages(moelogit(Species ~ Sepal.Width + twice, data, k = 1))
  expect_identical(reasons(aliased), "aliased")
  expect_match(summary(aliased)$notes, "twice.*linearly dependent columns")
  expect_identical(reasons(moelogit(Species ~ Sepal.Width, data, k = 1)), character())
  expect_identical(reasons(moelogit(Species ~ Sepal.Width, data, k = 1, keep_data = FALSE)),
                   "no data")

  # without covariates nothing tells two experts apart
  whole <- moelogit(Species ~ 1, iris, k = 1, penalty = 0)
  flat <- moelogit(Species ~ 1 | 1, iris, k = 2, penalty = 0, start = list(
    gate = matrix(0, 1, 2), expert = array(whole$expert, c(1, 3, 2))
  ))
  expect_identical(reasons(flat), "singular information")
  # two experts that are one are a saddle, not a maximum
  one <- moelogit(Species ~ Sepal.Width, iris, k = 1, penalty = 0)
  twins <- suppressWarnings(moelogit(Species ~ Sepal.Width | 1, iris, k = 2, penalty = 0,
                                     max_iter = 1, starts = 1))
  twins$gate[] <- 0
  twins$expert[] <- one$expert
  expect_identical(reasons(twins), "not at a maximum")
  # an expert that no row asks
  twins$gate[] <- c(400, -400)
  expect_identical(reasons(twins), "few rows")
})
