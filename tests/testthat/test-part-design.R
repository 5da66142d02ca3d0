test_that("moments of parts are those of the whole", {
  set.seed(3)
  x <- cbind(rnorm(50, 3), 1e200 * rnorm(50), 7, rnorm(50, 1e6), 0)
  w <- rexp(50)
  for (centered in c(TRUE, FALSE)) {
    ranges <- list(1:10, 11:11, 12:50)
    found <- lapply(ranges, function(at) core_moments(x[at, , drop = FALSE], w[at], centered))
    share <- vapply(ranges, function(at) sum(w[at]), 0) / sum(w)
    expect_equal(merge_moments(found, share), core_moments(x, w, centered), tolerance = 1e-9)
  }
})

test_that("what a formula needs goes with it, and nothing else", {
  half <- function(v) v / 2
  cuts <- c(-1, 0, 1)
  large <- numeric(2000)
  request <- frame_request(
    quote(moelogit(
      formula = y ~ half(x) + cut(z, cuts) + log(large), data = d, subset = x > cuts[1]
    )),
    environment()
  )
  portable <- portable_request(request)
  expect_setequal(ls(portable$env), c("half", "cuts"))
  expect_identical(environment(portable$formula), portable$env)
  expect_identical(parent.env(portable$env), globalenv())
  expect_identical(as.list(portable$call)$subset, quote(x > cuts[1]))
  expect_null(portable$call$data)
})

test_that("levels and classes are those of all parts, and parts without rows do no harm", {
  skip_on_cran()
  data <- data.frame(
    y = rep(c("b", "a", "c"), each = 8), f = rep(c("u", "w", "v"), each = 8), x = rnorm(24),
    g = factor(rep(1:4, 6), labels = c("p", "q", "r", "s"))
  )
  data$x[9:12] <- NA
  design <- function(...) {
    source <- row_source(..., cluster = two_workers(), parts = 6)
    part_design(quote(f(formula = y ~ f + x | g)), globalenv(), source)
  }
  from <- design(data)
  memory <- model_design(quote(f(formula = y ~ f + x | g, data = data)), environment())
  same <- c("columns", "assign", "intercept", "contrasts", "xlevels", "classes", "shared", "n",
            "n_positive", "response_name", "response_type", "offset_argument")
  expect_identical(unclass(from)[same], unclass(memory)[same])
  expect_identical(dim(from$x), c(20, 4))
  expect_identical(
    from$source, list(description = "a data frame, in 6 parts", rows = 24, omitted = 4)
  )
  expect_identical(length(unclass(from$x)$parts$ids), 5L)
  expect_equal(
    column_moments(from$x, from$weights, TRUE), core_moments(memory$x, memory$weights, TRUE)
  )
  given <- design(data, levels = list(y = c("c", "a", "b", "none"), f = c("w", "v", "u"),
                                      g = c("p", "q", "r", "s")))
  expect_identical(given$classes, c("c", "a", "b"))
  expect_identical(given$xlevels$f, c("w", "v", "u"))
  # each part a file
  files <- vapply(split(data, rep(1:3, each = 8)), csv_of, "", env = environment())
  expect_identical(design(files)$classes, c("a", "b", "c"))
  skip_if_not_installed("nanoparquet", "0.5.0")
  files <- sub("csv$", "parquet", files)
  Map(nanoparquet::write_parquet, split(data, rep(1:3, each = 8)), files)
  expect_equal(
    column_moments(design(files)$x, from$weights, TRUE), column_moments(from$x, from$weights, TRUE)
  )
  unlink(files)
})

test_that("the rows are read once for fits of the same model", {
  skip_on_cran()
  data <- source_data(60L)
  source <- row_source(data, cluster = two_workers(), parts = 3)
  design <- function(call) part_design(call, globalenv(), source)
  first <- unclass(design(quote(f(formula = y ~ x)))$x)$parts
  expect_identical(unclass(design(quote(f(formula = y ~ x)))$x)$parts, first)
  expect_false(identical(unclass(design(quote(f(formula = y ~ z)))$x)$parts, first))
})

test_that("what is wrong with a part is said as of other rows", {
  skip_on_cran()
  data <- source_data(60L)
  design <- function(x, ..., levels = NULL) {
    source <- row_source(x, cluster = two_workers(), parts = 3, levels = levels)
    part_design(as.call(c(quote(f), formula = y ~ x, list(...))), globalenv(), source)
  }
  dead <- function(part) stop("no such machine")
  change <- function(part) {
    reads <- 0
    function(reset = FALSE) {
      reads <<- reads + reset
      if (reset) first <<- TRUE
      if (reset || !first) return(NULL)
      first <<- FALSE
      data.frame(x = c(1, 2, 3)[seq_len(reads + 1)], y = c("a", "b", "a")[seq_len(reads + 1)])
    }
  }
  body(change)[[2]] <- quote(first <- reads <- 0)
  expect_snapshot_output(show_errors(
    design(dead), design(change), design(data, weights = quote(-w)),
    design(data, weights = quote(0 * w)), design(data[data$y == "low", ]),
    design(data, subset = quote(x > 100)), design(data, levels = list(y = "low"))
  ))
})
