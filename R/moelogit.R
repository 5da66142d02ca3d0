#' Mixture of multinomial-logit experts
#'
#' Fits the class probabilities
#' \deqn{p(y = m \mid x) = \sum_{k=1}^{K} \pi_k(z) P_{km}(x),}{
#'       p(y = m | x) = sum_k pi_k(z) P_km(x),}
#' a softmax gate \eqn{\pi_k(z) \propto \exp(z'\gamma_k)}{pi_k(z) ~ exp(z' gamma_k)} over
#' multinomial-logit experts
#' \eqn{P_{km}(x) \propto \exp(x'\beta_{km})}{P_km(x) ~ exp(x' beta_km)}, by penalised maximum
#' likelihood with a minorization-maximization algorithm whose objective never decreases
#' (arXiv:2602.07997).
#'
#' @param formula A two-part formula `y ~ experts | gate`. The covariates before the bar are those
#'   of the experts, the ones after it those of the gate; without a bar both have the same.
#'   Factors, interactions, `poly()`, `ns()`, and `offset()` (added to the class logits of every
#'   expert) work as in [stats::lm()]. The response is a factor, a character, logical or
#'   whole-number vector, or an n x M matrix of counts per class.
#' @param data A data frame, or `NULL` when the variables are in the environment of `formula`.
#' @param k Number of experts, a positive whole number; `1` is the multinomial logit. See
#'   [select_experts()] for choosing it.
#' @param weights Case weights, real and not negative: a weight of 2 counts a row twice.
#' @param subset,na.action,contrasts As in [stats::lm()].
#' @param offset An n x M matrix added to the class logits of every expert; with two classes a
#'   vector, added to those of the second class.
#' @param drop_unused Whether levels of the response that no row has are dropped, with a message.
#' @param control A list of settings from [moelogit_control()].
#' @param x Covariates of the experts: a numeric matrix, a data frame of numbers, or a sparse
#'   matrix (`dgCMatrix`, never made dense), n x p without an intercept, which is added.
#' @param y The response, as above.
#' @param z Covariates of the gate, n x q; the default is `x`.
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()], such as `penalty = 0.1` or `threads = 2`.
#'
#' @details
#' Covariates are standardised for the fit and the penalty; coefficients are on the scale of the
#' data. Columns that are constant or linearly dependent are left out, with a message, and get `NA`
#' coefficients as in [stats::lm()]. Experts are ordered by their average gate probability, the
#' largest first.
#'
#' Many short runs from random starts are made and the best continued; then neighbours of the best
#' optimum, with one expert taken away and another one split, are tried until none leads higher:
#' `fit$starts` tells which reached the best optimum. Randomness comes from R: use [set.seed()].
#'
#' @return An object of class `"moelogit"`, a list with (n rows, M classes, K experts, p and q
#'   columns):
#' * `gate` (q x K) and `expert` (p x M x K): coefficients in symmetric coding, in which no expert
#'   and no class is special: rows of the gate, and of each expert, sum to zero. [coef()] gives the
#'   usual reference coding.
#' * `loglik`, `objective` (penalised), `df`, `nobs` (sum of the case weights), `penalty`.
#' * `trace`: the objective at the start and after every iteration of the winning run, never
#'   decreasing. `converged`, `decrement` (see `tol` in [moelogit_control()]).
#' * `starts`: a data frame, one row a start: its `kind`, the objective after the `short` run,
#'   whether it was `continued`, and then the final `objective`, `iterations`, `converged`, and
#'   whether it reached the `best` optimum.
#' * `gate_mean`: average gate probability of each expert. `fitted.values`: n x M class
#'   probabilities.
#' * `classes`, `k`, `formula`, `terms`, `call`, `control`, and what prediction needs (`scaling`,
#'   `aliased`, `xlevels`, `contrasts`); with `keep_data` also the model frame, or `x`, `z` and the
#'   response.
#'
#' @section Errors: Every problem with the input stops with a condition of class
#'   `"moelogit_error"` and a more specific class, and names the variable at fault.
#'
#' @references Tran et al. (2026). Fast model selection and stable optimization for softmax-gated
#'   multinomial-logistic mixture of experts models. arXiv:2602.07997.
#'
#' Jordan, M. I. and Jacobs, R. A. (1994). Hierarchical mixtures of experts and the EM algorithm.
#' *Neural Computation*, 6, 181-214. \doi{10.1162/neco.1994.6.2.181}
#'
#' @seealso [select_experts()], [predict.moelogit()], [moelogit_control()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' fit
#' head(predict(fit, type = "prob"))
#' @export
moelogit <- function(x, ...) {
  if (names_formula(...)) UseMethod("moelogit", y ~ x)
  UseMethod("moelogit")
}

