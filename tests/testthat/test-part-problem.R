# All that a fit says of its optimum.
result_of <- function(fit) {
  unclass(fit)[setdiff(names(fit), c("formula", "terms", "call"))]
}

with_rows <- function(formula, data, ...) seeded_fit(formula, data, tol = 1e-13, ...)

# `happens()` before the nth time that the sums of parts are asked for.
at_sums <- function(n, happens, code) {
  plain <- ask_parts
  asked <- 0
  with_function("ask_parts", function(parts, ask, ...) {
    asked <<- asked + (ask == "part_sums")
    if (ask == "part_sums" && asked == n) happens()
    plain(parts, ask, ...)
  }, code)
}

test_that("a fit to rows on workers is the same with any number, and that of rows in memory", {
  skip_on_cran()
  data <- source_data(400L)
  data$w[c(2, 30:40)] <- 0
  data$twice <- 2 * data$x
  three <- fresh_workers(3)
  for (formula in list(y ~ x + f + twice | z + g, y ~ x + b + offset(cbind(0, o, -o)))) {
    fit <- function(from) suppressMessages(with_rows(formula, from, weights = w, subset = z < 3))
    memory <- fit(data)
    fits <- lapply(1:3, function(count) {
      fit(row_source(data, cluster = three[seq_len(count)], parts = 7))
    })
    expect_identical(result_of(fits[[2]]), result_of(fits[[1]]))
    expect_identical(result_of(fits[[3]]), result_of(fits[[1]]))
    expect_identical(vcov(fits[[3]]), vcov(fits[[1]]))
    from <- fits[[1]]
    for (what in list(coef, vcov, logLik, function(fit) fit$gate_mean, function(fit) fit$gram,
                      function(fit) summary(fit)$blocks)) {
      expect_equal(what(from), what(memory), tolerance = 1e-8)
    }
    expect_equal(predict(from, data, type = "prob"), predict(memory, data, type = "prob"))
    same <- c("columns", "xlevels", "contrasts", "assign", "classes", "df", "n", "converged")
    expect_identical(unclass(from)[same], unclass(memory)[same])
  }
})

test_that("with more rows than the starts use, they are those of rows in memory", {
  skip_on_cran()
  data <- source_data(400L)
  source <- row_source(data, cluster = two_workers(), parts = 3)
  with_function("short_row_limit", function(problem) 150L, {
    for (weighted in c(FALSE, TRUE)) {
      data$w[1:50] <- 0
      fit <- function(from) {
        if (!weighted) return(with_rows(y ~ x + f | z, from))
        with_rows(y ~ x + f | z, from, weights = w)
      }
      source <- row_source(data, cluster = two_workers(), parts = 3)
      from <- fit(source)
      memory <- fit(data)
      expect_equal(coef(from), coef(memory), tolerance = 1e-8)
      expect_equal(from$runs$short, memory$runs$short, tolerance = 1e-10)
    }
  })
})

test_that("the rows that are drawn are those asked for, of the right parts", {
  skip_on_cran()
  data <- data.frame(x = as.double(1:20), y = c("a", "b"), w = rep(c(1, 0, 2, 3), 5))
  source <- row_source(data, cluster = two_workers(), parts = 3)
  design <- part_design(quote(f(formula = y ~ x, weights = w)), globalenv(), source)
  problem <- build_problem(design, 2, moelogit_control())
  memory <- build_problem(
    model_design(quote(f(formula = y ~ x, data = data, weights = w)), environment()), 2,
    moelogit_control()
  )
  drawn <- function(problem, most) {
    set.seed(2)
    some <- some_rows(problem, most)
    c(some[c("response", "weight", "ridge")], list(x = unname(some$expert$x)))
  }
  for (most in c(5, 12, 20, 50)) expect_equal(drawn(problem, most), drawn(memory, most))
})

