# Faults from outside: interrupts, forks, little memory, other processes, broken objects.
#   Rscript tests/hostile/faults.R [SEED] [WHAT ...]
# WHAT of interrupts, forks, workers, memory, growth, processes, objects; all of them by default.
# Prints a line for each trial that went wrong, and the number of those that went well.

suppressMessages(library(moelogit))
self <- normalizePath(sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1L]))

fault_data <- function(n, m = 4L) {
  set.seed(1)
  d <- data.frame(x1 = stats::rnorm(n), x2 = stats::rnorm(n), x3 = stats::rnorm(n))
  score <- as.matrix(d) %*% matrix(stats::rnorm(3L * m, sd = 2), 3L)
  d$y <- factor(max.col(abs(score) - log(-log(matrix(stats::runif(n * m), n)))))
  d
}

# What can be interrupted: a function that prepares and returns the function to interrupt. All last
# for many seconds.
long_work <- list(
  fit = function() {
    d <- fault_data(20000L)
    function() moelogit(y ~ ., d, k = 4, on_interrupt = "return")
  },
  search = function() {
    d <- fault_data(300L)
    function() moelogit(y ~ ., d, k = 4, search = 1e5, on_interrupt = "return")
  },
  stop = function() {
    d <- fault_data(1000L)
    function() moelogit(y ~ ., d, k = 5, search = 1e5)
  },
  mm = function() {
    d <- fault_data(20000L)
    function() {
      moelogit(y ~ ., d, k = 4, method = "mm", tol = 0, threads = 2, on_interrupt = "return")
    }
  },
  select = function() {
    d <- fault_data(20000L)
    function() select_experts(y ~ ., d, k_max = 6)
  },
  select_return = function() {
    d <- fault_data(2000L)
    function() select_experts(y ~ ., d, k_max = 8, starts = 200, on_interrupt = "return")
  },
  sweep = function() {
    d <- fault_data(2000L)
    function() sweep_experts(y ~ ., d, k_max = 6, on_interrupt = "return")
  },
  cv = function() {
    d <- fault_data(500L)
    function() cv_moelogit(y ~ ., d, k = 1:4)
  },
  cv_return = function() {
    d <- fault_data(500L)
    function() cv_moelogit(y ~ ., d, k = 2:5, on_interrupt = "return", search = 20)
  },
  cv_processes = function() {
    d <- fault_data(500L)
    function() cv_moelogit(y ~ ., d, k = 2:5, on_interrupt = "return", search = 20, threads = 2)
  },
  test_processes = function() {
    fit <- moelogit(y ~ ., fault_data(2000L), k = 2, starts = 2)
    function() test_experts(fit, B = 1e4, threads = 2)
  },
  bootstrap = function() {
    fit <- moelogit(y ~ ., fault_data(2000L), k = 3, starts = 2)
    function() bootstrap(fit, R = 1e5)
  },
  calibration = function() {
    fit <- moelogit(y ~ ., fault_data(2000L), k = 2, starts = 2)
    function() calibration(fit, replicates = 1e6)
  },
  simulate = function() {
    fit <- moelogit(y ~ ., fault_data(2000L), k = 2, starts = 2)
    function() simulate(fit, nsim = 1e6)
  },
  errors = function() {
    fit <- moelogit(y ~ ., fault_data(300L, 8L), k = 6, starts = 1)
    new <- fault_data(200000L)
    function() predict(fit, new, type = "expert", se.fit = TRUE)
  }
)

#' In a child: do the work, and tell when it began and how it ended
work <- function(name, file) {
  run <- long_work[[name]]()
  marked <- FALSE
  saveRDS(list(pid = Sys.getpid()), paste0(file, ".part"))
  file.rename(paste0(file, ".part"), paste0(file, ".ready"))
  ending <- tryCatch(
    withCallingHandlers(
      {
        run()
        if (marked) "marked" else "complete"
      },
      warning = function(w) {
        if (inherits(w, "moelogit_warning_interrupted")) marked <<- TRUE
        invokeRestart("muffleWarning")
      }
    ),
    interrupt = function(i) "interrupt",
    error = function(e) paste("error:", conditionMessage(e)[1L])
  )
  saveRDS(list(ending = ending, time = unclass(Sys.time())), paste0(file, ".part"))
  file.rename(paste0(file, ".part"), paste0(file, ".done"))
}

