# What the benchmarks share: simulated problems, interleaved timing, a fresh process for memory,
# and how results are shown and kept. Sourced by each script, which runs from the root of the
# repository: Rscript bench/NAME.R

suppressPackageStartupMessages(library(moelogit))

#' A simulated mixture of experts
#'
#' @param n,p,k,m Rows, covariates (without the intercept), experts, classes.
#' @param overlap `"low"`: steep gates, so that each region has one expert; `"high"`: flat gates.
#' @return A list: `x` (n x p, standard normal), `y` (a factor), `posterior` (n x k, rows summing to
#'   one: the partition by distance to k random rows, softened and blurred; a start for any method).
simulated <- function(n, p, k, m, overlap = "low", seed = 1) {
  set.seed(seed)
  steep <- c(low = 3, high = 1)[[overlap]]
  gate <- matrix(rnorm((p + 1) * k), p + 1) * steep / sqrt(p)
  expert <- array(rnorm((p + 1) * m * k), c(p + 1, m, k)) * 2 / sqrt(p)
  x <- matrix(rnorm(n * p), n, dimnames = list(NULL, paste0("x", seq_len(p))))
  centers <- x[sample.int(n, k), , drop = FALSE]
  score <- x %*% t(centers) - rep(rowSums(centers^2) / 2, each = n)
  list(x = x, y = rmoelogit(n, gate, expert, x)$data$y, posterior = softmax(score))
}

softmax <- function(score) {
  score <- exp(score - do.call(pmax, as.data.frame(score)))
  score / rowSums(score)
}

# The problem that the core solves, as moelogit() builds it.
run_options <- moelogit:::run_options

core_problem <- function(x, y, k, control = moelogit_control()) {
  design <- moelogit:::model_design_matrix(x, y)
  moelogit:::build_problem(design, k, control)
}

seconds <- function(expr) {
  start <- proc.time()[["elapsed"]]
  force(expr)
  proc.time()[["elapsed"]] - start
}

#' Median times of several functions, called in turn so that a busy machine slows all alike
#'
#' @param calls A named list of functions without arguments.
#' @param times Rounds; each function is called once before them.
#' @param repeats Calls per measurement, for functions too quick for the clock.
#' @return Named median seconds per call.
interleaved <- function(calls, times = 5, repeats = 1) {
  for (call in calls) call()
  rounds <- replicate(times, vapply(calls, function(call) {
    seconds(for (i in seq_len(repeats)) call()) / repeats
  }, 0))
  apply(matrix(rounds, length(calls), dimnames = list(names(calls), NULL)), 1L, median)
}

#' Peak memory of some code in a fresh R process (Linux)
#'
#' @param setup,work Code as text: `setup` leaves the data in `data`, made in a process of its own;
#'   `work` leaves its result in `value`.
#' @return A list: `mib`, the peak of the resident memory less what R and the package take before
#'   the data are read (so with the data), `process_mib`, the peak itself, and the `value`.
fresh_process <- function(setup, work) {
  files <- tempfile(c("data", "result", "script"))
  run <- function(...) {
    writeLines(c("source('bench/helpers.R')", ...), files[3L])
    stopifnot(system2(file.path(R.home("bin"), "Rscript"), files[3L]) == 0L)
  }
  run(setup, sprintf("saveRDS(data, '%s', compress = FALSE)", files[1L]))
  run(
    "status <- function(field) {",
    "  line <- grep(field, readLines('/proc/self/status'), value = TRUE)",
    "  as.numeric(gsub('[^0-9]', '', line)) / 1024",
    "}",
    "invisible(moelogit(Species ~ ., iris, k = 2, starts = 2))",
    "before <- status('VmRSS')",
    sprintf("data <- readRDS('%s')", files[1L]), work,
    "peak <- status('VmHWM')",
    sprintf("saveRDS(list(mib = peak - before, process_mib = peak, value = value), '%s')",
            files[2L])
  )
  result <- readRDS(files[2L])
  unlink(files)
  result
}

#' Prints a table and keeps it in bench/results/NAME.csv
show_results <- function(table, name, note) {
  dir.create("bench/results", showWarnings = FALSE)
  utils::write.csv(table, file.path("bench/results", paste0(name, ".csv")), row.names = FALSE)
  numeric <- vapply(table, is.double, NA)
  table[numeric] <- lapply(table[numeric], signif, digits = 4L)
  print(table, row.names = FALSE)
  cat(note, sep = "\n")
}

#' A cluster of this machine whose answers are held back by TCP (`wait`) or not
start_workers <- function(count, wait = FALSE) {
  before <- options(socketOptions = if (!wait) "no-delay")
  on.exit(options(before))
  setting <- c("-e", shQuote("options(socketOptions = 'no-delay')"))
  cluster <- parallel::makePSOCKcluster(
    count, rscript_args = if (wait) character() else setting
  )
  parallel::clusterCall(cluster, library, "moelogit", character.only = TRUE)
  cluster
}

#' Some work with a cluster, of which a random worker is killed at a random moment
#'
#' @param cluster Of processes of this machine; it ends with the work.
#' @param latest Seconds from now until the latest moment.
#' @param work A function(cluster).
#' @return A list: `value` of the work, and whether the loss was noticed (`lost`).
with_a_worker_killed <- function(cluster, latest, work) {
  pids <- unlist(parallel::clusterCall(cluster, Sys.getpid))
  on.exit({
    tools::pskill(pids, tools::SIGKILL)
    for (node in cluster) close(node$con)
  })
  moment <- runif(1, 0, latest)
  system(sprintf("(sleep %.3f; kill -9 %d) &", moment, sample(pids, 1)))
  lost <- FALSE
  value <- withCallingHandlers(work(cluster), moelogit_message_workers = function(m) {
    lost <<- TRUE
    invokeRestart("muffleMessage")
  })
  list(value = value, lost = lost)
}
