#' Rows that need not fit into memory
#'
#' `row_source()` makes something that [moelogit()] and [select_experts()] take as `data`, and
#' [predict()][predict.moelogit] as `newdata`: rows that are read a few at a time, from a function,
#' a data frame, CSV or Parquet files, a matrix on disk or a database; here, or each part of them by
#' a worker of a cluster.
#'
#' @param x Where the rows come from:
#'   * a function `f(reset = FALSE)` that returns the next rows as a data frame, or `NULL` after the
#'     last; `f(reset = TRUE)` begins anew. That is the contract of `biglm::bigglm()`.
#'   * a data frame.
#'   * names of files with the same columns, read one after the other: Parquet files if they end in
#'     `.parquet` (a group of rows at a time, by package nanoparquet), else CSV files.
#'   * a `big.matrix` of package bigmemory, whose columns have names.
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
#' @param cluster `NULL`, or a cluster of package parallel whose workers each read a part of the
#'   rows where they are, see below. `x` is then
#'   * a function of the part number, called on a worker, that gives what `row_source()` takes, or
#'     a `row_source()`: of a connection that it opens there, say. (A function with the rows of one
#'     part is what it returns.)
#'   * a data frame, which is split.
#'   * names of files, as the workers find them. Each part has some of them.
#' @param parts Number of parts, with a `cluster`: by default 12, or as many as there are files or
#'   rows.
#' @param table,query Name of a table (or [DBI::Id()]), all rows and columns of which are read; or
#'   queries, read one after the other. Give one of them. Rows come a few at a time as far as the
#'   driver reads them so: RSQLite's does, that of duckdb holds what a query gives in memory. There,
#'   give several queries, each for some of the rows.
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
#' number of experts. With `cache_dir`, it also serves later sessions: for a function, a matrix, a
#' table or a query the package cannot know whether the rows are still the same, so remove the
#' directory when they have changed. Make a new source when they change within a session.
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
#' @section Rows over workers:
#' With a `cluster`, each worker writes a cache of the parts that fall to it where it is, and adds
#' up what an iteration needs of their rows. Coefficients and sums travel, rows do not, but for the
#' sample on which the search for the best optimum is made. The session holds nothing for each row.
#' Sums are added in the order of the parts, so the fit is the same to the last bit for any number
#' of workers, on machines that compute alike, and that of rows in memory up to rounding. It
#' depends on the number of parts: leave that as it is. The same holds of [select_experts()], which
#' compares merges and searches levels on a sample of the rows, as for any large data.
#'
#' When a worker is lost, a message tells, the others read its parts, and the fit goes on to the
#' same answer. When none is left, or a part cannot be read any more, the error has the best
#' coefficients so far in its field `start`, for `moelogit(start = )`. A worker that does not answer
#' at the beginning is an error after a minute. Every worker needs the same version of moelogit, and
#' what the formula takes from elsewhere: constants and functions go along, packages must be there.
#'
#' Only clusters on sockets, from [parallel::makePSOCKcluster()], say which worker does what. In
#' others a worker reads each part that it is asked about for the first time.
#'
#' TCP may hold an answer back for 40 milliseconds in every iteration: [moelogit_control()] says how
#' to start a cluster that does not wait.
#'
#' @return An object of class `"row_source"`.
#' @section Errors: Classes `"moelogit_error_source"` (the source failed), and with it
#'   `"moelogit_error_source_columns"` (a chunk with other columns or types),
#'   `"moelogit_error_source_level"` (a level or class that was not there before),
#'   `"moelogit_error_source_changed"` (other rows at the second reading);
#'   `"moelogit_error_source_terms"` (a term that needs all rows), `"moelogit_error_no_rows"`. The
#'   cache is removed after any of them. `"moelogit_error_workers"`: no worker is left, or one does
#'   not answer.
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
row_source <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                       cluster = NULL, parts = NULL) {
  if (!is.null(cluster)) {
    return(new_row_parts(x, cluster, parts, chunk_rows, levels, cache_dir, ...))
  }
  if (!is.null(parts)) {
    moe_abort("{.arg parts} are for the workers of a {.arg cluster}.", "argument")
  }
  UseMethod("row_source")
}

#' @rdname row_source
#' @export
row_source.default <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                               cluster = NULL, parts = NULL) {
  moe_abort(
    c(
      "{.arg x} must be a function, a data frame, names of files, a matrix of bigmemory or a \\
       DBI connection.",
      x = describe(x)
    ),
    "argument"
  )
}

#' @rdname row_source
#' @method row_source function
#' @export
row_source.function <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                                cluster = NULL, parts = NULL) {
  check_no_dots(...)
  open <- function() {
    x(reset = TRUE)
    list(read = function() x(reset = FALSE), close = function() NULL)
  }
  new_row_source(open, "a function", deparse(utils::removeSource(x)), levels, cache_dir)
}

#' @rdname row_source
#' @export
row_source.data.frame <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                                  cluster = NULL, parts = NULL) {
  check_no_dots(...)
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  # a hash of all values only where it is needed
  fingerprint <- if (is.null(cache_dir)) dim(x) else rlang::hash(x)
  open <- function() table_reader(x, chunk_rows)
  new_row_source(open, "a data frame", fingerprint, levels, cache_dir)
}

