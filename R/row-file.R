# Covariates in a file: rows of doubles, one after the other, which the core reads in every pass.
# They stand where a design or a problem has a matrix: columns are picked without reading, rows are
# read into a matrix.

#' Covariates in a file
#'
#' @param path Of the file. @param rows,width Its rows, and the numbers of each.
#' @param columns Which of these are the columns, from 1. @param names Theirs.
#' @param handle What must live as long as the file is needed.
#' @return A list of class `"moelogit_row_file"` with these fields.
#' @noRd
new_row_file <- function(path, rows, width, columns = seq_len(width), names = NULL, handle = NULL) {
  structure(
    list(
      path = path, rows = as.double(rows), width = as.integer(width),
      columns = as.integer(columns), names = names, handle = handle
    ),
    class = "moelogit_row_file"
  )
}

#' @export
dim.moelogit_row_file <- function(x) {
  fields <- unclass(x)
  c(fields$rows, length(fields$columns))
}

#' @export
`[.moelogit_row_file` <- function(x, i, j, drop = TRUE) {
  fields <- unclass(x)
  if (!missing(j)) {
    fields$columns <- fields$columns[j]
    fields$names <- fields$names[j]
  }
  picked <- structure(fields, class = "moelogit_row_file")
  if (missing(i)) {
    return(picked)
  }
  out <- core_read_rows(picked, as.double(i))
  dimnames(out) <- list(NULL, fields$names)
  if (isTRUE(drop)) drop(out) else out
}

#' Write rows to a file
#'
#' @return A list of functions: `append(matrix)`, and `close()`, which gives the number of rows.
#' @noRd
row_writer <- function(path) {
  connection <- file(path, "wb")
  rows <- 0
  list(
    append = function(matrix) {
      writeBin(as.vector(t(matrix)), connection)
      rows <<- rows + nrow(matrix)
    },
    close = function() {
      close(connection)
      rows
    }
  )
}
