test_that("a chosen setting predicts as its fit does", {
  set.seed(1)
  cv <- cv_moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = c(0.1, 1), folds = 3,
                    rule = "min")
  for (type in c("class", "prob", "link")) {
    expect_identical(predict(cv, iris[1:4, ], type = type),
                     predict(cv$fit, iris[1:4, ], type = type))
  }
  expect_identical(coef(cv), coef(cv$fit))
})

test_that("a stack predicts rows that it has seen by fits that have not", {
  set.seed(2)
  cv <- cv_moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = c(0.1, 1), folds = 3,
                    rule = "stack")
  expect_equal(predict(cv, type = "prob"), cv$held_out$prob)
  new <- predict(cv, iris[1:4, ], type = "prob")
  expect_equal(unname(rowSums(new)), rep(1, 4))
  link <- predict(cv, iris[1:4, ], type = "link")
  expect_equal(link, log(new) - log(new[, 1]))
  score <- calibration(cv, replicates = 0)$scores$log_loss
  expect_equal(score, held_out_logloss(cv$held_out))
})

test_that("without a type the classes are predicted, whatever the rule", {
  set.seed(1)
  cv <- cv_moelogit(y ~ x, fit_data(), folds = 3, k = 1:2, penalty = 1, rule = "min", starts = 2)
  expect_identical(predict(cv, fit_data()), predict(cv$fit, fit_data()))
})
