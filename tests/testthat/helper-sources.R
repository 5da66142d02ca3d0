# Mixed data for sources of rows: numbers, a factor whose levels are not sorted, a character, a
# logical value, weights, an offset column, missing values.
source_data <- function(n = 700L, seed = 1L) {
  data <- fit_data(n, seed)
  data$f <- factor(as.character(data$f), levels = c("r", "p", "q"))
  data$g <- sample(c("left", "right", "ahead"), n, TRUE)
  data$b <- data$x + stats::rnorm(n) > 0
  data$o <- stats::rnorm(n, sd = 0.1)
  data$x[c(3L, n %/% 2L)] <- NA
  rownames(data) <- NULL
  data
}

# A function that gives rows of a data frame, as biglm::bigglm() wants it.
rows_function <- function(data, size = 150L, fail = Inf) {
  at <- 0L
  function(reset = FALSE) {
    if (reset) {
      at <<- 0L
      return(NULL)
    }
    if (at >= nrow(data)) return(NULL)
    if (at >= fail) stop("the line went dead")
    rows <- (at + 1L):min(at + size, nrow(data))
    at <<- max(rows)
    data[rows, , drop = FALSE]
  }
}

# All rows of a source.
collect <- function(source) {
  parts <- list()
  each_chunk(source, function(chunk) {
    parts[[length(parts) + 1L]] <<- chunk
    TRUE
  })
  do.call(rbind, parts)
}

csv_of <- function(data, env = parent.frame()) {
  path <- withr_free_tempfile(env)
  # all digits
  text <- data
  numbers <- vapply(text, is.double, NA)
  text[numbers] <- lapply(text[numbers], function(v) ifelse(is.na(v), NA, sprintf("%.17g", v)))
  utils::write.csv(text, path, row.names = FALSE, quote = FALSE)
  path
}

withr_free_tempfile <- function(env) {
  path <- tempfile(fileext = ".csv")
  do.call(on.exit, list(bquote(unlink(.(path))), add = TRUE), envir = env)
  path
}

database_of <- function(data, env = parent.frame()) {
  connection <- DBI::dbConnect(RSQLite::SQLite(), ":memory:")
  do.call(on.exit, list(bquote(DBI::dbDisconnect(.(connection))), add = TRUE), envir = env)
  for (name in names(data)[vapply(data, is.factor, NA)]) data[[name]] <- as.character(data[[name]])
  DBI::dbWriteTable(connection, "rows", data)
  connection
}

seeded_fit <- function(...) {
  set.seed(5)
  moelogit(..., k = 2, starts = 3)
}

# All that a fit says of its optimum, to the last bit.
expect_same_bits <- function(fit, other) {
  fields <- c(
    "theta", "gate", "expert", "loglik", "objective", "trace", "gate_mean", "frame", "gram", "runs",
    "xlevels", "contrasts", "columns", "assign", "classes", "response_type", "df", "nobs", "n"
  )
  testthat::expect_identical(unclass(fit)[fields], unclass(other)[fields])
}
