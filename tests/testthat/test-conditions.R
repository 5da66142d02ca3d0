test_that("each condition has the class of its kind", {
  expect_error(moe_abort("No.", "kind"), class = "moelogit_error_kind")
  expect_error(moe_abort("No.", "kind"), class = "moelogit_error")
  expect_warning(moe_warn("Hm.", "kind"), class = "moelogit_warning_kind")
  expect_message(moe_inform("So.", "kind"), class = "moelogit_message_kind")
})

test_that("messages are interpolated where they are written", {
  f <- function(value) moe_abort("It is {.val {value}}.", "kind")
  expect_error(f("odd {thing}"), "odd {thing}", fixed = TRUE)
})

test_that("an error names the function that the user called", {
  inner <- function(k) lapply(k, check_count, arg = "k")
  outer <- function(k, control) {
    force(control)
    inner(k)
  }
  settings <- function(p = 1) check_number(p, "p", min = 0)
  home <- environment(user_frame)
  environment(inner) <- environment(settings) <- home
  environment(outer) <- list2env(list(inner = inner), parent = home)
  origin <- function(code) conditionCall(tryCatch(code, error = identity))
  expect_identical(origin(inner(0))[[1L]], quote(inner))
  expect_identical(origin(outer(1, settings(-1)))[[1L]], quote(settings))
})

# Evaluates `code` where an endless loop would not end it by itself.
expect_stops <- function(code, class = "moelogit_error", origin = NULL) {
  setTimeLimit(elapsed = 20, transient = TRUE)
  on.exit(setTimeLimit())
  error <- tryCatch(code, error = identity)
  while (inherits(error, "rlang_error") && inherits(error$parent, "rlang_error")) {
    error <- error$parent
  }
  expect_s3_class(error, class)
  if (!is.null(origin)) expect_identical(as.character(conditionCall(error)[[1L]]), origin)
}

test_that("an error reaches the user from wherever the function was called", {
  d <- fit_data()
  expect_stops(moelogit(y ~ x, d), origin = "moelogit")
  expect_stops(do.call(moelogit, list(y ~ x, d, k = 0)))
  expect_stops(do.call("moelogit", list(y ~ x, quote(d), k = 0)), origin = "moelogit")
  expect_stops(lapply(0, function(k) moelogit(y ~ x, d, k = k)), origin = "moelogit")
  expect_stops(lapply(list(d), moelogit, formula = y ~ x, k = 0))
  expect_stops(with(d, moelogit(y ~ x, k = 0)), origin = "moelogit")
  expect_stops(eval(quote(moelogit(y ~ x, d)), list(d = d)), origin = "moelogit")
  expect_stops(evalq(moelogit(y ~ x, d), list2env(list(d = d))), origin = "moelogit")
  expect_stops(local(moelogit(y ~ x, d)), origin = "moelogit")
  expect_stops(withCallingHandlers(tryCatch(moelogit(y ~ x, d), warning = identity)),
               origin = "moelogit")
  expect_stops((\(...) moelogit(...))(y ~ x, d), origin = "moelogit")
  expect_stops(Reduce(function(a, k) moelogit(y ~ x, d, k = k), 0, 1), origin = "moelogit")
})

test_that("an error reaches the user from under a data mask of rlang", {
  skip_on_cran()
  d <- fit_data()
  fit <- quick_fit(y ~ x + f, d, k = 1)
  new <- data.frame(x = 1, f = "no such level")
  under <- function(quosure, origin) {
    expect_stops(rlang::eval_tidy(quosure), origin = origin)
    expect_stops(rlang::eval_tidy(quosure, list(unrelated = 1)), origin = origin)
    expect_stops(rlang::eval_tidy(quosure, data.frame(d)), origin = origin)
  }
  under(rlang::quo(moelogit(y ~ x, d)), "moelogit")
  under(rlang::quo(moelogit(y ~ x, d, k = 1, control = moelogit_control(tol = -1))),
        "moelogit_control")
  under(rlang::quo(predict(fit, new)), "predict")
  under(rlang::quo(lapply(1, function(i) predict(fit, new))), "predict")
  under(rlang::quo(select_experts(y ~ x, d, k_max = 1)), "select_experts")
  expect_stops(rlang::inject(moelogit(y ~ x, !!d, k = 0)))
  expect_stops(rlang::exec("moelogit", y ~ x, d, k = 0))
})

test_that("an error reaches the user from the verbs of dplyr, purrr and a future", {
  d <- fit_data()
  fit <- quick_fit(y ~ x + f, d, k = 1)
  if (requireNamespace("purrr", quietly = TRUE)) {
    expect_stops(purrr::map(0, ~ moelogit(y ~ x, d, k = .x)), origin = "moelogit")
    expect_stops(purrr::map(list(d), moelogit, formula = y ~ x, k = 0))
  }
  if (requireNamespace("dplyr", quietly = TRUE)) {
    new <- data.frame(x = 1, f = "no such level")
    expect_stops(dplyr::summarise(new, p = predict(fit, new)), origin = "predict")
    expect_stops(dplyr::mutate(new, p = predict(fit, data.frame(x, f))),
                 origin = "predict")
    expect_stops(dplyr::summarise(dplyr::group_by(d, f), coef(moelogit(y ~ x, k = 0))),
                 origin = "moelogit")
  }
  if (requireNamespace("future", quietly = TRUE)) {
    later <- future::future(moelogit(y ~ x, d, k = 0), packages = "moelogit")
    expect_stops(future::value(later), origin = "moelogit")
  }
})

test_that("an error reaches the user from the method of another package", {
  d <- fit_data()
  method <- function(x, ...) UseMethod("method")
  method.formula <- function(x, ...) moelogit(x, ...) # nolint: object_name_linter.
  expect_stops(method(y ~ x, d), origin = "moelogit")
})

