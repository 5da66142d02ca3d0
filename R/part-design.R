# The design of rows in parts on workers, of which the master learns counts and sums.

#' Design of rows that are on workers
#'
#' @inheritParams source_design
#' @return As `source_design()`; `x` and `z` are columns elsewhere (see `new_part_columns()`), there
#'   is no `y`, and `weights` is the sum of all weights.
#' @noRd
part_design <- function(call, env, source, contrasts = NULL, drop_unused = TRUE) {
  request <- frame_request(call, env)
  key <- cache_key(request, source, contrasts)
  store <- source$store
  if (!identical(store$key, key)) {
    store$parts <- read_parts(source, request, contrasts)
    store$key <- key
  }
  parts <- store$parts
  first <- parts$about[[1L]]
  terms <- parts$catalogues[[1L]]$terms
  at <- c("expert", "gate", "full")
  terms[at] <- lapply(terms[at], `attr<-`, ".Environment", environment(request$formula))
  shared <- is.null(first$gate)
  sides <- list(expert = first$expert, gate = if (shared) first$expert else first$gate)
  fields <- function(name) lapply(sides, `[[`, name)
  columns <- function(x, side) new_part_columns(parts, x, sides[[side]]$columns)
  new_moelogit_design(c(
    list(
      x = columns("x", "expert"), z = if (!shared) columns("z", "gate"), shared = shared,
      implicit = FALSE, intercept = fields("intercept"), columns = fields("columns"),
      assign = fields("assign"), contrasts = fields("contrasts"),
      offset_argument = parts$catalogues[[1L]]$offset_argument, terms = terms,
      xlevels = first$xlevels, formula = request$formula, source = parts$source
    ),
    part_response_fields(parts, response_label(request$formula), drop_unused)
  ))
}

# As response_fields(), from what the parts say of themselves.
part_response_fields <- function(parts, name, drop_unused) {
  total <- function(field) Reduce(`+`, lapply(parts$about, `[[`, field))
  catalogue <- parts$catalogues[[1L]]
  response <- drop_unused_classes(
    list(y = which(total("counts") > 0), classes = catalogue$classes, type = catalogue$type), name,
    drop_unused
  )
  check_weights(total("weight"), "weights")
  response$y <- which(total("positive_counts")[response$kept] > 0)
  check_two_classes(response, seq_along(response$y), name)
  count <- function(n) if (n <= .Machine$integer.max) as.integer(n) else n
  list(
    weights = total("weight"), n = count(total("n")), n_positive = count(total("positive")),
    complete = TRUE,
    classes = response$classes, response_name = name, response_type = response$type
  )
}

#' Read all parts
#'
#' @return As `open_parts()`, with `catalogues` (what all parts together say of the variables, with
#'   the `rows` and `kept` of each part), `about` (see `part_written()`), `source` (of a design).
#' @noRd
read_parts <- function(source, request, contrasts) {
  parts <- open_parts(source, list(request = portable_request(request), contrasts = contrasts))
  found <- ask_parts(parts, "part_catalogue", read = TRUE)
  used <- !vapply(found, function(one) is.null(one$catalogue), NA)
  empty <- sum(vapply(found[!used], `[[`, 0, "rows"))
  check_some_source_rows(empty, sum(used))
  parts[["origins"]] <- parts$origins[used]
  parts[["ids"]] <- parts$ids[used]
  parts[["homes"]] <- parts$homes[used]
  found <- found[used]
  all <- finish_catalogue(
    Reduce(merge_catalogues, lapply(found, `[[`, "catalogue")),
    given = all(vapply(found, `[[`, NA, "given"))
  )
  parts$catalogues <- lapply(found, function(one) c(all, if (!one$given) one[c("rows", "kept")]))
  parts$about <- ask_parts(parts, "part_written", own = parts$catalogues)
  parts$written <- TRUE
  rows <- sum(vapply(parts$about, `[[`, 0, "rows"))
  kept <- sum(vapply(parts$about, `[[`, 0, "n"))
  parts$source <- list(
    description = source$description, rows = rows + empty, omitted = rows + empty - kept
  )
  parts
}

# What the formula takes from where it was written goes with it to the workers: constants, and
# functions that are not everywhere.
portable_request <- function(request) {
  call <- request$call
  call <- call[c(1L, match(c("weights", "subset", "offset", "na.action"), names(call), 0L))]
  call[[1L]] <- quote(moelogit)
  formula <- request$formula
  used <- unlist(lapply(c(list(stats::formula(formula)), as.list(call)[-1L]), all.names))
  values <- mget(
    unique(used), envir = environment(formula), ifnotfound = list(NULL), inherits = TRUE
  )
  everywhere <- lapply(c("base", "stats"), asNamespace)
  wanted <- vapply(values, function(value) {
    if (is.function(value)) {
      !is.primitive(value) && !any(vapply(everywhere, identical, NA, environment(value)))
    } else {
      is.atomic(value) && !is.null(value) && length(value) <= 1000L
    }
  }, NA)
  env <- list2env(values[wanted], parent = globalenv())
  environment(formula) <- env
  list(call = call, env = env, formula = formula)
}

