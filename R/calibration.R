#' How good predicted probabilities are
#'
#' Log loss, Brier score and its decomposition, expected calibration error, and the reliability
#' curve of each class; for a fit, for any matrix of probabilities, and for several models side by
#' side on the same rows.
#'
#' @param object A fit of class `"moelogit"`; an n x M matrix of class probabilities, whose column
#'   names are the classes (a vector of n: the probability of the second of two classes); or a named
#'   list of such fits and matrices, to compare. For `print()` and
#'   [autoplot.moelogit_calibration()], the result.
#' @param newdata For fits: data with the covariates and, for formula fits, the response. Without
#'   it the training rows, which flatter the fit.
#' @param y The response, one class per row, or an n x M matrix of counts. Needed for everything but
#'   formula fits; it overrides the response in `newdata`.
#' @param weights Case weights, real and not negative: a weight of 2 counts a row twice. A fit on
#'   its training rows and response comes with its own.
#' @param bins Number of bins, a whole number of at least 2.
#' @param binning `"width"`: bins of equal width on (0, 1), as in Guo et al. (2017); `"count"`:
#'   bins that hold about the same number of rows.
#' @param conf_level Level of the intervals.
#' @param replicates Number of bootstrap replicates for the expected calibration error; 0 for none.
#'   Draws come from R's generator: use [set.seed()].
#' @param name Name of the model in tables and pictures.
#' @param newz,newoffset See [predict.moelogit()].
#' @param digits Decimal places.
#' @param ... Passed from the list method to the others, and from a fit to its matrix of
#'   probabilities; results to combine, for `c()`; otherwise not used.
#'
#' @details
#' With weights \eqn{w_i}, probabilities \eqn{p_{im}} and indicators \eqn{y_{im}} of the observed
#' class:
#'
#' * `log_loss` is the mean of \eqn{-\log p_{i,y_i}}; infinite when an observed class was given
#'   probability zero.
#' * `brier` is the mean of \eqn{\sum_m (p_{im} - y_{im})^2} (Brier 1950), from 0 to 2.
#' * `brier = reliability - resolution + uncertainty + within` exactly, each a sum over the classes:
#'   Murphy's (1973) three terms over the bins of \eqn{p_{im}}, and the two that remain because
#'   probabilities vary within a bin (Stephenson et al. 2008), taken together in `within`.
#' * `ece`, the expected calibration error, is the mean over bins of the distance between the share
#'   of rows whose most probable class is right and the mean of its probability (Guo et al. 2017).
#'   `ece_class` is the same for the probability of each class, averaged over the classes.
#' * `ece` is biased upwards, the more so with many bins and few rows. `ece_calibrated` is its mean
#'   when classes are drawn from the predicted probabilities themselves (Bröcker and Smith 2007):
#'   what a perfectly calibrated model would show. `ece_low` and `ece_high` are the basic bootstrap
#'   interval \eqn{2 \mathrm{ece} - q}{2 ece - q}, which takes bias off, with `ece` inside; rows are
#'   drawn with probability proportional to their weights. Its lower end is 0 unless `ece` exceeds
#'   the upper quantile of what a calibrated model would show. Its coverage is only near its level.
#'
#' The reliability curve gives, for each class and bin, the mean probability, the share of rows of
#' that class, and its Wilson interval.
#'
#' Rows with a missing probability in any of the models, or a missing class, are left out of all,
#' with a message.
#'
#' @return A list of class `"moelogit_calibration"`:
#' * `scores`: a data frame, one row a model: `model`, `n` (sum of the weights), `log_loss`,
#'   `brier`, `reliability`, `resolution`, `uncertainty`, `within`, `accuracy`, `ece`, `ece_low`,
#'   `ece_high`, `ece_calibrated`, `ece_class`.
#' * `curve`: a data frame, one row per model, class and bin that is not empty: `model`, `class`,
#'   `bin`, `n`, `predicted`, `observed`, `low`, `high`.
#' * `classes`, `bins`, `binning`, `conf_level`, and `training`: whether the rows are those of a
#'   fit.
#'
#' `tidy()` gives the curve, `glance()` the scores. `c()` puts results for the same classes
#' together.
#' @section Errors: `"moelogit_error_probabilities"` for numbers that are no probabilities or do not
#'   match the classes; `"moelogit_error_response"` without a response.
#'
#' @references
#' Brier, G. W. (1950). Verification of forecasts expressed in terms of probability. *Monthly
#' Weather Review*, 78, 1-3.
#'
#' Murphy, A. H. (1973). A new vector partition of the probability score. *Journal of Applied
#' Meteorology*, 12, 595-600.
#'
#' Stephenson, D. B., Coelho, C. A. S. and Jolliffe, I. T. (2008). Two extra components in the Brier
#' score decomposition. *Weather and Forecasting*, 23, 752-757. \doi{10.1175/2007WAF2006116.1}
#'
#' Bröcker, J. and Smith, L. A. (2007). Increasing the reliability of reliability diagrams. *Weather
#' and Forecasting*, 22, 651-661. \doi{10.1175/WAF993.1}
#'
#' Guo, C., Pleiss, G., Sun, Y. and Weinberger, K. Q. (2017). On calibration of modern neural
#' networks. *Proceedings of Machine Learning Research*, 70, 1321-1330. arXiv:1706.04599.
#' @seealso [autoplot.moelogit_calibration()], [predict.moelogit()]
#' @examples
#' set.seed(1)
#' train <- sample(nrow(yeast_ppi), 3000)
#' fit <- moelogit(interacts ~ log_common + log_degree_min, data = yeast_ppi[train, ], k = 2)
#' test <- yeast_ppi[-train, ]
#' calibration(fit, test)
#'
#' # beside another model, on the same rows
#' logit <- glm(interacts ~ log_common, binomial, yeast_ppi[train, ])
#' both <- list(mixture = fit, logit = predict(logit, test, type = "response"))
#' calibration(both, newdata = test, y = test$interacts, replicates = 50)
#' @export
calibration <- function(object, ...) {
  UseMethod("calibration")
}

