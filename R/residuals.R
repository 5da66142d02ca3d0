#' Residuals of a mixture of experts
#'
#' @param object A fit of class `"moelogit"` that holds its training data (`keep_data`, the
#'   default).
#' @param type With y the indicators of the observed class (for counts, their proportions), f the
#'   fitted class probabilities, and w the case weight (for counts, times the row's total):
#'   * `"pearson"`: (y - f) sqrt(w / (f (1 - f))), n x M; the column of the second of two classes
#'     is what `glm()` gives.
#'   * `"deviance"`: n values whose squares are the rows' contributions 2 w sum(y log(y / f)) to
#'     the deviance. The sign is that of the observed minus the expected number of the class.
#'   * `"response"`: y - f, n x M.
#'   * `"quantile"`: n randomised quantile residuals (Dunn and Smyth 1996), standard normal when
#'     the model is right: the normal quantile of a number drawn uniformly from \[F(y - 1), F(y)\],
#'     F being the fitted distribution function over the classes in the order of their levels. They
#'     change from call to call: use [set.seed()]. Not for counts, nor affected by weights.
#'
#'   The order of the classes enters the sign of `"deviance"` and the `"quantile"` residuals. Where
#'   it has no meaning, any order will do, and different ones show different departures.
#' @param ... Not used.
#' @return A named vector of n or an n x M matrix, with `NA` for rows left out by `na.exclude`.
#' @references Dunn, P. K. and Smyth, G. K. (1996). Randomized quantile residuals. *Journal of
#'   Computational and Graphical Statistics*, 5, 236-244. \doi{10.2307/1390802}
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' head(residuals(fit))
#' qqnorm(residuals(fit, "quantile"))
#' @importFrom stats residuals
#' @export
residuals.moelogit <- function(object, type = c("pearson", "deviance", "response", "quantile"),
                               ...) {
  check_no_dots(...)
  type <- check_choice(type, c("pearson", "deviance", "response", "quantile"), "type")
  check_kept(object, object$data)
  fitted <- object$fitted.values
  observed <- observed_classes(object)
  y <- observed$share
  out <- switch(type,
    response = y - fitted,
    # where the classes are certain, and right or without weight, there is nothing left: not 0 / 0
    pearson = ifelse(
      y == fitted | observed$weight == 0, 0,
      (y - fitted) * sqrt(observed$weight / (fitted * (1 - fitted)))
    ),
    deviance = {
      terms <- ifelse(y > 0, y * (log(y) - log(fitted)), 0)
      number <- seq_along(object$classes)
      side <- ifelse(drop((y - fitted) %*% number) < 0, -1, 1)
      ifelse(observed$weight == 0, 0, side * sqrt(2 * observed$weight * pmax(rowSums(terms), 0)))
    },
    quantile = quantile_residuals(object, fitted)
  )
  if (is.matrix(out)) {
    dimnames(out) <- dimnames(fitted)
  } else {
    names(out) <- rownames(fitted)
  }
  stats::naresid(object$na.action, out)
}

quantile_residuals <- function(object, fitted) {
  if (object$response_type == "counts") {
    moe_abort(
      c(
        "Quantile residuals need one class per row, and the response is a matrix of counts.",
        i = "Use {.code type = \"pearson\"} or {.code \"deviance\"}."
      ),
      "counts"
    )
  }
  # from the nearer end, where no digits are lost: 1 - F is the probability of the classes above
  at <- cbind(seq_len(object$n), object$data$y)
  next_class <- cbind(at[, 1L], at[, 2L] + 1L)
  share <- stats::runif(object$n)
  below <- t(apply(cbind(0, fitted), 1L, cumsum))[at] + share * fitted[at]
  above <- t(apply(cbind(fitted, 0), 1L, function(p) rev(cumsum(rev(p)))))[next_class] +
    (1 - share) * fitted[at]
  ifelse(
    below < 0.5, stats::qnorm(pmin(below, 1)), stats::qnorm(pmin(above, 1), lower.tail = FALSE)
  )
}
