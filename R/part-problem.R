# Problems of the core whose rows are on workers: what the master asks of them beside the sums of an
# ascent, and the problem of a part.

# On a worker: the problem of its part. `given`: as problem_shell() makes it.
part_problem <- function(part, given) {
  rows <- part$rows
  known <- rows$catalogue$classes
  side <- function(covariates, x) {
    if (is.null(covariates)) return(NULL)
    c(list(x = x[, covariates$columns]), covariates[c("implicit", "center", "scale")])
  }
  new_problem(
    expert = side(given$expert, rows$x),
    gate = side(given$gate, if (is.null(rows$z)) rows$x else rows$z),
    response = match(known, given$frame$classes)[rows$y] - 1L, weight = part_weights(part),
    offset = if (!is.null(rows$offset)) rows$offset[, known %in% given$frame$classes, drop = FALSE],
    frame = given$frame, ridge = given$ridge
  )
}

part_sums <- function(part, given, own) {
  core_sums(part_problem(part, given), given$kind, given$theta, 1L)
}

#' Sums over the rows of a problem, here or elsewhere
#'
#' @param sums Name of a function(problem, theta, threads) of the package, of numbers or a list of
#'   these, which can be added to those of other rows.
#' @noRd
sum_rows <- function(problem, sums, theta, threads) {
  if (is.null(problem$parts)) {
    return(get(sums)(problem, theta, threads))
  }
  given <- c(problem_shell(problem), list(sums = sums, theta = theta))
  Reduce(add_sums, ask_parts(problem$parts, "part_row_sums", given))
}

part_row_sums <- function(part, given, own) {
  get(given$sums)(part_problem(part, given), given$theta, 1L)
}

add_sums <- function(a, b) if (is.list(a)) Map(`+`, a, b) else a + b

# Rows with a positive weight, or all: those with the numbers `own` among them.
part_take <- function(part, given, own) {
  problem <- part_problem(part, given)
  if (given$positive) own <- which(problem$weight > 0)[own]
  subset_problem(problem, own)[c("expert", "gate", "response", "weight", "offset")]
}

# As core_gate_mean(), of rows here or elsewhere.
gate_means <- function(problem, theta, threads) {
  if (is.null(problem$parts)) {
    return(core_gate_mean(problem, theta, threads))
  }
  sum_rows(problem, "gate_sums", theta, threads) / problem$weight
}

gate_sums <- function(problem, theta, threads) {
  weight <- sum(problem$weight)
  if (weight > 0) weight * core_gate_mean(problem, theta, threads) else 0
}

#' Some rows of workers, as a problem of their own
#'
#' @param most At most so many of them, drawn as from rows that are here.
#' @noRd
fetch_rows <- function(problem, most) {
  parts <- problem$parts
  about <- function(field) vapply(parts$about, `[[`, 0, field)
  positive <- problem$n > most && min(about("least")) == 0
  counts <- about(if (positive) "positive" else "n")
  rows <- sample_rows(sum(counts), most)
  part <- findInterval(rows, cumsum(counts) + 1) + 1L
  own <- unname(split(rows - c(0, cumsum(counts))[part], factor(part, seq_along(counts))))
  taken <- ask_parts(parts, "part_take", c(problem_shell(problem), positive = positive), own)
  bind <- function(how, ...) {
    do.call(how, lapply(taken, function(one) Reduce(`[[`, c(...), one)))
  }
  side <- function(name) {
    part <- problem[[name]]
    if (!is.null(part)) part$x <- bind(rbind, name, "x")
    part
  }
  weight <- bind(c, "weight")
  new_problem(
    expert = side("expert"), gate = side("gate"), response = bind(c, "response"), weight = weight,
    offset = bind(rbind, "offset"), frame = problem$frame,
    ridge = lapply(problem$ridge, `*`, sum(weight) / problem$weight), gram = problem$gram,
    fixed = problem$fixed
  )
}

# Rows that the core climbs on, here or elsewhere.
record_count <- function(problem) {
  if (is.null(problem$parts)) length(problem$response) else problem$n
}

#' What has stopped the core
#'
#' After a call on rows elsewhere. An interrupt is left to those who know what there is so far.
#' @param runs From the core. @return `NULL`; an error goes on, with the best coefficients.
#' @noRd
check_parts <- function(problem, runs = list()) {
  parts <- problem$parts
  condition <- parts$stopped
  if (is.null(condition) || inherits(condition, "interrupt")) {
    return(invisible())
  }
  if (length(runs) > 0L) {
    best <- runs[[which.max(vapply(runs, function(run) max(run$trace), 0))]]
    coef <- original_coef(problem$frame, theta_to_arrays(problem$frame, best$theta))
    condition$start <- coef[c("gate", "expert")]
    hint <- "The best coefficients so far are in {.code rlang::last_error()$start}."
    condition$body <- c(condition$body, i = cli::format_inline(hint))
  }
  rlang::cnd_signal(condition)
}