#' @rdname calibration
#' @export
calibration.moelogit <- function(object, newdata = NULL, y = NULL, weights = NULL, ...,
                                 newz = NULL, newoffset = NULL, name = "moelogit") {
  trained <- is.null(newdata)
  response <- if (!is.null(y)) {
    records_of_response(y, object$classes)
  } else if (trained) {
    check_kept(object, object$data)
    weights <- NULL
    unclass(object$data)[c("y", "row", "weights")]
  } else if (!is.null(object$terms)) {
    new_response(object, newdata)
  } else {
    abort_no_response("{.arg newdata} of a fit to matrices does not hold the response.")
  }
  prob <- if (trained) {
    class_probabilities(object, stored_design(object), NULL)
  } else {
    predict(object, newdata, type = "prob", newz = newz, newoffset = newoffset)
  }
  prob <- stats::setNames(list(prob), name)
  out <- calibration_of(prob, object$classes, response, weights, ...)
  out$training <- trained
  out
}

#' @rdname calibration
#' @export
calibration.default <- function(object, y = NULL, weights = NULL, bins = 10L,
                                binning = c("width", "count"), conf_level = 0.95,
                                replicates = 200L, name = "model", ...) {
  check_no_dots(...)
  if (is.null(y)) abort_no_response("Probabilities do not hold the response.")
  classes <- prob_classes(object, y, "object")
  prob <- stats::setNames(list(as_probabilities(object, classes, "object")), name)
  response <- records_of_response(y, classes)
  calibration_of(prob, classes, response, weights, bins, binning, conf_level, replicates)
}

#' @rdname calibration
#' @export
calibration.list <- function(object, y = NULL, newdata = NULL, weights = NULL, newz = NULL,
                             newoffset = NULL, ...) {
  if (length(object) == 0L) {
    moe_abort("{.arg object} is an empty list: there is no model to look at.", "argument")
  }
  names <- names(object)
  if (is.null(names)) names <- rep_len("", length(object))
  names <- ifelse(nzchar(names), names, paste("model", seq_along(object)))
  fits <- vapply(object, inherits, NA, "moelogit")
  if (is.null(y)) {
    if (!any(fits) || is.null(newdata)) abort_no_response("The list does not hold the response.")
    first <- object[[which(fits)[1L]]]
    check_formula_fit(first)
    y <- eval(attr(first$terms$full, "variables")[[2L]], newdata, environment(first$terms$full))
  }
  prob <- lapply(seq_along(object), function(i) {
    if (!fits[i]) {
      return(object[[i]])
    }
    predict(object[[i]], newdata, type = "prob", newz = newz, newoffset = newoffset)
  })
  named <- order(vapply(prob, function(p) is.null(colnames(p)), NA))[1L]
  classes <- prob_classes(prob[[named]], y, names[named])
  prob <- Map(function(p, name) as_probabilities(p, classes, name), prob, names)
  response <- records_of_response(y, classes)
  calibration_of(stats::setNames(prob, make.unique(names)), classes, response, weights, ...)
}

