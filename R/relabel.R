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
#' @section Errors: `"moelogit_error_argument"` when `order` is not a permutation;
#'   `"moelogit_error_fixed"` for a fit with fixed coefficients, whose experts have the names under
#'   which these were given.
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
  check_no_dots(...)
  check_fit(object)
  if (!is.null(object$fixed)) {
    abort_fixed(
      "Experts with fixed coefficients are told apart by these: they cannot be reordered.",
      i = "Fix the coefficients of other experts instead, as in {.code update(fit, fixed = )}."
    )
  }
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
  if (!is.null(object$inference)) object$inference <- relabel_inference(object, at)
  object$gate[] <- object$gate[, at]
  object$expert[] <- object$expert[, , at]
  object$gate_mean[] <- object$gate_mean[at]
  object
}

# What a fit holds of rows that it cannot read again, with its experts in another order. The free
# coefficients are those of the gate of each expert less those of the first, then the experts' own;
# so the old ones are a linear function of the new ones.
relabel_inference <- function(object, at) {
  inference <- object$inference
  shape <- frame_shape(object$frame)
  k <- shape$k
  own <- (shape$m - 1L) * shape$p
  # columns: the new experts; rows: the old ones, less the old first one
  gate <- diag(k)[, at, drop = FALSE]
  gate <- (gate - rep(gate[1L, ], each = k))[-1L, -1L, drop = FALSE]
  gates <- (k - 1L) * shape$q
  change <- matrix(0, nrow(inference$information), ncol(inference$information))
  first <- seq_len(gates)
  change[first, first] <- kronecker(gate, diag(shape$q))
  rest <- gates + seq_len(k * own)
  change[rest, rest] <- kronecker(diag(k)[, at, drop = FALSE], diag(own))
  list(
    information = crossprod(change, inference$information %*% change),
    gate = list(
      rows = inference$gate$rows[at], information = inference$gate$information[at],
      total = inference$gate$total
    ),
    expert = list(
      rows = inference$expert$rows[, at, drop = FALSE],
      information = inference$expert$information[, at, drop = FALSE],
      total = inference$expert$total[at]
    )
  )
}
