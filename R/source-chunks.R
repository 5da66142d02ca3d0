# The rows of a source, a chunk at a time: readers of tables, files and databases, and what every
# chunk must be like.

# CSV files one after the other.
csv_reader <- function(files, chunk_rows, arguments) {
  reader_chain(lapply(files, function(path) {
    function() csv_file_reader(path, chunk_rows, arguments)
  }))
}

# One of them, by pieces: the first has the names of the columns.
csv_file_reader <- function(path, chunk_rows, arguments) {
  connection <- file(path, "r")
  columns <- NULL
  header <- !isFALSE(arguments$header)
  piece <- function(...) {
    own <- list(file = connection, nrows = chunk_rows, ...)
    do.call(utils::read.csv, utils::modifyList(own, arguments[names(arguments) != "header"]))
  }
  read <- function() {
    if (header && is.null(columns)) {
      first <- piece(header = TRUE)
      columns <<- names(first)
      return(first)
    }
    if (!rows_left(connection)) {
      return(NULL)
    }
    if (header) piece(header = FALSE, col.names = columns) else piece(header = FALSE)
  }
  list(read = read, close = function() close(connection))
}

# Whether a line is left that is not empty.
rows_left <- function(connection) {
  repeat {
    line <- readLines(connection, 1L)
    if (length(line) == 0L) return(FALSE)
    if (nzchar(trimws(line))) break
  }
  pushBack(line, connection)
  TRUE
}

# Readers one after the other; `begin`: functions that each open one.
reader_chain <- function(begin) {
  at <- 0L
  reader <- NULL
  close <- function() {
    if (!is.null(reader)) reader$close()
    reader <<- NULL
  }
  go_on <- function() {
    close()
    if (at == length(begin)) return(FALSE)
    at <<- at + 1L
    reader <<- begin[[at]]()
    TRUE
  }
  read <- function() {
    repeat {
      chunk <- if (!is.null(reader)) reader$read()
      if (!is.null(chunk) || !go_on()) return(chunk)
    }
  }
  go_on()
  list(read = read, close = close)
}

# A table of rows, by pieces: a data frame or a big.matrix.
table_reader <- function(x, chunk_rows, named = TRUE) {
  at <- 0
  read <- function() {
    if (at >= nrow(x)) {
      return(NULL)
    }
    rows <- seq.int(at + 1, min(at + chunk_rows, nrow(x)))
    at <<- at + length(rows)
    chunk <- as.data.frame(x[rows, , drop = FALSE])
    if (!named) rownames(chunk) <- NULL
    chunk
  }
  list(read = read, close = function() NULL)
}

# Queries one after the other.
dbi_reader <- function(connection, queries, chunk_rows) {
  reader_chain(lapply(queries, function(query) {
    function() query_reader(connection, query, chunk_rows)
  }))
}

query_reader <- function(connection, query, chunk_rows) {
  result <- DBI::dbSendQuery(connection, query)
  read <- function() {
    chunk <- DBI::dbFetch(result, n = chunk_rows)
    if (nrow(chunk) == 0L) {
      return(NULL)
    }
    # of package bit64: numbers only to those who know the class
    large <- vapply(chunk, inherits, NA, "integer64")
    chunk[large] <- lapply(chunk[large], as.double)
    chunk
  }
  list(read = read, close = function() DBI::dbClearResult(result))
}

#' Go through the rows of a source
#'
#' @param body A function of a chunk, a data frame with at least one row and the columns of the
#'   first one. `FALSE` ends the reading. Rows without names are numbered on.
#' @return The number of rows, invisibly.
#' @noRd
each_chunk <- function(source, body) {
  number <- 0L
  reading <- function(what) {
    tryCatch(what, error = function(e) {
      moe_abort(
        if (number == 0L) {
          "The source cannot be opened."
        } else {
          "The source failed at chunk {number}."
        },
        "source", parent = e
      )
    })
  }
  reader <- reading(source$open())
  on.exit(try(reader$close(), silent = TRUE))
  columns <- NULL
  rows <- 0
  repeat {
    number <- number + 1L
    chunk <- reading(reader$read())
    if (is.null(chunk)) break
    chunk <- check_chunk(chunk, columns, number)
    if (is.null(columns)) columns <- names(chunk)
    if (nrow(chunk) == 0L) next
    last <- rows + nrow(chunk)
    if (.row_names_info(chunk) < 0L && last <= .Machine$integer.max) {
      attr(chunk, "row.names") <- as.integer(rows) + seq_len(nrow(chunk))
    }
    rows <- last
    chunk <- with_source_levels(chunk, source$levels)
    if (isFALSE(body(chunk))) break
  }
  invisible(rows)
}

check_chunk <- function(chunk, columns, number) {
  if (!is.data.frame(chunk)) {
    moe_abort(
      c("A source must give data frames.", x = paste("At chunk {number}:", describe(chunk))),
      c("source_columns", "source")
    )
  }
  if (is.null(columns) || identical(names(chunk), columns)) {
    return(chunk)
  }
  if (!setequal(names(chunk), columns)) {
    absent <- setdiff(columns, names(chunk))
    new <- setdiff(names(chunk), columns)
    moe_abort(
      c(
        "All chunks of a source must have the same columns.",
        x = if (length(absent) > 0L) "Chunk {number} lacks {.var {absent}}.",
        x = if (length(new) > 0L) "Chunk {number} has {.var {new}} besides."
      ),
      c("source_columns", "source")
    )
  }
  chunk[columns]
}

# The columns whose levels the user has given, as factors.
with_source_levels <- function(chunk, levels) {
  for (name in intersect(names(levels), names(chunk))) {
    value <- as.character(chunk[[name]])
    check_source_values(value, levels[[name]], name)
    chunk[[name]] <- factor(value, levels[[name]], ordered = is.ordered(chunk[[name]]))
  }
  chunk
}

check_source_values <- function(value, levels, name) {
  unknown <- setdiff(unique(value[!is.na(value)]), levels)
  if (length(unknown) > 0L) {
    moe_abort(
      c(
        "{.var {name}} has {cli::qty(unknown)}{?a level/levels} that {?was/were} not there before.",
        x = "New: {.val {utils::head(unknown, 5L)}}.",
        i = "Known: {.val {levels}}."
      ),
      c("source_level", "source")
    )
  }
}