#' @rdname calibration
#' @export
c.moelogit_calibration <- function(...) {
  parts <- list(...)
  same <- vapply(parts, function(part) {
    inherits(part, "moelogit_calibration") && setequal(part$classes, parts[[1L]]$classes)
  }, NA)
  if (!all(same)) {
    moe_abort("Only results of {.fn calibration} for the same classes go together.", "argument")
  }
  out <- parts[[1L]]
  names <- make.unique(unlist(lapply(parts, function(part) part$scores$model)))
  sizes <- vapply(parts, function(part) nrow(part$scores), 0L)
  own <- split(names, rep(seq_along(parts), sizes))
  for (i in seq_along(parts)) {
    at <- match(parts[[i]]$curve$model, parts[[i]]$scores$model)
    parts[[i]]$curve$model <- own[[i]][at]
    parts[[i]]$scores$model <- own[[i]]
  }
  out$scores <- do.call(rbind, lapply(parts, `[[`, "scores"))
  out$curve <- do.call(rbind, lapply(parts, `[[`, "curve"))
  out$training <- any(vapply(parts, `[[`, NA, "training"))
  out
}

#' @rdname calibration
#' @param x The result of `calibration()`.
#' @export
print.moelogit_calibration <- function(x, digits = 4L, ...) {
  check_no_dots(...)
  scores <- x$scores
  cat(
    "Calibration of ", length(x$classes), " class probabilities on ",
    paste(format(unique(scores$n), digits = 6L), collapse = ", "), if (x$training) " training",
    " rows\n\n",
    sep = ""
  )
  shown <- c(
    log_loss = "Log loss", brier = "Brier score", reliability = "  reliability",
    resolution = "- resolution", uncertainty = "+ uncertainty", within = "+ within bins",
    accuracy = "Accuracy", ece = "ECE of the most probable class", ece_low = "  interval from",
    ece_high = "  to", ece_calibrated = "  if calibrated", ece_class = "ECE over classes"
  )
  if (anyNA(scores$ece_low)) shown <- shown[!startsWith(shown, "  i") & shown != "  to"]
  table <- formatC(t(scores[names(shown)]), digits = digits, format = "f")
  dimnames(table) <- list(shown, scores$model)
  print(table, quote = FALSE, right = TRUE)
  cat("\n", x$bins, " bins of equal ", x$binning, if (!anyNA(scores$ece_low)) {
    paste0("; ", format(100 * x$conf_level), " % bootstrap interval")
  }, "\n", sep = "")
  invisible(x)
}

abort_no_response <- function(reason) {
  moe_abort(
    c("There are no observed classes to compare with.", x = reason, i = "Give them as {.arg y}."),
    "response"
  )
}

# The records of a response given as `y`.
records_of_response <- function(y, classes) {
  given <- if (length(dim(y)) == 2L && ncol(y) > 1L) colnames(y) else as.character(y[!is.na(y)])
  unknown <- setdiff(given, classes)
  if (length(unknown) > 0L) {
    moe_abort(
      c(
        "{.arg y} has {cli::qty(unknown)}{?a class/classes} without probabilities.",
        x = "Without: {.val {unknown}}.",
        i = "There are probabilities of {.val {classes}}."
      ),
      "probabilities"
    )
  }
  coded_response(y, classes, "y")
}

# The classes of a matrix of probabilities: its column names, or else the levels of the response.
prob_classes <- function(prob, y, arg) {
  named <- colnames(prob)
  if (!is.null(named)) {
    return(named)
  }
  classes <- model_response(y[!is.na(y)], "y", drop_unused = FALSE)$classes
  found <- if (is.null(dim(prob))) 2L else ncol(prob)
  if (length(classes) != found) {
    moe_abort(
      c(
        "The columns of {.arg {arg}} must be the classes.",
        x = "There {cli::qty(found)}{?is/are} {found} column{?s}, but {.arg y} has \\
             {length(classes)} class{?es}: {.val {classes}}.",
        i = "Give the columns the names of the classes."
      ),
      "probabilities"
    )
  }
  classes
}

