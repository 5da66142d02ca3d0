# The model frame of a two-part formula, and errors that name the variable at fault.

#' Evaluate the model frame of `y ~ experts | gate`
#'
#' @inheritParams model_design
#' @return A list: `data` (the model frame, response first), `terms` (see `model_design()`),
#'   `formula` (class `"Formula"`), `response_name`.
#' @noRd
design_frame <- function(call, env) {
  formula <- two_part_formula(eval(call$formula, env))
  given <- given_data(call, env)
  if (!is.null(given) && !is.list(given) && !is.environment(given)) {
    moe_abort(c("{.arg data} must be a data frame.", x = describe(given)), "model_frame")
  }
  data <- evaluate_frame(call, formula, given, env)
  check_some_rows(data, has_subset = !is.null(call$subset))
  data <- drop_unused_covariate_levels(data)
  list(
    data = data, terms = frame_terms(data, formula, given), formula = formula,
    response_name = response_label(formula)
  )
}

given_data <- function(call, env) {
  tryCatch(eval(call$data, env), error = function(e) {
    moe_abort("{.arg data} cannot be evaluated.", "model_frame", parent = e)
  })
}

response_label <- function(formula) deparse1(attr(formula, "lhs")[[1L]])

# The model frame as stats::model.frame() makes it of the call.
evaluate_frame <- function(call, formula, given, env) {
  frame_call <- call[c(1L, match(
    c("formula", "data", "subset", "weights", "na.action", "offset"), names(call), 0L
  ))]
  frame_call[[1L]] <- quote(stats::model.frame)
  frame_call$formula <- formula
  frame_call$data <- given
  tryCatch(
    eval(frame_call, env),
    error = function(e) abort_model_frame(e, frame_call, env)
  )
}

# Terms of the parts of a model frame, see model_design().
frame_terms <- function(data, formula, given) {
  full <- attr(data, "terms")
  part <- function(rhs) stats::delete.response(stats::terms(formula, rhs = rhs, data = given))
  parts <- length(formula)[2L]
  terms <- list(
    expert = part(1L), gate = part(parts), full = full,
    required = required_variables(full, given)
  )
  if (parts == 2L && !is.null(attr(terms$gate, "offset"))) {
    moe_abort(
      c(
        "An offset belongs to the classes, so it has no place in the gate part of the formula.",
        i = "Move {.fn offset} before the {.code |}."
      ),
      "offset"
    )
  }
  terms
}

two_part_formula <- function(formula) {
  if (!inherits(formula, "formula")) {
    moe_abort(
      c("{.arg formula} must be a formula such as {.code y ~ x | z}.", x = describe(formula)),
      "formula"
    )
  }
  check_no_random(formula)
  # of package Formula already: the formula that it holds
  if (inherits(formula, "Formula")) formula <- stats::formula(formula)
  formula <- Formula::as.Formula(keep_arithmetic(formula))
  parts <- length(formula)
  if (parts[1L] != 1L || parts[2L] > 2L) {
    moe_abort(
      c(
        "{.arg formula} must have one response and one or two parts, as in \\
         {.code y ~ experts | gate}.",
        x = "You gave {.code {deparse1(stats::formula(formula))}}."
      ),
      "formula"
    )
  }
  formula
}

# `(1 | g)`, as packages lme4 and brms write a random effect.
check_no_random <- function(formula) {
  find <- function(e) {
    if (!is.call(e)) return(NULL)
    bar <- identical(e[[1L]], quote(`(`)) && is.call(e[[2L]]) &&
      deparse1(e[[2L]][[1L]]) %in% c("|", "||")
    if (bar) e else unlist(lapply(as.list(e)[-1L], find))
  }
  found <- find(formula)
  if (length(found) > 0L) {
    term <- deparse1(if (is.list(found)) found[[1L]] else found)
    moe_abort(
      c(
        "Random effects are not understood.",
        x = "You gave {.code {term}}.",
        i = "A bar outside of parentheses, {.code y ~ experts | gate}, begins the gate. For \\
             groups of rows see {.code sandwich::vcovCL(fit, cluster = ~ g)}."
      ),
      "formula"
    )
  }
}

# Package Formula reads `2 * counts ~ x` as terms on the left side, as those on the right.
keep_arithmetic <- function(formula) {
  response <- if (length(formula) == 3L) formula[[2L]]
  if (is.call(response) && deparse1(response[[1L]]) %in% c("*", "/", "%in%")) {
    formula[[2L]] <- call("I", response)
  }
  formula
}

