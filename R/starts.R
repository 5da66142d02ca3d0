# Where the ascents begin. The likelihood has many local maxima, and uniform posteriors are a
# stationary point of every one of them, so each start breaks the symmetry at random.

# Short runs, their iterations, how many of the best are continued, and how many neighbours of the
# best optimum are tried in vain before the search ends (see search_neighbours()), unless the user
# says. Who sets the number of starts gets these and no search, unless asked for. What a neighbour
# costs grows about as the square of the number of coefficients: with more than max_search_size of
# them fewer are tried, so that the search does not cost far more than the fit.
default_starts <- function(k, control = NULL, coefficients = 1L) {
  if (k == 1L) {
    return(c(starts = 1L, short_iter = 1L, keep = 1L, search = 0L))
  }
  search <- floor(320 * min(1, (max_search_size / coefficients)^2))
  budget <- c(starts = 24L, short_iter = 25L, keep = 4L, search = search)
  if (!is.null(control$starts)) budget[["search"]] <- 0L
  for (name in names(budget)) {
    if (!is.null(control[[name]])) budget[[name]] <- control[[name]]
  }
  budget[["keep"]] <- min(budget[["keep"]], budget[["starts"]])
  budget
}

max_search_size <- 300L

# Rows that short runs and the search use, at most: with more, a random subset tells good optima
# from bad ones. That takes several rows a coefficient: fewer can be fitted from any start, and what
# fits them fits no others.
max_short_rows <- 10000L
rows_per_coefficient <- 10L

short_row_limit <- function(problem) max(max_short_rows, rows_per_coefficient * free_size(problem))

#' Random starting posteriors
#'
#' The probabilities of a random gate: along random directions of the covariates, or by distance to
#' random rows (local experts), at a given steepness. Without covariates in the gate, every row gets
#' random ones of its own.
#'
#' @param problem Of the core.
#' @param kind `"directions"` or `"centers"`.
#' @return n x K matrix of posterior expert probabilities, rows summing to one.
#' @noRd
random_posterior <- function(problem, kind) {
  shape <- problem_shape(problem)
  constant <- problem$intercept$gate
  if (shape$q == constant) {
    score <- exp(matrix(stats::rnorm(length(problem$response) * shape$k), ncol = shape$k))
    return(score / rowSums(score))
  }
  if (kind == "directions") {
    gate <- matrix(stats::rnorm(shape$q * shape$k), shape$q)
    if (constant) gate[1L, ] <- 0
    gate <- steepened(problem, gate)
    if (constant) gate[1L, ] <- stats::rnorm(shape$k, sd = 0.5)
  } else {
    # |z - c|^2 up to a term that is the same for all centers
    centers <- random_rows(problem, shape$k)
    gate <- 2 * centers
    if (constant) gate[1L, ] <- -colSums(centers[-1L, , drop = FALSE]^2)
    gate <- steepened(problem, gate - rowMeans(gate))
  }
  theta <- arrays_to_theta(gate, array(0, c(shape$p, shape$m, shape$k)))
  core_predict(problem, theta, "gate", 1L)$gate
}

# Gate coefficients whose logits have root mean square 2 over rows and experts.
steepened <- function(problem, gate) {
  gram <- problem$parts$gate$gram
  # without a Gram matrix: as if the columns were uncorrelated
  square <- mean(colSums(gate * if (is.null(gram)) gate else gram %*% gate))
  gate * 2 / sqrt(max(square, 1e-16))
}

# Rows for the short runs and the search. Rows without weight tell nothing.
short_rows <- function(problem) {
  most <- short_row_limit(problem)
  # with the hash no permutation of all rows is made
  sample_rows <- function(n) sample.int(n, min(n, most), useHash = n >= 2L * most)
  if (min(problem$weight) > 0) {
    return(sort(sample_rows(length(problem$weight))))
  }
  positive <- which(problem$weight > 0)
  sort(positive[sample_rows(length(positive))])
}

# Standardised gate covariates of `count` rows, in columns.
random_rows <- function(problem, count) {
  part <- if (is.null(problem$gate)) problem$expert else problem$gate
  at <- sample.int(length(problem$weight), count, prob = problem$weight)
  rows <- (t(as.matrix(part$x[at, , drop = FALSE])) - part$center) / part$scale
  if (part$implicit) rbind(1, rows) else rows
}