as_probabilities <- function(prob, classes, arg) {
  if (is.data.frame(prob)) prob <- as.matrix(prob)
  if (is.numeric(prob) && is.null(dim(prob)) && length(classes) == 2L) {
    prob <- structure(cbind(1 - prob, prob), dimnames = list(NULL, classes))
  }
  if (!is.matrix(prob) || !is.numeric(prob) || ncol(prob) != length(classes) ||
        !all(colnames(prob) %in% classes)) {
    moe_abort(
      c(
        "{.arg {arg}} must be a matrix of probabilities with {length(classes)} columns, for the \\
         classes {.val {classes}}.",
        x = describe(prob)
      ),
      "probabilities"
    )
  }
  if (!is.null(colnames(prob))) prob <- prob[, classes, drop = FALSE]
  off <- abs(rowSums(prob) - 1) > 1e-6 | rowSums(prob < 0 | prob > 1) > 0
  if (any(off, na.rm = TRUE)) {
    moe_abort(
      c(
        "Each row of {.arg {arg}} must be probabilities that sum to 1.",
        x = "{sum(off, na.rm = TRUE)} row{?s} {?is/are} not; the first is row {which(off)[1L]}."
      ),
      "probabilities"
    )
  }
  unname(prob)
}

#' The scores and curves of several models on the same records
#'
#' @param prob Named list of n x M matrices. @param classes Names of their columns.
#' @param response From `new_response()`: the records. @param weights `NULL` or n case weights.
#' @param bins,binning,conf_level,replicates As above.
#' @noRd
calibration_of <- function(prob, classes, response, weights = NULL, bins = 10L,
                           binning = c("width", "count"), conf_level = 0.95, replicates = 200L) {
  binning <- check_choice(binning, c("width", "count"), "binning")
  settings <- list(
    bins = check_count(bins, "bins", min = 2L), binning = binning,
    conf_level = check_number(conf_level, "conf_level", min = 0, max = 1)
  )
  replicates <- check_count(replicates, "replicates", min = 0L)
  n <- nrow(prob[[1L]])
  row <- if (is.null(response$row)) seq_along(response$y) else response$row
  rows <- c(
    vapply(prob, nrow, 0L), if (is.null(response$row)) c(y = length(row)),
    if (!is.null(weights)) c(weights = length(weights))
  )
  check_equal_rows(rows)
  check_weights(weights, "weights")
  weight <- if (is.null(response$weights)) rep_len(1, length(row)) else response$weights
  if (!is.null(weights)) weight <- weight * weights[row]
  complete <- Reduce(`&`, lapply(prob, function(p) !is.na(rowSums(p))))
  kept <- complete[row] & !is.na(response$y)
  inform_left_out(length(unique(row[!kept])))
  if (sum(weight[kept]) == 0) abort_no_response("No complete row has a positive weight.")
  models <- lapply(prob, function(p) {
    p <- p[row[kept], , drop = FALSE]
    model_calibration(p, response$y[kept], weight[kept], settings, replicates)
  })
  stack <- function(what) {
    parts <- lapply(models, `[[`, what)
    sizes <- vapply(parts, nrow, 0L)
    data.frame(model = rep(names(prob), sizes), do.call(rbind, unname(parts)))
  }
  curve <- stack("curve")
  curve$class <- factor(classes[curve$class], levels = classes)
  structure(
    c(list(scores = stack("scores"), curve = curve, classes = classes), settings, training = FALSE),
    class = "moelogit_calibration"
  )
}

check_equal_rows <- function(rows) {
  bad <- which(rows != rows[1L])
  if (length(bad) > 0L) {
    first <- names(rows)[1L]
    other <- names(rows)[bad[1L]]
    moe_abort(
      c(
        "All probabilities, the response and the weights must have the same rows.",
        x = "{.val {first}} has {rows[[1L]]}, {.val {other}} has {rows[[bad[1L]]]}."
      ),
      "length"
    )
  }
}

inform_left_out <- function(rows) {
  if (rows > 0L) {
    moe_inform(
      "{rows} row{?s} with a missing probability or class {?is/are} left out.", "left_out"
    )
  }
}
