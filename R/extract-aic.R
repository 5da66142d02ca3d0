#' AIC of fits without, or with, one more term
#'
#' `drop1()` leaves out each term of the formula in turn, `add1()` adds each term of a scope, and
#' both refit. In a model whose experts and gate have the same terms, a term is left out of both or
#' added to both; in others (`y ~ experts | gate`) the terms of the experts and those of the gate
#' are taken one by one, named `expert: x` and `gate: z`.
#'
#' @param fit,object A fit of class `"moelogit"` to a formula that holds its training data.
#' @param scope A formula of the terms to leave out or to add, `~ a + b`, or in two parts
#'   `~ a | b`. One part stands for experts and gate. For `drop1()` all terms that no other one
#'   contains; for `add1()` it must be given, and `.` stands for the terms that are there.
#' @param scale Not used: a multinomial has no scale.
#' @param k Penalty per coefficient, 2 for AIC and `log(nobs(fit))` for BIC.
#' @param test `"none"`, or `"Chisq"` for likelihood-ratio tests against `object`.
#' @param trace Not used: it is there for `step()`.
#' @param ... For `drop1()` and `add1()`: changes of the refits, such as `penalty`.
#' @details
#' Each refit starts from the posterior expert probabilities of `object`, so it finds the optimum
#' near this fit's; `start = NULL` gives every refit its own search.
#'
#' [stats::step()] and `MASS::stepAIC()` work on a fit whose experts and gate have the same terms.
#' They rewrite the formula into one part, so on others they stop with an error.
#' @return `extractAIC()`: the number of free coefficients and minus twice the log-likelihood plus
#'   `k` times that number. `drop1()`, `add1()`: a data frame of class `"anova"` with a row for
#'   `object` (`<none>`) and one for each term: `Df` (coefficients less, or more), `Deviance`,
#'   `AIC`, and with the test `LRT` and `Pr(>Chi)`.
#' @section Errors: `"moelogit_error_scope"` for terms that cannot be left out or added, for refits
#'   that lose or gain rows, and for stepwise selection of a two-part formula.
#' @seealso [anova.moelogit()], [car-Anova]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' extractAIC(fit)
#' drop1(fit, test = "Chisq")
#' add1(fit, ~ . + Petal.Width)
#' @importFrom stats extractAIC
#' @export
extractAIC.moelogit <- function(fit, scale = 0, k = 2, ...) { # nolint: object_name_linter.
  check_no_dots(...)
  k <- check_number(k, "k")
  c(fit$df, stats::deviance(fit) + k * fit$df)
}

#' @rdname extractAIC.moelogit
#' @importFrom stats drop1
#' @export
drop1.moelogit <- function(object, scope = NULL, scale = 0, test = c("none", "Chisq"), k = 2,
                           trace = FALSE, ...) {
  check_steps(object)
  own <- formula_labels(object)
  joint <- is_joint(object, scope)
  wanted <- if (is.null(scope)) {
    lapply(object$terms[names(own)], stats::drop.scope)
  } else {
    scope_labels(object, scope)
  }
  check_scope(wanted, own, is.null(scope))
  steps <- step_units(lapply(stats::setNames(nm = names(own)), function(part) {
    intersect(own[[part]], wanted[[part]])
  }), joint)
  compare_steps(object, steps, setdiff, test, k, "Single term deletions", ...)
}

#' @rdname extractAIC.moelogit
#' @importFrom stats add1
#' @export
add1.moelogit <- function(object, scope, scale = 0, test = c("none", "Chisq"), k = 2,
                          trace = FALSE, ...) {
  check_steps(object)
  if (missing(scope)) {
    abort_scope("{.arg scope} must say which terms to add, as in {.code ~ . + x}.")
  }
  own <- formula_labels(object)
  wanted <- scope_labels(object, scope)
  addable <- lapply(stats::setNames(nm = names(own)), function(part) {
    new <- setdiff(wanted[[part]], own[[part]])
    if (length(new) == 0L || is.character(scope)) return(new)
    stats::add.scope(label_formula(own[[part]]), label_formula(c(own[[part]], new)))
  })
  if (length(unlist(addable)) == 0L) {
    abort_scope("{.arg scope} has no term that the model lacks.")
  }
  steps <- step_units(addable, is_joint(object, scope))
  compare_steps(object, steps, c, test, k, "Single term additions", ...)
}

#' @exportS3Method MASS::dropterm
dropterm.moelogit <- function(object, scope = NULL, ..., sorted = FALSE) {
  drop1(object, scope, ...)
}

#' @exportS3Method MASS::addterm
addterm.moelogit <- function(object, scope, ..., sorted = FALSE) add1(object, scope, ...)

# step() and stepAIC() replace the formula of a fit by its terms, in which the bar is lost.
check_steps <- function(object) {
  check_formula_fit(object)
  check_kept(object, object$data)
  if (!inherits(object$formula, "Formula") && !same_columns(object$terms)) {
    abort_scope(
      "Stepwise selection needs a model whose experts and gate have the same terms.",
      i = "Take the steps yourself, with {.fn drop1}, {.fn add1} and {.fn update}."
    )
  }
}

abort_scope <- function(...) moe_abort(c(...), "scope", .envir = parent.frame())