test_that("one expert, given coefficients, both curvatures, and plain steps are no exceptions", {
  skip_on_cran()
  data <- two_experts(120L)
  source <- row_source(data, cluster = two_workers(), parts = 3)
  set.seed(1)
  expect_equal(
    coef(moelogit(y ~ x, source, k = 1)), coef(moelogit(y ~ x, data, k = 1)), tolerance = 1e-6
  )
  start <- with_rows(y ~ x | z, data)[c("gate", "expert")]
  for (settings in list(list(), list(curvature = "loose"), list(method = "mm", max_iter = 30))) {
    fit <- function(from) {
      suppressWarnings(do.call(moelogit, c(list(y ~ x | z, from, k = 2, start = start), settings)))
    }
    expect_equal(fit(source)$trace[1], fit(data)$trace[1], tolerance = 1e-12)
    expect_equal(coef(fit(source)), coef(fit(data)), tolerance = 1e-6)
  }
  start$gate[1] <- 1e300
  expect_snapshot_output(show_errors(
    moelogit(y ~ x | z, source, k = 2, start = fit_start(120L)),
    moelogit(y ~ x | z, source, k = 2, start = start)
  ))
})

test_that("a worker that is killed changes nothing; when none is left, the best so far is there", {
  skip_on_cran()
  data <- two_experts(200L)
  fit <- function(from, ...) suppressMessages(with_rows(y ~ x | z, from, ...))
  zero <- lapply(fit(data)[c("gate", "expert")], function(coef) 0.3 * coef)
  three <- fresh_workers(3)
  pids <- attr(three, "pids")
  source <- row_source(data, cluster = three, parts = 6)
  right <- fit(source, start = zero)
  expect_gt(right$evaluations, 8)
  killed <- at_sums(4, function() tools::pskill(pids[2], tools::SIGKILL), fit(source, start = zero))
  expect_identical(result_of(killed), result_of(right))
  error <- tryCatch(
    at_sums(7, function() tools::pskill(pids, tools::SIGKILL), fit(source, start = zero)),
    error = identity
  )
  expect_s3_class(error, "moelogit_error_workers")
  expect_match(conditionMessage(error), "best coefficients so far")
  resumed <- fit(data, start = error$start)
  expect_gt(resumed$trace[1], right$trace[1] + 1)
  expect_equal(coef(resumed), coef(right), tolerance = 1e-7)
})

test_that("an interrupt gives what there is so far", {
  skip_on_cran()
  skip_on_os("windows")
  data <- two_experts(200L)
  source <- row_source(data, cluster = two_workers(), parts = 4)
  full <- with_rows(y ~ x | z, source)
  start <- lapply(full[c("gate", "expert")], function(coef) 0.3 * coef)
  expect_warning(
    fit <- at_sums(5, function() tools::pskill(Sys.getpid(), tools::SIGINT), {
      with_rows(y ~ x | z, source, start = start, on_interrupt = "return")
    }),
    class = "moelogit_warning_interrupted"
  )
  expect_true(fit$interrupted)
  expect_gt(full$loglik, fit$loglik)
  expect_identical(dim(suppressWarnings(vcov(fit))), rep(length(coef(fit)), 2L))
})

test_that("a checkpoint of rows on workers is that of all of them", {
  skip_on_cran()
  data <- two_experts(200L)
  file <- tempfile(fileext = ".rds")
  source <- row_source(data, cluster = two_workers(), parts = 2)
  with_function("short_row_limit", function(problem) 100L, {
    fit <- with_rows(y ~ x | z, source, checkpoint = file)
  })
  again <- with_rows(y ~ x | z, source, start = file)
  expect_equal(again$trace[1], fit$objective, tolerance = 1e-12)
  unlink(file)
})

