# Predictions for a source of rows, chunk by chunk.

#' Predict for the rows of a source
#'
#' @param object A fit. @param arguments Others of its `predict()`, after the new data.
#' @param to As in [predict.moelogit()].
#' @return Without `to`, what `predict()` would give for all rows at once; otherwise their number.
#' @noRd
predict_source <- function(source, object, arguments, to = NULL) {
  if (inherits(source, "row_parts")) {
    return(predict_parts(source, object, arguments, to))
  }
  one <- function(chunk) do.call(stats::predict, c(list(object, chunk), arguments))
  if (is.null(to)) {
    parts <- list()
    each_chunk(source, function(chunk) {
      parts[[length(parts) + 1L]] <<- one(chunk)
      TRUE
    })
    if (length(parts) == 0L) abort_no_source_rows()
    return(bind_predictions(parts))
  }
  sink <- prediction_sink(to)
  on.exit(sink$close())
  rows <- each_chunk(source, function(chunk) {
    sink$write(as_prediction_frame(one(chunk)))
    TRUE
  })
  sink$finish()
  invisible(rows)
}

# Of rows over workers: each predicts its parts.
predict_parts <- function(source, object, arguments, to) {
  numbered <- is.character(to) && length(to) == 1L && grepl("%[0-9]*d", to)
  if (!is.null(to) && !numbered) {
    moe_abort(
      c(
        "For rows over workers {.arg to} must be the name of a CSV file with {.code %d} for the \\
         number of the part.",
        x = describe(to)
      ),
      "argument"
    )
  }
  errors <- arguments$se.fit || arguments$interval != "none"
  if (errors && is.null(arguments$vcov.)) arguments$vcov. <- vcov(object)
  object[c("data", "fitted.values", "call")] <- list(NULL)
  given <- list(object = object, arguments = arguments, to = to)
  made <- ask_parts(open_parts(source), "part_prediction", given, read = TRUE)
  if (!is.null(to)) {
    return(invisible(sum(unlist(made))))
  }
  made <- Filter(Negate(is.null), made)
  if (length(made) == 0L) abort_no_source_rows()
  bind_predictions(made)
}

# On a worker.
part_prediction <- function(part, given, own) {
  to <- if (!is.null(given$to)) sprintf(given$to, part$id)
  tryCatch(
    predict_source(part$source, given$object, given$arguments, to),
    moelogit_error_no_rows = function(e) NULL
  )
}

abort_no_source_rows <- function() {
  moe_abort("The source has no rows to predict for.", "no_rows")
}

# Predictions of rows that follow each other, as one: factors, matrices, arrays or lists of these.
bind_predictions <- function(parts) {
  first <- parts[[1L]]
  if (is.factor(first)) {
    text <- unlist(lapply(parts, function(part) stats::setNames(as.character(part), names(part))))
    return(stats::setNames(
      factor(text, levels(first), ordered = is.ordered(first)), names(text)
    ))
  }
  if (is.list(first)) {
    names <- stats::setNames(nm = names(first))
    return(lapply(names, function(name) bind_predictions(lapply(parts, `[[`, name))))
  }
  dims <- dim(first)
  flat <- do.call(rbind, lapply(parts, function(part) {
    matrix(part, nrow(part), dimnames = list(rownames(part), NULL))
  }))
  array(flat, c(nrow(flat), dims[-1L]), c(list(rownames(flat)), dimnames(first)[-1L]))
}

# A row for each row: `class`, or a column for each class or expert ("expert.class" for both).
as_prediction_frame <- function(prediction) {
  if (is.factor(prediction)) {
    return(data.frame(class = unname(prediction)))
  }
  if (is.list(prediction)) {
    parts <- lapply(prediction, as_prediction_frame)
    labels <- Map(function(part, name) paste(name, names(part), sep = "."), parts, names(parts))
    return(stats::setNames(do.call(cbind, unname(parts)), unlist(labels)))
  }
  names <- dimnames(prediction)[-1L]
  names <- if (length(names) == 1L) {
    names[[1L]]
  } else {
    paste(rep(names[[2L]], each = length(names[[1L]])), names[[1L]], sep = ".")
  }
  flat <- matrix(prediction, nrow(prediction), dimnames = list(NULL, names))
  as.data.frame(flat)
}

# Where predictions go: a list of functions, write(frame), finish() after the last, close() in any
# case.
prediction_sink <- function(to) {
  if (is.function(to)) {
    return(new_sink(to))
  }
  if (is.character(to) && length(to) == 1L && !is.na(to)) {
    return(csv_sink(to))
  }
  if (is.list(to) && length(to) == 2L && inherits(to[[1L]], "DBIConnection")) {
    return(table_sink(to[[1L]], to[[2L]]))
  }
  moe_abort(
    c(
      "{.arg to} must be a function, the name of a CSV file, or a list of a DBI connection and \\
       the name of a table.",
      x = describe(to)
    ),
    "argument"
  )
}

new_sink <- function(write, finish = function() NULL, close = function() NULL) {
  list(write = write, finish = finish, close = close)
}

csv_sink <- function(path) {
  if (file.exists(path)) abort_sink_exists(path)
  begun <- FALSE
  new_sink(function(frame) {
    utils::write.table(
      frame, path, sep = ",", qmethod = "double", row.names = FALSE, col.names = !begun,
      append = begun
    )
    begun <<- TRUE
  })
}

# Databases do not write while a result is read over the same connection: predictions wait in a
# file until the source has ended.
table_sink <- function(connection, table) {
  rlang::check_installed("DBI", "to write to a database.")
  if (DBI::dbExistsTable(connection, table)) abort_sink_exists(as.character(table))
  path <- tempfile("moelogit-predictions-")
  waiting <- file(path, "w+b")
  frames <- 0L
  write <- function(frame) {
    factors <- vapply(frame, is.factor, NA)
    frame[factors] <- lapply(frame[factors], as.character)
    serialize(frame, waiting, xdr = FALSE)
    frames <<- frames + 1L
  }
  finish <- function() {
    for (i in seq_len(frames)) {
      DBI::dbWriteTable(connection, table, unserialize(waiting), append = TRUE)
    }
  }
  new_sink(write, finish, function() {
    close(waiting)
    unlink(path)
  })
}

abort_sink_exists <- function(name) {
  moe_abort(
    c(
      "{.arg to} names something that is there already: {.val {name}}.",
      i = "Remove it, or give another name."
    ),
    "argument"
  )
}

# Arguments that only predictions for a source have, or only others.
check_source_arguments <- function(of_source, to, others) {
  given <- names(others)[!vapply(others, is.null, NA)]
  if (of_source && length(given) > 0L) {
    moe_abort(
      c(
        "Predictions for a source take what they need from its columns.",
        x = "You gave {.arg {given}} besides."
      ),
      "argument"
    )
  }
  if (!of_source && !is.null(to)) {
    moe_abort("{.arg to} is for a {.fn row_source} as {.arg newdata}.", "argument")
  }
}