# Whether an argument is called formula: then it decides, first or not, as in
# `data |> moelogit(formula = y ~ x)`.
names_formula <- function(..., formula) !missing(formula)

#' @rdname moelogit
#' @export
moelogit.formula <- function(formula, data = NULL, k, weights = NULL, subset = NULL,
                             na.action = NULL, offset = NULL, contrasts = NULL,
                             drop_unused = TRUE, control = moelogit_control(...), ...) {
  call <- match.call()
  k <- if (!missing(k)) k
  check_control(control, !missing(control), ...names())
  design <- model_design(frame_call(call), parent.frame(), contrasts, drop_unused)
  fit_design(design, k, control, stored_call(call))
}

#' @rdname moelogit
#' @export
moelogit.default <- function(x, y, k, z = NULL, weights = NULL, offset = NULL,
                             drop_unused = TRUE, control = moelogit_control(...), ...) {
  check_given(c(x = missing(x), y = missing(y)))
  call <- match.call()
  k <- if (!missing(k)) k
  check_control(control, !missing(control), ...names())
  response_name <- if (is.symbol(substitute(y))) deparse1(substitute(y)) else "y"
  design <- model_design_matrix(x, y, z, weights, offset, drop_unused, response_name)
  fit_design(design, k, control, stored_call(call))
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

# As it is kept in the fit.
stored_call <- function(call, frame = parent.frame()) {
  call[[1L]] <- quote(moelogit)
  written_call(call, frame, setdiff(names(call), ""))
}

# For the model frame, which looks for these in the data.
frame_call <- function(call, frame = parent.frame()) {
  written_call(call, frame, c("weights", "subset", "offset"))
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

check_control <- function(control, given = FALSE, named = NULL) {
  if (given && length(named) > 0L) {
    moe_abort(
      c(
        "Settings must be given in {.arg control} or by name, not both.",
        x = "Given beside {.arg control}: {.arg {named}}.",
        i = "Put {cli::qty(named)}{?it/them} into {.fn moelogit_control}."
      ),
      "argument"
    )
  }
  if (!inherits(control, "moelogit_control")) {
    moe_abort(
      c(
        "{.arg control} must come from {.fn moelogit_control}.",
        x = describe(control)
      ),
      "argument"
    )
  }
}

fit_design <- function(design, k, control, call) {
  k <- check_experts(k, design$n_positive)
  problem <- build_problem(design, k, control)
  progress <- progress_reporter(control, k)
  result <- fit_starts(problem, control, progress)
  if (result$interrupted) report_interrupt(control)
  new_moelogit(problem, result, design, control, call)
}

#' Assemble a fit
#'
#' @param problem,design What was fitted.
#' @param result From `fit_starts()`.
#' @param sort Whether experts are put in the order of their average gate probability.
#' @return An object of class `"moelogit"`.
#' @noRd
new_moelogit <- function(problem, result, design, control, call, sort = TRUE) {
  run <- result$run
  shape <- problem_shape(problem)
  gate_mean <- core_gate_mean(problem, run$theta, control$threads)
  order <- if (sort) order(-gate_mean) else seq_len(shape$k)
  experts <- as.character(seq_len(shape$k))
  coef <- problem_arrays(problem, run$theta)
  own_scale <- function(part, coef, dims) {
    info <- problem$parts[[part]]
    kept <- !info$aliased
    full <- matrix(NA_real_, length(kept), ncol(coef))
    full[kept, ] <- unscale_rows(
      coef, lapply(info$scaling, `[`, kept), problem$intercept[[part]]
    )
    array(full, c(length(kept), dims))
  }
  gate <- own_scale("gate", coef$gate[, order, drop = FALSE], shape$k)
  expert <- own_scale(
    "expert", matrix(coef$expert[, , order], shape$p), c(shape$m, shape$k)
  )
  dimnames(gate) <- list(design$columns$gate, experts)
  dimnames(expert) <- list(design$columns$expert, design$classes, experts)
  object <- c(
    list(call = call, formula = design$formula, k = shape$k),
    design_recipe(design),
    list(
      gate = gate,
      expert = expert,
      gate_mean = stats::setNames(gate_mean[order], experts),
      scaling = lapply(problem$parts, `[[`, "scaling"),
      aliased = lapply(problem$parts, `[[`, "aliased"),
      gram = lapply(problem$parts, `[[`, "gram"),
      penalty = control$penalty,
      loglik = run$loglik,
      objective = run$trace[length(run$trace)],
      df = free_size(problem),
      nobs = sum(problem$weight),
      n = design$n,
      trace = run$trace,
      decrement = run$decrement,
      evaluations = run$evaluations,
      converged = run$converged,
      starts = result$starts,
      control = fit_control(control),
      na.action = design$na_action
    )
  )
  if (control$keep_data) {
    if (is.null(design$row)) {
      prob <- core_predict(problem, run$theta, "class", control$threads)
      dimnames(prob$class) <- list(row_labels(design), design$classes)
      object$fitted.values <- prob$class
    }
    object$data <- stored_data(design)
  }
  if (!control$keep_data) object <- forget_frames(object)
  object <- structure(object, class = "moelogit")
  if (control$keep_data && !is.null(design$row)) {
    object$fitted.values <- class_probabilities(object, stored_design(object), row_labels(design))
  }
  if (!object$converged && !result$interrupted) warn_not_converged(object)
  object
}

# The control as stored: without the start, which may be as large as the data.
fit_control <- function(control) {
  control["start"] <- list(NULL)
  control
}

# What is kept of the training data: nothing is copied.
stored_data <- function(design) {
  list(
    model_frame = design$model_frame,
    x = if (is.null(design$terms)) design$x,
    z = if (is.null(design$terms)) design$z,
    offset = design$offset,
    y = design$y, row = design$row,
    weights = if (!is.null(design$case_weights) || design$response_type == "counts") design$weights,
    case_weights = design$case_weights,
    row_names = design$row_names
  )
}

# A formula written inside a function carries the function's variables along, the data among them.
# What predictions may need of them is kept: functions and constants, not one value per row.
forget_frames <- function(object) {
  # environment(NULL) would be the frame of this function
  frame <- if (!is.null(object$formula)) environment(object$formula)
  top <- topenv(if (is.null(frame)) globalenv() else frame)
  if (is.null(frame) || identical(frame, top)) {
    return(object)
  }
  slim <- new.env(parent = top)
  for (name in setdiff(all.names(object$formula), object$terms$required)) {
    value <- local_value(name, frame, top)
    if (!is.null(value) && (is.function(value) || NROW(value) != object$n)) {
      assign(name, value, slim)
    }
  }
  environment(object$formula) <- slim
  object$terms[c("expert", "gate", "full")] <- lapply(
    object$terms[c("expert", "gate", "full")], `attr<-`, ".Environment", slim
  )
  object
}

local_value <- function(name, frame, top) {
  while (!identical(frame, top) && !identical(frame, emptyenv())) {
    if (exists(name, frame, inherits = FALSE)) {
      return(get(name, frame))
    }
    frame <- parent.env(frame)
  }
}

row_labels <- function(design) {
  if (is.character(design$row_names)) design$row_names else as.character(design$row_names)
}

warn_not_converged <- function(object) {
  moe_warn(
    c(
      "The fit has not converged after {length(object$trace) - 1L} iterations.",
      x = "The MM decrement is {signif(object$decrement, 2)}.",
      i = "Raise {.arg max_iter}, or use a positive {.arg penalty} if the classes are separated."
    ),
    "convergence"
  )
}

report_interrupt <- function(control) {
  if (control$on_interrupt == "stop") rlang::interrupt()
  moe_warn(
    c(
      "The fit was interrupted: this is the best one so far.",
      i = "Continue it with {.code update(fit)}."
    ),
    "interrupted"
  )
}

# A function(iteration, objective) that moves a cli progress bar, or NULL. Iteration 0: time has
# passed, but nothing is known of the runs yet.
progress_reporter <- function(control, k, frame = parent.frame()) {
  if (!control$progress) {
    return(NULL)
  }
  label <- sprintf("Fitting %d expert%s", k, if (k == 1L) "" else "s")
  bar <- cli::cli_progress_bar(
    format = paste0(
      "{cli::pb_spin} ", label, ": iteration {cli::pb_current}, ",
      "objective {cli::pb_extra$objective} [{cli::pb_elapsed}]"
    ),
    total = NA, extra = list(objective = ""), .envir = frame
  )
  last <- list(iteration = 0, extra = list(objective = ""))
  function(iteration, objective) {
    if (iteration > 0L) {
      last <<- list(iteration = iteration, extra = list(objective = format(objective, digits = 8L)))
    }
    cli::cli_progress_update(set = last$iteration, id = bar, extra = last$extra)
  }
}
