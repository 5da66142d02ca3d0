test_that("limits are named by their percentages", {
  expect_identical(interval_names(0.95), c("2.5 %", "97.5 %"))
  expect_identical(interval_names(0.9), c("5 %", "95 %"))
})

test_that("a level of 0 or 1, or no number, is an error", {
  expect_identical(check_level(0.5), 0.5)
  for (level in list(0, 1, "a", c(0.9, 0.95), NA)) {
    expect_error(check_level(level), class = "moelogit_error_argument")
  }
})

test_that("coefficients are chosen by name or number, and unknown ones named", {
  names <- c("a", "b", "c")
  expect_identical(chosen_coefficients(names), 1:3)
  expect_identical(chosen_coefficients(names, c("c", "a")), c(3L, 1L))
  expect_identical(chosen_coefficients(names, -1), 2:3)
  expect_error(chosen_coefficients(names, "d"), "d", class = "moelogit_error_argument")
  expect_error(chosen_coefficients(names, 4), class = "moelogit_error_argument")
})

test_that("coefficients are chosen by term, block, or a part of the name that is one term's", {
  names <- names(coef(quick_fit(y ~ x + f | z, fit_data(), k = 2)))
  fit <- quick_fit(y ~ x + f | z, fit_data(), k = 2)
  chosen <- function(parm) names[chosen_coefficients(names, parm, coefficient_terms(fit))]
  expect_identical(chosen("expert_1:mid:x"), "expert_1:mid:x")
  expect_identical(chosen("x"), paste0("expert_", c(1, 1, 2, 2), ":", c("mid", "high"), ":x"))
  expect_identical(chosen("f"), grep(":f[qr]$", names, value = TRUE))
  expect_identical(chosen("fq"), grep(":fq$", names, value = TRUE))
  expect_identical(chosen("gate"), names[1:2])
  expect_identical(chosen("gate_2"), names[1:2])
  expect_identical(chosen("expert_2:high"), grep("^expert_2:high:", names, value = TRUE))
  expect_identical(chosen("mid:f"), grep(":mid:f[qr]$", names, value = TRUE))
  expect_identical(chosen("Interc"), grep("Intercept", names, value = TRUE))
  expect_identical(chosen(c("z", "gate")), names[2:1])
  expect_error(chosen("mid"), class = "moelogit_error_argument")
  expect_error(chosen("nothing"), "nothing", class = "moelogit_error_argument")
  expect_identical(rownames(confint(fit, "z")), "gate_2:z")
  boot <- bootstrap(fit, R = 3, progress = FALSE)
  expect_identical(rownames(confint(boot, "f")), chosen("f"))
})

test_that("the wording of an unknown and of an ambiguous coefficient", {
  fit <- quick_fit(y ~ x + f | z, fit_data(), k = 2)
  expect_snapshot_output(show_errors(
    confint(fit, "nothing"), confint(fit, "mid"), confint(fit, 99)
  ))
})
