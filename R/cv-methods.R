#' @rdname cv_moelogit
#' @param object,x A result of `cv_moelogit()`.
#' @param digits Significant digits.
#' @export
print.cv_moelogit <- function(x, digits = 4L, ...) {
  check_no_dots(...)
  best <- x$best
  cat(
    length(x$folds), "-fold cross-validation of ", nrow(x$table), " settings: k in ",
    paste(unique(x$table$k), collapse = ", "), "; ", length(unique(x$table$penalty)),
    " penalties from ", format(min(x$table$penalty), digits = digits), " to ",
    format(max(x$table$penalty), digits = digits), "\n\n",
    sep = ""
  )
  by_k <- do.call(rbind, lapply(split(x$table, x$table$k), function(own) {
    own[which.min(own$logloss), c("k", "penalty", "logloss", "se", "brier", "error")]
  }))
  cat("Best penalty of each number of experts:\n")
  print(by_k, digits = digits, row.names = FALSE)
  if (x$rule == "stack") {
    cat("\nStack, which predicts:\n")
    print(x$weights, digits = digits, row.names = FALSE)
    cat("Temperature: ", format(x$temperature, digits = digits), "\n", sep = "")
  }
  cat(
    "\n", if (x$rule == "min") "Chosen (smallest log loss" else "Chosen (one standard error",
    if (x$rule == "stack") "; $fit", "): k = ", best$k, ", penalty = ",
    format(best$penalty, digits = digits), "; log loss ", format(best$logloss, digits = digits),
    " (se ", format(best$se, digits = 2L), ")\n",
    sep = ""
  )
  stuck <- sum(!x$table$converged)
  if (stuck > 0L) cat(stuck, "settings did not converge in every fold\n")
  invisible(x)
}

#' @rdname cv_moelogit
#' @param newdata,newz,newoffset As in [predict.moelogit()]. Without `newdata`, a stack gives the
#'   predictions of `held_out`: each row by fits that have not seen it.
#' @param type `"class"`, `"prob"` or `"link"`; with a rule that chooses one setting also the others
#'   of [predict.moelogit()].
#' @param spread Of a stack: whether to return a list of `fit` and `spread`, the standard deviation
#'   of the class probabilities over the fits that are averaged (before the temperature), n x M.
#' @export
predict.cv_moelogit <- function(object, newdata = NULL, type = c("class", "prob", "link"),
                                newz = NULL, newoffset = NULL, spread = FALSE, ...) {
  if (is.null(object$ensemble)) {
    if (missing(type)) type <- "class"
    return(predict(object$fit, newdata, type, newz = newz, newoffset = newoffset, ...))
  }
  check_no_dots(...)
  predict_ensemble(object, newdata, type, newz, newoffset, spread)
}

#' @rdname cv_moelogit
#' @export
coef.cv_moelogit <- function(object, ...) coef(object$fit, ...)

#' @rdname cv_moelogit
#' @param y,weights,name See [calibration()].
#' @exportS3Method
calibration.cv_moelogit <- function(object, newdata = NULL, y = NULL, weights = NULL, ...,
                                    newz = NULL, newoffset = NULL, name = "stack") {
  if (missing(name) && is.null(object$ensemble)) name <- paste("cv,", object$rule)
  calibrate_ensemble(object, newdata, y, weights, newz, newoffset, name, ...)
}
