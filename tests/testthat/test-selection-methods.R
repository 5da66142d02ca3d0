test_that("selections print, predict and can be updated", {
  s <- selection()
  expect_output(print(s), "Number of experts: 2 (of at most 4, by slope)", fixed = TRUE)
  expect_output(print(s), "Chosen by slope: 2")
  expect_output(print(summary(s)), "Mixture of 2 multinomial-logit experts")
  data <- two_experts()
  expect_identical(predict(s, data[1:3, ], type = "prob"),
                   predict(s$fit, data[1:3, ], type = "prob"))
  call <- update(s$fit, penalty = 2, evaluate = FALSE)
  expect_identical(as.character(call[[1]]), "moelogit")
  expect_named(as.list(call)[-1], c("formula", "data", "starts", "k", "penalty"))
})