wait_for <- function(file, seconds) {
  start <- unclass(Sys.time())
  while (!file.exists(file) && unclass(Sys.time()) - start < seconds) Sys.sleep(0.02)
  file.exists(file)
}

# Begins a piece of work in a child: its process, `NULL` when it does not begin.
begin_work <- function(name, file) {
  system2("Rscript", c("--vanilla", self, "--work", name, file), wait = FALSE, stdout = FALSE,
          stderr = FALSE)
  if (wait_for(paste0(file, ".ready"), 120)) readRDS(paste0(file, ".ready"))$pid
}

# How long a piece of work takes, at most `most` seconds.
lasts <- function(name, most) {
  file <- tempfile("fault")
  pid <- begin_work(name, file)
  start <- unclass(Sys.time())
  wait_for(paste0(file, ".done"), most)
  seconds <- unclass(Sys.time()) - start
  if (!is.null(pid)) tools::pskill(pid, tools::SIGKILL)
  seconds
}

#' Interrupt one piece of work `delay` seconds after it began
#'
#' @return "well", or what went wrong.
interrupt_trial <- function(name, delay) {
  file <- tempfile("fault")
  pid <- begin_work(name, file)
  if (is.null(pid)) {
    return("it did not begin")
  }
  Sys.sleep(delay)
  if (file.exists(paste0(file, ".done"))) {
    return("it had ended before")
  }
  sent <- unclass(Sys.time())
  tools::pskill(pid, tools::SIGINT)
  if (!wait_for(paste0(file, ".done"), 60)) {
    tools::pskill(pid, tools::SIGKILL)
    return("still running after a minute")
  }
  done <- readRDS(paste0(file, ".done"))
  if (!done$ending %in% c("interrupt", "marked")) {
    return(paste("ended as", done$ending))
  }
  late <- done$time - sent
  if (late > 1) sprintf("honoured after %.1f s", late) else "well"
}

interrupts <- function(tries = 60L) {
  names <- rep_len(names(long_work), tries)
  # at random moments of the work, which another time may take less
  latest <- 0.8 * vapply(names(long_work), lasts, 0, most = 3)
  vapply(names, function(name) {
    delay <- stats::runif(1L, 0, latest[[name]])
    out <- interrupt_trial(name, delay)
    if (out != "well") sprintf("interrupt of %s after %.2f s: %s", name, delay, out) else out
  }, "", USE.NAMES = FALSE)
}

# What a process holds, by its field of the system's table.
kilobytes <- function(field) {
  as.numeric(gsub("[^0-9]", "", grep(field, readLines("/proc/self/status"), value = TRUE)))
}

# The name of a file with this code, and what it needs.
script_of <- function(code) {
  file <- tempfile(fileext = ".R")
  dump(c("fault_data", "kilobytes"), file)
  cat("suppressMessages(library(moelogit))", code, sep = "\n", file = file, append = TRUE)
  file
}

# The last line that `code` prints in another R.
answer_of <- function(code) {
  utils::tail(system2("Rscript", c("--vanilla", script_of(code)), stdout = TRUE), 1L)
}

# Another R that runs `code`, which prints "well" when all is; limits as for bash's ulimit.
in_another <- function(code, what, seconds = 60, limit = "") {
  command <- paste0(limit, "exec Rscript --vanilla ", script_of(code))
  out <- suppressWarnings(
    system2("bash", c("-c", shQuote(command)), stdout = TRUE, stderr = TRUE, timeout = seconds)
  )
  status <- attr(out, "status")
  if (identical(utils::tail(out, 1L), "well") && is.null(status)) {
    return("well")
  }
  paste0(what, ": ", if (identical(status, 124L)) "no end" else paste(utils::tail(out, 2L),
                                                                      collapse = " "))
}

