# The design of a source of rows: covariates in the files of a cache, the rest in memory.

#' Design of the rows of a source
#'
#' @inheritParams model_design
#' @param source A [row_source()].
#' @return As `model_design()`; `x` and `z` are in files (see `new_row_file()`), there are no
#'   `model_frame` and no `row_names`, and `source` says where the rows come from: a list of
#'   `description`, `rows` and how many were `omitted`.
#' @noRd
source_design <- function(call, env, source, contrasts = NULL, drop_unused = TRUE) {
  request <- frame_request(call, env)
  key <- cache_key(request, source, contrasts)
  rows <- kept_rows(source, key)
  if (is.null(rows)) rows <- write_rows(source, request, contrasts, key)
  keep_rows(source, key, rows)
  name <- response_label(request$formula)
  response <- drop_unused_classes(
    list(y = rows$y, classes = rows$catalogue$classes, type = rows$catalogue$type), name,
    drop_unused
  )
  place <- function(terms) `attr<-`(terms, ".Environment", environment(request$formula))
  terms <- rows$catalogue$terms
  terms[c("expert", "gate", "full")] <- lapply(terms[c("expert", "gate", "full")], place)
  shared <- is.null(rows$z)
  fields <- function(name) {
    lapply(list(expert = rows$expert, gate = if (shared) rows$expert else rows$gate), `[[`, name)
  }
  new_moelogit_design(c(
    list(
      x = rows$x, z = rows$z, shared = shared, implicit = FALSE, intercept = fields("intercept"),
      columns = fields("columns"), assign = fields("assign"), contrasts = fields("contrasts"),
      offset = if (!is.null(rows$offset)) rows$offset[, response$kept, drop = FALSE],
      offset_argument = rows$catalogue$offset_argument, terms = terms,
      xlevels = rows$xlevels,
      formula = request$formula, source = rows$source
    ),
    response_fields(response, name, rows$weights, length(rows$y))
  ))
}

# What makes rows of a cache those of a model.
cache_key <- function(request, source, contrasts) {
  given <- as.list(request$call)[c("weights", "subset", "offset", "na.action")]
  formula <- stats::formula(request$formula)
  text <- vapply(c(list(formula), given), deparse1, "")
  # constants that the formula uses, such as knots; not the data of a whole column
  used <- mget(
    unique(unlist(lapply(c(list(formula), given), all.vars))), envir = environment(formula),
    ifnotfound = list(NULL), inherits = TRUE
  )
  used <- Filter(function(value) is.atomic(value) && length(value) <= 1000L, used)
  rlang::hash(list(unname(text), used, contrasts, source$fingerprint, source$levels, cache_version))
}

cache_version <- 1L

# Rows that are there from an earlier fit, of this session or in the cache that the user has named.
kept_rows <- function(source, key) {
  store <- source$store
  if (identical(store$key, key) && all(file.exists(cache_files(store$rows)))) {
    return(store$rows)
  }
  path <- named_cache(source, key)
  if (is.null(path) || !file.exists(path)) {
    return(NULL)
  }
  rows <- tryCatch(readRDS(path), error = function(e) NULL)
  part <- function(file) {
    if (is.null(file)) return(NULL)
    found <- unclass(file)
    found$path <- file.path(source$cache_dir, basename(found$path))
    structure(found, class = "moelogit_row_file")
  }
  rows$x <- part(rows$x)
  rows["z"] <- list(part(rows$z))
  if (length(rows$x) == 0L || !all(file.exists(cache_files(rows)))) {
    return(NULL)
  }
  moe_inform("The rows are those of the cache in {.file {source$cache_dir}}.", "cache")
  rows
}

cache_files <- function(rows) {
  c(unclass(rows$x)$path, if (!is.null(rows$z)) unclass(rows$z)$path)
}

named_cache <- function(source, key) {
  if (!is.null(source$cache_dir)) file.path(source$cache_dir, paste0("moelogit-", key, ".rds"))
}

# Later fits of this session find the rows with the source. Those of another model go, unless their
# place was named by the user.
keep_rows <- function(source, key, rows) {
  store <- source$store
  if (identical(store$key, key)) {
    return(invisible())
  }
  store$key <- key
  store$rows <- rows
}

