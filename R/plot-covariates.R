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
  out[stats::complete.cases(out), , drop = FALSE]
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

# Variables of the gate or of the experts, in order.
part_variables <- function(object, type) {
  part <- if (type == "gate") "gate" else "expert"
  found <- if (is.null(object$terms)) {
    object$columns[[part]][-1L]
  } else {
    intersect(all.vars(object$terms[[part]]), object$terms$required)
  }
  if (length(found) == 0L) {
    moe_abort("The {part} part of the model has no covariates to look along.", "argument")
  }
  found
}

check_effect_variables <- function(variables, at, known, type) {
  most <- if (type == "class") 2L else 1L
  number <- if (most == 2L) "one or two covariates" else "one covariate"
  if (!is.character(variables) || !length(variables) %in% seq_len(most) ||
        anyDuplicated(variables)) {
    moe_abort(
      c(
        "{.arg variables} must be the name of {number}.",
        x = describe(variables)
      ),
      "argument"
    )
  }
  unknown <- setdiff(c(variables, names(at)), known)
  if (length(unknown) > 0L || (length(at) > 0L && is.null(names(at)))) {
    moe_abort(
      c(
        "{.arg variables} and {.arg at} must name covariates of the model.",
        x = if (length(unknown) > 0L) "Not among them: {.var {unknown}}.",
        i = "The model has {.var {known}}."
      ),
      "argument"
    )
  }
}

# One value: the median, or the most frequent one.
typical_value <- function(v) {
  if (is.matrix(v)) {
    return(matrix(apply(v, 2L, stats::median), 1L, dimnames = list(NULL, colnames(v))))
  }
  if (is.numeric(v) || inherits(v, c("Date", "POSIXct"))) {
    return(if (is.integer(v)) sort(v)[(length(v) + 1L) %/% 2L] else stats::median(v))
  }
  counts <- table(v)
  v[match(names(counts)[which.max(counts)], as.character(v))]
}

like_covariate <- function(value, v, name) {
  if (length(value) != 1L) {
    moe_abort(
      c("Every value in {.arg at} must be a single one.", x = "That of {.var {name}} is not."),
      "argument"
    )
  }
  if (is.factor(v)) factor(as.character(value), levels = levels(v)) else value
}

# Along a numeric covariate its range, along any other its values.
effect_values <- function(v, n) {
  if (is.factor(v)) {
    return(factor(levels(droplevels(v)), levels = levels(v), ordered = is.ordered(v)))
  }
  if (!is.numeric(v) && !inherits(v, c("Date", "POSIXct"))) {
    return(sort(unique(v)))
  }
  if (is.integer(v) && length(unique(v)) <= 10L) {
    return(sort(unique(v)))
  }
  if (is.integer(v)) v <- as.double(v)
  seq(min(v), max(v), length.out = n)
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
  text <- paste0("Others at ", if (length(given) == 0L) "typical values: ", paste(
    names(base), "=", value, collapse = ", "
  ), ".")
  paste(strwrap(text, 72L), collapse = "\n")
}

zero_offset <- function(object, n) {
  if (isTRUE(object$offset_argument)) matrix(0, n, length(object$classes))
}
