#' Rows that need not fit into memory
#'
#' `row_source()` makes something that [moelogit()] and [select_experts()] take as `data`, and
#' [predict()][predict.moelogit] as `newdata`: rows that are read a few at a time, from a function,
#' a data frame, CSV files or a database.
#'
#' @param x Where the rows come from:
#'   * a function `f(reset = FALSE)` that returns the next rows as a data frame, or `NULL` after the
#'     last; `f(reset = TRUE)` begins anew. That is the contract of `biglm::bigglm()`.
#'   * a data frame.
#'   * names of CSV files with the same columns, read one after the other.
#'   * a connection of package DBI, with `table` or `query`.
#' @param ... For CSV files: arguments of [utils::read.csv()], such as `sep` or `colClasses`. Not
#'   used by the other methods.
#' @param chunk_rows How many rows are read at once. (A function decides itself.)
#' @param levels `NULL`, or a named list of the levels of categorical columns, the response too:
#'   `list(f = c("a", "b"))`. When those of all categorical columns of a model are given, the rows
#'   are read once instead of twice.
#' @param cache_dir A directory for the cache (see Details), made if it is not there, where it stays
#'   for later sessions; `NULL`: the session's temporary directory, from which it goes with the
#'   source.
#' @param table,query Name of a table (or [DBI::Id()]), all rows and columns of which are read; or a
#'   query. Give one of them.
#'
#' @details
#' A fit reads the source once to learn levels of factors, classes and the number of rows, and once
#' more to write what the model needs of each row as numbers to a file, the cache: 8 bytes for each
#' column of the model matrix. After that the rows come from the cache in every iteration, and the
#' fit is that of a data frame with the same rows, to the last bit. In memory are the class, the
#' weight and the offset of each row, and a sample of rows for the starts and the search, as for
#' any large data.
#'
#' The cache serves later fits with the same formula, weights, subset and offset, whatever the
#' number of experts. With `cache_dir`, it also serves later sessions: for a function, a table or a
#' query the package cannot know whether the rows are still the same, so remove the directory when
#' they have changed. Make a new source when they change within a session.
#'
#' Terms must be computed from one row at a time. What takes something from all rows needs it given:
#' `ns(x, knots = , Boundary.knots = )`, `scale(x, center = , scale = )`, `cut(x, breaks = )`. Rows
#' with missing values are left out, as by [stats::na.omit()]. A factor has the levels found in all
#' rows. `subset` must be a condition on columns. Counts as response are not supported.
#'
#' A fit to a source holds no rows. It has its coefficients' covariance by the observed information
#' ([vcov()][vcov.moelogit], [summary()][summary.moelogit]), predicts on new data, and tells what
#' needs training rows. [cv_moelogit()], [bag_moelogit()], [sweep_experts()] and [bootstrap()] take
#' data frames only: give them a sample of the rows.
#'
#' @return An object of class `"row_source"`.
#' @section Errors: Classes `"moelogit_error_source"` (the source failed), and with it
#'   `"moelogit_error_source_columns"` (a chunk with other columns or types),
#'   `"moelogit_error_source_level"` (a level or class that was not there before),
#'   `"moelogit_error_source_changed"` (other rows at the second reading);
#'   `"moelogit_error_source_terms"` (a term that needs all rows), `"moelogit_error_no_rows"`. The
#'   cache is removed after any of them.
#' @seealso [moelogit()], [predict.moelogit()]
#' @examples
#' rows <- row_source(iris, chunk_rows = 50)
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = rows, k = 2)
#' fit
#' head(predict(fit, rows, type = "prob"))
#'
#' # one and a half chunks of 100 rows, made as they are asked for
#' generate <- local({
#'   at <- 0
#'   function(reset = FALSE) {
#'     if (reset) at <<- 0
#'     if (reset || at >= nrow(iris)) return(NULL)
#'     rows <- (at + 1):min(at + 100, nrow(iris))
#'     at <<- max(rows)
#'     iris[rows, ]
#'   }
#' })
#' set.seed(1)
#' same <- moelogit(Species ~ Sepal.Length | Sepal.Width, row_source(generate), k = 2)
#' identical(coef(fit), coef(same))
#' @export
row_source <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  UseMethod("row_source")
}

#' @rdname row_source
#' @export
row_source.default <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  moe_abort(
    c(
      "{.arg x} must be a function, a data frame, names of CSV files or a DBI connection.",
      x = describe(x)
    ),
    "argument"
  )
}

#' @rdname row_source
#' @method row_source function
#' @export
row_source.function <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  check_no_dots(...)
  open <- function() {
    x(reset = TRUE)
    list(read = function() x(reset = FALSE), close = function() NULL)
  }
  new_row_source(open, "a function", deparse(utils::removeSource(x)), levels, cache_dir)
}

#' @rdname row_source
#' @export
row_source.data.frame <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  check_no_dots(...)
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  open <- function() {
    at <- 0L
    read <- function() {
      if (at >= nrow(x)) {
        return(NULL)
      }
      rows <- seq.int(at + 1L, min(at + chunk_rows, nrow(x)))
      at <<- at + length(rows)
      x[rows, , drop = FALSE]
    }
    list(read = read, close = function() NULL)
  }
  # a hash of all values only where it is needed
  fingerprint <- if (is.null(cache_dir)) dim(x) else rlang::hash(x)
  new_row_source(open, "a data frame", fingerprint, levels, cache_dir)
}