#' Write the rows of a source to a cache
#'
#' @param catalogue What all rows say of the variables.
#' @return A list: `x` and `z` (files; `z` is `NULL` when shared), `expert` and `gate` (of each
#'   part: `intercept`, `columns`, `assign`, `contrasts`), `y` (class 1..M of each row), `weights`,
#'   `offset` (of all classes), `xlevels`,
#'   `catalogue`, `source`.
#' @noRd
write_rows <- function(source, request, contrasts, key,
                       catalogue = read_catalogue(source, request)) {
  shared <- same_columns(catalogue$terms)
  parts <- c("expert", if (!shared) "gate")
  named <- !is.null(source$cache_dir)
  base <- if (named) {
    file.path(source$cache_dir, paste0("moelogit-", key))
  } else {
    tempfile("moelogit-rows-")
  }
  paths <- stats::setNames(paste0(base, "-", parts, ".rows"), parts)
  done <- FALSE
  writers <- list()
  on.exit({
    for (writer in writers) writer$close()
    if (!done) unlink(paths)
  })
  for (part in parts) writers[[part]] <- row_writer(paths[[part]])
  rows <- write_chunks(source, request, contrasts, catalogue, writers)
  check_same_rows(catalogue, rows)
  handle <- if (!named) cache_handle(paths)
  filed <- function(part) {
    columns <- rows[[part]]$columns
    new_row_file(paths[[part]], length(rows$y), length(columns), names = columns, handle = handle)
  }
  rows["x"] <- list(filed("expert"))
  rows["z"] <- list(if (!shared) filed("gate"))
  rows$source <- list(
    description = source$description, rows = rows$rows, omitted = rows$rows - length(rows$y)
  )
  rows$catalogue <- catalogue
  done <- TRUE
  if (named) save_rows(rows, named_cache(source, key))
  rows
}

# What every chunk gives, written or gathered.
write_chunks <- function(source, request, contrasts, catalogue, writers) {
  gathered <- list()
  parts <- list()
  xlevels <- NULL
  rows <- each_chunk(source, function(chunk) {
    data <- chunk_frame(request, chunk)
    if (nrow(data) == 0L) return(TRUE)
    data <- catalogued_frame(data, catalogue)
    if (length(parts) == 0L) {
      check_contrasts(contrasts, data)
      xlevels <<- stats::.getXlevels(catalogue$terms$full, data)
    }
    for (part in names(writers)) {
      made <- term_matrix(catalogue$terms[[part]], data, contrasts, part)
      if (is.null(parts[[part]])) {
        parts[[part]] <<- c(
          made[c("intercept", "assign", "contrasts")], list(columns = colnames(made$matrix))
        )
      }
      writers[[part]]$append(made$matrix)
    }
    gathered[[length(gathered) + 1L]] <<- gather_chunk(data, catalogue, request)
    TRUE
  })
  check_some_source_rows(rows, length(gathered))
  bind <- function(name, how) do.call(how, lapply(gathered, `[[`, name))
  c(parts, list(
    rows = rows, xlevels = xlevels, y = bind("y", c), weights = bind("weights", c),
    offset = bind("offset", rbind)
  ))
}

# Class, weight and offset of the rows of a model frame.
gather_chunk <- function(data, catalogue, request) {
  value <- as.character(plain_response(data[[1L]]))
  name <- response_label(request$formula)
  check_source_values(value, catalogue$classes, name)
  response <- list(
    classes = catalogue$classes, kept = rep_len(TRUE, length(catalogue$classes))
  )
  offset <- model_offset(frame_offsets(data, catalogue$terms$expert), nrow(data), response)
  list(
    y = match(value, catalogue$classes), weights = stats::model.weights(data), offset = offset
  )
}

check_same_rows <- function(catalogue, rows) {
  if (!is.null(catalogue$rows) &&
        (rows$rows != catalogue$rows || length(rows$y) != catalogue$kept)) {
    moe_abort(
      c(
        "The source gave other rows when it was read again.",
        x = "It had {catalogue$rows} row{?s} first, then {rows$rows}.",
        i = "It must give the same rows each time."
      ),
      c("source_changed", "source")
    )
  }
}

# Removes the files when nothing refers to it any more, or R ends.
cache_handle <- function(paths) {
  handle <- new.env(parent = emptyenv())
  handle$paths <- unname(paths)
  handle$process <- Sys.getpid()
  # not by a fork
  remove <- function(handle) if (handle$process == Sys.getpid()) unlink(handle$paths)
  reg.finalizer(handle, remove, onexit = TRUE)
  handle
}

# Those of formulas may hold anything.
without_environments <- function(terms) {
  at <- c("expert", "gate", "full")
  terms[at] <- lapply(terms[at], `attr<-`, ".Environment", globalenv())
  terms
}

save_rows <- function(rows, path) {
  rows$catalogue$terms <- without_environments(rows$catalogue$terms)
  half <- paste0(path, ".part")
  saveRDS(rows, half, compress = FALSE)
  file.rename(half, path)
}

# A cache that is gone or cannot be read is an error of the source.
with_cache_errors <- function(code) {
  tryCatch(code, `moelogit::FileError` = function(e) {
    moe_abort(
      c("The cache of the source cannot be read.", i = "Make a new source."), "source", parent = e
    )
  })
}
