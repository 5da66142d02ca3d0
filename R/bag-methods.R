#' @rdname bag_moelogit
#' @param object A result of `bag_moelogit()`.
#' @param x The covariates of the experts, as in [moelogit()]; for `print()` and `plot()`, a result
#'   of `bag_moelogit()`.
#' @param weights Case weights, as in [moelogit()].
#' @param digits Significant digits.
#' @export
print.bag_moelogit <- function(x, digits = 4L, ...) {
  check_no_dots(...)
  scores <- bag_scores(x)
  cat(
    length(x$samples), " bootstrap samples, ", nrow(x$table), " settings tried; ",
    if (x$rule == "stack") "stacked" else "chosen", " out of bag:\n",
    sep = ""
  )
  print(x$weights, digits = digits, row.names = FALSE)
  cat(
    "\nOut of bag: log loss ", format(scores$log_loss, digits = digits), ", Brier score ",
    format(scores$brier, digits = digits), ", accuracy ", format(scores$accuracy, digits = digits),
    "\n",
    sep = ""
  )
  invisible(x)
}

bag_scores <- function(x) {
  scores <- calibrate_ensemble(x, NULL, NULL, NULL, NULL, NULL, "bag", replicates = 0L)$scores
  data.frame(
    members = length(x$samples), settings = nrow(x$weights), nobs = scores$n,
    scores[c("log_loss", "brier", "accuracy", "ece")]
  )
}

#' @rdname bag_moelogit
#' @param newdata,newz,newoffset As in [predict.moelogit()]; without `newdata` the out-of-bag
#'   predictions.
#' @param type `"class"`, `"prob"` or `"link"`, as in [predict.moelogit()].
#' @param spread Whether to return a list of `fit` and `spread`, the standard deviation of the class
#'   probabilities over the fits that are averaged, n x M.
#' @export
predict.bag_moelogit <- function(object, newdata = NULL, type = c("class", "prob", "link"),
                                 newz = NULL, newoffset = NULL, spread = FALSE, ...) {
  check_no_dots(...)
  predict_ensemble(object, newdata, type, newz, newoffset, spread)
}

#' @rdname bag_moelogit
#' @param y,name See [calibration()].
#' @exportS3Method
calibration.bag_moelogit <- function(object, newdata = NULL, y = NULL, weights = NULL, ...,
                                     newz = NULL, newoffset = NULL, name = "bag") {
  calibrate_ensemble(object, newdata, y, weights, newz, newoffset, name, ...)
}

#' @rdname bag_moelogit
#' @importFrom generics tidy
#' @method tidy bag_moelogit
#' @export
tidy.bag_moelogit <- function(x, ...) {
  check_no_dots(...)
  x$table
}

#' @rdname bag_moelogit
#' @importFrom generics glance
#' @method glance bag_moelogit
#' @export
glance.bag_moelogit <- function(x, ...) {
  check_no_dots(...)
  bag_scores(x)
}

#' @rdname bag_moelogit
#' @export
autoplot.bag_moelogit <- function(object, ...) {
  check_no_dots(...)
  ggplot2::ggplot(object$curve, aes_of(x = "members", y = "logloss")) +
    ggplot2::geom_line() +
    ggplot2::geom_point(size = 1) +
    ggplot2::labs(x = "Bootstrap samples", y = "Out-of-bag log loss") +
    picture_theme()
}

#' @rdname bag_moelogit
#' @export
plot.bag_moelogit <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
