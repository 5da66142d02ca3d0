spec_of <- function(model, ...) parsnip::set_engine(model, "moelogit", starts = 4, ...)

test_that("mixture_of_experts() fits as moelogit() does", {
  skip_if_not_installed("parsnip")
  spec <- spec_of(mixture_of_experts(num_experts = 2, penalty = 0.5))
  expect_output(
    print(spec), "Mixture of Experts Model Specification (classification)", fixed = TRUE
  )
  set.seed(1)
  fitted <- parsnip::fit(spec, Species ~ Sepal.Length | Sepal.Width, data = iris)
  set.seed(1)
  own <- moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, penalty = 0.5, starts = 4)
  expect_equal(coef(fitted$fit), coef(own))
  new <- iris[c(1, 51, 101), ]
  prob <- predict(fitted, new, type = "prob")
  expect_s3_class(prob, "tbl_df")
  expect_named(prob, paste0(".pred_", own$classes))
  expect_equal(as.matrix(prob), predict(own, new, type = "prob"), ignore_attr = TRUE)
  expect_equal(predict(fitted, new)$.pred_class, unname(predict(own, new)))
  expect_equal(nrow(predict(fitted, new[1, ], type = "prob")), 1)
  expect_equal(predict(fitted, new, type = "raw"), predict(own, new, type = "prob"))

  limits <- predict(fitted, new, type = "conf_int", level = 0.9, std_error = TRUE)
  theirs <- predict(own, new, type = "prob", interval = "confidence", level = 0.9)
  expect_equal(limits$.pred_lower_setosa, unname(theirs$lower[, "setosa"]))
  expect_equal(limits$.pred_upper_virginica, unname(theirs$upper[, "virginica"]))
  expect_equal(limits$.std_error_versicolor, unname(theirs$se.fit[, "versicolor"]))
  expect_named(limits[1:3], c(".pred_lower_setosa", ".pred_upper_setosa", ".pred_lower_versicolor"))
})

test_that("one expert is the default, columns and weights are taken", {
  skip_if_not_installed("parsnip")
  spec <- spec_of(mixture_of_experts())
  expect_identical(parsnip::fit(spec, Species ~ Sepal.Length, data = iris)$fit$k, 1L)
  columns <- parsnip::fit_xy(spec, iris[1:2], iris$Species)
  expect_equal(nrow(predict(columns, iris[1:2])), 150)
  weights <- rep(c(1, 3), 75)
  skip_if_not_installed("hardhat")
  weighted <- parsnip::fit(spec, Species ~ Sepal.Length, data = iris,
                           case_weights = hardhat::importance_weights(weights))
  expect_equal(coef(weighted$fit), coef(moelogit(Species ~ Sepal.Length, iris, k = 1,
                                                 weights = weights)))
})

test_that("it is an engine of multinom_reg() and logistic_reg()", {
  skip_if_not_installed("parsnip")
  several <- spec_of(parsnip::multinom_reg(penalty = 0.5), k = 2)
  set.seed(1)
  fitted <- parsnip::fit(several, Species ~ Sepal.Length, data = iris)
  set.seed(1)
  own <- moelogit(Species ~ Sepal.Length, iris, k = 2, penalty = 0.5, starts = 4)
  expect_equal(coef(fitted$fit), coef(own))
  d <- transform(mtcars, am = factor(am))
  two <- parsnip::fit(spec_of(parsnip::logistic_reg(), k = 1), am ~ wt, data = d)
  expect_equal(predict(two, d, type = "prob")$.pred_1,
               unname(fitted(moelogit(am ~ wt, d, k = 1))[, "1"]))
})

test_that("an error of a fit or a prediction reaches the user", {
  skip_if_not_installed("parsnip")
  spec <- spec_of(mixture_of_experts())
  expect_error(parsnip::fit(spec, Species ~ nothing, data = iris))
  fitted <- parsnip::fit(spec, Species ~ Sepal.Length, data = iris)
  expect_error(predict(fitted, iris["Sepal.Width"], type = "prob"))
  expect_error(
    parsnip::fit(spec_of(mixture_of_experts(num_experts = 0)), Species ~ Sepal.Length, data = iris),
    class = "moelogit_error_argument"
  )
})

test_that("experts and penalty are tuned, in a workflow with a gate of its own", {
  skip_if_not_installed("tune")
  skip_if_not_installed("workflows")
  skip_if_not_installed("rsample")
  skip_if_not_installed("yardstick")
  expect_equal(dials::range_get(num_experts()), list(lower = 1L, upper = 6L))
  spec <- spec_of(mixture_of_experts(num_experts = hardhat::tune(), penalty = hardhat::tune()))
  flow <- workflows::add_variables(workflows::workflow(), Species, c(Sepal.Length, Sepal.Width))
  flow <- workflows::add_model(flow, spec, formula = Species ~ Sepal.Length | Sepal.Width)
  set.seed(1)
  found <- tune::tune_grid(flow, rsample::vfold_cv(iris, v = 2), grid = 4)
  scores <- tune::collect_metrics(found)
  tried <- unique(scores[c("num_experts", "penalty")])
  expect_equal(nrow(tried), 4)
  expect_true(all(tried$penalty >= 0.01 & tried$penalty <= 100))
  expect_true(all(tried$num_experts %in% 1:6))
  expect_true(all(is.finite(scores$mean)))
  expect_s3_class(ggplot2::autoplot(found), "ggplot")
  final <- tune::finalize_workflow(flow, tune::select_best(found, metric = "roc_auc"))
  fitted <- generics::fit(final, iris)
  expect_identical(deparse(formula(fitted$fit$fit$fit)[[3]]), "Sepal.Length | Sepal.Width")
  rows <- generics::augment(fitted, tibble::as_tibble(iris))
  expect_s3_class(rows, "tbl_df")
  expect_true(all(paste0(".pred_", levels(iris$Species)) %in% names(rows)))
})