#' @rdname row_source
#' @method row_source big.matrix
#' @export
row_source.big.matrix <- function(x, ..., chunk_rows = 50000L, levels = NULL, # nolint
                                  cache_dir = NULL, cluster = NULL, parts = NULL) {
  check_no_dots(...)
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  if (is.null(colnames(x))) {
    moe_abort(
      c(
        "The columns of a {.cls big.matrix} must have names.",
        i = "Give {.code dimnames} to {.fn filebacked.big.matrix}."
      ),
      "argument"
    )
  }
  open <- function() table_reader(x, chunk_rows)
  new_row_source(open, "a big.matrix", bigmemory::describe(x)@description, levels, cache_dir)
}

#' @rdname row_source
#' @export
row_source.character <- function(x, ..., chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                                 cluster = NULL, parts = NULL) {
  chunk_rows <- check_count(chunk_rows, "chunk_rows")
  absent <- x[is.na(x) | !file.exists(x)]
  if (length(x) == 0L || length(absent) > 0L) {
    moe_abort(
      c("{.arg x} must name CSV or Parquet files.", x = "Not found: {.file {absent}}."), "argument"
    )
  }
  x <- normalizePath(x)
  parquet <- file_kind(x) == "Parquet"
  if (parquet) {
    check_no_dots(...)
    rlang::check_installed("nanoparquet", "to read Parquet files.", version = "0.5.0")
  }
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
  open <- function() {
    if (parquet) parquet_reader(x, chunk_rows) else csv_reader(x, chunk_rows, arguments)
  }
  new_row_source(
    open, sprintf("%d %s file%s", length(x), file_kind(x), if (length(x) > 1L) "s" else ""),
    list(file.info(x)[c("size", "mtime")], arguments), levels, cache_dir
  )
}

file_kind <- function(files) {
  parquet <- grepl("[.]parquet$", files, ignore.case = TRUE)
  if (any(parquet) && !all(parquet)) {
    moe_abort(
      c(
        "Files must be all CSV or all Parquet files.",
        x = "Parquet files are {.file {utils::head(files[parquet], 3L)}}, others \
             {.file {utils::head(files[!parquet], 3L)}}."
      ),
      "argument"
    )
  }
  if (any(parquet)) "Parquet" else "CSV"
}

#' @rdname row_source
#' @export
row_source.DBIConnection <- function(x, table = NULL, query = NULL, ..., # nolint
                                     chunk_rows = 50000L, levels = NULL, cache_dir = NULL,
                                     cluster = NULL, parts = NULL) {
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
  what <- if (is.null(query)) "a table" else if (length(query) == 1L) "a query" else "queries"
  if (is.null(query)) query <- paste("SELECT * FROM", DBI::dbQuoteIdentifier(x, table))
  query <- as.character(query)
  database <- tryCatch(DBI::dbGetInfo(x)$dbname, error = function(e) NULL)
  new_row_source(
    function() dbi_reader(x, query, chunk_rows), paste(what, "of a database"),
    list(database, query), levels, cache_dir
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

#' A source whose rows are read by the workers of a cluster
#'
#' @return A list of class `"row_parts"`, a `"row_source"` with `origins`, for each part a list of
#'   its `rows` (a data frame or names of files), or of a function to `make` them and the number of
#'   the `part`; `arguments` of `row_source()`, for those who read it; `cluster`; and the fields of
#'   any source but `open`.
#' @noRd
new_row_parts <- function(x, cluster, parts, chunk_rows, levels, cache_dir, ...) {
  check_class(cluster, "cluster", "cluster")
  check_source_levels(levels)
  if (!is.null(cache_dir)) {
    moe_abort(
      c(
        "{.arg cache_dir} is not for rows on a cluster.",
        i = "Workers keep rows in their temporary directory: start them with {.envvar TMPDIR}."
      ),
      "argument"
    )
  }
  parts <- check_count(if (is.null(parts)) default_parts else parts, "parts")
  origins <- part_origins(x, parts)
  what <- if (is.function(x)) "a function" else "a data frame"
  if (is.character(x)) what <- paste(file_kind(x), "files")
  size <- length(origins)
  structure(
    list(
      origins = origins, cluster = cluster, levels = levels,
      arguments = c(
        list(...), list(chunk_rows = check_count(chunk_rows, "chunk_rows"), levels = levels)
      ),
      description = sprintf("%s, in %d part%s", what, size, if (size > 1L) "s" else ""),
      store = new.env(parent = emptyenv())
    ),
    class = c("row_parts", "row_source")
  )
}

# Divides well by small numbers of workers.
default_parts <- 12L

part_origins <- function(x, parts) {
  if (is.function(x)) {
    return(lapply(seq_len(parts), function(part) list(make = x, part = part)))
  }
  if (!is.data.frame(x) && !is.character(x) || NROW(x) == 0L) {
    moe_abort(
      c(
        "With a {.arg cluster}, {.arg x} must be a function of the part number, a data frame or \\
         names of files.",
        x = describe(x),
        i = "Connections and the like cannot go to a worker: give a function that opens them there."
      ),
      "argument"
    )
  }
  if (is.character(x)) x[file.exists(x)] <- normalizePath(x[file.exists(x)])
  size <- NROW(x)
  ends <- floor(size * seq_len(min(parts, size)) / min(parts, size))
  Map(function(from, to) {
    list(rows = if (is.character(x)) x[from:to] else x[from:to, , drop = FALSE])
  }, c(0, ends[-length(ends)]) + 1, ends)
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
  if (!is.null(x$cluster)) cat("Read by ", length(x$cluster), " workers\n", sep = "")
  invisible(x)
}
