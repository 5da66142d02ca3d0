packages <- function(...) sprintf("suppressMessages(library(%s))", c(...))

fitting <- c(
  "set.seed(1)",
  "fit <- moelogit::moelogit(Species ~ Sepal.Length, iris, k = 2, starts = 3)"
)

test_that("ICL() and relabel() work whichever package was attached last", {
  skip_on_cran()
  skip_if_not_installed("flexmix")
  calls <- c(
    "other <- flexmix(Sepal.Width ~ Sepal.Length, data = iris, k = 2)",
    "list(icl = ICL(fit), first = relabel(fit, 2:1), named = relabel(fit, order = 2:1),",
    "     none = relabel(fit), own = moelogit::ICL(fit), theirs = ICL(other),",
    "     swapped = class(relabel(other, 2:1))[1])"
  )
  for (order in list(c("moelogit", "flexmix"), c("flexmix", "moelogit"))) {
    found <- in_new_session(c(packages(order), fitting, calls))
    expect_identical(found$icl, found$own)
    expect_equal(found$first, relabel(found$none, 2:1))
    expect_equal(found$named, found$first)
    expect_true(is.finite(found$theirs))
    expect_identical(found$swapped, "flexmix")
  }
})

test_that("R's generics work on a fit after flexmix has made them its own", {
  skip_on_cran()
  skip_if_not_installed("flexmix")
  calls <- c(
    "all <- list(predict(fit), predict(fit, iris[1:3, ], type = 'prob'), logLik(fit), nobs(fit),",
    "            fitted(fit), simulate(fit, seed = 1), summary(fit)$criteria, BIC(fit))"
  )
  bare <- in_new_session(c(packages("moelogit"), fitting, calls))
  expect_type(bare, "list")
  expect_identical(in_new_session(c(packages("moelogit", "flexmix"), fitting, calls)), bare)
})

test_that("calibration() works whichever package was attached last", {
  skip_if_not_installed("caret")
  calls <- c(
    "both <- list(a = fit, b = predict(fit, type = 'prob'))",
    "list(one = class(calibration(fit)), two = class(calibration(both, iris, y = iris$Species)))"
  )
  for (order in list(c("moelogit", "caret"), c("caret", "moelogit"))) {
    found <- in_new_session(c(packages(order), fitting, calls))
    expect_identical(found, list(one = "moelogit_calibration", two = "moelogit_calibration"))
  }
})

test_that("tidiers work whichever package was attached last", {
  skip_if_not_installed("broom")
  calls <- "list(tidy = nrow(tidy(fit)), glance = nrow(glance(fit)), augment = nrow(augment(fit)))"
  for (order in list(c("moelogit", "broom"), c("broom", "moelogit"))) {
    found <- in_new_session(c(packages(order), fitting, calls))
    expect_identical(found, list(tidy = 10L, glance = 1L, augment = 150L))
  }
})