forks <- function() {
  code <- "
    d <- fault_data(3000L)
    fit <- function(threads) {
      set.seed(2)
      moelogit(y ~ ., d, k = 3, starts = 3, threads = threads)
    }
    first <- fit(2)
    predicted <- predict(first, d, type = 'prob')
    others <- parallel::mclapply(1:2, function(i) list(fit(2), predict(first, d, type = 'prob')))
    same <- function(o) {
      identical(o[[1]]$expert, first$expert) && identical(o[[2]], predicted)
    }
    cat(if (all(vapply(others, same, NA))) 'well' else 'another result', '\\n', sep = '')"
  c(
    in_another(code, "fork after threads"),
    in_another(sub("first <- fit(2)", "first <- fit(1)", code, fixed = TRUE), "fork with threads")
  )
}

# Levels of memory from what R has after loading the package to what a fit with threads takes.
memory <- function() {
  code <- "
    well <- tryCatch({
      set.seed(1)
      fit <- moelogit(y ~ ., fault_data(20000L), k = 3, starts = 2, threads = 2)
      is.finite(logLik(fit))
    }, moelogit_error = function(e) TRUE, error = function(e) {
      if (grepl('cannot allocate', conditionMessage(e))) TRUE else conditionMessage(e)
    })
    cat(if (isTRUE(well)) 'well' else well, '\\n', sep = '')"
  size <- function(code) as.numeric(answer_of(c(code, "cat('\\n', kilobytes('VmPeak'), sep = '')")))
  from <- size("")
  to <- size(code)
  levels <- round(seq(from * 1.02, to * 1.02, length.out = 10L))
  vapply(levels, function(level) {
    in_another(code, paste("memory of", level, "kB"), limit = paste0("ulimit -v ", level, "; "))
  }, "")
}

# What the process holds must not grow with the number of fits.
growth <- function() {
  code <- "
    resident <- function() {
      gc(full = TRUE)
      kilobytes('VmRSS')
    }
    d <- fault_data(300L)
    fits <- function(count) {
      for (i in seq_len(count)) moelogit(y ~ ., d, k = 3, starts = 2, threads = THREADS)
    }
    fits(100)
    before <- resident()
    fits(900)
    cat(resident() - before)"
  vapply(1:2, function(threads) {
    grown <- as.numeric(answer_of(sub("THREADS", threads, code, fixed = TRUE)))
    what <- sprintf("threads = %d: %+.0f kB from fit 100 to fit 1000", threads, grown)
    cat(what, "\n", sep = "")
    if (grown < 1024) "well" else what
  }, "")
}

# A worker of two is killed while they work.
workers <- function() {
  code <- "
    d <- fault_data(500L)
    cross_validate <- function(...) {
      set.seed(1)
      cv_moelogit(y ~ ., d, k = 1:4, penalty = c(0.1, 1, 10), ...)
    }
    alone <- cross_validate()
    cluster <- parallel::makePSOCKcluster(2)
    pid <- parallel::clusterCall(cluster, Sys.getpid)[[2]]
    system(sprintf('(sleep %.2f; kill -9 %d) &', DELAY, pid))
    others <- suppressMessages(cross_validate(cluster = cluster))
    same <- identical(others$table, alone$table) && identical(others$fit$theta, alone$fit$theta)
    cat(if (same) 'well' else 'another result', '\\n', sep = '')"
  vapply(stats::runif(5L, 0, 3), function(delay) {
    in_another(sub("DELAY", delay, code, fixed = TRUE), sprintf("kill after %.2f s", delay), 120)
  }, "")
}

