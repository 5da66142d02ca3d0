# The covariates that pictures look along: where they are found, and their values.

#' The raw covariates of a model
#'
#' @return A data frame of the variables that new data must have: from `data`, or from the training
#'   data that the fit holds, or else those that its call names.
#' @noRd
covariate_data <- function(object, data) {
  if (is.null(object$terms)) {
    needed <- unique(c(object$columns$expert[-1L], object$columns$gate[-1L]))
    out <- if (is.null(data)) as.data.frame(covariate_matrix(object)) else as.data.frame(data)
    if (is.null(data)) names(out) <- needed
  } else {
    needed <- object$terms$required
    out <- if (is.null(data)) stored_variables(object, needed) else data
  }
  check_new_columns(needed, names(out), "data")
  if (length(needed) == 0L) {
    moe_abort("The model has no covariates to look along.", "argument")
  }
  out <- as.data.frame(out)[needed]
  if (!is.null(object$filled)) out[] <- lapply(out, fill_typical)
  out[stats::complete.cases(out), , drop = FALSE]
}

# Where rows with missing covariates take part, the typical value stands for what they lack.
fill_typical <- function(v) {
  gaps <- !stats::complete.cases(v)
  if (is.null(dim(v)) && any(gaps) && !all(gaps)) v[gaps] <- typical_value(v[!gaps])
  v
}

stored_variables <- function(object, needed) {
  frame <- object$data$model_frame
  if (all(needed %in% names(frame))) {
    return(frame)
  }
  found <- tryCatch(
    eval(object$call$data, environment(object$formula)),
    error = function(e) NULL
  )
  if (!is.data.frame(found) || !all(needed %in% names(found))) {
    abort_no_plot_data(setdiff(needed, names(frame)))
  }
  found
}

abort_no_plot_data <- function(variables = character()) {
  moe_abort(
    c(
      "The fit does not hold the data that the picture needs.",
      x = if (length(variables) > 0L) "Not found as such: {.var {variables}}.",
      i = "Give the data as {.arg data}."
    ),
    "no_data"
  )
}

# Variables of the gate, or those of gate and experts, in order.
part_variables <- function(object, part = c("expert", "gate")) {
  found <- lapply(part, function(one) {
    if (is.null(object$terms)) {
      return(object$columns[[one]][-1L])
    }
    intersect(all.vars(object$terms[[one]]), object$terms$required)
  })
  found <- unique(unlist(found))
  if (length(found) == 0L) {
    moe_abort("The {part[1L]} part of the model has no covariates to look along.", "argument")
  }
  found
}

# Names of covariates that the model has, a given number of them.
check_variables <- function(variables, known, count = NULL) {
  right <- if (is.null(count)) length(variables) > 0L else length(variables) == count
  if (!is.character(variables) || !right || anyDuplicated(variables)) {
    wanted <- if (is.null(count)) "names of covariates" else "the names of two covariates"
    moe_abort(
      c("{.arg variables} must be {wanted}, each once.", x = describe(variables)), "argument"
    )
  }
  check_known_variables(variables, known)
}

check_known_variables <- function(variables, known) {
  unknown <- setdiff(variables, known)
  if (length(unknown) > 0L) {
    moe_abort(
      c(
        "{.arg variables} and {.arg at} must name covariates of the model.",
        x = "Not among them: {.var {unknown}}.",
        i = "The model has {.var {known}}."
      ),
      "argument"
    )
  }
}

#' Where the covariates that a picture does not look along are
#'
#' @return A data frame of one row: the values in `at`, and typical ones of the other covariates.
#' @noRd
base_row <- function(covariates, at) {
  if (!is.list(at) || (length(at) > 0L && (is.null(names(at)) || any(names(at) == "")))) {
    moe_abort(
      c("{.arg at} must be a named list such as {.code list(x = 1)}.", x = describe(at)), "argument"
    )
  }
  check_known_variables(names(at), names(covariates))
  base <- covariates[1L, , drop = FALSE]
  base[] <- lapply(covariates, typical_value)
  for (name in names(at)) base[[name]] <- like_covariate(at[[name]], covariates[[name]], name)
  base
}

# One row for each value that the named covariates take together, the others as in the base row.
rows_along <- function(base, values) {
  grid <- expand.grid(values, KEEP.OUT.ATTRS = FALSE, stringsAsFactors = FALSE)
  new <- base[rep_len(1L, nrow(grid)), , drop = FALSE]
  new[names(values)] <- grid
  rownames(new) <- NULL
  new
}

# One value: the median, or the most frequent one.
typical_value <- function(v) {
  if (is.matrix(v)) {
    return(matrix(apply(v, 2L, stats::median), 1L, dimnames = list(NULL, colnames(v))))
  }
  if (is_smooth(v)) {
    return(if (is.integer(v)) sort(v)[(length(v) + 1L) %/% 2L] else stats::median(v))
  }
  counts <- table(v)
  v[match(names(counts)[which.max(counts)], as.character(v))]
}

like_covariate <- function(value, v, name) {
  if (length(value) != 1L || is.na(value)) {
    moe_abort(
      c("Every value in {.arg at} must be a single one.", x = "That of {.var {name}} is not."),
      "argument"
    )
  }
  if (is.numeric(v)) {
    if (!is.numeric(value)) {
      moe_abort(
        c("{.var {name}} is numeric, so must be its value in {.arg at}.", x = describe(value)),
        "argument"
      )
    }
    return(value)
  }
  if (inherits(v, c("Date", "POSIXct"))) {
    return(value)
  }
  known <- if (is.factor(v)) levels(v) else sort(unique(as.character(v)))
  if (!as.character(value) %in% known) {
    moe_abort(
      c(
        "The value of {.var {name}} in {.arg at} must be one of {.or {.val {known}}}.",
        x = describe(as.character(value))
      ),
      "argument"
    )
  }
  if (is.factor(v)) factor(as.character(value), levels = known, ordered = is.ordered(v)) else value
}

