#' Assemble a fit
#'
#' @param problem,design What was fitted.
#' @param result From `fit_starts()`.
#' @param sort Whether experts are put in the order of their average gate probability.
#' @return An object of class `"moelogit"`, see [moelogit()].
#' @noRd
new_moelogit <- function(problem, result, design, control, call,
                         sort = is.null(problem$fixed)) {
  run <- result$run
  frame <- problem$frame
  gate_mean <- gate_means(problem, run$theta, control$threads)
  order <- if (sort) order(-gate_mean) else seq_len(frame$k)
  coef <- theta_to_arrays(frame, run$theta)
  coef <- list(
    gate = coef$gate[, order, drop = FALSE], expert = coef$expert[, , order, drop = FALSE]
  )
  object <- structure(
    c(
      list(call = call, formula = design$formula, k = frame$k),
      design_recipe(design),
      original_coef(frame, coef),
      list(
        gate_mean = stats::setNames(gate_mean[order], expert_names(frame)),
        frame = frame,
        theta = arrays_to_theta(coef$gate, coef$expert),
        gram = problem$gram,
        penalty = control$penalty,
        loglik = run$loglik,
        objective = final_objective(run),
        df = free_size(frame) - NROW(problem$fixed$table),
        nobs = sum(problem$weight),
        n = design$n,
        trace = run$trace,
        decrement = run$decrement,
        evaluations = run$evaluations,
        converged = run$converged,
        interrupted = result$interrupted,
        runs = result$runs,
        control = fit_control(control),
        na.action = design$na_action
      )
    ),
    class = "moelogit"
  )
  object$fixed <- problem$fixed$table
  object <- if (!is.null(design$source)) {
    with_source(forget_frames(object), problem, design)
  } else if (control$keep_data) {
    with_data(object, problem, run$theta, design)
  } else {
    forget_frames(object)
  }
  if (!object$converged && !object$interrupted) warn_not_converged(object)
  object
}

# The fit with its training data and fitted values.
with_data <- function(object, problem, theta, design) {
  object$data <- stored_data(design)
  prob <- if (is.null(design$row)) {
    core_predict(problem, theta, "class", object$control$threads)$class
  } else {
    row_probabilities(object, design, "class", length(design$classes))
  }
  object$fitted.values <- structure(prob, dimnames = list(row_labels(design), design$classes))
  object
}

# The fit with what inference needs of rows that it cannot read again.
with_source <- function(object, problem, design) {
  object$source <- design$source
  object$inference <- row_inference(object, problem)
  object
}

# The control as stored: without the start, which may be as large as the data, and the cluster,
# which is gone when the session ends.
fit_control <- function(control) {
  control[c("start", "cluster")] <- list(NULL)
  control
}

# What is kept of the training data: nothing is copied.
stored_data <- function(design) {
  list(
    model_frame = design$model_frame,
    x = if (is.null(design$terms)) design$x,
    z = if (is.null(design$terms)) design$z,
    offset = design$offset,
    y = design$y, row = design$row, count = design$count,
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