# Variables that new data must have: those found in `data`, or the plain variables without `data`.
required_variables <- function(full, data) {
  terms <- stats::delete.response(full)
  variables <- all.vars(attr(terms, "variables"))
  if (is.null(data)) {
    plain <- vapply(as.list(attr(terms, "variables"))[-1L], is.symbol, NA)
    return(vapply(as.list(attr(terms, "variables"))[-1L][plain], as.character, ""))
  }
  intersect(variables, names(data))
}

# As model.frame(drop.unused.levels = TRUE), but not for the response, whose classes matter.
drop_unused_covariate_levels <- function(data) {
  for (name in names(data)[-1L]) {
    if (is.factor(data[[name]])) {
      kept <- attr(data[[name]], "contrasts")
      full <- nlevels(data[[name]])
      data[[name]] <- data[[name]][, drop = TRUE]
      if (nlevels(data[[name]]) == full) attr(data[[name]], "contrasts") <- kept
    }
  }
  data
}

check_some_rows <- function(data, has_subset) {
  if (nrow(data) > 0L) {
    return(invisible())
  }
  missing <- length(attr(data, "na.action"))
  moe_abort(
    c(
      "No rows are left to fit.",
      x = if (missing > 0L) {
        "{missing} row{?s} {?was/were} left out for missing values."
      } else if (has_subset) {
        "{.arg subset} selects no row."
      } else {
        "The data have no rows."
      }
    ),
    "no_rows"
  )
}

# model.frame() failed: find the usual reasons, and name the variable.
abort_model_frame <- function(error, frame_call, env) {
  formula <- frame_call$formula
  data <- frame_call$data
  extras <- as.list(frame_call)[intersect(names(frame_call), c("weights", "offset", "subset"))]

  absent <- setdiff(all.vars(formula), c(".", names(data)))
  absent <- unique(c(absent, unlist(lapply(extras, all.vars))))
  known <- vapply(absent, function(v) v %in% names(data) || exists(v, environment(formula)), NA)
  absent <- absent[!known]
  if (length(absent) > 0L) {
    moe_abort(
      c(
        "Every variable must be in {.arg data} or defined where the formula was written.",
        x = "Not found: {.var {absent}}."
      ),
      "missing_variable", parent = NULL
    )
  }
  check_same_lengths(formula, data, extras[setdiff(names(extras), "subset")])
  check_no_missing(frame_call, env)
  moe_abort("The variables of the formula cannot be evaluated.", "model_frame", parent = error)
}

check_same_lengths <- function(formula, data, extras) {
  terms <- tryCatch(stats::terms(formula, data = data), error = function(e) NULL)
  variables <- as.list(attr(terms, "variables"))[-1L]
  names(variables) <- vapply(variables, deparse1, "")
  variables <- c(variables, extras)
  lengths <- vapply(variables, function(v) {
    tryCatch(NROW(eval(v, data, environment(formula))), error = function(e) NA_integer_)
  }, 0L)
  n <- if (is.data.frame(data)) nrow(data) else lengths[1L]
  bad <- which(!is.na(lengths) & lengths != n)
  if (length(bad) > 0L) {
    name <- names(variables)[bad[1L]]
    found <- lengths[[bad[1L]]]
    moe_abort(
      c(
        "All variables must have the same length.",
        x = "{.var {name}} has {found} value{?s}, the data have {n} row{?s}."
      ),
      "length"
    )
  }
}

# Under na.action = na.fail: says where the missing values are.
check_no_missing <- function(frame_call, env) {
  frame_call$na.action <- quote(stats::na.pass)
  data <- tryCatch(eval(frame_call, env), error = function(e) NULL)
  counts <- vapply(data, function(v) sum(!stats::complete.cases(v)), 0L)
  bad <- which(counts > 0L)
  if (length(bad) > 0L) {
    bullets <- sprintf("{.var {names(bad)[%d]}}: {counts[bad[%d]]} row{?s}.",
                       seq_along(bad), seq_along(bad))
    moe_abort(
      c(
        "The data have missing values, which {.arg na.action} does not allow.",
        stats::setNames(bullets, rep_len("x", length(bad))),
        i = "Use {.code na.action = na.omit} to leave these rows out, {.code na_indicate} to keep \\
             those that lack covariates."
      ),
      "missing_values"
    )
  }
}

# Variables that are told by names, and those that contrasts code.
has_levels <- function(v) is.factor(v) || is.character(v)

is_categorical <- function(v) has_levels(v) || is.logical(v)