is_smooth <- function(v) is.numeric(v) || inherits(v, c("Date", "POSIXct"))

# Along a numeric covariate its range, along any other its values.
effect_values <- function(v, n) {
  if (is.factor(v)) {
    return(factor(levels(droplevels(v)), levels = levels(v), ordered = is.ordered(v)))
  }
  if (!is_smooth(v)) {
    return(sort(unique(v)))
  }
  if (is.integer(v) && length(unique(v)) <= 10L) {
    return(sort(unique(v)))
  }
  if (is.integer(v)) v <- as.double(v)
  seq(min(v), max(v), length.out = n)
}

#' Where the values of covariates stand on one horizontal axis
#'
#' Numbers alone stand where they are. Otherwise each covariate has its own stretch of the axis, of
#' length 1, so that panels of numbers, dates and factors go beside each other.
#' @param values Named list of `effect_values()`.
#' @return A list: `scale` (layers, or `NULL`), and `axes`, for each covariate a list of `place` (a
#'   function of values), `step` (between neighbours) and `curve` (or single points).
#' @noRd
covariate_axes <- function(values) {
  plain <- all(vapply(values, is.numeric, NA)) || length(values) == 1L && is_smooth(values[[1L]])
  axes <- Map(function(v, number) {
    curve <- is_smooth(v) && length(v) > 10L
    if (plain) {
      return(list(place = identity, step = least_gap(as.numeric(v)), curve = curve))
    }
    c(stretched_axis(v, 10 * number), curve = curve)
  }, values, seq_along(values))
  list(axes = axes, scale = if (!plain) stretched_scale(axes))
}

least_gap <- function(x) if (length(x) > 1L) max(min(diff(sort(x))), 1e-9) else 1

# Numbers and dates from end to end, the levels of anything else at equal distances.
stretched_axis <- function(v, from) {
  if (is_smooth(v)) {
    ends <- range(v)
    at <- pretty(v, 3L)
    at <- at[at >= ends[1L] & at <= ends[2L]]
    labels <- if (is.numeric(v)) format_each(at) else format(at)
    spread <- max(as.numeric(ends[2L]) - as.numeric(ends[1L]), 1e-9)
    place <- function(x) from + (as.numeric(x) - as.numeric(ends[1L])) / spread
    return(list(place = place, step = least_gap(place(v)), at = place(at), labels = labels))
  }
  known <- as.character(v)
  place <- function(x) from + (match(as.character(x), known) - 0.5) / length(known)
  list(place = place, step = 1 / length(known), at = place(known), labels = wrapped(known, 12L))
}

# Names of levels that have no room beside each other are turned.
stretched_scale <- function(axes) {
  labels <- lapply(axes, `[[`, "labels")
  long <- vapply(labels, function(one) sum(nchar(sub("\n.*", "", one)) + 1L), 0L)
  list(
    ggplot2::scale_x_continuous(
      breaks = unlist(lapply(axes, `[[`, "at"), use.names = FALSE),
      labels = unlist(labels, use.names = FALSE), minor_breaks = NULL
    ),
    if (max(long) * length(axes) > 75L) {
      ggplot2::theme(axis.text.x = ggplot2::element_text(angle = 40, hjust = 1))
    }
  )
}

# Says at which values the other covariates are.
typical_caption <- function(base, given) {
  if (length(base) == 0L) {
    return(NULL)
  }
  value <- vapply(base, function(v) {
    text <- if (is.numeric(v)) format(v, digits = 3L, trim = TRUE) else as.character(v)
    if (length(text) > 1L) paste0("(", paste(text, collapse = ", "), ")") else text
  }, "")
  paste0("Others at ", if (length(given) == 0L) "typical values: ", paste(
    names(base), "=", value, collapse = ", "
  ), ".")
}

#' The covariates along which probabilities change most
#'
#' Along each covariate, the others as in the base row, the largest change of a gate probability, or
#' of what an expert says times its share of the gate.
#' @param variables The covariates to choose from.
#' @return Names of at most `most` of them, in the order of the model.
#' @noRd
leading_variables <- function(object, covariates, base, variables, most) {
  flat <- vapply(covariates[variables], function(v) is.null(dim(v)), NA)
  variables <- variables[flat]
  if (length(variables) <= most) {
    return(variables)
  }
  values <- lapply(covariates[variables], function(v) {
    if (!is_smooth(v)) {
      return(effect_values(v))
    }
    unique(stats::quantile(v, seq(0.05, 0.95, length.out = 9L), type = 1L, names = FALSE))
  })
  new <- do.call(rbind, lapply(variables, function(name) rows_along(base, values[name])))
  offsets <- zero_offset(object, nrow(new))
  gate <- predict(object, new, type = "gate", newoffset = offsets)
  expert <- predict(object, new, type = "expert", newoffset = offsets)
  prob <- cbind(gate, matrix(expert, nrow(new)))
  weight <- c(rep_len(1, object$k), rep(object$gate_mean, each = length(object$classes)))
  rows <- split(seq_len(nrow(new)), rep(seq_along(variables), lengths(values)))
  change <- vapply(rows, function(at) {
    max(weight * apply(prob[at, , drop = FALSE], 2L, function(p) diff(range(p))))
  }, 0)
  variables[sort(utils::head(order(-change), most))]
}

zero_offset <- function(object, n) {
  if (isTRUE(object$offset_argument)) matrix(0, n, length(object$classes))
}
