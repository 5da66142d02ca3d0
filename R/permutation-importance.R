#' What each covariate is worth to the predictions
#'
#' How much the log loss grows on rows that the fits have not seen when the values of a covariate
#' are shuffled among them (Breiman 2001). A covariate that others can stand in for is worth little.
#'
#' @param object A [bag_moelogit()], or a [cv_moelogit()] with `rule = "stack"`, made with a formula
#'   or with matrices. A covariate of a formula is shuffled in all terms that it is in, of experts
#'   and gate alike.
#' @param data,z The rows that the object was made with: a data frame for a formula; the matrix `x`
#'   as `data` and, if the gate has covariates of its own, `z` for matrices.
#' @param times How often each covariate is shuffled, in each fold or sample.
#' @param ... Not used.
#' @return A data frame, a row per covariate, the largest first:
#'   `variable`, `importance` (mean increase of the log loss) and `se` (over folds or samples).
#'   Randomness comes from R: use [set.seed()].
#' @section Errors: `"moelogit_error_argument"` for an object without a stack;
#'   `"moelogit_error_newdata"` for other data than those of the fit.
#' @references
#' Breiman, L. (2001). Random forests. *Machine Learning*, 45, 5-32.
#' \doi{10.1023/A:1010933404324}
#' @examples
#' set.seed(1)
#' bag <- bag_moelogit(Species ~ Sepal.Length + Petal.Length, data = iris, k = 1:2,
#'                     penalty = 0.1, members = 4)
#' permutation_importance(bag, iris)
#' @export
permutation_importance <- function(object, ...) UseMethod("permutation_importance")

#' @rdname permutation_importance
#' @export
permutation_importance.bag_moelogit <- function(object, data, z = NULL, times = 1L, ...) {
  check_no_dots(...)
  importance_of(object, object$samples, data, z, times)
}

#' @rdname permutation_importance
#' @export
permutation_importance.cv_moelogit <- function(object, data, z = NULL, times = 1L, ...) {
  check_no_dots(...)
  if (is.null(object$ensemble)) {
    moe_abort(
      c(
        "The importance of covariates needs the fits of the folds.",
        x = "With {.code rule = \"{object$rule}\"} they are not kept.",
        i = "Use {.code rule = \"stack\"}."
      ),
      "argument"
    )
  }
  importance_of(object, object$folds, data, z, times)
}

# `resamples`: those that the members of the ensemble belong to, in turn.
importance_of <- function(object, resamples, data, z, times) {
  times <- check_count(times, "times")
  rows <- rows_used(object, data, z)
  if (is.null(object$recipe$terms)) {
    data <- named_columns(data, object$recipe$columns$expert[-1L])
    if (!is.null(z)) z <- named_columns(z, object$recipe$columns$gate[-1L])
  }
  variables <- if (is.null(object$recipe$terms)) {
    unique(c(colnames(data), colnames(z)))
  } else {
    object$recipe$terms$required
  }
  used <- nrow(object$weights)
  grown <- vapply(seq_along(resamples), function(b) {
    at <- (b - 1L) * used + seq_len(used)
    one <- list(members = object$ensemble$members[at],
                weight = object$ensemble$weight[at] * length(resamples),
                temperature = object$ensemble$temperature)
    test <- resamples[[b]]$test
    loss <- function(shuffled, order) {
      logloss_at(object, one, test, take_rows(data, rows[test], shuffled, order),
                 if (!is.null(z)) take_rows(z, rows[test], shuffled, order))
    }
    before <- loss(NULL, NULL)
    vapply(variables, function(name) {
      mean(replicate(times, loss(name, sample.int(length(test))))) - before
    }, 0)
  }, numeric(length(variables)))
  grown <- matrix(grown, length(variables))
  out <- data.frame(
    variable = variables, importance = rowMeans(grown),
    se = apply(grown, 1L, stats::sd) / sqrt(ncol(grown))
  )
  out <- out[order(-out$importance), ]
  rownames(out) <- NULL
  out
}

# Columns without names are known by their place.
named_columns <- function(x, names) {
  if (is.null(colnames(x))) colnames(x) <- names
  x
}

# Rows of a data frame or matrix, the values of one variable in another order.
take_rows <- function(data, rows, shuffled, order) {
  data <- data[rows, , drop = FALSE]
  if (!is.null(shuffled) && shuffled %in% colnames(data)) {
    data[, shuffled] <- data[order, shuffled]
  }
  data
}

logloss_at <- function(object, ensemble, test, data, z) {
  design <- new_design(object$recipe, data, z)
  held <- object$held_out
  prob <- matrix(NA_real_, nrow(held$prob), ncol(held$prob))
  prob[test, ] <- ensemble_probabilities(ensemble, design, NULL)$fit
  held_out_logloss(c(list(prob = prob), held[c("y", "row", "weights")]))
}

# The rows of the data that the design had: those without missing values.
rows_used <- function(object, data, z) {
  design <- new_design(object$recipe, data, z)
  complete <- design$complete
  if (!is.null(object$recipe$terms)) {
    complete <- complete & stats::complete.cases(response_values(object$recipe, data))
  }
  if (sum(complete) != nrow(object$held_out$prob)) {
    moe_abort(
      c(
        "{.arg data} must be the rows that {.arg object} was made with.",
        x = "There are {sum(complete)} complete row{?s} and {nrow(object$held_out$prob)} \\
             row{?s} in {.arg object}.",
        i = "With {.arg subset}, give these rows only."
      ),
      "newdata"
    )
  }
  which(complete)
}
