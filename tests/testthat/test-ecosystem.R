ppi_fit <- function() {
  set.seed(1)
  d <- transform(yeast_ppi[1:1500, ], same = factor(same_class, labels = c("no", "yes")))
  moelogit(confidence ~ log_common + same | log_degree_min, d, k = 2, starts = 4)
}

test_that("coefficients can be set", {
  fit <- ppi_fit()
  expect_equal(set_coefficients(fit, coef(fit)), fit)
  moved <- coef(fit) + seq_along(coef(fit)) / 100
  expect_equal(coef(set_coefficients(fit, moved)), moved)
  one <- set_coefficients(fit, moved[3])
  expect_equal(coef(one)[-3], coef(fit)[-3])
})

test_that("a fit survives being saved, without the training data, in a fresh session", {
  fit <- moelogit(Species ~ poly(Sepal.Length, 2) | Sepal.Width, iris, k = 2, starts = 4,
                  keep_data = FALSE)
  new <- iris[c(1, 60, 120), 1:2]
  expected <- predict(fit, new, type = "prob")
  expect_identical(predict(unserialize(serialize(fit, NULL)), new, type = "prob"), expected)
  files <- tempfile(c("fit", "new", "prob"), fileext = ".rds")
  saveRDS(fit, files[1])
  saveRDS(new, files[2])
  expect_lt(file.size(files[1]), 20000)
  script <- tempfile(fileext = ".R")
  writeLines(c(
    sprintf(".libPaths(%s)", deparse1(.libPaths())),
    "library(moelogit)",
    sprintf("files <- %s", deparse1(files)),
    "saveRDS(predict(readRDS(files[1]), readRDS(files[2]), type = 'prob'), files[3])"
  ), script)
  status <- system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(script)))
  expect_equal(status, 0L)
  expect_equal(readRDS(files[3]), expected)
})

test_that("the derivatives of the class probabilities are right", {
  fit <- ppi_fit()
  design <- new_design(fit, fit$data$model_frame[1:5, ])
  own <- probability_jacobian(fit, design)
  free <- free_to_standard(fit, cbind(coef(fit)))
  expect_equal(own, central_differences(function(standard) {
    moved <- set_coefficients(fit, stats::setNames(
      drop(free_to_own(fit, cbind(standard))), names(coef(fit))
    ))
    as.vector(predict(moved, fit$data$model_frame[1:5, ], type = "prob"))
  }, drop(free)), tolerance = 1e-6, ignore_attr = TRUE)
})

test_that("emmeans averages class probabilities, with their covariance", {
  skip_if_not_installed("emmeans")
  fit <- ppi_fit()
  found <- as.data.frame(emmeans::emmeans(fit, ~ confidence | same))
  at <- data.frame(
    log_common = mean(fit$data$model_frame$log_common),
    log_degree_min = mean(fit$data$model_frame$log_degree_min), same = c("no", "yes")
  )
  expected <- predict(fit, at, type = "prob", se.fit = TRUE)
  order <- order(found$confidence, found$same)
  expect_equal(found$prob[order], as.vector(expected$fit))
  expect_equal(found$SE[order], as.vector(expected$se.fit))
  pairs <- as.data.frame(graphics::pairs(emmeans::emmeans(fit, ~ same | confidence)))
  expect_equal(pairs$estimate, unname(expected$fit[1, ] - expected$fit[2, ]))
})

test_that("emmeans takes terms that are functions of covariates, and offsets", {
  skip_if_not_installed("emmeans")
  set.seed(1)
  fit <- moelogit(Species ~ poly(Sepal.Length, 2), iris, k = 2, starts = 4,
                  offset = matrix(0.5, 150, 3))
  found <- as.data.frame(emmeans::emmeans(fit, ~Species, at = list(Sepal.Length = 6)))
  expected <- predict(fit, data.frame(Sepal.Length = 6), type = "prob",
                      newoffset = matrix(0, 1, 3))
  expect_equal(found$prob, as.vector(expected))
})

test_that("marginaleffects finds data, predictions and slopes", {
  skip_if_not_installed("marginaleffects")
  fit <- ppi_fit()
  found <- tryCatch(marginaleffects::avg_predictions(fit), error = function(e) {
    skip(paste("marginaleffects does not run here:", conditionMessage(e)))
  })
  expect_equal(found$estimate, unname(colMeans(predict(fit, type = "prob"))))
  slopes <- marginaleffects::avg_slopes(fit, variables = "log_common")
  h <- 1e-4
  moved <- fit$data$model_frame
  moved$log_common <- moved$log_common + h
  up <- predict(fit, moved, type = "prob")
  moved$log_common <- moved$log_common - 2 * h
  expect_equal(slopes$estimate, unname(colMeans(up - predict(fit, moved, type = "prob"))) / (2 * h),
               tolerance = 1e-3)
  expect_equal(as.character(slopes$group), fit$classes)
  rows <- data.frame(log_common = 1:2, same = "yes", log_degree_min = 2)
  expect_equal(marginaleffects::predictions(fit, newdata = rows)$std.error,
               as.vector(predict(fit, rows, type = "prob", se.fit = TRUE)$se.fit), tolerance = 1e-3)
})

test_that("parsnip has the engine", {
  skip_if_not_installed("parsnip")
  spec <- parsnip::set_engine(parsnip::multinom_reg(penalty = 0.5), "moelogit", k = 2, starts = 4)
  set.seed(1)
  fitted <- parsnip::fit(spec, Species ~ Sepal.Length | Sepal.Width, data = iris)
  set.seed(1)
  own <- moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, penalty = 0.5, starts = 4)
  expect_equal(coef(fitted$fit), coef(own))
  new <- iris[c(1, 51, 101), ]
  prob <- predict(fitted, new, type = "prob")
  expect_named(prob, paste0(".pred_", own$classes))
  expect_equal(as.matrix(prob), predict(own, new, type = "prob"), ignore_attr = TRUE)
  expect_equal(predict(fitted, new)$.pred_class, unname(predict(own, new)))
  expect_equal(nrow(predict(fitted, new[1, ], type = "prob")), 1)
  columns <- parsnip::fit_xy(spec, iris[1:2], iris$Species)
  expect_equal(nrow(predict(columns, iris[1:2])), 150)
})
