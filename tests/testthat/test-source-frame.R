request <- function(formula, ..., env = parent.frame()) {
  frame_request(as.call(c(quote(moelogit), formula = formula, eval(substitute(alist(...))))), env)
}

catalogue_of <- function(data, formula, ..., chunk_rows = 3) {
  read_catalogue(row_source(data, chunk_rows = chunk_rows), request(formula, ...))
}

test_that("levels are those of all rows: of factors in their order, of others sorted", {
  data <- data.frame(
    y = c("b", "a", "a", "c", "b", "a", "c"), x = c(3, 1, 2, 10, 2, 1, 4),
    f = factor(c("w", "u", "u", "v", "w", "u", "v"), levels = c("w", "none", "v", "u")),
    g = c("q", "p", "q", "p", "o", "o", "q")
  )
  found <- catalogue_of(data, y ~ f + g + factor(x))
  expect_identical(found$classes, c("a", "b", "c"))
  expect_identical(found$levels, list(
    f = c("w", "v", "u"), g = c("o", "p", "q"), `factor(x)` = c("1", "2", "3", "4", "10")
  ))
  expect_identical(found$rows, 7)
  expect_identical(found$kept, 7)
})

test_that("levels merge as factor() of all values has them", {
  for (seed in 1:20) {
    set.seed(seed)
    values <- if (seed %% 2) c(2, 10, 9, -1, 0.5) else c("b", "A", "c", "10")
    x <- sample(values, 8, TRUE)
    parts <- split(x, rep(1:3, c(2, 3, 3)))
    merged <- Reduce(
      function(a, b) merge_levels(a, b, is.numeric(x)), lapply(parts, function(v) levels(factor(v)))
    )
    expect_identical(merged, levels(factor(x)))
  }
  expect_identical(merge_levels(c("z", "a"), c("z", "b"), TRUE), c("z", "a", "b"))
})

test_that("the first pass ends early when the levels are given", {
  reads <- 0L
  data <- source_data(100L)
  f <- rows_function(data, 10L)
  counted <- function(reset = FALSE) {
    if (!reset) reads <<- reads + 1L
    f(reset)
  }
  given <- lapply(data[c("f", "y")], levels)
  found <- read_catalogue(row_source(counted, levels = given), request(y ~ x + f + b))
  expect_identical(reads, 1L)
  expect_null(found$rows)
  expect_identical(found$levels, list(f = levels(data$f)))
  read_catalogue(row_source(counted, levels = given), request(y ~ x + f + g))
  expect_identical(reads, 12L)
})

test_that("rows with missing values and those that subset leaves out do not count", {
  data <- source_data(100L)
  found <- catalogue_of(data, y ~ x, subset = z > 0)
  expect_identical(found$rows, 100)
  expect_identical(found$kept, as.double(sum(data$z > 0 & !is.na(data$x))))
})

test_that("terms that are computed row by row are no matter", {
  data <- source_data(60L)
  skip_if_not_installed("splines")
  knots <- c(-1, 1)
  for (formula in list(
    y ~ log(abs(x)) + I(x^2) + poly(x, 2, raw = TRUE), y ~ cut(z, c(-9, 0, 9)) + factor(f),
    y ~ splines::ns(z, knots = knots, Boundary.knots = c(-5, 5)) * f,
    y ~ scale(x, center = 1, scale = 2) + relevel(f, "q") | interaction(f, g) + offset(o)
  )) {
    expect_silent(check_row_local(request(formula), data))
  }
})

test_that("what a source cannot give says so", {
  skip_on_cran()
  data <- source_data(60L)
  expect_snapshot_output(show_errors(
    catalogue_of(data, y ~ poly(z, 2)),
    catalogue_of(data, y ~ scale(z) + cut(z, 3)),
    catalogue_of(data, y ~ splines::ns(z, 3)),
    catalogue_of(data, y ~ I(z - mean(z)), chunk_rows = 50),
    catalogue_of(data, y ~ cumsum(z), chunk_rows = 50),
    catalogue_of(data, y ~ z, weights = w / mean(w)),
    catalogue_of(data, y ~ z, subset = 1:10),
    catalogue_of(data, y ~ z, na.action = function(x) x),
    catalogue_of(data, y ~ z, na.action = na_indicate),
    catalogue_of(data, cbind(w, w) ~ z),
    catalogue_of(data, y ~ z, subset = z > 100),
    catalogue_of(data[0, ], y ~ z),
    catalogue_of(data, y ~ absent),
    catalogue_of(data, y ~ x, na.action = na.fail),
    catalogue_of(transform(data, z = NULL), y ~ z, weights = absent)
  ))
})

test_that("a variable that changes its type says so", {
  pieces <- list(data.frame(y = c("a", "b"), x = 1:2), data.frame(y = c("a", "b"), x = c("u", "v")))
  at <- 0L
  source <- row_source(function(reset = FALSE) {
    at <<- if (reset) 0L else at + 1L
    if (at > 0L && at <= 2L) pieces[[at]]
  })
  expect_snapshot_output(show_errors(read_catalogue(source, request(y ~ x))))
})
