# Parquet files, read a group of rows at a time.

# One after the other, large groups by pieces.
parquet_reader <- function(files, chunk_rows) {
  groups <- unlist(lapply(files, parquet_groups))
  reader_chain(lapply(groups, function(group) {
    function() table_reader(group(), chunk_rows, named = FALSE)
  }))
}

# Functions that each read a group of the rows of a file. What reads one is not among the functions
# that nanoparquet promises to keep: without it, all rows at once.
parquet_groups <- function(file) {
  read_group <- parquet_group_reader()
  if (is.null(read_group)) {
    return(list(function() nanoparquet::read_parquet(file)))
  }
  count <- count_groups(parquet_footer(file))
  lapply(seq_len(count) - 1, function(group) function() read_group(file, as.integer(group)))
}

parquet_group_reader <- function() {
  get0("read_parquet_row_group", asNamespace("nanoparquet"), inherits = FALSE)
}

# The metadata at the end of a file: bytes, their number and a mark are the last there.
parquet_footer <- function(file) {
  connection <- file(file, "rb")
  on.exit(close(connection))
  size <- file.size(file)
  bytes <- function(from, count) {
    seek(connection, max(0, from))
    readBin(connection, "raw", count)
  }
  last <- bytes(size - 8, 8L)
  if (!identical(last[5:8], charToRaw("PAR1"))) stop(basename(file), " is no Parquet file.")
  count <- sum(as.integer(last[1:4]) * 256^(0:3))
  bytes(size - 8 - count, count)
}

#' The number of groups of rows, by the metadata of a Parquet file
#'
#' The length of the list that is its fourth field. The metadata are written by the compact protocol
#' of Apache Thrift. (What nanoparquet says of them takes a megabyte for each column of each group.)
#' @param bytes From `parquet_footer()`.
#' @noRd
count_groups <- function(bytes) {
  reader <- thrift_reader(bytes)
  repeat {
    field <- reader$field()
    if (is.null(field)) return(0)
    if (field$id == 4) return(reader$list_head()$size)
    reader$skip(field$type)
  }
}

#' A reader of values in Thrift's compact protocol
#'
#' @return A list of functions: `field()`, the next field's `id` and `type`, `NULL` after the last
#'   of a struct; `list_head()`, the `size` of a list and the `type` of its elements; `skip(type)`.
#' @noRd
thrift_reader <- function(bytes) {
  at <- 0
  id <- 0
  byte <- function() {
    at <<- at + 1
    if (at > length(bytes)) stop("The metadata end too early.")
    as.integer(bytes[at])
  }
  # seven bits a byte, the lowest first
  number <- function() {
    value <- 0
    unit <- 1
    repeat {
      part <- byte()
      value <- value + part %% 128L * unit
      if (part < 128L) return(value)
      unit <- 128 * unit
    }
  }
  field <- function() {
    head <- byte()
    if (head == 0L) return(NULL)
    # a number of its own is doubled, negative ones between
    id <<- if (head < 16L) number() / 2 else id + head %/% 16L
    list(id = id, type = head %% 16L)
  }
  list_head <- function() {
    head <- byte()
    size <- head %/% 16L
    list(size = if (size == 15L) number() else size, type = head %% 16L)
  }
  skip_struct <- function() {
    outside <- id
    id <<- 0
    while (!is.null(inside <- field())) skip(inside$type)
    id <<- outside
  }
  skip_list <- function() {
    head <- list_head()
    # truth values are a byte in lists, and nothing more than their type in fields
    type <- if (head$type <= 2L) 3L else head$type
    for (i in seq_len(head$size)) skip(type)
  }
  skip <- function(type) {
    if (type == 3L) at <<- at + 1
    if (type %in% 4:6) number()
    if (type == 7L) at <<- at + 8
    if (type == 8L) {
      length <- number()
      at <<- at + length
    }
    if (type %in% 9:10) skip_list()
    if (type == 12L) skip_struct()
    invisible()
  }
  list(field = field, list_head = list_head, skip = skip)
}
