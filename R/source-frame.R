# The model frames of the chunks of a source, and what is learnt from all of them before any is
# written: levels, classes, terms.

#' What to evaluate in every chunk
#'
#' @inheritParams model_design
#' @return A list: `call`, `env`, `formula` of two parts.
#' @noRd
frame_request <- function(call, env) {
  request <- list(call = call, env = env, formula = two_part_formula(eval(call$formula, env)))
  check_source_na_action(call$na.action, env)
  request
}

# Only what looks at one row at a time.
check_source_na_action <- function(action, env) {
  if (is.null(action)) action <- getOption("na.action")
  value <- eval(action, env)
  known <- c("na.omit", "na.exclude", "na.fail", "na.pass")
  same <- vapply(known, function(name) {
    identical(value, name) || identical(value, getExportedValue("stats", name))
  }, NA)
  if (!is.null(value) && !any(same)) {
    moe_abort(
      c(
        "This {.arg na.action} needs all rows at once, which a source does not give.",
        x = "You gave {.code {deparse1(action)}}.",
        i = "Use {.code na.omit}, or a data frame."
      ),
      "source_terms"
    )
  }
}

# The model frame of a chunk.
chunk_frame <- function(request, chunk, call = request$call) {
  if (!is.null(call$subset)) check_source_subset(call$subset, request$formula, chunk)
  evaluate_frame(call, request$formula, chunk, request$env)
}

check_source_subset <- function(subset, formula, chunk) {
  value <- tryCatch(eval(subset, chunk, environment(formula)), error = function(e) TRUE)
  if (!is.logical(value)) {
    moe_abort(
      c(
        "{.arg subset} must be a condition on the columns of the source, such as {.code x > 0}.",
        x = describe(value)
      ),
      "source_terms"
    )
  }
}

#' Check that variables are computed from one row at a time
#'
#' Each half of a chunk must give what the whole gives for these rows.
#' @noRd
check_row_local <- function(request, chunk) {
  n <- nrow(chunk)
  if (n < 2L) {
    return(invisible())
  }
  call <- request$call
  call$subset <- NULL
  call$na.action <- quote(stats::na.pass)
  frame <- function(rows) suppressWarnings(chunk_frame(request, chunk[rows, , drop = FALSE], call))
  whole <- frame(seq_len(n))
  for (rows in split(seq_len(n), seq_len(n) > n %/% 2L)) {
    part <- tryCatch(frame(rows), error = function(e) NULL)
    same <- if (is.null(part)) {
      names(whole) %in% names(chunk)
    } else {
      vapply(names(whole), function(name) same_values(whole[[name]], part[[name]], rows), NA)
    }
    if (!all(same)) abort_row_local(names(whole)[!same])
  }
}

same_values <- function(whole, part, rows) {
  plain <- function(x) if (is.factor(x)) as.character(x) else as.vector(as.matrix(x))
  taken <- if (is.null(dim(whole))) whole[rows] else whole[rows, , drop = FALSE]
  identical(plain(taken), plain(part))
}

abort_row_local <- function(variables) {
  moe_abort(
    c(
      "Terms of a source must be computed from one row at a time.",
      x = "{cli::qty(variables)}{?This/These} need{?s/} other rows: {.code {variables}}.",
      i = "Give what is taken from all rows: {.code ns(x, knots = , Boundary.knots = )}, \\
           {.code scale(x, center = , scale = )}, {.code cut(x, breaks = )}, \\
           {.code poly(x, 2, raw = TRUE)}."
    ),
    "source_terms"
  )
}

#' What is known of the variables of a source
#'
#' @param data The first model frame that has rows. @param chunk The chunk it came from.
#' @return A list: `terms` (see `model_design()`), `columns` (of the source), `kinds` (of the
#'   variables), `levels` and `used` (of those that are categorical), `contrasts` (set as an
#'   attribute), `classes` and `type` of the response, `offset_argument`.
#' @noRd
new_catalogue <- function(request, data, chunk) {
  if (is.matrix(plain_response(data[[1L]]))) {
    moe_abort(
      c(
        "A response of counts cannot come from a source.",
        i = "Give a row for each class, with the counts as {.arg weights}."
      ),
      "response"
    )
  }
  said <- chunk_catalogue(request, data, categorical_covariates(data))
  c(said, list(
    terms = frame_terms(data, request$formula, chunk), columns = names(chunk),
    contrasts = Filter(Negate(is.null), lapply(data[names(said$levels)], attr, "contrasts")),
    offset_argument = "(offset)" %in% names(data)
  ))
}

# What one model frame says of the variables.
chunk_catalogue <- function(request, data, categorical) {
  response <- class_response(plain_response(data[[1L]]), response_label(request$formula))
  list(
    kinds = variable_kinds(data), levels = lapply(data[categorical], observed_levels),
    used = lapply(data[categorical], unique_text), classes = response$classes, type = response$type
  )
}

