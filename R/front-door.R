# The front door of every verb that fits a model: moelogit(), select_experts(), sweep_experts(),
# cv_moelogit(). A formula or matrices are read, settings checked and the call kept in one way, and
# an interrupt ends all of them alike.

# Whether an argument is called formula: then it decides, first or not, as in
# `data |> moelogit(formula = y ~ x)`.
names_formula <- function(..., formula) !missing(formula)

#' Read what the user asked for
#'
#' Called by the method of a verb, whose arguments these functions find by their settled names
#' (formula, data, weights, subset, na.action, offset, contrasts, drop_unused; x, y, z; control).
#'
#' @param verb Name of the function that the user called.
#' @param call The method's `match.call()`.
#' @param frame The frame of the method. @param env The frame that the user called from.
#' @return A list: `design` (see `model_design()`), `control`, `call` (of the verb, as the user
#' could
#'   write it again) and `fit_call` (that of the [moelogit()] with the same model; the number of
#'   experts is still to be set).
#' @noRd
read_formula <- function(verb, call, frame = parent.frame(), env = parent.frame(2L)) {
  control <- read_control(frame)
  written <- written_call(call, frame, c("weights", "subset", "offset"))
  # evaluated once: it may be a call
  data <- given_data(written, env)
  written["data"] <- list(data)
  contrasts <- get("contrasts", frame)
  drop_unused <- get("drop_unused", frame)
  design <- if (inherits(data, "row_source")) {
    check_source_verb(verb)
    read <- if (inherits(data, "row_parts")) part_design else source_design
    read(written, env, data, contrasts, drop_unused)
  } else {
    model_design(written, env, contrasts, drop_unused)
  }
  new_request(verb, call, frame, control, design)
}

#' @rdname read_formula
#' @noRd
read_matrices <- function(verb, call, frame = parent.frame()) {
  check_given(c(x = eval(quote(missing(x)), frame), y = eval(quote(missing(y)), frame)))
  control <- read_control(frame)
  response <- eval(quote(substitute(y)), frame)
  design <- model_design_matrix(
    get("x", frame), get("y", frame), get("z", frame), get("weights", frame),
    get("offset", frame), get("drop_unused", frame),
    if (is.symbol(response)) deparse1(response) else "y"
  )
  new_request(verb, call, frame, control, design)
}

# Verbs that look at all rows in every fit, and at nothing else.
source_verbs <- c("moelogit", "select_experts")

check_source_verb <- function(verb) {
  if (!verb %in% source_verbs) {
    moe_abort(
      c(
        "{.fn {verb}} does not take a source of rows.",
        i = "Give it a data frame with a sample of the rows."
      ),
      "source_verb"
    )
  }
}

new_request <- function(verb, call, frame, control, design) {
  call <- written_call(call, frame, setdiff(names(call), ""))
  call[[1L]] <- as.name(verb)
  list(design = design, control = control, call = call, fit_call = fit_call(call))
}

# match.call() knows what came through the `...` of a wrapper as `..1`, `..2` only: these are again
# what the user wrote, in the arguments `which`.
written_call <- function(call, frame, which) {
  dots <- as.list(eval(quote(substitute(list(...))), frame))[-1L]
  for (name in intersect(which, names(call))) {
    if (is.symbol(call[[name]]) && grepl("^[.][.][0-9]+$", call[[name]])) {
      call[name] <- list(
        if (name %in% names(dots)) dots[[name]] else
          eval(base::call("substitute", as.name(name)), frame)
      )
    }
  }
  call
}

# The arguments that say what is modelled, the same for every verb.
model_arguments <- c(
  "formula", "data", "x", "y", "z", "weights", "subset", "na.action", "offset", "contrasts",
  "drop_unused", "control"
)

# The call of moelogit() that fits one of the models of another verb: without the arguments that
# only that verb has, without the number of experts, and without workers, whom one fit cannot use.
fit_call <- function(call) {
  own <- c(model_arguments, setdiff(names(formals(moelogit_control)), "cluster"))
  call <- call[c(TRUE, names(call)[-1L] %in% own)]
  call[[1L]] <- quote(moelogit)
  call
}

check_given <- function(missing) {
  if (any(missing)) {
    moe_abort(
      c(
        "A model needs a formula and {.arg data}, or matrices {.arg x} and {.arg y}.",
        x = "Missing: {.arg {names(missing)[missing]}}."
      ),
      "argument"
    )
  }
}

read_control <- function(frame) {
  given <- !eval(quote(missing(control)), frame)
  named <- eval(quote(...names()), frame)
  check_settings(named, eval(quote(...length()), frame), given)
  control <- get("control", frame)
  if (!inherits(control, "moelogit_control")) {
    moe_abort(
      c(
        "{.arg control} must come from {.fn moelogit_control}.",
        x = describe(control)
      ),
      "argument"
    )
  }
  control
}

# What is in the `...` of a verb: settings by name, and none beside `control`.
check_settings <- function(named, count, given) {
  if (given && count > 0L) {
    moe_abort(
      c(
        "Settings must be given in {.arg control} or by name, not both.",
        x = if (length(named) > 0L) "Given beside {.arg control}: {.arg {named}}.",
        i = "Put {cli::qty(count)}{?it/them} into {.fn moelogit_control}."
      ),
      "argument"
    )
  }
  settings <- names(formals(moelogit_control))
  unknown <- named[nzchar(named) & is.na(pmatch(named, settings, duplicates.ok = TRUE))]
  if (length(unknown) > 0L || sum(nzchar(named)) < count) {
    moe_abort(
      c(
        "Arguments in {.arg ...} must be settings of {.fn moelogit_control}, by name.",
        x = if (length(unknown) > 0L) {
          "No setting, or the beginning of several: {.arg {unknown}}."
        } else {
          "{count - sum(nzchar(named))} of them {?has/have} no name."
        },
        i = if ("fixed" %in% unknown) {
          "{.arg fixed} is for {.fn moelogit}: it names experts, whose number is not known here."
        },
        i = "See {.help moelogit_control}."
      ),
      "argument"
    )
  }
}

# An interrupt that the core has taken, when the best results so far are in hand.
report_interrupt <- function(control, what = "fit") {
  if (control$on_interrupt == "stop") rlang::interrupt()
  moe_warn(
    c(
      "The {what} was interrupted: this is what there is so far.",
      i = "Continue with {.fn update}."
    ),
    "interrupted"
  )
}
