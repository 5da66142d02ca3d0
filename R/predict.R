#' Predictions of a mixture of experts
#'
#' @param object A fit of class `"moelogit"`.
#' @param newdata New covariates: a data frame (formula fits), or a matrix, sparse matrix or data
#'   frame with the columns of `x` (matrix fits). Without it the training rows, for which the fit
#'   must hold its data (`keep_data`, the default).
#' @param type What to predict:
#'   * `"class"`: the most probable class, a factor of n.
#'   * `"prob"`: class probabilities, n x M.
#'   * `"link"`: log odds of every class against the first, n x M; with one expert, the linear
#'     predictor in reference coding.
#'   * `"gate"`: gate probabilities, n x K.
#'   * `"expert"`: class probabilities of each expert, an n x M x K array.
#'   * `"posterior"`: posterior expert probabilities given the class too, n x K; new data must then
#'     hold the response (matrix fits: give it as `newy`).
#' @param newz,newoffset For matrix fits with covariates of their own in the gate, and for fits with
#'   an `offset` argument: their values for `newdata`.
#' @param newy For `type = "posterior"` of matrix fits: the response of `newdata`.
#' @param se.fit Whether to add standard errors, for all types but `"class"` and `"posterior"`: by
#'   the delta method from the covariance of the coefficients, the number and the labels of the
#'   experts taken as known.
#' @param interval `"confidence"` adds standard errors and Wald intervals, which for probabilities
#'   are made on the logit scale and so stay inside (0, 1).
#' @param level Confidence level.
#' @param vcov. Covariance matrix of the coefficients for the standard errors, such as
#'   `vcov(object, type = "sandwich")`, or `NULL` for `vcov(object)`, for which the fit must hold
#'   its training data.
#' @param ... Not used.
#'
#' @return Always of the shape above, with the names of classes and experts, also for one row and
#'   for two classes. Rows of `newdata` with missing values give `NA`. With `se.fit = TRUE` a list
#'   of `fit` and `se.fit`, and with an `interval` of `fit`, `se.fit`, `lower` and `upper`, all of
#'   that shape.
#' @section Errors: Classes `"moelogit_error_newdata"`, with `"moelogit_error_newdata_missing"` for
#'   a missing column, `"moelogit_error_newdata_level"` for an unseen factor level and
#'   `"moelogit_error_newdata_type"` for another type of variable.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' new <- data.frame(Sepal.Length = c(5, 6), Sepal.Width = c(3, 2.5))
#' predict(fit, new)
#' predict(fit, new, type = "prob")
#' predict(fit, new, type = "gate", interval = "confidence")
#' @export
predict.moelogit <- function(object, newdata,
                             type = c("class", "prob", "link", "gate", "expert", "posterior"),
                             newz = NULL, newoffset = NULL, se.fit = FALSE, # nolint
                             interval = c("none", "confidence"), level = 0.95,
                             vcov. = NULL, newy = NULL, ...) { # nolint
  type <- check_choice(
    type, c("class", "prob", "link", "gate", "expert", "posterior"), "type"
  )
  interval <- check_choice(interval, c("none", "confidence"), "interval")
  errors <- check_flag(se.fit, "se.fit") || interval == "confidence"
  check_errors_type(errors, type)
  trained <- missing(newdata) || is.null(newdata)
  design <- if (trained) stored_design(object) else new_design(object, newdata, newz, newoffset)
  labels <- row_labels(design)
  out <- switch(type,
    class = ,
    link = ,
    prob = class_probabilities(object, design, labels),
    gate = gate_probabilities(object, design, labels),
    expert = expert_probabilities(object, design, labels),
    posterior = {
      response <- if (trained) object$data else new_response(object, newdata, newy)
      check_response_rows(response, design$n)
      posterior_probabilities(object, design, response, labels)
    }
  )
  if (type == "link") out <- log(out) - log(out[, 1L])
  if (errors) {
    out <- with_errors(object, design, out, type, interval, check_level(level), vcov.)
    return(if (trained) lapply(out, restore_rows, action = object$na.action) else out)
  }
  if (trained) out <- restore_rows(out, object$na.action)
  if (type == "class") most_probable(object, out) else out
}

# As stats::napredict(), for arrays too.
restore_rows <- function(x, action) {
  if (length(dim(x)) < 3L) {
    return(stats::napredict(action, x))
  }
  dims <- dim(x)
  names <- dimnames(x)
  rows <- stats::napredict(action, matrix(x, dims[1L], dimnames = list(names[[1L]], NULL)))
  array(rows, c(nrow(rows), dims[-1L]), c(list(rownames(rows)), names[-1L]))
}

# A response found outside the new data may be that of other rows.
check_response_rows <- function(response, n) {
  if (is.null(response$row) && length(response$y) != n) {
    moe_abort(
      c(
        "The posterior needs the class of every row.",
        x = "There are {n} row{?s} and {length(response$y)} class{?es}.",
        i = "Put the response into {.arg newdata}, or give it as {.arg newy} if the model was \\
             fitted to matrices."
      ),
      c("newdata_missing", "newdata")
    )
  }
}

