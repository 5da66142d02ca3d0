# marginaleffects 1.0 uses an operator that R has since 4.4.
local_null_default <- function(env = parent.frame()) {
  if (!exists("%||%", baseenv(), inherits = FALSE)) {
    attach(list(`%||%` = rlang::`%||%`), name = "null default", warn.conflicts = FALSE)
    leave <- quote(detach("null default", character.only = TRUE))
    do.call(on.exit, list(leave, add = TRUE), envir = env)
  }
}

test_that("marginaleffects finds data, predictions and slopes", {
  skip_if_not_installed("marginaleffects")
  local_null_default()
  fit <- ppi_fit()
  found <- marginaleffects::avg_predictions(fit)
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

test_that("marginaleffects takes the covariance that is asked for", {
  skip_if_not_installed("marginaleffects")
  skip_if_not_installed("sandwich")
  local_null_default()
  fit <- ppi_fit()
  rows <- data.frame(log_common = 1:2, same = "yes", log_degree_min = 2)
  errors <- function(vcov) marginaleffects::predictions(fit, newdata = rows, vcov = vcov)$std.error
  own <- function(matrix) {
    as.vector(predict(fit, rows, type = "prob", se.fit = TRUE, vcov. = matrix)$se.fit)
  }
  clusters <- rep(1:150, 10)
  by_cluster <- sandwich::vcovCL(fit, cluster = clusters)
  expect_equal(errors(by_cluster), own(by_cluster), tolerance = 1e-3)
  expect_equal(errors("sandwich"), own(vcov(fit, "sandwich")), tolerance = 1e-3)
  expect_equal(errors(function(m) vcov(m, "opg")), own(vcov(fit, "opg")), tolerance = 1e-3)

  d <- transform(iris, plot = rep(1:30, 5))
  set.seed(1)
  flowers <- moelogit(Species ~ Sepal.Width | Sepal.Length, d, k = 2, starts = 3)
  slopes <- function(vcov) {
    marginaleffects::avg_slopes(flowers, variables = "Sepal.Width", vcov = vcov)$std.error
  }
  expect_equal(slopes(~plot), slopes(sandwich::vcovCL(flowers, cluster = d$plot)))
  expect_false(isTRUE(all.equal(slopes(~plot), slopes(NULL), tolerance = 0.01)))
  expect_error(slopes("no such kind"))
})

test_that("who has an R before 4.4 hears what marginaleffects 1.0 needs", {
  skip_if_not_installed("marginaleffects", "1.0.0")
  expect_message(advise_marginaleffects(FALSE), "rlang", class = "moelogit_message_marginaleffects")
  expect_silent(advise_marginaleffects(TRUE))
  local_null_default()
  expect_silent(advise_marginaleffects())
})
