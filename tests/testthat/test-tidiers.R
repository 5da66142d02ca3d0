fit_of <- function(...) {
  set.seed(1)
  moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 2, starts = 4, ...)
}

test_that("tidy() is coef() and vcov() in a data frame", {
  fit <- fit_of()
  table <- tidy(fit, conf.int = TRUE, conf.level = 0.9)
  expect_named(table, c(
    "component", "expert", "class", "term", "estimate", "std.error", "statistic", "p.value",
    "conf.low", "conf.high"
  ))
  label <- with(table, ifelse(
    component == "gate", paste0("gate_", expert, ":", term),
    paste0("expert_", expert, ":", class, ":", term)
  ))
  expect_equal(stats::setNames(table$estimate, label), coef(fit))
  expect_equal(table$std.error, unname(sqrt(diag(vcov(fit)))))
  expect_equal(unname(as.matrix(table[c("conf.low", "conf.high")])),
               unname(confint(fit, level = 0.9)))
  expect_equal(table$p.value, 2 * pnorm(-abs(table$estimate / table$std.error)))
  ratio <- tidy(fit, conf.int = TRUE, conf.level = 0.9, exponentiate = TRUE)
  expect_equal(ratio$conf.low, exp(table$conf.low))
  expect_equal(ratio$std.error, table$std.error)
  expect_equal(tidy(fit, type = "opg")$std.error, unname(sqrt(diag(vcov(fit, type = "opg")))))
})

test_that("tidy() takes one expert, two classes and aliased columns", {
  fit <- moelogit(am ~ wt, mtcars, k = 1)
  table <- tidy(fit)
  expect_equal(table$term, c("(Intercept)", "wt"))
  expect_equal(table$component, rep("expert", 2))
  twice <- suppressMessages(moelogit(am ~ wt + I(2 * wt), mtcars, k = 1))
  expect_equal(is.na(tidy(twice)$estimate), c(FALSE, FALSE, TRUE))
  expect_equal(tidy(twice)$std.error[1:2], table$std.error, tolerance = 1e-6)
})

test_that("without the data there are no standard errors", {
  fit <- fit_of(keep_data = FALSE)
  expect_warning(table <- tidy(fit), class = "moelogit_warning_no_data")
  expect_true(all(is.na(table$std.error)))
  expect_equal(table$estimate, unname(coef(fit)))
  expect_true(is.na(glance(fit)$ICL))
})

test_that("glance() is one row of criteria", {
  fit <- fit_of()
  row <- glance(fit)
  expect_equal(dim(row), c(1L, 12L))
  expect_equal(unlist(row[c("logLik", "AIC", "BIC", "ICL", "nobs", "df")], use.names = FALSE),
               c(logLik(fit), AIC(fit), BIC(fit), ICL(fit), 150, fit$df))
})

test_that("augment() adds to the data what the model says of them", {
  fit <- fit_of()
  rows <- augment(fit)
  expect_equal(nrow(rows), 150)
  expect_equal(rows$.fitted, unname(predict(fit)))
  expect_equal(unname(as.matrix(rows[paste0(".prob_", fit$classes)])), unname(fitted(fit)))
  posterior <- predict(fit, type = "posterior")
  expect_equal(rows$.posterior, unname(apply(posterior, 1, max)))
  expect_equal(as.character(rows$.expert), colnames(posterior)[max.col(posterior, "first")])

  whole <- augment(fit, data = iris)
  expect_equal(whole[names(iris)], iris)
  expect_equal(whole[names(rows)], rows, ignore_attr = TRUE)
  expect_named(augment(fit, newdata = iris[2:1, 1:2]),
               c(names(iris)[1:2], ".fitted", paste0(".prob_", fit$classes)))
  expect_equal(dim(augment(fit, newdata = iris[7, ])), c(1L, 11L))
})

test_that("augment() keeps rows with missing values in step", {
  d <- iris
  d$Sepal.Length[c(2, 5)] <- NA
  set.seed(1)
  fit <- moelogit(Species ~ Sepal.Length, d, k = 2, na.action = na.exclude, starts = 4)
  expect_equal(nrow(augment(fit)), 148)
  whole <- augment(fit, data = d)
  expect_equal(which(is.na(whole$.fitted)), c(2L, 5L))
  expect_equal(which(is.na(whole$.expert)), c(2L, 5L))
  expect_equal(whole$.prob_setosa[-c(2, 5)], augment(fit)$.prob_setosa)
})

test_that("augment() takes fits to matrices, sparse ones and counts too", {
  x <- as.matrix(iris[1:2])
  z <- cbind(x[, 1, drop = FALSE], w = iris[[3]])
  set.seed(1)
  fit <- moelogit(x, iris$Species, k = 2, z = z, starts = 4)
  rows <- augment(fit)
  expect_equal(names(rows)[1:4], c(colnames(x), "w", "y"))
  expect_equal(rows$w, iris[[3]])
  sparse <- moelogit(methods::as(x, "dgCMatrix"), iris$Species, k = 2, starts = 4)
  expect_equal(augment(sparse)$Sepal.Width, iris$Sepal.Width)
  counts <- outer(as.integer(iris$Species), 1:3, `==`) + 1
  several <- moelogit(x, counts, k = 2, starts = 4)
  expect_equal(augment(several)$.posterior,
               unname(apply(predict(several, type = "posterior"), 1, max)))
})
