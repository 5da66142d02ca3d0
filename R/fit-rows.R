# What a fit gives at rows: the design of its own data, problems of the core at the rows of a
# design, probabilities and posteriors. Predictions, inference and pictures begin here.

check_kept <- function(object, what) {
  check_fit(object)
  if (is.null(what)) {
    moe_abort(
      c(
        "The fit does not hold its training data.",
        i = if (!is.null(object$source)) {
          "Its rows came from a source: give {.arg newdata} to {.fn predict}, or fit a sample of \\
           them as a data frame."
        },
        i = if (is.null(object$source)) {
          "Fit with {.code keep_data = TRUE}, or give {.arg newdata} to {.fn predict} or \\
           {.fn simulate}."
        }
      ),
      "no_data"
    )
  }
}

# Whether there is what the information takes: training rows, or what was computed of them.
has_information <- function(object) !is.null(object$data) || !is.null(object$inference)

# The training rows, from what the fit holds.
stored_design <- function(object) {
  check_kept(object, object$data)
  data <- object$data
  part <- function(name) {
    term_matrix(
      object$terms[[name]], data$model_frame, object$contrasts[[name]], name, object$filled
    )$matrix
  }
  new_moelogit_design(c(
    design_recipe(object),
    if (is.null(object$terms)) {
      data[c("x", "z")]
    } else {
      list(x = part("expert"), z = if (!object$shared) part("gate"))
    },
    data[c("y", "row", "count", "case_weights", "offset", "model_frame", "row_names")],
    list(
      weights = if (is.null(data$weights)) rep_len(1, length(data$y)) else data$weights,
      n = object$n, complete = rep_len(TRUE, object$n), formula = object$formula,
      na_action = object$na.action
    )
  ))
}

# A fit as plain data for a worker: covariates instead of the model frame, no environments.
bare_fit <- function(object) {
  object$data[c("x", "z")] <- stored_design(object)[c("x", "z")]
  object$data["model_frame"] <- list(NULL)
  object[c("call", "formula", "terms", "xlevels", "contrasts", "na.action")] <- list(NULL)
  object
}

object_theta <- function(object) {
  check_fit(object)
  coef_theta(object$frame, object)
}

#' The problem of a fit at rows of a design
#'
#' @param at The row of each record; `NULL`: every row is a record.
#' @param response,weight Of each record, recycled: the class, 0 to M - 1, and its weight.
#' @return A [new_problem()] with the frame and the penalty of the fit.
#' @noRd
problem_at <- function(object, design, at = NULL, response = 0L, weight = 1) {
  take <- function(x) if (is.null(x) || is.null(at)) x else x[at, , drop = FALSE]
  records <- if (is.null(at)) design$n else length(at)
  part <- function(x, name) {
    kept <- !object$frame[[name]]$aliased
    scaling <- kept_scaling(object$frame[[name]])
    if (design$implicit) {
      kept <- kept[-1L]
      scaling <- lapply(scaling, `[`, -1L)
    }
    x <- take(x)
    c(list(x = if (all(kept)) x else x[, kept, drop = FALSE], implicit = design$implicit), scaling)
  }
  new_problem(
    expert = part(design$x, "expert"), gate = if (!object$shared) part(design$z, "gate"),
    response = rep_len(as.integer(response), records), weight = rep_len(as.double(weight), records),
    offset = take(design$offset), frame = object$frame,
    ridge = penalty_ridge(object$frame, object$penalty, object$control$penalize_intercept),
    gram = object$gram
  )
}

# The problem that was fitted, from what the fit holds: its records.
training_problem <- function(object, design = stored_design(object)) {
  problem_at(object, design, design$row, design$y - 1L, design$weights)
}

# The rows of a design where something can be predicted; `NULL` when these are all of them.
complete_at <- function(design) if (!all(design$complete)) which(design$complete)

# Probabilities of one kind at the rows of a design, NA where it is not complete; n x columns.
row_probabilities <- function(object, design, kind, columns) {
  out <- matrix(NA_real_, design$n, columns)
  if (!any(design$complete)) {
    return(out)
  }
  at <- complete_at(design)
  prob <- core_predict(
    problem_at(object, design, at), object_theta(object), kind, object$control$threads
  )[[kind]]
  if (is.null(at)) prob else `[<-`(out, at, , prob)
}

# `kind`: "class", or "logclass" for their logarithms
class_probabilities <- function(object, design, labels, kind = "class") {
  out <- row_probabilities(object, design, kind, length(object$classes))
  structure(out, dimnames = list(labels, object$classes))
}

gate_probabilities <- function(object, design, labels) {
  out <- row_probabilities(object, design, "gate", object$k)
  structure(out, dimnames = list(labels, colnames(object$gate)))
}

expert_probabilities <- function(object, design, labels) {
  m <- length(object$classes)
  out <- row_probabilities(object, design, "expert", m * object$k)
  array(out, c(design$n, m, object$k), list(labels, object$classes, colnames(object$gate)))
}

