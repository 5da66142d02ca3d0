formulas <- list(
  y ~ x + f * z | x + g,
  y ~ x + b + factor(g) + offset(cbind(0, o, -o)),
  y ~ f - 1 | log(abs(z) + 1)
)

test_that("a fit to a source is that of a data frame to the last bit, from everywhere", {
  skip_on_cran()
  data <- source_data()
  # as a database has it
  data$b <- as.integer(data$b)
  file <- csv_of(data)
  sources <- list(
    row_source(data, chunk_rows = 64), row_source(rows_function(data)),
    row_source(file, chunk_rows = 100, levels = list(f = levels(data$f), y = levels(data$y)))
  )
  if (requireNamespace("RSQLite", quietly = TRUE)) {
    given <- list(f = levels(data$f), y = levels(data$y))
    sources <- c(sources, list(row_source(database_of(data), table = "rows", levels = given)))
  }
  for (formula in formulas) {
    memory <- seeded_fit(formula, data, weights = w, subset = z < 3)
    for (source in sources) {
      for (threads in 1:2) {
        fit <- seeded_fit(formula, source, weights = w, subset = z < 3, threads = threads)
        expect_same_bits(fit, memory)
        expect_identical(stats::vcov(fit), stats::vcov(memory))
      }
    }
  }
})

test_that("with more rows than the starts use, too", {
  data <- source_data(400L)
  source <- row_source(data, chunk_rows = 90)
  with_function("short_row_limit", function(problem) 150L, {
    expect_same_bits(seeded_fit(y ~ x + f | z, source), seeded_fit(y ~ x + f | z, data))
  })
})

test_that("contrasts, characters, ordered factors and classes without rows are as in memory", {
  skip_on_cran()
  data <- source_data()
  data$s <- factor(sample(c("s", "m", "l"), 700, TRUE), c("s", "m", "l", "xl"), ordered = TRUE)
  stats::contrasts(data$f) <- stats::contr.sum(3)
  data$y <- factor(data$y, c("none", levels(data$y)))
  source <- row_source(data, chunk_rows = 111)
  for (drop in c(TRUE, FALSE)) {
    fit <- function(data) {
      suppressMessages(seeded_fit(
        y ~ f + s + g | s, data, contrasts = list(g = "contr.helmert"), drop_unused = drop
      ))
    }
    expect_same_bits(fit(source), fit(data))
  }
  data$y <- as.character(data$y)
  expect_same_bits(seeded_fit(y ~ f, row_source(data)), seeded_fit(y ~ f, data))
  data$y <- sample(c(10, 9, 2), 700, TRUE)
  expect_same_bits(seeded_fit(y ~ x, row_source(data, chunk_rows = 2)), seeded_fit(y ~ x, data))
  data$y <- data$x > 0
  expect_same_bits(
    seeded_fit(y ~ z * b, row_source(data, chunk_rows = 9)), seeded_fit(y ~ z * b, data)
  )
})

test_that("columns that say nothing are left out, and a dot is all columns", {
  data <- source_data()[c("y", "x", "z", "f")]
  data$twice <- 2 * data$x
  data$one <- 1
  source <- row_source(data, chunk_rows = 64)
  expect_message(fit <- seeded_fit(y ~ ., source), class = "moelogit_message_aliased")
  expect_same_bits(fit, suppressMessages(seeded_fit(y ~ ., data)))
})

test_that("a selection works on a source", {
  data <- two_experts(300L)
  select <- function(data) {
    set.seed(2)
    select_experts(y ~ x + z | x, data, k_max = 3, starts = 2)
  }
  memory <- select(data)
  other <- select(row_source(data, chunk_rows = 70))
  expect_identical(other$table, memory$table)
  expect_identical(coef(other), coef(memory))
  expect_equal(vcov(other), vcov(memory), tolerance = 1e-8)
})

test_that("a fit to a source says what it can, and what it cannot", {
  data <- source_data()
  source <- row_source(data, chunk_rows = 64)
  fit <- seeded_fit(y ~ x + f | z, source)
  memory <- seeded_fit(y ~ x + f | z, data)
  expect_null(fit$data)
  expect_identical(logLik(fit), logLik(memory))
  expect_equal(coef(summary(fit)), coef(summary(memory)), tolerance = 1e-12)
  expect_equal(summary(fit)$blocks, summary(memory)$blocks, tolerance = 1e-12)
  expect_identical(fit$source, list(description = "a data frame", rows = 700, omitted = 2))
  new <- source_data(20L, seed = 2L)
  expect_identical(predict(fit, new, type = "prob"), predict(memory, new, type = "prob"))
  expect_identical(
    predict(fit, new, type = "prob", se.fit = TRUE),
    predict(memory, new, type = "prob", se.fit = TRUE)
  )
  turned <- relabel(fit, 2:1)
  expect_equal(vcov(turned), vcov(relabel(memory, 2:1)), tolerance = 1e-8)
  expect_equal(
    summary(turned)$blocks, summary(relabel(memory, 2:1))$blocks, tolerance = 1e-10
  )
  expect_snapshot_output(print(fit))
  expect_snapshot_output(show_errors(
    predict(fit), residuals(fit), fitted(fit), simulate(fit), ICL(fit),
    vcov(fit, type = "sandwich"), bootstrap(fit, R = 2),
    cv_moelogit(y ~ x, source), bag_moelogit(y ~ x, source, k = 2),
    sweep_experts(y ~ x, source), autoplot(fit, "posterior")
  ))
})

