#' Order the experts
#'
#' Experts have no order of their own. Fits come with the largest average gate probability first;
#' `relabel()` restores that order or makes any other. Coefficients, predictions and everything
#' computed from them follow.
#'
#' @param object A fit of class `"moelogit"`.
#' @param order A permutation of the experts' present names or numbers, the new first one first;
#'   `NULL`: by average gate probability, the largest first.
#' @param ... Not used.
#' @return The fit with its experts in the new order, named `"1"` to `"K"`. The first expert is the
#'   reference of the gate in [coef()].
#' @section Errors: `"moelogit_error_argument"` when `order` is not a permutation.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' relabel(fit, c(2, 1))
#' @export
relabel <- function(object, order = NULL, ...) {
  UseMethod("relabel")
}

#' @rdname relabel
#' @export
relabel.moelogit <- function(object, order = NULL, ...) {
  check_fit(object)
  experts <- colnames(object$gate)
  if (is.null(order)) order <- base::order(-object$gate_mean)
  at <- if (is.character(order)) match(order, experts) else order
  if (!is.numeric(at) || !setequal(at, seq_along(experts)) || length(at) != length(experts)) {
    moe_abort(
      c("{.arg order} must name each of the {length(experts)} experts once.", x = describe(order)),
      "argument"
    )
  }
  theta <- theta_to_arrays(object$frame, object_theta(object))
  object$theta <- arrays_to_theta(
    theta$gate[, at, drop = FALSE], theta$expert[, , at, drop = FALSE]
  )
  object$gate[] <- object$gate[, at]
  object$expert[] <- object$expert[, , at]
  object$gate_mean[] <- object$gate_mean[at]
  object
}