# Logarithms of probabilities that other rows than these were fitted to: finite where the
# probability underflows, so that such a row is a large loss and not the end of all comparisons.
log_held_out <- function(prob) log(pmax(prob, .Machine$double.xmin))

# tau_ik ~ pi_k P_{k, y_i}; for a matrix of counts, the posterior of the whole row is that of its
# records averaged by their counts.
posterior_probabilities <- function(object, design, response, labels) {
  out <- record_posterior(object, design, response)
  if (!is.null(response$row)) {
    sums <- rowsum(response$count * cbind(1, out), response$row)
    out <- matrix(NA_real_, design$n, object$k)
    out[as.integer(rownames(sums)), ] <- sums[, -1L] / sums[, 1L]
  }
  structure(out, dimnames = list(labels, colnames(object$gate)))
}

# One row per record: its class is known, where a row of counts has several. NA where the class or a
# covariate is missing.
record_posterior <- function(object, design, response) {
  row <- if (is.null(response$row)) seq_along(response$y) else response$row
  known <- which(design$complete[row] & !is.na(response$y))
  out <- matrix(NA_real_, length(row), object$k)
  if (length(known) > 0L) {
    problem <- problem_at(object, design, row[known], response$y[known] - 1L)
    out[known, ] <- core_predict(
      problem, object_theta(object), "posterior", object$control$threads
    )$posterior
  }
  out
}

# Sums over the rows of a problem for `row_inference()`, as a list that can be added to that of
# other rows: the information, the sums of who is expected where.
inference_sums <- function(problem, theta, threads) {
  k <- problem$frame$k
  m <- length(problem$frame$classes)
  n <- length(problem$weight)
  sums <- lapply(row_ranges(n), function(rows) {
    some <- if (length(rows) < n) subset_problem(problem, rows) else problem
    prob <- core_predict(some, theta, c("gate", "expert", "posterior"), threads)
    gate <- some$weight * prob$gate
    own <- some$weight * prob$posterior
    expert <- own[, rep(seq_len(k), each = m), drop = FALSE] * prob$expert
    list(
      colSums(gate), colSums(gate * (1 - prob$gate)), sum(some$weight),
      colSums(expert), colSums(expert * (1 - prob$expert)), colSums(own)
    )
  })
  c(list(core_information(problem, theta, threads)), Reduce(add_sums, sums))
}

#' What inference needs of the rows of a problem
#'
#' @return A list: `information`, the negative Hessian of the log-likelihood; `gate` (K) and
#'   `expert` (M x K), each a list of sums over records: `rows`, weight times p, for experts also
#'   times the posterior; `information`, that times 1 - p; `total`, the rows of all, of each expert.
#' @noRd
row_inference <- function(object, problem) {
  sums <- sum_rows(problem, "inference_sums", object_theta(object), object$control$threads)
  m <- length(object$classes)
  list(
    information = sums[[1L]],
    gate = list(rows = sums[[2L]], information = sums[[3L]], total = sums[[4L]]),
    expert = list(
      rows = matrix(sums[[5L]], m), information = matrix(sums[[6L]], m), total = sums[[7L]]
    )
  )
}

# Numbers of rows in ranges, few enough for probabilities of each.
row_ranges <- function(n, most = 2e5) {
  first <- seq(1, n, by = most)
  Map(seq, first, pmin(first + most - 1, n))
}

# Entropy of the posterior expert probabilities, summed over the records of a problem.
posterior_entropy <- function(object, problem = training_problem(object)) {
  sum_rows(problem, "entropy_sum", object_theta(object), object$control$threads)
}

entropy_sum <- function(problem, theta, threads) {
  posterior <- core_predict(problem, theta, "posterior", threads)$posterior
  -sum(problem$weight * posterior * log(posterior + (posterior == 0)))
}

# The classes of the rows: `share`, n x M indicators or proportions; `total`, the count of each row,
# 1 for other responses; `weight`, that times the case weight.
observed_classes <- function(object) {
  data <- object$data
  row <- if (is.null(data$row)) seq_along(data$y) else data$row
  share <- matrix(0, object$n, length(object$classes))
  share[cbind(row, data$y)] <- if (is.null(data$count)) 1 else data$count
  total <- rowSums(share)
  case <- if (is.null(data$case_weights)) 1 else data$case_weights
  list(share = share / ifelse(total > 0, total, 1), total = total, weight = total * case)
}

most_probable <- function(object, prob) {
  best <- rep_len(NA_integer_, nrow(prob))
  complete <- !is.na(prob[, 1L])
  best[complete] <- max.col(prob[complete, , drop = FALSE], "first")
  stats::setNames(
    factor(object$classes[best], levels = object$classes,
           ordered = identical(object$response_type, "ordered")),
    rownames(prob)
  )
}