test_that("update() reads the source again, or the cache", {
  data <- source_data(300L)
  source <- row_source(data)
  fit <- seeded_fit(y ~ x | z, source)
  again <- update(fit, penalty = 2)
  expect_equal(coef(again), coef(update(seeded_fit(y ~ x | z, data), penalty = 2)))
  expect_identical(names(coef(update(fit, . ~ . + f, starts = 1)))[1:3], names(coef(fit))[1:3])
})

test_that("later fits of the same model do not read again; a named cache serves other sources", {
  reads <- 0L
  data <- source_data(300L)
  f <- rows_function(data)
  counted <- function(reset = FALSE) {
    reads <<- reads + reset
    f(reset)
  }
  source <- row_source(counted)
  fit <- seeded_fit(y ~ x, source)
  expect_identical(reads, 2L)
  expect_same_bits(seeded_fit(y ~ x, source), fit)
  expect_identical(reads, 2L)
  seeded_fit(y ~ x, source, weights = w)
  expect_identical(reads, 4L)

  directory <- tempfile("cache")
  named <- function() row_source(counted, cache_dir = directory)
  expect_silent(first <- seeded_fit(y ~ x | z, named()))
  expect_identical(reads, 6L)
  expect_message(
    second <- seeded_fit(y ~ x | z, named()), class = "moelogit_message_cache"
  )
  expect_identical(reads, 6L)
  expect_same_bits(second, first)
  expect_identical(predict(second, data), predict(first, data))
  # half of it lost: written again
  unlink(list.files(directory, "gate.rows$", full.names = TRUE))
  expect_same_bits(seeded_fit(y ~ x | z, named()), first)
  expect_identical(reads, 8L)
  unlink(directory, recursive = TRUE)
})

test_that("the cache goes with the source, and after errors and interrupts", {
  skip_on_cran()
  left <- function() length(list.files(tempdir(), "^moelogit-rows-"))
  gc()
  before <- left()
  local({
    source <- row_source(source_data(200L))
    seeded_fit(y ~ x | z, source)
    expect_identical(left(), before + 2L)
  })
  gc()
  expect_identical(left(), before)

  data <- source_data(200L)
  given <- list(y = levels(data$y))
  broken <- row_source(rows_function(data, 50L, fail = 100), levels = given)
  expect_error(seeded_fit(y ~ x, broken), class = "moelogit_error_source")
  expect_identical(left(), before)
  f <- rows_function(data, 50L)
  reads <- 0L
  stopped <- function(reset = FALSE) {
    reads <<- reads + 1L
    if (reads > 8L) rlang::interrupt()
    f(reset)
  }
  caught <- tryCatch(seeded_fit(y ~ x, row_source(stopped)), interrupt = function(e) "interrupt")
  expect_identical(caught, "interrupt")
  expect_identical(left(), before)
  directory <- tempfile("cache")
  expect_error(
    seeded_fit(y ~ x, row_source(rows_function(data, 50L, fail = 100), levels = given,
                                 cache_dir = directory)),
    class = "moelogit_error_source"
  )
  expect_identical(list.files(directory), character())
  unlink(directory, recursive = TRUE)
})

test_that("an interrupt of the fit gives what there is so far", {
  source <- row_source(source_data())
  reports <- 0L
  stopping <- function(problem, options, theta, threads, progress) {
    reports <<- reports + 1L
    runs <- core_ascend(problem, theta, options, threads, function(...) {
      reports < 2L
    })
    if (length(runs) > 0L) runs else list(run_not_begun(problem, options, theta[, 1L]))
  }
  with_function("ascend_runs", stopping, {
    expect_warning(
      fit <- seeded_fit(y ~ x + f, source, on_interrupt = "return"),
      class = "moelogit_warning_interrupted"
    )
  })
  expect_true(fit$interrupted)
  expect_identical(dim(vcov(fit)), rep(length(coef(fit)), 2L))
})

test_that("rows that change between the readings say so", {
  data <- source_data(100L)
  changing <- function(second) {
    f <- rows_function(data, 50L)
    passes <- 0L
    row_source(function(reset = FALSE) {
      if (reset) {
        passes <<- passes + 1L
        if (passes == 2L) f <<- rows_function(second, 50L)
      }
      f(reset)
    })
  }
  class <- transform(data, y = factor(replace(as.character(y), 70L, "new")))
  level <- transform(data, f = factor(replace(as.character(f), 70L, "new")))
  infinite <- transform(data, z = replace(z, 70L, Inf))
  expect_snapshot_output(show_errors(
    seeded_fit(y ~ x, changing(data[1:90, ])),
    seeded_fit(y ~ x, changing(class)),
    seeded_fit(y ~ f, changing(level)),
    seeded_fit(y ~ z, row_source(infinite)),
    seeded_fit(y ~ z, row_source(data), weights = -w),
    seeded_fit(y ~ z, row_source(transform(data, y = "only")))
  ))
})

test_that("a cache that is lost in the middle is an error of the source", {
  source <- row_source(source_data(200L))
  design <- source_design(quote(f(formula = y ~ x)), globalenv(), source)
  unlink(unclass(design$x)$path)
  expect_error(
    with_cache_errors(fit_design(design, 2, moelogit_control(), quote(moelogit()))),
    class = "moelogit_error_source"
  )
})
