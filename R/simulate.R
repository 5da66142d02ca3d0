#' Simulate from a mixture of experts
#'
#' `simulate()` draws new responses at the training rows from a fit; `rmoelogit()` draws covariates
#' and responses from given coefficients, for studies with a known truth.
#'
#' @param object A fit of class `"moelogit"`.
#' @param nsim Number of responses to draw for each row.
#' @param seed `NULL`, or a number handed to [set.seed()]; as in [stats::simulate()].
#' @param newdata New covariates, or `NULL` for the training rows; see [predict.moelogit()].
#' @param size For fits to counts: the total of each row, one whole number or n of them. By default
#'   the totals of the training rows; with `newdata` it must be given.
#' @param ... Not used.
#' @return `simulate()`: a data frame of n rows and `nsim` columns `sim_1`, `sim_2`, ..., each a
#'   factor with the classes as levels, or for fits to counts an n x M matrix of counts, as
#'   [stats::simulate()] has it; with the attribute `"seed"`.
#' @section Errors: `"moelogit_error_counts"` when the totals of the rows are not known, or are no
#'   whole numbers.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length, data = iris, k = 2)
#' head(simulate(fit, nsim = 2, seed = 3))
#' @importFrom stats simulate
#' @export
simulate.moelogit <- function(object, nsim = 1, seed = NULL, newdata = NULL, size = NULL, ...) {
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
  draw <- if (object$response_type == "counts") {
    total <- row_totals(object, newdata, size, nrow(prob))
    function(i) draw_counts(prob, total)
  } else {
    check_no_size(size)
    ordered <- identical(object$response_type, "ordered")
    function(i) {
      factor(object$classes[draw_classes(prob)], levels = object$classes, ordered = ordered)
    }
  }
  draws <- lapply(seq_len(nsim), draw)
  names(draws) <- paste0("sim_", seq_len(nsim))
  rows <- rownames(prob)
  if (anyDuplicated(rows) > 0L) rows <- NULL
  if (is.null(rows)) rows <- seq_len(nrow(prob))
  structure(draws, row.names = rows, class = "data.frame", seed = state)
}

# The total of each row of counts; rows left out by na.exclude have NA.
row_totals <- function(object, newdata, size, n) {
  if (is.null(size)) {
    if (!is.null(newdata)) {
      moe_abort(
        c(
          "The response of the fit is a matrix of counts: the totals of new rows are not known.",
          i = "Give them as {.arg size}."
        ),
        "counts"
      )
    }
    observed <- observed_classes(object)
    case <- object$data$case_weights
    size <- if (is.null(case)) observed$weight else ifelse(case > 0, observed$weight / case, 0)
    size <- stats::naresid(object$na.action, size)
  }
  if (length(size) == 1L) size <- rep_len(size, n)
  known <- size[!is.na(size)]
  if (!is.numeric(size) || length(size) != n || any(known < 0 | abs(known - round(known)) > 1e-8)) {
    moe_abort(
      c(
        "Whole counts are drawn, so every row needs a total that is a whole number.",
        x = if (!is.numeric(size) || length(size) != n) describe(size) else
          "The first that is not: {known[known < 0 | abs(known - round(known)) > 1e-8][1L]}.",
        i = "Give one number, or one for each of the {n} rows, as {.arg size}."
      ),
      "counts"
    )
  }
  round(size)
}

check_no_size <- function(size) {
  if (!is.null(size)) {
    moe_abort(
      "{.arg size} is for fits to a matrix of counts; here every row has one class.", "argument"
    )
  }
}

# An n x M matrix of counts; NA where the probabilities or the total are.
draw_counts <- function(prob, total) {
  out <- matrix(NA_integer_, nrow(prob), ncol(prob), dimnames = list(NULL, colnames(prob)))
  for (i in which(!is.na(total) & !is.na(prob[, 1L]))) {
    out[i, ] <- stats::rmultinom(1L, total[i], prob[i, ])
  }
  out
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
