test_that("selections print, predict and can be updated", {
  s <- selection()
  expect_output(print(s), "Number of experts: 2 (of at most 4, by tempered)", fixed = TRUE)
  expect_output(print(s), "Chosen by tempered: 2")
  expect_output(print(s), "\nPenalty 1 (default): shrinks", fixed = TRUE)
  expect_output(print(summary(s)), "Mixture of 2 multinomial-logit experts")
  data <- two_experts()
  expect_identical(predict(s, data[1:3, ], type = "prob"),
                   predict(s$fit, data[1:3, ], type = "prob"))
  call <- update(s$fit, penalty = 2, evaluate = FALSE)
  expect_identical(as.character(call[[1]]), "moelogit")
  expect_named(as.list(call)[-1], c("formula", "data", "starts", "k", "penalty"))
})

test_that("the number is printed with its weight and the numbers beside it", {
  s <- selection()
  expect_output(print(s), weight_line(s), fixed = TRUE)
  s$table$weight <- c(0, 0.71, 0.2, 0.09)
  expect_identical(weight_line(s), "2 experts (weight .71); 90 % set: 2, 3")
  s$k <- 1L
  s$table$weight <- c(0.996, 0.004, 0, 0)
  expect_identical(weight_line(s), "1 expert (weight 1.00); 90 % set: 1")
  set.seed(1)
  sweep <- sweep_experts(Species ~ Petal.Length, data = iris, k_max = 2, starts = 2)
  expect_false(any(grepl("weight", capture.output(print(sweep)))))
})

test_that("an average over levels is the sum of their probabilities by weight", {
  s <- selection()
  new <- two_experts()[1:20, ]
  s$table$weight <- c(0, 0.6, 0.4, 0)
  prob <- lapply(s$fits, predict, new, type = "prob")
  by_hand <- 0.6 * prob[["2"]] + 0.4 * prob[["3"]]
  expect_equal(predict(s, new, type = "prob", average = TRUE), by_hand)
  expect_identical(
    as.character(predict(s, new, average = TRUE)), colnames(by_hand)[max.col(by_hand)]
  )
  s$table$weight <- c(0, 1, 0, 0)
  expect_equal(predict(s, type = "prob", average = TRUE), fitted(s$fit))
  expect_error(predict(s, new, type = "gate", average = TRUE), class = "moelogit_error_argument")
})

test_that("the line of votes ends in advice", {
  s <- selection()
  votes <- c(tempered = 3L, slope = 2L, aic = 3L, bic = 3L, dsc_raw = 2L)
  expect_identical(vote_advice(s, votes), "Advice: tempered, aic, bic agree on 3")
  votes[["bic"]] <- 2L
  expect_identical(
    vote_advice(s, votes), paste(
      "Advice: 3 (aic) for prediction, 2 (bic) for experts beyond doubt;",
      "confint() says how sure one can be"
    )
  )
  sweep <- list(criterion = "bic", table = data.frame(k = 1:2))
  expect_match(vote_advice(sweep, c(aic = 2L, bic = 1L)), "select_experts() says", fixed = TRUE)
  expect_identical(vote_advice(sweep, c(aic = 2L, bic = 2L)), "Advice: bic, aic agree on 2")
  s$criterion <- "aic"
  expect_identical(vote_advice(s, c(aic = 2L, bic = 2L)), "Advice: aic, bic agree on 2")
  expect_output(print(selection()), "\nAdvice: ")
})
