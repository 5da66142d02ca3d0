holes <- function() {
  set.seed(1)
  d <- transform(iris, f = factor(sample(c("a", "b"), 150, TRUE)), l = runif(150) > 0.5)
  d$Sepal.Length[1:40] <- NA
  d$Sepal.Width[1:40] <- NA
  d$Petal.Width[20:70] <- NA
  d$f[5:15] <- NA
  d$l[7:18] <- NA
  d
}

test_that("what is missing gets the mean, and a column that says so in experts and gate", {
  d <- holes()
  got <- design(Species ~ Sepal.Length + Petal.Width | Petal.Width, d, na.action = na_indicate)
  gap <- as.double(is.na(d$Petal.Width))
  by_hand <- cbind(
    1, ifelse(is.na(d$Sepal.Length), mean(d$Sepal.Length, na.rm = TRUE), d$Sepal.Length),
    ifelse(gap == 1, mean(d$Petal.Width, na.rm = TRUE), d$Petal.Width),
    is.na(d$Sepal.Length), gap
  )
  expect_equal(got$x, by_hand, ignore_attr = TRUE)
  expect_identical(got$columns$expert, c(
    "(Intercept)", "Sepal.Length", "Petal.Width", "Sepal.Length(missing)", "Petal.Width(missing)"
  ))
  expect_equal(got$z, by_hand[, c(1, 3, 5)], ignore_attr = TRUE)
  expect_equal(got$assign, list(expert = c(0, 1, 2, 1, 2), gate = c(0, 1, 1)))
  expect_equal(got$n, 150)
})

test_that("variables missing in the same rows share a column, also where the other is not", {
  d <- holes()
  got <- design(Species ~ Sepal.Length * Sepal.Width | Sepal.Width, d, na.action = na_indicate)
  expect_identical(got$columns$expert[4:5], c("Sepal.Length:Sepal.Width", "Sepal.Length(missing)"))
  expect_identical(got$columns$gate, c("(Intercept)", "Sepal.Width", "Sepal.Length(missing)"))
  expect_equal(got$x[, 4], got$x[, 2] * got$x[, 3])
  # a variable taken out again has no column
  out <- design(Species ~ . - Petal.Width - f - l, d, na.action = na_indicate)
  expect_false("Petal.Width(missing)" %in% out$columns$expert)
})

test_that("factors get a level, logical values a column, bases their mean", {
  d <- transform(holes(), o = factor(f, ordered = TRUE), ch = as.character(f))
  got <- design(Species ~ f + o + ch + l + splines::ns(Petal.Width, 2), d,
                na.action = na_indicate)
  expect_identical(got$columns$expert, c(
    "(Intercept)", "fb", "f(missing)", "ob", "o(missing)", "chb", "ch(missing)", "lTRUE",
    "splines::ns(Petal.Width, 2)1", "splines::ns(Petal.Width, 2)2", "l(missing)",
    "splines::ns(Petal.Width, 2)(missing)"
  ))
  for (name in c("f(missing)", "o(missing)", "ch(missing)")) {
    expect_equal(got$x[, name], as.double(is.na(d$f)))
  }
  expect_equal(got$x[, "lTRUE"], as.double(d$l %in% TRUE))
  gap <- is.na(d$Petal.Width)
  basis <- got$x[, "splines::ns(Petal.Width, 2)1"]
  expect_equal(unique(basis[gap]), mean(basis[!gap]))
  expect_identical(got$xlevels$f, c("a", "b", "(missing)"))
})

test_that("new rows are filled as those of the fit, whichever of them lack what", {
  d <- holes()
  fit <- design(Species ~ Sepal.Length + Petal.Width + f + l | splines::ns(Sepal.Width, 2), d,
                na.action = na_indicate)
  again <- new_design(fit, d)
  expect_equal(again$x, fit$x)
  expect_equal(again$z, fit$z)
  some <- new_design(fit, d[c(8, 60), ])
  expect_equal(some$x, fit$x[c(8, 60), ])
  none <- new_design(fit, d[0, ])
  expect_identical(colnames(none$x), colnames(fit$x))
  lost <- new_design(fit, data.frame(
    Sepal.Length = NA, Petal.Width = NA, Sepal.Width = c(NA, 3), f = NA, l = NA
  ))
  expect_identical(lost$complete, c(TRUE, TRUE))
  expect_equal(lost$x[, c("f(missing)", "l(missing)", "Petal.Width(missing)")], matrix(1, 2, 3),
               ignore_attr = TRUE)
})

