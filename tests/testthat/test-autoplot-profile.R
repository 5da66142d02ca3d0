test_that("who belongs to which expert keeps its look", {
  expect_picture("profile", autoplot(rounded_fit(), "profile"))
})

test_that("differences are drawn, those of the covariates by size", {
  fit <- rounded_fit()
  shown <- autoplot(fit, "profile")$data
  expect_setequal(shown$difference, expert_profile(fit)$difference)
  covariates <- shown[shown$part == "covariate", ]
  reach <- tapply(abs(covariates$difference), droplevels(covariates$row), max)
  expect_false(is.unsorted(-reach))
})

test_that("of many covariates those that differ most are shown", {
  profile <- expert_profile(rounded_fit())
  rows <- profile_rows(profile, 1L)
  reach <- with(profile[profile$part == "covariate", ], tapply(abs(difference), variable, max))
  expect_equal(unique(rows$variable[rows$part == "covariate"]), names(which.max(reach)))
  expect_match(attr(rows, "caption"), "1 of 2 covariates")
})
