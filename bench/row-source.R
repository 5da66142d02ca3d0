# Rows from a file against rows in memory.
#   Rscript bench/row-source.R [rows of the comparison of speed] [rows of the fits]
# Evaluations per second from a file in the page cache, to those from memory (n = 2,000,000, p = 20,
# K = M = 4, one thread; target: at least 0.7). Fits of n = 10,000,000 rows, p = 20, K = M = 3, from
# a function that makes the rows and from SQLite (target: peak resident memory of the process at
# most 1 GiB), and of a tenth of these, also as a data frame in memory (target: the same
# coefficients).
source("bench/helpers.R")
sizes <- c(2e6, 1e7)
given <- as.numeric(commandArgs(TRUE))
sizes[seq_along(given)] <- given

speed <- function(n) {
  sim <- simulated(n, 20, 4, 4)
  control <- moelogit_control(tol = 0, max_iter = 10)
  options <- run_options(control, finish = FALSE, newton_limit = 0L)
  memory <- core_problem(sim$x, sim$y, 4, control)
  path <- tempfile()
  on.exit(unlink(path))
  writer <- moelogit:::row_writer(path)
  for (rows in split(seq_len(n), ceiling(seq_len(n) / 1e5))) {
    writer$append(sim$x[rows, , drop = FALSE])
  }
  filed <- memory
  filed$expert$x <- moelogit:::new_row_file(path, writer$close(), 20)
  some <- moelogit:::subset_problem(memory, moelogit:::short_rows(memory))
  start <- moelogit:::random_posterior(some, "directions")
  theta <- cbind(moelogit:::core_start(some, start, options, 1L))
  run <- function(problem) moelogit:::core_ascend(problem, theta, options, 1L, NULL)[[1L]]
  stopifnot(identical(run(memory), run(filed)))
  time <- interleaved(list(memory = function() run(memory), file = function() run(filed)))
  data.frame(
    n = n, evaluations = run(memory)$evaluations / time[["memory"]],
    from_file = run(filed)$evaluations / time[["file"]],
    ratio = time[["memory"]] / time[["file"]]
  )
}

# A fit in a process of its own; the table of the database is there already.
fit_from <- function(kind, n, database) {
  run <- fresh_process("data <- NULL", sprintf(
    "source('bench/row-source-rows.R')
     kind <- '%s'
     begin <- proc.time()[['elapsed']]
     from <- rows_from(kind, %d, '%s')
     reading <- proc.time()[['elapsed']]
     set.seed(1)
     fit <- moelogit(made_formula, from, k = 3, starts = 8, keep = 1)
     value <- list(
       coef = coef(fit), seconds = proc.time()[['elapsed']] - reading, converged = fit$converged,
       evaluations = fit$evaluations
     )",
    kind, as.integer(n), database
  ))
  c(run$value, list(kind = kind, n = n, process_mib = run$process_mib))
}

fits_of <- function(n, kinds) {
  database <- tempfile(fileext = ".sqlite")
  on.exit(unlink(database))
  if ("SQLite" %in% kinds) {
    fresh_process("data <- NULL", sprintf(
      "source('bench/row-source-rows.R'); fill_database(%d, '%s'); value <- NULL", as.integer(n),
      database
    ))
  }
  fits <- lapply(kinds, fit_from, n = n, database = database)
  do.call(rbind, lapply(fits, function(fit) {
    data.frame(
      n = n, rows_from = fit$kind, converged = fit$converged, seconds = fit$seconds,
      evaluations = fit$evaluations, peak_mib = fit$process_mib,
      apart = max(abs(fit$coef - fits[[1L]]$coef))
    )
  }))
}

show_results(speed(sizes[1L]), "row-source-speed", "Target: ratio at least 0.7.")
show_results(
  rbind(
    fits_of(sizes[2L] / 10, c("memory", "function", "SQLite")),
    fits_of(sizes[2L], c("function", "SQLite"))
  ),
  "row-source-memory",
  c(
    "peak_mib: of the process, R and packages included. Target: at most 1,024 for sources.",
    "apart: largest difference to the coefficients of the first fit of as many rows. Target: 1e-8."
  )
)