check_errors_type <- function(errors, type) {
  if (errors && type %in% c("class", "posterior")) {
    moe_abort(
      c(
        "There are no standard errors for {.code type = \"{type}\"}.",
        i = "They are for {.or {.val {c(\"prob\", \"link\", \"gate\", \"expert\")}}}."
      ),
      "argument"
    )
  }
}

#' @rdname predict.moelogit
#' @return `fitted()`: the n x M class probabilities of the training rows, or the most probable
#'   classes; rows left out by `na.exclude` are `NA`.
#' @export
fitted.moelogit <- function(object, type = c("prob", "class"), ...) {
  type <- check_choice(type, c("prob", "class"), "type")
  check_kept(object, object$fitted.values)
  out <- stats::napredict(object$na.action, object$fitted.values)
  if (type == "class") most_probable(object, out) else out
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

# The problem of the core at the rows of a design that are complete.
prediction_problem <- function(object, design, response = 0L) {
  rows <- which(design$complete)
  part <- function(x, name) {
    kept <- !object$aliased[[name]]
    if (object$implicit) kept <- kept[-1L]
    if (length(rows) < design$n) x <- x[rows, , drop = FALSE]
    if (!all(kept)) x <- x[, kept, drop = FALSE]
    scaling <- kept_scaling(object, name)
    if (object$implicit) scaling <- lapply(scaling, `[`, -1L)
    list(x = x, implicit = object$implicit, center = scaling$center, scale = scaling$scale)
  }
  zero <- lapply(object$aliased, function(aliased) numeric(sum(!aliased)))
  list(
    expert = part(design$x, "expert"),
    gate = if (!object$shared) part(design$z, "gate"),
    response = rep_len(as.integer(response), length(rows)), weight = rep_len(1, length(rows)),
    offset = if (!is.null(design$offset)) design$offset[rows, , drop = FALSE],
    experts = object$k, classes = length(object$classes), ridge = zero
  )
}

# Probabilities of one kind at the rows of a design, NA where it is not complete; n x columns.
row_probabilities <- function(object, design, kind, columns) {
  out <- matrix(NA_real_, design$n, columns)
  if (any(design$complete)) {
    prob <- core_predict(
      prediction_problem(object, design), object_theta(object),
      kind, object$control$threads
    )[[kind]]
    out <- if (all(design$complete)) prob else `[<-`(out, which(design$complete), , prob)
  }
  out
}

class_probabilities <- function(object, design, labels) {
  out <- row_probabilities(object, design, "class", length(object$classes))
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

# tau_ik ~ pi_k P_{k, y_i}; for a matrix of counts, the posterior of the whole row is that of its
# records averaged by their counts.
posterior_probabilities <- function(object, design, response, labels) {
  out <- record_posterior(object, design, response)
  if (!is.null(response$row)) {
    row <- response$row
    weight <- response$weights
    index <- factor(row, levels = seq_len(design$n))
    total <- tapply(weight, index, sum, default = NA)
    out <- unclass(apply(out * weight, 2L, tapply, index, sum, default = NA)) / as.vector(total)
  }
  structure(out, dimnames = list(labels, colnames(object$gate)))
}

# One row per record: its class is known, where a row of counts has several.
record_posterior <- function(object, design, response) {
  gate <- gate_probabilities(object, design, NULL)
  expert <- expert_probabilities(object, design, NULL)
  row <- if (is.null(response$row)) seq_len(design$n) else response$row
  bayes_posterior(gate[row, , drop = FALSE], expert, row, response$y)
}

# gate: one row per record; expert: n x M x K; row and y: those of the records.
bayes_posterior <- function(gate, expert, row, y) {
  joint <- log(gate)
  for (k in seq_len(ncol(joint))) joint[, k] <- joint[, k] + log(expert[cbind(row, y, k)])
  joint <- exp(joint - do.call(pmax, as.data.frame(joint)))
  joint / rowSums(joint)
}

# The training rows, from what the fit holds.
stored_design <- function(object) {
  check_kept(object, object$data)
  data <- object$data
  design <- if (is.null(object$terms)) {
    list(x = data$x, z = data$z)
  } else {
    matrix <- function(part) {
      term_matrix(object$terms[[part]], data$model_frame, object$contrasts[[part]], part)$matrix
    }
    list(x = matrix("expert"), z = if (!object$shared) matrix("gate"))
  }
  c(design, list(
    offset = data$offset, n = object$n, complete = rep_len(TRUE, object$n),
    row_names = data$row_names
  ))
}

check_kept <- function(object, what) {
  if (is.null(what)) {
    moe_abort(
      c(
        "The fit does not hold its training data.",
        i = "Fit with {.code keep_data = TRUE}, or give {.arg newdata} to {.fn predict} or \\
             {.fn simulate}."
      ),
      "no_data"
    )
  }
}