test_that("without gaps it changes nothing, and gaps that the fit had not seen are NA", {
  plain <- design(Species ~ Sepal.Length, iris)
  same <- design(Species ~ Sepal.Length, iris, na.action = na_indicate)
  expect_identical(same$x, plain$x)
  expect_null(same$filled)
  d <- holes()
  fit <- design(Species ~ Petal.Length + Petal.Width, d, na.action = na_indicate)
  new <- new_design(fit, data.frame(Petal.Length = c(NA, 1), Petal.Width = NA_real_))
  expect_identical(new$complete, c(FALSE, TRUE))
})

test_that("rows without response, weight or offset are left out", {
  d <- transform(holes(), w = 1, o = 0)
  d$Species[3] <- NA
  d$w[4] <- NA
  d$o[5] <- NA
  got <- design(Species ~ Petal.Width + offset(cbind(0, 0, o)), d, weights = w,
                na.action = na_indicate)
  expect_identical(as.integer(got$na_action), 3:5)
  expect_identical(got$n, 147L)
  expect_equal(got$x[, 3], as.double(is.na(d$Petal.Width[-(3:5)])))
})

test_that("fits, selections, cross-validations and bags predict rows with gaps", {
  d <- holes()
  formula <- Species ~ Petal.Length + Petal.Width
  fit <- quick_fit(formula, d, k = 2, na.action = na_indicate)
  prob <- predict(fit, d, type = "prob")
  expect_equal(prob, fitted(fit))
  filled <- transform(
    d, gap = as.double(is.na(Petal.Width)),
    Petal.Width = ifelse(is.na(Petal.Width), mean(Petal.Width, na.rm = TRUE), Petal.Width)
  )
  by_hand <- quick_fit(Species ~ Petal.Length + Petal.Width + gap, filled, k = 2, start = fit)
  expect_equal(fitted(by_hand), prob, tolerance = 1e-6)
  set.seed(2)
  cv <- cv_moelogit(formula, d, k = 1, penalty = c(0.1, 1), folds = 2, na.action = na_indicate)
  bag <- bag_moelogit(formula, d, k = 1, penalty = 1, members = 2, na.action = na_indicate)
  choice <- select_experts(formula, d, k_max = 2, starts = 3, na.action = na_indicate)
  for (object in list(cv, bag, choice)) {
    expect_equal(rowSums(predict(object, d, type = "prob")), rep(1, 150), ignore_attr = TRUE)
  }
  expect_identical(nrow(permutation_importance(cv, d)), 2L)
})

test_that("methods know the columns: terms, profiles, pictures, marginal means", {
  skip_on_cran()
  d <- holes()
  fit <- quick_fit(Species ~ Petal.Length + Petal.Width + f, d, k = 2, na.action = na_indicate)
  expect_identical(column_terms(fit, "expert"), c(
    "(Intercept)", "Petal.Length", "Petal.Width", "f", "f", "Petal.Width"
  ))
  profile <- expert_profile(fit)
  expect_equal(profile$overall[profile$variable == "Petal.Width(missing)"],
               rep(mean(is.na(d$Petal.Width)), 2))
  expect_equal(profile$overall[profile$level %in% "(missing)"], rep(mean(is.na(d$f)), 2))
  expect_draws(autoplot(fit))
  expect_draws(autoplot(fit, "class"))
  expect_equal(nrow(covariate_data(fit, NULL)), 150)
  expect_false(anyNA(model.matrix(fit)))
  skip_if_not_installed("emmeans")
  means <- as.data.frame(emmeans::emmeans(fit, ~ f | Species))
  expect_false(anyNA(means$prob))
})

test_that("it is refused elsewhere, and a variable needs some value", {
  expect_snapshot_output(show_errors(
    na_indicate(iris),
    moelogit(Species ~ Sepal.Length + empty, transform(iris, empty = NA_real_), k = 1,
             na.action = na_indicate)
  ))
})
