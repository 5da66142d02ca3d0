#' Simulate from a mixture of experts
#'
#' `simulate()` draws new responses at the training rows from a fit; `rmoelogit()` draws covariates
#' and responses from given coefficients, for studies with a known truth.
#'
#' @param object A fit of class `"moelogit"`.
#' @param nsim Number of responses to draw for each row.
#' @param seed `NULL`, or a number handed to [set.seed()]; as in [stats::simulate()].
#' @param newdata New covariates, or `NULL` for the training rows; see [predict.moelogit()].
#' @param ... Not used.
#' @return `simulate()`: a data frame of n rows and `nsim` columns `sim_1`, `sim_2`, ..., each a
#'   factor with the classes as levels, with the attribute `"seed"`.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' head(simulate(fit, nsim = 2, seed = 3))
#' @importFrom stats simulate
#' @export
simulate.moelogit <- function(object, nsim = 1, seed = NULL, newdata = NULL, ...) {
  nsim <- check_count(nsim, "nsim")
  if (!exists(".Random.seed", envir = globalenv(), inherits = FALSE)) stats::runif(1)
  if (is.null(seed)) {
    state <- get(".Random.seed", envir = globalenv())
  } else {
    before <- get(".Random.seed", envir = globalenv())
    set.seed(seed)
    state <- structure(seed, kind = as.list(RNGkind()))
    on.exit(assign(".Random.seed", before, envir = globalenv()))
  }
  prob <- predict(object, newdata, type = "prob")
  ordered <- identical(object$response_type, "ordered")
  draws <- lapply(seq_len(nsim), function(i) {
    factor(object$classes[draw_classes(prob)], levels = object$classes, ordered = ordered)
  })
  names(draws) <- paste0("sim_", seq_len(nsim))
  rows <- rownames(prob)
  if (anyDuplicated(rows) > 0L) rows <- NULL
  structure(as.data.frame(draws, row.names = rows), seed = state)
}

# One class per row of an n x M matrix of probabilities; NA where they are.
draw_classes <- function(prob) {
  u <- stats::runif(nrow(prob))
  draw <- rep_len(1L, nrow(prob))
  below <- numeric(nrow(prob))
  for (m in seq_len(ncol(prob) - 1L)) {
    below <- below + prob[, m]
    draw <- draw + (u > below)
  }
  draw
}

#' @rdname simulate.moelogit
#' @param n Number of rows.
#' @param gate q x K matrix of gate coefficients, the first row the intercepts.
#' @param expert p x M x K array of expert coefficients, the first row the intercepts. The gate uses
#'   the first q - 1 covariates, the experts the first p - 1. Names of its second dimension are
#'   the classes.
#' @param x n x r matrix of covariates, r = max(p, q) - 1; standard normal when `NULL`.
#' @return `rmoelogit()`: a list: `data` (a data frame of the response `y`, a factor, and the
#'   covariates `x1`, `x2`, ...), `expert` (the expert of each row, 1..K) and `prob` (n x M).
#' @examples
#' gate <- cbind(c(0, 0), c(0, 3))
#' expert <- array(c(0, 0, 1, 2, 0, 0, -1, -2), c(2, 2, 2))
#' sim <- rmoelogit(200, gate, expert)
#' table(sim$data$y, sim$expert)
#' @export
rmoelogit <- function(n, gate, expert, x = NULL) {
  n <- check_count(n, "n")
  gate <- as.matrix(gate)
  if (length(dim(expert)) != 3L || ncol(gate) != dim(expert)[3L]) {
    moe_abort(
      c(
        "{.arg gate} must be q x K and {.arg expert} p x M x K, with the same K.",
        x = "{.arg gate} is {paste(dim(gate), collapse = ' x ')} and {.arg expert} is \\
             {paste(dim(expert), collapse = ' x ')}."
      ),
      "argument"
    )
  }
  r <- max(nrow(gate), dim(expert)[1L]) - 1L
  if (is.null(x)) x <- matrix(stats::rnorm(n * r), n, r)
  if (!is.matrix(x) || nrow(x) != n || ncol(x) != r) {
    moe_abort(c("{.arg x} must be a {n} x {r} matrix.", x = describe(x)), "argument")
  }
  design <- cbind(1, x)
  softmax <- function(logit) {
    e <- exp(logit - do.call(pmax, as.data.frame(logit)))
    e / rowSums(e)
  }
  pi <- softmax(design[, seq_len(nrow(gate)), drop = FALSE] %*% gate)
  own <- design[, seq_len(dim(expert)[1L]), drop = FALSE]
  parts <- lapply(seq_len(ncol(gate)), function(k) softmax(own %*% expert[, , k]))
  which_expert <- draw_classes(pi)
  chosen <- Reduce(`+`, Map(function(p, k) p * (which_expert == k), parts, seq_along(parts)))
  classes <- dimnames(expert)[[2L]]
  if (is.null(classes)) classes <- as.character(seq_len(dim(expert)[2L]))
  colnames(x) <- if (r > 0L) paste0("x", seq_len(r))
  list(
    data = data.frame(y = factor(classes[draw_classes(chosen)], levels = classes), x),
    expert = which_expert,
    prob = structure(
      Reduce(`+`, Map(function(p, k) p * pi[, k], parts, seq_along(parts))),
      dimnames = list(NULL, classes)
    )
  )
}