# What another model frame, or another part of the rows, adds.
merge_catalogues <- function(catalogue, more) {
  check_same_kinds(catalogue, more$kinds)
  for (name in names(catalogue$levels)) {
    catalogue$levels[[name]] <- merge_levels(
      catalogue$levels[[name]], more$levels[[name]], more$kinds[[name]] %in% c("factor", "ordered")
    )
    catalogue$used[[name]] <- union(catalogue$used[[name]], more$used[[name]])
  }
  catalogue$type <- more$type
  catalogue$classes <- merge_levels(catalogue$classes, more$classes, more$type != "character")
  catalogue
}

variable_kinds <- function(data) vapply(data, stats::.MFclass, "")

check_same_kinds <- function(catalogue, kinds) {
  bad <- which(kinds != catalogue$kinds[names(kinds)])
  if (length(bad) > 0L) {
    name <- names(kinds)[bad[1L]]
    moe_abort(
      c(
        "{.var {name}} must be of the same type in all rows of a source.",
        x = "It was {.val {catalogue$kinds[[name]]}} and is now {.val {kinds[[name]]}}.",
        i = "Give its {.arg levels}, or for CSV files {.arg colClasses}."
      ),
      c("source_columns", "source")
    )
  }
}

# Names of the factors and characters of a model frame beside the response.
categorical_covariates <- function(data) {
  names(data)[-1L][vapply(data[-1L], has_levels, NA)]
}

observed_levels <- function(x) if (is.factor(x)) levels(x) else sort(unique_text(x))

unique_text <- function(x) as.character(unique(x[!is.na(x)]))

#' Levels of two chunks as those of both together
#'
#' What is in order stays so, as by `factor()` of all values: numbers (unless they are characters)
#' by size, others by name. Other levels: in the order in which they come.
#' @noRd
merge_levels <- function(a, b, numbers) {
  if (is.null(a) || identical(a, b)) {
    return(b)
  }
  size <- function(x) suppressWarnings(as.numeric(x))
  ordered <- function(x, by) !anyNA(by(x)) && !is.unsorted(by(x))
  both <- union(a, b)
  if (numbers && ordered(a, size) && ordered(b, size)) {
    return(both[order(size(both))])
  }
  if (identical(a, sort(a)) && identical(b, sort(b))) sort(both) else both
}

# Whether the user has given all levels that a model needs, so that nothing is to be learnt.
levels_given <- function(catalogue, source, data) {
  known <- names(source$levels)
  all(names(catalogue$levels) %in% known) && (names(data)[1L] %in% known || is.logical(data[[1L]]))
}

#' Learn what all rows together say of the variables
#'
#' @return A catalogue, see `new_catalogue()`, with `rows` of the source and `kept` in the model
#'   frames, both `NULL` when the levels were given and the reading ended early.
#' @noRd
read_catalogue <- function(source, request) {
  found <- gather_catalogue(source, request)
  check_some_source_rows(found$rows, found$kept)
  c(finish_catalogue(found$catalogue, found$given), if (!found$given) found[c("rows", "kept")])
}

# A list: `catalogue`, not finished, `NULL` without rows; `rows`, `kept`, and whether levels were
# `given`.
gather_catalogue <- function(source, request) {
  catalogue <- NULL
  kept <- 0
  given <- FALSE
  rows <- each_chunk(source, function(chunk) {
    data <- chunk_frame(request, chunk)
    kept <<- kept + nrow(data)
    if (nrow(data) == 0L) return(TRUE)
    if (is.null(catalogue)) {
      check_row_local(request, chunk)
      catalogue <<- new_catalogue(request, data, chunk)
      given <<- levels_given(catalogue, source, data)
      return(!given)
    }
    more <- chunk_catalogue(request, data, names(catalogue$levels))
    catalogue <<- merge_catalogues(catalogue, more)
    TRUE
  })
  list(catalogue = catalogue, rows = rows, kept = kept, given = given)
}

# With the levels that some row has, or those that were given.
finish_catalogue <- function(catalogue, given) {
  catalogue$levels <- Map(function(levels, used) {
    if (given) levels else levels[levels %in% used]
  }, catalogue$levels, catalogue$used)
  catalogue
}

check_some_source_rows <- function(rows, kept) {
  if (kept == 0) {
    moe_abort(
      c(
        "No rows are left to fit.",
        x = if (rows == 0) {
          "The source has no rows."
        } else {
          "All {rows} row{?s} of the source were left out, by {.arg subset} or for missing values."
        }
      ),
      "no_rows"
    )
  }
}

# A model frame whose factors have the levels of all rows.
catalogued_frame <- function(data, catalogue) {
  check_same_kinds(catalogue, variable_kinds(data))
  for (name in names(catalogue$levels)) {
    levels <- catalogue$levels[[name]]
    value <- as.character(data[[name]])
    check_source_values(value, levels, name)
    kept <- catalogue$contrasts[[name]]
    if (!is.null(kept) && nlevels(data[[name]]) != length(levels)) kept <- NULL
    data[[name]] <- structure(
      factor(value, levels, ordered = is.ordered(data[[name]])), contrasts = kept
    )
  }
  data
}