#' @rdname row_source
#' @export
row_source.character <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  absent <- x[is.na(x) | !file.exists(x)]
  if (length(x) == 0L || length(absent) > 0L) {
    moe_abort(
      c("{.arg x} must name CSV files.", x = "Not found: {.file {absent}}."), "argument"
    )
  }
  x <- normalizePath(x)
  arguments <- list(...)
  if (length(arguments) > 0L && !all(names(arguments) %in% names(formals(utils::read.table)))) {
    moe_abort(
      c(
        "Arguments in {.arg ...} must be those of {.fn read.csv}, by name.",
        x = "You gave {.val {names(arguments)}}."
      ),
      "argument"
    )
  }
  new_row_source(
    function() csv_reader(x, chunk_rows, arguments),
    sprintf("%d CSV file%s", length(x), if (length(x) > 1L) "s" else ""),
    list(file.info(x)[c("size", "mtime")], arguments), levels, cache_dir
  )
}

#' @rdname row_source
#' @export
row_source.DBIConnection <- function(x, table = NULL, query = NULL, ..., # nolint
                                     chunk_rows = 50000L, levels = NULL, cache_dir = NULL) {
  check_no_dots(...)
  rlang::check_installed("DBI", "to read from a database.")
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  if (is.null(table) == is.null(query)) {
    moe_abort(
      c(
        "A database needs {.arg table} or {.arg query}.",
        x = if (is.null(table)) "Neither is given." else "Both are given."
      ),
      "argument"
    )
  }
  what <- if (is.null(query)) "a table" else "a query"
  if (is.null(query)) query <- paste("SELECT * FROM", DBI::dbQuoteIdentifier(x, table))
  database <- tryCatch(DBI::dbGetInfo(x)$dbname, error = function(e) NULL)
  new_row_source(
    function() dbi_reader(x, query, chunk_rows), paste(what, "of a database"),
    list(database, as.character(query)), levels, cache_dir
  )
}

#' A source of rows
#'
#' @param open A function that begins at the first row and gives a list of functions: `read()`, the
#'   next rows as a data frame, or `NULL`; `close()`.
#' @param description For printing.
#' @param fingerprint What tells it from other sources, for the cache.
#' @return A list of class `"row_source"`: these, `levels`, `cache_dir`, and `store`, an environment
#'   for the last design that was made of the rows.
#' @noRd
new_row_source <- function(open, description, fingerprint, levels, cache_dir) {
  check_source_levels(levels)
  if (!is.null(cache_dir)) {
    if (!is_file_name(cache_dir)) {
      moe_abort(
        c("{.arg cache_dir} must be the name of a directory.", x = describe(cache_dir)), "argument"
      )
    }
    dir.create(cache_dir, showWarnings = FALSE, recursive = TRUE)
    cache_dir <- normalizePath(cache_dir)
  }
  structure(
    list(
      open = open, description = description, fingerprint = fingerprint, levels = levels,
      cache_dir = cache_dir, store = new.env(parent = emptyenv())
    ),
    class = "row_source"
  )
}

check_source_levels <- function(levels) {
  good <- function(one) is.character(one) && length(one) > 0L && !anyNA(one) && !anyDuplicated(one)
  named <- is.list(levels) && !is.null(names(levels)) && all(nzchar(names(levels)))
  valid <- is.null(levels) || named && all(vapply(levels, good, NA))
  if (!valid) {
    moe_abort(
      c(
        "{.arg levels} must be a named list of character vectors, each without repeats.",
        x = describe(levels)
      ),
      "argument"
    )
  }
}

#' @rdname row_source
#' @export
print.row_source <- function(x, ...) {
  check_no_dots(...)
  cat("Rows from ", x$description, "\n", sep = "")
  if (length(x$levels) > 0L) {
    cat("Levels given of: ", paste(names(x$levels), collapse = ", "), "\n", sep = "")
  }
  if (!is.null(x$cache_dir)) cat("Cache in ", x$cache_dir, "\n", sep = "")
  invisible(x)
}

# CSV files one after the other, each by pieces.
csv_reader <- function(files, chunk_rows, arguments) {
  at <- 0L
  connection <- NULL
  columns <- NULL
  header <- !isFALSE(arguments$header)
  close_file <- function() {
    if (!is.null(connection)) close(connection)
    connection <<- NULL
  }
  piece <- function(...) {
    own <- list(file = connection, nrows = chunk_rows, ...)
    do.call(utils::read.csv, utils::modifyList(own, arguments[names(arguments) != "header"]))
  }
  begin_file <- function() {
    at <<- at + 1L
    connection <<- file(files[at], "r")
    if (!header) return(if (rows_left(connection)) piece(header = FALSE))
    first <- piece(header = TRUE)
    columns <<- names(first)
    first
  }
  read <- function() {
    chunk <- if (is.null(connection)) {
      if (at == length(files)) return(NULL)
      begin_file()
    } else if (rows_left(connection)) {
      if (header) piece(header = FALSE, col.names = columns) else piece(header = FALSE)
    }
    if (!is.null(chunk)) return(chunk)
    close_file()
    read()
  }
  list(read = read, close = close_file)
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

dbi_reader <- function(connection, query, chunk_rows) {
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
