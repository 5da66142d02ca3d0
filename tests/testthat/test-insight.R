test_that("insight knows what the model is", {
  skip_if_not_installed("insight")
  fit <- ppi_fit()
  found <- insight::find_formula(fit)
  expect_equal(found$conditional, confidence ~ log_common + same, ignore_attr = TRUE)
  expect_equal(found$gate, ~log_degree_min, ignore_attr = TRUE)
  expect_identical(insight::find_predictors(fit, flatten = TRUE),
                   c("log_common", "same", "log_degree_min"))
  expect_identical(insight::find_response(fit), "confidence")
  expect_true(insight::model_info(fit)$is_multinomial)
  expect_true(insight::model_info(fit)$is_mixture)
  two <- moelogit(am ~ wt, mtcars, k = 1)
  expect_false(insight::model_info(two)$is_multinomial)
  expect_true(insight::model_info(two)$is_binomial)
  expect_equal(insight::find_formula(two)$gate, ~wt, ignore_attr = TRUE)
  expect_equal(insight::n_obs(fit), 1500)
})

test_that("insight has the parameters and their statistics", {
  skip_if_not_installed("insight")
  fit <- ppi_fit()
  table <- tidy(fit)
  expect_equal(insight::get_parameters(fit)$Estimate, table$estimate)
  expect_identical(insight::find_parameters(fit, flatten = TRUE), names(coef(fit)))
  expect_equal(insight::get_statistic(fit)$Statistic, table$statistic)
  expect_equal(insight::get_varcov(fit), vcov(fit))
  expect_equal(insight::get_df(fit, "model"), fit$df)
  expect_equal(insight::get_df(fit), df.residual(fit))
})

test_that("package parameters makes the table of the coefficients", {
  skip_if_not_installed("parameters", "0.21")
  fit <- ppi_fit()
  found <- parameters::model_parameters(fit)
  table <- tidy(fit, conf.int = TRUE)
  expect_identical(found$Parameter, names(coef(fit)))
  expect_equal(found$Coefficient, table$estimate)
  expect_equal(found$SE, table$std.error)
  expect_equal(found$CI_low, table$conf.low, tolerance = 1e-6)
  expect_equal(found$p, table$p.value)
  robust <- parameters::model_parameters(fit, vcov = "sandwich")
  expect_equal(robust$SE, tidy(fit, type = "sandwich")$std.error)
})

test_that("package modelsummary has a row of its own for every coefficient", {
  skip_if_not_installed("modelsummary")
  skip_if_not_installed("parameters", "0.21")
  fit <- ppi_fit()
  table <- modelsummary::modelsummary(fit, output = "data.frame")
  labels <- table$term[table$part == "estimates" & table$statistic == "estimate"]
  expect_length(labels, length(coef(fit)))
  expect_identical(anyDuplicated(labels), 0L)
})

test_that("insight finds the data of a response that is a call", {
  skip_if_not_installed("insight")
  d <- fit_data()
  d$x[3] <- NA
  fit <- quick_fit(factor(y, rev(levels(y))) ~ x | log(w), d, k = 2)
  expect_identical(insight::find_response(fit), "y")
  expect_identical(insight::get_data(fit), d[-3, c("y", "x", "w")])
  expect_identical(as.character(insight::get_response(fit)), as.character(d$y[-3]))
  two <- moelogit((y == "low") ~ x, d, k = 1)
  expect_identical(insight::get_response(two), d$y[-3])
  d$v <- 1 + d$w
  counts <- moelogit(cbind(a = w, b = v) ~ z, d, k = 1)
  expect_identical(insight::find_response(counts), "cbind(a = w, b = v)")
  expect_identical(insight::find_response(counts, combine = FALSE), c("w", "v"))
})

test_that("insight has predictions, in the long form, and classes", {
  skip_if_not_installed("insight")
  fit <- ppi_fit()
  new <- fit$data$model_frame[1:3, ]
  found <- as.data.frame(insight::get_predicted(fit, data = new, ci = 0.9))
  own <- predict(fit, new, type = "prob", interval = "confidence", level = 0.9)
  expect_equal(found$Predicted, as.vector(own$fit))
  expect_identical(found$Response, rep(fit$classes, each = 3))
  expect_equal(found$CI_low, as.vector(own$lower))
  expect_equal(found$CI_high, as.vector(own$upper))
  expect_equal(found$SE, as.vector(own$se.fit))
  expect_equal(as.data.frame(insight::get_predicted(fit))$Predicted,
               as.vector(predict(fit, type = "prob")))
  expect_equal(as.data.frame(insight::get_predicted(fit, data = new, predict = "link"))$Predicted,
               as.vector(predict(fit, new, type = "link")))
  classes <- insight::get_predicted(fit, data = new, predict = "classification")
  expect_identical(as.character(classes), as.character(predict(fit, new)))
  expect_error(insight::get_predicted(fit, predict = "none"), class = "moelogit_error_argument")
})

test_that("insight knows whether a fit has converged", {
  skip_if_not_installed("insight")
  expect_true(insight::is_converged(ppi_fit()))
})