test_that("a selection is the same with any number of workers, and that of rows in memory", {
  skip_on_cran()
  data <- two_experts(240L)
  data$w <- rep(c(1, 2, 0), 80)
  three <- fresh_workers(3)
  select <- function(from, k_max = 3L) {
    set.seed(3)
    suppressMessages(select_experts(y ~ x + z | x, from, k_max = k_max, weights = w, starts = 4))
  }
  compare <- function(from, memory) {
    expect_identical(from$k, memory$k)
    expect_identical(from$experts, memory$experts)
    expect_equal(from$table, memory$table, tolerance = 1e-6)
    expect_equal(from$dendrogram$height, memory$dendrogram$height, tolerance = 1e-4)
  }
  memory <- select(data)
  expect_identical(memory$k, 2L)
  found <- lapply(1:3, function(count) {
    select(row_source(data, cluster = three[seq_len(count)], parts = 4))
  })
  said <- function(choice) {
    list(choice$table, lapply(choice$fits, result_of), choice$dendrogram$height, choice$published)
  }
  expect_identical(said(found[[2]]), said(found[[1]]))
  expect_identical(said(found[[3]]), said(found[[1]]))
  compare(found[[1]], memory)
  # a worker that dies in a merge
  ended <- FALSE
  end <- function() ended <<- tools::pskill(attr(three, "pids")[2], tools::SIGKILL)
  killed <- at_sums(12, end, select(row_source(data, cluster = three, parts = 4)))
  expect_true(ended)
  expect_identical(said(killed), said(found[[1]]))
  three <- three[c(1, 3)]
  # short runs, merges and searches on some of the rows; the blocks of single logits
  some <- function(code) {
    few <- function(problem, ...) 150L
    with_function("merge_rows", few, with_function("settle_rows", few, {
      with_function("short_row_limit", few, with_function("is_small", function(...) FALSE, code))
    }))
  }
  some(compare(select(row_source(data, cluster = three, parts = 4)), select(data)))
})

test_that("a level of rows on workers is replaced by a better fit, its experts in their places", {
  skip_on_cran()
  data <- two_experts(240L)
  asked <- function(from) {
    call <- quote(select_experts(formula = y ~ x + z | x, data = from))
    design <- if (is.data.frame(from)) model_design(call, environment()) else
      part_design(call, environment(), from)
    list(design = design, control = moelogit_control(starts = 4), call = call)
  }
  replaced <- function(from) {
    set.seed(2)
    path <- polished_path(asked(from), 3L, "curvature")
    replace_level(path, relabel(path$fits[[2L]], 2:1))
  }
  there <- replaced(row_source(data, cluster = two_workers(), parts = 3))
  here <- replaced(data)
  expect_equal(there$fits[[2]]$gate_mean, here$fits[[2]]$gate_mean, tolerance = 1e-6)
  expect_equal(there$height, here$height, tolerance = 1e-5)
})

test_that("a selection lacks of rows on workers what it lacks of any source", {
  skip_on_cran()
  data <- two_experts(120L)
  choose <- function(from) {
    set.seed(1)
    suppressMessages(select_experts(y ~ x, from, k_max = 2, starts = 2))
  }
  source <- row_source(data, cluster = two_workers(), parts = 2)
  choices <- list(choose(source), choose(row_source(data)))
  expect_equal(
    predict(choices[[1]], source, type = "prob", average = TRUE),
    predict(choices[[2]], data, type = "prob", average = TRUE), tolerance = 1e-6
  )
  refused <- function(verb) {
    for (choice in choices) expect_error(verb(choice), class = "moelogit_error_no_data")
  }
  for (verb in list(fitted, residuals, simulate, model.matrix, ICL, augment, predict,
                    function(choice) bootstrap(choice, R = 2),
                    function(choice) test_experts(choice, B = 2))) {
    refused(verb)
  }
})

test_that("coefficients are held fixed also where the rows are on workers", {
  skip_on_cran()
  data <- two_experts(240L)
  held <- data.frame(
    component = c("expert", "gate"), expert = 2, term = c("x", "(Intercept)"), value = c(0, 0.3)
  )
  three <- fresh_workers(3)
  fit <- function(from, ...) with_rows(y ~ x + z | x, from, fixed = held, ...)
  memory <- fit(data)
  fits <- lapply(c(1, 3), function(count) {
    fit(row_source(data, cluster = three[seq_len(count)], parts = 5))
  })
  expect_identical(result_of(fits[[2]]), result_of(fits[[1]]))
  at <- fixed_at(memory$frame, memory$fixed)
  expect_equal(unname(coef(fits[[1]])[at]), memory$fixed$value)
  for (what in list(coef, vcov, logLik, function(fit) fit$fixed)) {
    expect_equal(what(fits[[1]]), what(memory), tolerance = 1e-7)
  }
  huge <- transform(held[1, ], value = 1e300)
  expect_error(
    moelogit(y ~ x + z | x, row_source(data, cluster = three, parts = 2), k = 2, fixed = huge),
    class = "moelogit_error_fixed"
  )
})