#' Fit from many starts
#'
#' @param problem Of the core.
#' @param control From [moelogit_control()].
#' @param progress `NULL` or a function(iteration, objective).
#' @return A list: `run` (the best run), `starts` (a data frame, one row a start: `kind`, the
#'   objective after the short run, whether it was `continued`, then the final `objective`,
#'   `iterations`, `converged` and whether it reached the `best` optimum), `interrupted`.
#' @noRd
fit_starts <- function(problem, control, progress = NULL) {
  # An interrupt waits for ascend_runs(), which takes it and keeps the runs so far.
  suspendInterrupts(start_and_search(problem, control, progress))
}

start_and_search <- function(problem, control, progress) {
  given <- start_theta(problem, control)
  if (!is.null(given)) {
    return(single_run(problem, control, given, "given", progress))
  }
  if (problem$experts == 1L) {
    zero <- numeric(coefficient_count(problem))
    return(single_run(problem, control, zero, "zero", progress))
  }
  budget <- default_starts(problem$experts, control, free_size(problem))
  n <- length(problem$response)
  whole <- n <= short_row_limit(problem)
  short <- if (whole) problem else subset_problem(problem, short_rows(problem))
  kinds <- rep_len(c("directions", "centers"), budget[["starts"]])
  theta <- vapply(kinds, function(kind) {
    core_start(short, random_posterior(short, kind), run_options(control), control$threads)
  }, numeric(coefficient_count(problem)))
  climb <- function(runs, iterations) {
    climb_on(short, control, runs, iterations, progress)
  }
  found <- new_pool(kinds, climb(lapply(seq_along(kinds), function(i) {
    list(theta = theta[, i])
  }), budget[["short_iter"]]))
  if (whole || budget[["search"]] > 0L) {
    found <- continue_best(found, seq_along(found$runs), budget[["keep"]], climb)
    found <- search_neighbours(found, short, budget, climb)
  }
  if (!whole) found <- continue_elsewhere(found, problem, control, budget[["keep"]], progress)
  finish_pool(found, problem, control, progress)
}

coefficient_count <- function(problem) {
  shape <- problem_shape(problem)
  shape$q * shape$k + shape$p * shape$m * shape$k
}

# In reference coding.
free_size <- function(problem) {
  shape <- problem_shape(problem)
  (shape$k - 1) * shape$q + shape$k * (shape$m - 1) * shape$p
}

# One run from theta to convergence, without short runs.
single_run <- function(problem, control, theta, kind, progress) {
  runs <- climb_on(problem, control, list(list(theta = theta)), control$max_iter, progress)
  found <- new_pool(kind, runs)
  found$starts$short <- NA_real_
  found$starts$continued <- TRUE
  finish_pool(found, problem, control, progress)
}

final_objective <- function(run) run$trace[length(run$trace)]

# The start that the user gave, as theta, or NULL.
start_theta <- function(problem, control) {
  start <- control$start
  if (is.null(start)) {
    return(NULL)
  }
  if (is.matrix(start)) {
    check_start_shape(start, c(problem$n, problem$experts), "matrix of posteriors")
    if (!is.null(problem$row)) start <- start[problem$row, , drop = FALSE]
    # many steps: the coefficients that fit the posteriors best
    options <- run_options(control, start_steps = 100L)
    return(core_start(problem, start / rowSums(start), options, control$threads))
  }
  shape <- problem_shape(problem)
  parts <- problem$parts
  full <- c(gate = length(parts$gate$aliased), expert = length(parts$expert$aliased))
  check_start_shape(start$gate, c(full[["gate"]], shape$k), "gate")
  check_start_shape(start$expert, c(full[["expert"]], shape$m, shape$k), "expert array")
  start$gate[is.na(start$gate)] <- 0
  start$expert[is.na(start$expert)] <- 0
  standard <- standardised_coef(list(
    gate = start$gate, expert = start$expert, k = shape$k, classes = seq_len(shape$m),
    aliased = lapply(parts, `[[`, "aliased"), scaling = lapply(parts, `[[`, "scaling"),
    intercept = problem$intercept
  ))
  centered_theta(standard)
}

check_start_shape <- function(start, dims, what) {
  if (!identical(as.integer(dim(start)), as.integer(dims))) {
    moe_abort(
      c(
        "The {what} in {.arg start} must be {paste(dims, collapse = ' x ')}.",
        x = "It is {paste(dim(start), collapse = ' x ')}.",
        i = "A start must have the covariates, classes and number of experts of the fit."
      ),
      "start"
    )
  }
}