test_that("checks return the value in its canonical type", {
  expect_identical(check_count(3, "k"), 3L)
  expect_identical(check_count(0, "k", min = 0L), 0L)
  expect_identical(check_number(2L, "x"), 2)
  expect_identical(check_flag(c(a = TRUE), "x"), TRUE)
  expect_identical(check_choice(c("one", "two"), c("one", "two"), "x"), "one")
  expect_identical(check_choice("tw", c("one", "two"), "x"), "two")
  fit <- structure(list(), class = "moelogit")
  expect_identical(check_class(fit), fit)
})

test_that("checks refuse everything else", {
  skip_on_cran()
  for (bad in list(0, -1, 1.5, NA, NaN, Inf, "1", 1:2, NULL, list(1), matrix(1), TRUE, 3e9)) {
    expect_error(check_count(bad, "k"), class = "moelogit_error_argument")
  }
  for (bad in list(-0.1, 1.1, NA_real_, Inf, "1", 1:2, NULL)) {
    expect_error(check_number(bad, "x", 0, 1), class = "moelogit_error_argument")
  }
  for (bad in list(NA, 1, "TRUE", NULL, c(TRUE, FALSE))) {
    expect_error(check_flag(bad, "x"), class = "moelogit_error_argument")
  }
  for (bad in list("three", NA, 1, NULL, c("two", "one"))) {
    expect_error(check_choice(bad, c("one", "two"), "x"), class = "moelogit_error_argument")
  }
})

test_that("the wording of the checks", {
  expect_snapshot_output(show_errors(
    check_count(1.5, "k"),
    check_count("a{b}", "k"),
    check_count(-1, "k", min = 0L),
    check_count(9, "k", max = 5L),
    check_count(1:3, "k"),
    check_number(Inf, "tol"),
    check_number(-1, "tol", min = 0),
    check_number(2, "tol", min = 0, max = 1),
    check_number(NULL, "tol", max = 1),
    check_flag(matrix(TRUE, 2, 2), "progress"),
    check_flag(list(), "progress"),
    check_choice("newton", c("accelerated", "mm"), "method"),
    check_class(data.frame(), arg = "fit")
  ))
})

test_that("unknown arguments are errors", {
  skip_on_cran()
  fit <- quick_fit(y ~ x | z, fit_data(), k = 2)
  unknown <- list(
    predict, coef, fitted, residuals, vcov, confint, simulate, logLik, deviance, df.residual, ICL,
    relabel, model.matrix, model.frame, summary, tidy, glance, augment, anova, bootstrap,
    mixing_measure, mixing_dendrogram, print, formula, terms, nobs, extractAIC, drop1, autoplot
  )
  for (generic in unknown) {
    expect_error(generic(fit, no_such_argument = 1), class = "moelogit_error")
  }
  expect_error(predict(fit, data = fit_data()[1, ]), class = "moelogit_error_argument")
  local_reproducible_output()
  expect_snapshot_output(show_errors(
    predict(fit, fit_data()[1, ], threshold = 0.3), predict(fit, data = fit_data()),
    coef(fit, "gate", "reference", TRUE, 5), logLik(fit, REML = TRUE), vcov(fit, kind = "opg")
  ))
})

# What only other packages call, with arguments of their own.
interfaces <- c(
  "find_", "get_", "set_coef", "model_info", "recover_data", "emm_basis", "model_performance", "r2",
  "is_converged", "ellipsis_info"
)

test_that("no method drops the arguments that it does not know", {
  fail <- c(
    "mixing_dendrogram.default", "mixing_measure.default", "row_source.default", "vif.moelogit",
    "Effect.moelogit", "vcovHAC.moelogit"
  )
  home <- asNamespace("moelogit")
  methods <- getNamespaceInfo(home, "S3methods")
  methods <- methods[!grepl(paste0("^(", paste(interfaces, collapse = "|"), ")"), methods[, 1]), ]
  expect_gt(nrow(methods), 100)
  drops <- vapply(methods[, 3], function(name) {
    method <- get0(name, home)
    is.function(method) && "..." %in% names(formals(method)) &&
      !"..." %in% all.names(body(method))
  }, NA)
  # these read it through their frame (front-door.R), or do nothing but fail
  read <- grepl("^(moelogit|select_experts|sweep_experts|cv_moelogit|bag_moelogit)[.]",
                methods[, 3]) | methods[, 3] == "print.summary.moelogit_selection" |
    methods[, 3] %in% fail
  expect_identical(unname(methods[drops & !read, 3]), character())
})

test_that("what others give to every method is no error", {
  fit <- quick_fit(y ~ x | z, fit_data(), k = 2)
  expect_identical(nobs(fit, use.fallback = TRUE), nobs(fit))
  expect_error(nobs(fit, use.fallback = TRUE, other = 1), class = "moelogit_error_argument")
  expect_identical(stats::as.formula(fit), formula(fit))
  expect_s3_class(data.frame(mixing_measure(fit)), "data.frame")
  expect_error(as.data.frame(mixing_measure(fit), other = 1), class = "moelogit_error_argument")
})

test_that("what users of other packages write is answered", {
  local_reproducible_output()
  d <- fit_data()
  counted <- table(factor(seq_len(nrow(d))))
  expect_equal(quick_fit(y ~ x, d, k = 1, weights = counted)$nobs, nrow(d))
  expect_snapshot_output(show_errors(
    moelogit(y ~ x, d), moelogit(y ~ x, d, k = NULL), moelogit(y ~ x + (1 | f), d, k = 2),
    moelogit(y ~ x | z + (x || f), d, k = 2), moelogit(as.matrix(d["x"]), d$y)
  ))
})