# On a worker: what a part says of the variables. Environments stay where they are.
part_catalogue <- function(part, given, own) {
  found <- gather_catalogue(part$source, part$request)
  if (!is.null(found$catalogue)) {
    found$catalogue$terms <- without_environments(found$catalogue$terms)
  }
  found
}

#' Write a part, and tell about it
#'
#' @return A list: `rows` of the source, `n` of these in the fit, `weight` (sum) and `least` weight,
#'   `positive` (rows with a positive weight), `counts` and `positive_counts` of classes, `expert`,
#'   `gate` and `xlevels` as in `write_rows()`.
#' @noRd
part_written <- function(part, given, own) {
  write_part(part, own)
  rows <- part$rows
  weights <- rows$weights
  # none of the rows of a part need have a weight
  if (!is.null(weights) && !isTRUE(all(weights == 0))) check_weights(weights, "weights")
  weights <- part_weights(part)
  count <- function(y) tabulate(y, length(own$classes))
  list(
    rows = rows$rows, n = as.double(length(weights)), weight = sum(weights), least = min(weights),
    positive = as.double(sum(weights > 0)), counts = count(rows$y),
    positive_counts = count(rows$y[weights > 0]), expert = rows$expert, gate = rows$gate,
    xlevels = rows$xlevels
  )
}

part_weights <- function(part) {
  weights <- part$rows$weights
  if (is.null(weights)) rep_len(1, length(part$rows$y)) else as.double(weights)
}

#' Columns of rows that are elsewhere
#'
#' They stand where a design or a problem has a matrix.
#' @param parts From `read_parts()`. @param side `"x"` or `"z"`. @param names Of the columns.
#' @param columns Which of those that were written they are.
#' @noRd
new_part_columns <- function(parts, side, names, columns = seq_along(names)) {
  structure(
    list(parts = parts, side = side, columns = columns, names = names),
    class = "moelogit_part_columns"
  )
}

#' @export
dim.moelogit_part_columns <- function(x) {
  fields <- unclass(x)
  c(sum(vapply(fields$parts$about, `[[`, 0, "n")), length(fields$columns))
}

#' @export
`[.moelogit_part_columns` <- function(x, i, j, drop = TRUE) { # nolint
  fields <- unclass(x)
  new_part_columns(fields$parts, fields$side, fields$names[j], fields$columns[j])
}

# As core_moments() and core_gram(), of columns here or elsewhere.
column_moments <- function(x, weights, centered) {
  if (!inherits(x, "moelogit_part_columns")) {
    return(core_moments(x, weights, centered))
  }
  fields <- unclass(x)
  given <- list(side = fields$side, columns = fields$columns, centered = centered)
  found <- ask_parts(fields$parts, "part_moments", given)
  share <- vapply(fields$parts$about, `[[`, 0, "weight") / weights
  # a part without weight knows no moments
  found <- found[share > 0]
  share <- share[share > 0]
  merge_moments(found, share)
}

# In units in which no square overflows.
merge_moments <- function(found, share) {
  size <- do.call(pmax, lapply(found, function(one) pmax(abs(one$center), one$scale)))
  unit <- ifelse(size > 0, size, 1)
  total <- function(of) Reduce(`+`, Map(function(one, w) w * of(one), found, share))
  mean <- total(function(one) one$center / unit)
  square <- total(function(one) (one$scale / unit)^2 + (one$center / unit - mean)^2)
  list(center = mean * unit, scale = sqrt(square) * unit)
}

column_gram <- function(design, weights, threads) {
  if (!inherits(design$x, "moelogit_part_columns")) {
    return(core_gram(design, weights, threads))
  }
  fields <- unclass(design$x)
  design$x <- NULL
  given <- c(design, fields[c("side", "columns")])
  Reduce(`+`, ask_parts(fields$parts, "part_gram", given))
}

# How many rows have a positive weight, of columns here or elsewhere.
positive_count <- function(x, weights) {
  if (!inherits(x, "moelogit_part_columns")) {
    return(sum(weights > 0))
  }
  sum(vapply(unclass(x)$parts$about, `[[`, 0, "positive"))
}

# On a worker.
part_moments <- function(part, given, own) {
  core_moments(part$rows[[given$side]][, given$columns], part_weights(part), given$centered)
}

part_gram <- function(part, given, own) {
  given$x <- part$rows[[given$side]][, given$columns]
  core_gram(given, part_weights(part), 1L)
}

#' The sums of rows elsewhere, for the core
#'
#' @param given What `part_problem()` needs.
#' @return A function(kind, theta): the sums over all parts, or `NULL` when they are not to be had;
#'   why is then in `parts$stopped`, an error or an interrupt.
#' @noRd
elsewhere_sums <- function(parts, given) {
  force(given)
  function(kind, theta) {
    if (!is.null(parts$stopped)) {
      return(NULL)
    }
    stop_there <- function(condition) {
      parts$stopped <- condition
      NULL
    }
    tryCatch(
      Reduce(`+`, ask_parts(parts, "part_sums", c(given, list(kind = kind, theta = theta)))),
      error = stop_there, interrupt = stop_there
    )
  }
}
