# Every verb, called with the same model; the least work that it can do.
verbs <- function(..., data, k = 1L) {
  list(
    moelogit = function(...) moelogit(..., k = k),
    select_experts = function(...) select_experts(..., k_max = 2L, starts = 2L),
    sweep_experts = function(...) sweep_experts(..., k_max = 1L),
    cv_moelogit = function(...) cv_moelogit(..., k = 1L, penalty = 1, folds = 2L)
  )
}
fit_of <- function(x) if (inherits(x, "moelogit")) x else x$fit

test_that("weights, subset and offset come through the dots of a wrapper", {
  data <- fit_data(60)
  u <- runif(60, 0.5, 2)
  for (verb in verbs()) {
    set.seed(1)
    wrapped <- fit_of(suppressMessages(verb(y ~ x, data, weights = u, subset = z > -1)))
    expect_equal(nobs(wrapped), sum(u[data$z > -1]))
  }
})

test_that("the call is kept as the user can write it again, whatever method ran", {
  data <- fit_data(60)
  x <- as.matrix(data[c("x", "z")])
  set.seed(1)
  objects <- suppressMessages(list(
    moelogit = moelogit(y ~ x, data, k = 1), select_experts = select_experts(x, data$y, k_max = 2),
    sweep_experts = sweep_experts(y ~ x, data, k_max = 1),
    cv_moelogit = cv_moelogit(x, data$y, k = 1, penalty = 1, folds = 2)
  ))
  for (verb in names(objects)) {
    expect_identical(as.character(objects[[verb]]$call[[1L]]), verb)
    expect_identical(as.character(fit_of(objects[[verb]])$call[[1L]]), "moelogit")
  }
  again <- suppressMessages(update(objects$select_experts, k_max = 3))
  expect_s3_class(again, "moelogit_selection")
  expect_identical(again$k_max, 3L)
  expect_s3_class(update(objects$cv_moelogit, folds = 3), "cv_moelogit")
  expect_equal(coef(eval(fit_of(objects$cv_moelogit)$call)), coef(objects$cv_moelogit))
})

test_that("a control is checked by every verb, settings too", {
  data <- fit_data(40)
  for (verb in verbs()) {
    control <- function(...) suppressMessages(verb(y ~ x, data, ...))
    expect_error(control(control = list()), class = "moelogit_error_argument")
    expect_error(control(no_such_setting = 1), "no_such_setting", class = "moelogit_error_argument")
    expect_error(control(pen = 1), class = "moelogit_error_argument")
  }
  expect_error(cv_moelogit(y ~ x, data, control = moelogit_control(), starts = 2),
               "not both", class = "moelogit_error_argument")
  set.seed(2)
  cv <- cv_moelogit(y ~ x, data, k = 1, penalty = 1, folds = 2,
                    control = moelogit_control(tol = 1e-6))
  expect_identical(cv$fit$control$tol, 1e-6)
})

test_that("x without y, and no data at all, are errors of every verb", {
  x <- as.matrix(fit_data(40)[c("x", "z")])
  for (verb in verbs()) expect_error(verb(x), "y", class = "moelogit_error_argument")
})

# The core sees an interrupt after `after` reports.
interrupting <- function(after, code) {
  reports <- 0
  with_function("ascend_runs", function(problem, options, theta, threads, progress) {
    reports <<- reports + 1
    runs <- core_ascend(problem, theta, options, threads, NULL)
    if (reports > after) runs[[length(runs)]]$interrupted <- TRUE
    runs
  }, code)
}

test_that("an interrupt returns what is done, marked, when asked for", {
  data <- two_experts(150)
  back <- moelogit_control(on_interrupt = "return", starts = 2L, progress = FALSE)
  set.seed(1)
  expect_warning(
    fit <- interrupting(0, moelogit(y ~ x, data, k = 2, control = back)),
    class = "moelogit_warning_interrupted"
  )
  expect_true(fit$interrupted)
  set.seed(1)
  expect_warning(
    choice <- interrupting(6, select_experts(y ~ x + z, data, k_max = 4, control = back)),
    class = "moelogit_warning_interrupted"
  )
  expect_true(choice$interrupted)
  done <- !is.na(choice$table$loglik)
  expect_true(any(done) && !all(done))
  expect_named(choice$fits, as.character(choice$table$k[done]))
  expect_true(choice$k %in% choice$table$k[done])
  expect_output(print(choice), "Interrupted")
  expect_warning(
    sweep <- interrupting(2, sweep_experts(y ~ x + z, data, k_max = 3, control = back)),
    class = "moelogit_warning_interrupted"
  )
  expect_true(sweep$interrupted)
  expect_true(anyNA(sweep$table$loglik))
  expect_warning(
    cv <- interrupting(
      5, cv_moelogit(y ~ x, data, k = 1, penalty = 1:2, folds = 3, control = back)
    ),
    class = "moelogit_warning_interrupted"
  )
  expect_true(cv$interrupted)
  expect_lt(ncol(cv$fold_logloss), 3L)
})

test_that("an interrupt stops everything by default", {
  data <- two_experts(150)
  for (verb in verbs()) {
    expect_condition(
      tryCatch(
        interrupting(0, suppressMessages(verb(y ~ x, data, progress = FALSE))),
        interrupt = function(i) rlang::signal("stopped", "stopped")
      ),
      class = "stopped"
    )
  }
})
