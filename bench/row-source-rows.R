# The rows of row-source.R: made by chunks, each with a seed of its own, as a function, in a table
# of SQLite, or all at once.

made_chunk <- 50000
made_formula <- reformulate(paste0("x", 1:20), "y")

# The rows of chunk `number` of n rows; the state of R's generator is left as it was.
make_chunk <- function(number, n) {
  kept <- get0(".Random.seed", globalenv())
  on.exit(if (!is.null(kept)) assign(".Random.seed", kept, globalenv()))
  set.seed(1)
  gate <- matrix(rnorm(21 * 3), 21) * 3 / sqrt(20)
  expert <- array(rnorm(21 * 9), c(21, 3, 3)) * 2 / sqrt(20)
  set.seed(number)
  size <- min(made_chunk, n - (number - 1) * made_chunk)
  x <- matrix(rnorm(size * 20), size, dimnames = list(NULL, paste0("x", 1:20)))
  data.frame(y = as.character(rmoelogit(size, gate, expert, x)$data$y), x)
}

chunk_count <- function(n) ceiling(n / made_chunk)

made_rows <- function(n) {
  number <- 0
  function(reset = FALSE) {
    number <<- if (reset) 0 else number + 1
    if (number > 0 && number <= chunk_count(n)) make_chunk(number, n)
  }
}

fill_database <- function(n, path) {
  connection <- DBI::dbConnect(RSQLite::SQLite(), path)
  on.exit(DBI::dbDisconnect(connection))
  for (number in seq_len(chunk_count(n))) {
    DBI::dbWriteTable(connection, "rows", make_chunk(number, n), append = TRUE)
  }
}

# What moelogit() gets as data. The classes are known, so sources are read once.
rows_from <- function(kind, n, database) {
  levels <- list(y = levels(factor(make_chunk(1, n)$y)))
  switch(kind,
    memory = do.call(rbind, lapply(seq_len(chunk_count(n)), make_chunk, n = n)),
    `function` = row_source(made_rows(n), levels = levels),
    SQLite = row_source(
      DBI::dbConnect(RSQLite::SQLite(), database), table = "rows", levels = levels
    )
  )
}