processes <- function() {
  code <- "
    set.seed(1)
    fit <- moelogit(y ~ ., fault_data(5000L), k = 3, starts = 3, threads = 2)
    cat(format(logLik(fit)[1], digits = 17), '\\n', sep = '')"
  many <- "
    d <- fault_data(1000L)
    well <- tryCatch({
      fits <- lapply(c(1, 1e6), function(t) {
        set.seed(1)
        moelogit(y ~ ., d, k = 2, starts = 2, threads = t)
      })
      identical(fits[[1]]$expert, fits[[2]]$expert)
    }, moelogit_error = function(e) TRUE)
    cat(if (well) 'well' else 'another result', '\\n', sep = '')"
  both <- lapply(1:2, function(i) pipe(paste("Rscript --vanilla", script_of(code)), open = "r"))
  values <- vapply(both, function(p) readLines(p)[1L], "")
  lapply(both, close)
  c(
    if (values[1L] == values[2L]) "well" else "two processes: different results",
    in_another(many, "a million threads")
  )
}

# Fits that something has been done to: the answer of the whole fit, or an error of the package's.
broken_fits <- function(fit) {
  change <- function(...) utils::modifyList(fit, list(...))
  # without its data a fit is whole, as with keep_data = FALSE
  fields <- setdiff(names(fit), c("data", "fitted.values"))
  without <- lapply(stats::setNames(nm = fields), function(name) {
    fit[[name]] <- NULL
    fit
  })
  c(without, list(
    infinite = change(expert = replace(fit$expert, 2L, Inf)),
    not_a_number = change(gate = replace(fit$gate, 1L, NaN)),
    gate_shape = change(gate = fit$gate[, -1L, drop = FALSE]),
    expert_shape = change(expert = fit$expert[-1L, , , drop = FALSE]),
    text = change(expert = array("a", dim(fit$expert))),
    classes = change(classes = fit$classes[-1L]),
    experts = change(k = fit$k + 1L),
    empty = structure(list(), class = "moelogit"),
    number = structure(1, class = "moelogit")
  ))
}

objects <- function() {
  set.seed(1)
  d <- fault_data(200L)
  fit <- moelogit(y ~ ., d, k = 2, starts = 2)
  verbs <- list(
    predict = function(f) predict(f, d[1:3, ], type = "prob"),
    errors = function(f) predict(f, d[1:3, ], type = "prob", se.fit = TRUE),
    coef = coef, vcov = vcov, residuals = residuals, tidy = tidy, logLik = logLik,
    summary = function(f) coef(summary(f)),
    dendrogram = function(f) unclass(mixing_dendrogram(f))$heights,
    bootstrap = function(f) {
      set.seed(1)
      bootstrap(f, R = 2L)$replicates
    }
  )
  broken <- broken_fits(fit)
  unlist(lapply(names(verbs), function(verb) {
    right <- verbs[[verb]](fit)
    vapply(names(broken), function(name) {
      answer <- tryCatch(verbs[[verb]](broken[[name]]), error = identity, warning = identity)
      well <- inherits(answer, "moelogit_error") || isTRUE(all.equal(answer, right)) ||
        is.null(answer) && verb == "coef"
      if (well) "well" else sprintf(
        "%s of a fit with broken %s: %s", verb, name,
        if (inherits(answer, "condition")) conditionMessage(answer)[1L] else "another answer"
      )
    }, "")
  }))
}

arguments <- commandArgs(trailingOnly = TRUE)
if (identical(arguments[1L], "--work")) {
  work(arguments[2L], arguments[3L])
  quit(status = 0L)
}
trials <- list(
  interrupts = interrupts, forks = forks, workers = workers, memory = memory, growth = growth,
  processes = processes, objects = objects
)
seed <- if (length(arguments) > 0L) as.integer(arguments[1L]) else 1L
chosen <- if (length(arguments) > 1L) arguments[-1L] else names(trials)
failed <- 0L
for (name in chosen) {
  set.seed(seed)
  out <- trials[[name]]()
  cat(paste0("* ", out[out != "well"], recycle0 = TRUE), sep = "\n")
  cat(sprintf("%s: %d of %d went well\n", name, sum(out == "well"), length(out)))
  failed <- failed + sum(out != "well")
}
quit(status = as.integer(failed > 0L))
