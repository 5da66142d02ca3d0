#' Predictions of a mixture of experts
#'
#' @param object A fit of class `"moelogit"`.
#' @param newdata New covariates: a data frame (formula fits), or a matrix, sparse matrix or data
#'   frame with the columns of `x` (matrix fits). Without it the training rows, for which the fit
#'   must hold its data (`keep_data`, the default). Or a [row_source()], read chunk by chunk.
#' @param type What to predict:
#'   * `"class"`: the most probable class, a factor of n.
#'   * `"prob"`: class probabilities, n x M.
#'   * `"logprob"`: their logarithms, n x M, to full precision also where a probability is too small
#'     for a number; [logLik()] sums those of the observed classes.
#'   * `"link"`: log odds of every class against the first, n x M; with one expert, the linear
#'     predictor in reference coding.
#'   * `"gate"`: gate probabilities, n x K.
#'   * `"expert"`: class probabilities of each expert, an n x M x K array.
#'   * `"posterior"`: posterior expert probabilities given the class too, n x K; new data must then
#'     hold the response (matrix fits: give it as `newy`).
#' @param newz,newoffset For matrix fits with covariates of their own in the gate, and for fits with
#'   an `offset` argument: their values for `newdata`.
#' @param newy For `type = "posterior"` of matrix fits: the response of `newdata`.
#' @param se.fit Whether to add standard errors, for all types but `"class"`, `"logprob"` and
#' `"posterior"`: by
#'   the delta method from the covariance of the coefficients, the number and the labels of the
#'   experts taken as known.
#' @param interval `"confidence"` adds standard errors and Wald intervals, which for probabilities
#'   are made on the logit scale and so stay inside (0, 1).
#' @param level Confidence level.
#' @param vcov. Covariance matrix of the coefficients for the standard errors, such as
#'   `vcov(object, type = "sandwich")`, or `NULL` for `vcov(object)`, for which the fit must hold
#'   its training data.
#' @param to For a [row_source()]: where predictions go that are not to be kept in memory. A
#'   function of a data frame, called for each chunk; the name of a new CSV file; or a list of a
#'   connection of package DBI and the name of a new table. A row for each row, with a column
#'   `class`, or one for each class or expert (`expert.class` for `type = "expert"`; with standard
#'   errors or an interval preceded by `fit.`, `se.fit.`, `lower.` and `upper.`). Without it they
#'   come back as for a data frame. For rows over workers: the name of a CSV file with `%d` for the
#'   number of the part, written where the worker is.
#' @param ... Not used.
#'
#' @return Always of the shape above, with the names of classes and experts, also for one row and
#'   for two classes. Rows of `newdata` with missing values give `NA`. With `se.fit = TRUE` a list
#'   of `fit` and `se.fit`, and with an `interval` of `fit`, `se.fit`, `lower` and `upper`, all of
#'   that shape. With `to`, the number of rows, invisibly.
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
                             type = c("class", "prob", "logprob", "link", "gate", "expert",
                                      "posterior"),
                             newz = NULL, newoffset = NULL, se.fit = FALSE, # nolint
                             interval = c("none", "confidence"), level = 0.95,
                             vcov. = NULL, newy = NULL, to = NULL, ...) { # nolint
  check_no_dots(...)
  type <- check_choice(type, eval(formals(predict.moelogit)$type), "type")
  check_fit(object)
  interval <- check_choice(interval, c("none", "confidence"), "interval")
  errors <- check_flag(se.fit, "se.fit") || interval == "confidence"
  check_errors_type(errors, type)
  trained <- missing(newdata) || is.null(newdata)
  of_source <- !trained && inherits(newdata, "row_source")
  check_source_arguments(of_source, to, list(newz = newz, newoffset = newoffset, newy = newy))
  if (of_source) {
    arguments <- list(type, se.fit = se.fit, interval = interval, level = level, vcov. = vcov.)
    return(predict_source(newdata, object, arguments, to))
  }
  design <- if (trained) stored_design(object) else new_design(object, newdata, newz, newoffset)
  labels <- row_labels(design)
  out <- switch(type,
    class = ,
    prob = class_probabilities(object, design, labels),
    logprob = ,
    link = class_probabilities(object, design, labels, "logclass"),
    gate = gate_probabilities(object, design, labels),
    expert = expert_probabilities(object, design, labels),
    posterior = {
      response <- if (trained) design else new_response(object, newdata, newy)
      check_response_rows(response, design$n)
      posterior_probabilities(object, design, response, labels)
    }
  )
  if (type == "link") out <- out - out[, 1L]
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
  if (errors && type %in% c("class", "logprob", "posterior")) {
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
  check_no_dots(...)
  type <- check_choice(type, c("prob", "class"), "type")
  check_kept(object, object$fitted.values)
  out <- stats::napredict(object$na.action, object$fitted.values)
  if (type == "class") most_probable(object, out) else out
}
