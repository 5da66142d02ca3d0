test_that("a selection, a sweep and a cross-validation answer the generics of their fit", {
  skip_on_cran()
  skip_if_not_installed("sandwich")
  set.seed(1)
  selection <- select_experts(Species ~ Sepal.Length | Sepal.Width, iris, k_max = 2, starts = 3)
  sweep <- sweep_experts(Species ~ Sepal.Length | Sepal.Width, iris, k_max = 2, starts = 3)
  cv <- cv_moelogit(Species ~ Sepal.Length | Sepal.Width, iris, k = 1:2, penalty = c(0.1, 1),
                    folds = 3, starts = 3)
  for (held in list(selection, sweep, cv)) {
    fit <- held$fit
    generics <- list(
      coef = coef, fitted = fitted, residuals = residuals, logLik = logLik, nobs = nobs, BIC = BIC,
      AIC = AIC, deviance = deviance, df.residual = df.residual, vcov = vcov, ICL = ICL,
      augment = augment, formula = formula, terms = terms, frame = model.frame,
      matrix = model.matrix
    )
    # that of a selection is of the number of experts
    if (inherits(held, "cv_moelogit")) generics$confint <- confint
    for (name in names(generics)) {
      expect_equal(generics[[name]](held), generics[[name]](fit), info = name)
      expect_false(is.null(generics[[name]](held)), info = name)
    }
    expect_equal(simulate(held, seed = 1), simulate(fit, seed = 1))
    expect_equal(coef(held, "gate"), coef(fit, "gate"))
    expect_equal(vcov(held, type = "sandwich"), vcov(fit, type = "sandwich"))
    expect_identical(tidy(held), held$table)
    expect_equal(nrow(glance(held)), 1)
    expect_equal(augment(held, newdata = iris[1:3, ]), augment(fit, newdata = iris[1:3, ]))
    expect_error(fitted(held, "no such type"), class = "moelogit_error_argument")
  }
})

test_that("an interrupted one has no fit to answer with", {
  none <- structure(list(fit = NULL), class = "moelogit_selection")
  expect_error(coef(none), class = "moelogit_error_no_fit")
})
