# Where the ascents begin. The likelihood has many local maxima, and uniform posteriors are a
# stationary point of every one of them, so each start breaks the symmetry at random.

#' What is spent on the search for the best optimum
#'
#' Who sets the number of starts gets these and no search, unless asked for. What a neighbour costs
#' grows about as the square of the number of coefficients: with more than `max_search_size` of them
#' fewer are tried, so that the search does not cost far more than the fit.
#' @param frame The [coef_frame()]. @param control What it says goes.
#' @return A vector: `starts` (short runs), `short_iter` (their iterations), `keep` (how many of the
#'   best are continued), `search` (how many neighbours of the best optimum are tried in vain before
#'   the search ends, see `search_neighbours()`) and `unseen` (or when so little is left unseen).
#' @noRd
search_budget <- function(frame, control = NULL) {
  if (frame$k == 1L) {
    return(c(starts = 1L, short_iter = 1L, keep = 1L, search = 0L, unseen = 0))
  }
  search <- floor(320 * min(1, (max_search_size / free_size(frame))^2))
  budget <- c(
    starts = default_starts, short_iter = 25L, keep = 4L, search = search, unseen = most_unseen
  )
  chosen_budget(budget, control)
}

# A budget with what the user has set in its place. A search that is asked for goes on to its end.
chosen_budget <- function(budget, control) {
  if (!is.null(control$starts)) budget[["search"]] <- 0L
  if (!is.null(control$search)) budget[["unseen"]] <- 0
  for (name in names(budget)) {
    if (!is.null(control[[name]])) budget[[name]] <- control[[name]]
  }
  budget[["keep"]] <- min(budget[["keep"]], budget[["starts"]])
  budget
}

default_starts <- 24L
max_search_size <- 300L

# A default fit takes half of the time with it as without (geometric mean over the problems of
# bench/starts.R, with other seeds) and finds the same; at 0.03 two of 120 fits missed an optimum.
most_unseen <- 0.02

# Rows that short runs and the search use, at most: with more, a random subset tells good optima
# from bad ones. That takes several rows a coefficient: fewer can be fitted from any start, and what
# fits them fits no others.
max_short_rows <- 10000L
rows_per_coefficient <- 10L

short_row_limit <- function(problem) {
  max(max_short_rows, rows_per_coefficient * free_size(problem$frame))
}

random_kinds <- c("directions", "centers")

#' Random starting posteriors
#'
#' The probabilities of a random gate: along random directions of the covariates, or by distance to
#' random rows (local experts), at a given steepness. Without covariates in the gate, every row gets
#' random ones of its own.
#'
#' @param problem Of the core.
#' @param kind One of `random_kinds`.
#' @return n x K matrix of posterior expert probabilities, rows summing to one.
#' @noRd
random_posterior <- function(problem, kind) {
  shape <- frame_shape(problem$frame)
  constant <- problem$frame$gate$intercept
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
  gram <- problem$gram$gate
  # without a Gram matrix: as if the columns were uncorrelated
  square <- mean(colSums(gate * if (is.null(gram)) gate else gram %*% gate))
  gate * 2 / sqrt(max(square, 1e-16))
}

# A problem of `most` of the rows, itself if it has no more; of rows that are here in any case.
some_rows <- function(problem, most = short_row_limit(problem)) {
  if (!is.null(problem$parts)) {
    return(fetch_rows(problem, most))
  }
  if (length(problem$response) <= most) {
    return(problem)
  }
  subset_problem(problem, short_rows(problem, most))
}

# Rows for the short runs and the search. Rows without weight tell nothing.
short_rows <- function(problem, most = short_row_limit(problem)) {
  if (min(problem$weight) > 0) {
    return(sample_rows(length(problem$weight), most))
  }
  positive <- which(problem$weight > 0)
  positive[sample_rows(length(positive), most)]
}

# Standardised gate covariates of `count` rows, in columns.
random_rows <- function(problem, count) {
  part <- if (is.null(problem$gate)) problem$expert else problem$gate
  at <- sample.int(length(problem$weight), count, prob = problem$weight)
  rows <- (t(as.matrix(part$x[at, , drop = FALSE])) - part$center) / part$scale
  if (part$implicit) rbind(1, rows) else rows
}

# The start that the user gave, as theta, or NULL.
start_theta <- function(problem, control, start = control$start) {
  if (is.null(start)) {
    return(NULL)
  }
  if (is.matrix(start)) {
    if (!is.null(problem$parts)) abort_part_posteriors()
    check_start_shape(start, c(problem$n, problem$frame$k), "matrix of posteriors")
    if (!is.null(problem$row)) start <- start[problem$row, , drop = FALSE]
    # many steps: the coefficients that fit the posteriors best
    options <- run_options(control, start_steps = 100L)
    return(core_start(problem, start / rowSums(start), options, control$threads))
  }
  frame <- problem$frame
  size <- lengths(lapply(frame[c("gate", "expert")], `[[`, "columns"))
  check_start_shape(start$gate, c(size[["gate"]], frame$k), "gate")
  dims <- c(size[["expert"]], length(frame$classes), frame$k)
  check_start_shape(start$expert, dims, "expert array")
  theta <- coef_theta(frame, start)
  check_start_objective(problem, control, theta)
  theta
}

abort_part_posteriors <- function() {
  moe_abort(
    c(
      "Posteriors cannot be a {.arg start} for rows on workers.",
      i = "Give coefficients: those of a fit to some of the rows, say."
    ),
    "start"
  )
}

check_start_objective <- function(problem, control, theta) {
  objective <- evaluate_at(problem, control, theta)$objective
  if (!is.finite(objective)) {
    moe_abort(
      c(
        "The coefficients in {.arg start} are too large to begin from.",
        x = "The objective there is {objective}.",
        i = "Give smaller ones, or leave {.arg start} out."
      ),
      "start"
    )
  }
}

# The values that the core can compute with.
check_fixed_values <- function(problem, control) {
  zero <- numeric(coefficient_count(problem$frame))
  objective <- final_objective(starting_run(problem, control, zero))
  if (!is.finite(objective)) {
    abort_fixed(
      "The values in {.arg fixed} are too large to begin from.",
      x = "The objective there is {objective}."
    )
  }
}

# `objective` and `loglik`, of rows here or elsewhere.
evaluate_at <- function(problem, control, theta) {
  if (is.null(problem$parts)) {
    return(core_evaluate(problem, theta, run_options(control), control$threads))
  }
  run <- starting_run(problem, control, theta)
  list(objective = final_objective(run), loglik = run$loglik)
}

# A run that stays where it begins, which meets the fixed coefficients.
starting_run <- function(problem, control, theta) {
  options <- run_options(control, max_iter = 0L)
  ascend_runs(problem, options, cbind(theta), control$threads, NULL)[[1L]]
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