formula_labels <- function(object) {
  lapply(object$terms[c("expert", "gate")], attr, "term.labels")
}

label_formula <- function(labels) stats::reformulate(if (length(labels) > 0L) labels else "1")

# Whether a term stands for itself in experts and gate alike.
is_joint <- function(object, scope) {
  two_parts <- inherits(scope, "formula") && length(Formula::as.Formula(scope))[2L] > 1L
  same_columns(object$terms) && !two_parts
}

# The terms of a scope for each part: names as drop1() shows them, or a formula.
scope_labels <- function(object, scope) {
  parts <- c(expert = 1L, gate = 2L)
  if (is.character(scope)) {
    return(lapply(stats::setNames(nm = names(parts)), function(part) {
      other <- setdiff(names(parts), part)
      sub(paste0("^", part, ": "), "", scope[!startsWith(scope, paste0(other, ": "))])
    }))
  }
  if (!inherits(scope, "formula")) {
    abort_scope("{.arg scope} must be a formula such as {.code ~ a + b | z}.", x = describe(scope))
  }
  scope <- Formula::as.Formula(scope)
  own <- formula_labels(object)
  lapply(stats::setNames(nm = names(parts)), function(part) {
    rhs <- stats::formula(scope, lhs = 0L, rhs = min(parts[[part]], length(scope)[2L]))
    attr(stats::terms(stats::update(label_formula(own[[part]]), rhs)), "term.labels")
  })
}

check_scope <- function(wanted, own, default) {
  unknown <- setdiff(unlist(wanted), unlist(own))
  if (length(unknown) > 0L) {
    abort_scope("{.arg scope} must name terms of the model.", x = "Not in it: {.val {unknown}}.")
  }
  if (length(unlist(wanted)) == 0L) abort_scope("The model has no term to leave out.")
}

# One row per step: its label, its term, and the parts that it changes.
step_units <- function(labels, joint) {
  if (joint) {
    return(data.frame(
      label = labels$expert, term = labels$expert, part = rep("both", length(labels$expert))
    ))
  }
  part <- rep(names(labels), lengths(labels))
  term <- unlist(labels, use.names = FALSE)
  data.frame(label = paste0(part, ": ", term), term = term, part = part)
}

# change: a function of the labels of a part and the term of the step.
compare_steps <- function(object, steps, change, test, k, heading, ...) {
  test <- check_choice(test, c("none", "Chisq"), "test")
  fits <- lapply(seq_along(steps$term), function(s) {
    labels <- formula_labels(object)
    for (part in names(labels)) {
      if (steps$part[s] %in% c("both", part)) {
        labels[[part]] <- change(labels[[part]], steps$term[s])
      }
    }
    refit_labels(object, labels, ...)
  })
  criteria <- vapply(c(list(object), fits), extractAIC, c(df = 0, AIC = 0), k = k)
  deviance <- criteria["AIC", ] - k * criteria["df", ]
  df <- abs(criteria["df", ] - criteria[["df", 1L]])
  table <- data.frame(
    Df = c(NA, df[-1L]), Deviance = deviance, AIC = criteria["AIC", ],
    row.names = c("<none>", steps$label)
  )
  if (test == "Chisq") {
    table$LRT <- c(NA, abs(deviance - deviance[1L])[-1L])
    p <- stats::pchisq(table$LRT, table$Df, lower.tail = FALSE)
    table[["Pr(>Chi)"]] <- ifelse(table$Df > 0, p, NA)
  }
  structure(
    table,
    heading = c(heading, "\nModel:", deparse(stats::formula(object$formula))),
    class = c("anova", "data.frame")
  )
}

refit_labels <- function(object, labels, ...) {
  call <- object$call
  call$formula <- labels_formula(object, labels)
  frame <- environment(object$formula)
  start <- if (object$k > 1L) stats::na.omit(predict(object, type = "posterior"))
  if (!is.null(call$control)) {
    call$control <- eval(call$control, frame)
    call$control["start"] <- list(start)
  } else {
    call["start"] <- list(start)
  }
  changes <- list(...)
  call[names(changes)] <- changes
  fit <- tryCatch(eval(call, frame), moelogit_error_start = function(error) NULL)
  if (is.null(fit) || fit$n != object$n) {
    abort_scope(
      "The number of rows in use has changed, so the fits cannot be compared.",
      i = "Leave rows with missing values out of the data first."
    )
  }
  fit
}

# The formula with these labels: what else it has, intercepts and offsets, stays.
labels_formula <- function(object, labels) {
  response <- stats::formula(object$formula)[[2L]]
  sides <- lapply(names(labels), function(part) {
    terms <- object$terms[[part]]
    offsets <- vapply(as.list(attr(terms, "variables"))[attr(terms, "offset") + 1L], deparse1, "")
    all <- c(labels[[part]], offsets)
    stats::reformulate(
      if (length(all) > 0L) all else "1", intercept = attr(terms, "intercept") == 1L
    )[[2L]]
  })
  same <- identical(sides[[1L]], sides[[2L]])
  rhs <- if (same) sides[[1L]] else call("|", sides[[1L]], sides[[2L]])
  stats::as.formula(call("~", response, rhs), environment(object$formula))
}
