# A property-based attack on the package: random hostile problems, every verb, and claims that must
# hold of each (see verbs.R), or be refused by an error of the package's (misuse.R).
#   Rscript tests/hostile/attack.R CASES SEED       cases SEED + 1 to SEED + CASES
#   Rscript tests/hostile/attack.R --replay SEED    one case, with what it is
# Every case runs in a child process of its own, with a time limit, so that a crash or a hang is a
# breach like others. Writes "passed failed seconds" to build/results/hostile.

suppressMessages(library(moelogit))
for (file in c("problems.R", "claims.R", "verbs.R", "misuse.R")) {
  own <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE)[1L])
  source(file.path(dirname(own), file))
}

# seconds of the processor, far more than any case takes; and by the clock, for what waits for ever
cpu_limit <- 60
clock_limit <- 600
light_verbs <- 4L
heavy_share <- 0.15
misuse_count <- 2L

#' Fit one problem and do things with the fit
#'
#' @return A list: `breaches`, `refused` (class of the error that refused the fit, or `NULL`),
#'   `done` (names of what was done).
run_case <- function(seed) {
  grDevices::pdf(NULL)
  stage("moelogit")
  case <- hostile_problem(seed)
  first <- watch(again(case), "moelogit", refusal = TRUE)
  breaches <- first$breaches
  done <- "moelogit"
  fit <- first$value
  if (!is.null(fit)) {
    breaches <- c(breaches, watch(fit_claims(case, fit), "fit")$breaches)
    chosen <- c(
      verbs[sample(names(verbs), light_verbs)],
      if (chance(heavy_share)) heavy[sample(names(heavy), 1L)]
    )
    for (name in names(chosen)) {
      stage(name)
      breaches <- c(breaches, watch(chosen[[name]](case, fit), name)$breaches)
    }
    case$env$fit <- fit
    done <- c(done, names(chosen))
  }
  breaches <- c(breaches, misuse_breaches(case))
  list(done = done, refused = first$refused, breaches = breaches, cpu = sum(proc.time()[1:2]))
}

misuse_breaches <- function(case) {
  wrong <- misuses(case)
  if (is.null(case$env$fit)) wrong <- wrong[setdiff(names(wrong), names(wrong_uses()))]
  unlist(lapply(sample(names(wrong), misuse_count), function(name) {
    what <- paste("misuse", name)
    stage(what)
    out <- watch(eval(wrong[[name]], case$env), what, refusal = TRUE)
    accepted <- is.null(out$refused) && length(out$breaches) == 0L
    c(out$breaches, if (accepted) paste0(what, ": breach: accepted"))
  }))
}

# What a child is at: it tells in a file, for the case that it can tell no more.
stage_file <- tempfile("stage")

stage <- function(name) writeLines(name, stage_file)

# What the system tells of a process; nothing when there is none.
process_field <- function(pid, field) {
  suppressWarnings(system2("ps", c("-o", paste0(field, "="), "-p", pid), stdout = TRUE))
}

# No more, or a zombie.
has_ended <- function(pid) all(startsWith(process_field(pid, "stat"), "Z"))

# Seconds of the processor that a process has taken.
cpu_seconds <- function(pid) {
  parts <- rev(as.numeric(unlist(strsplit(process_field(pid, "time"), "[-:]"))))
  sum(parts * c(1, 60, 3600, 86400)[seq_along(parts)])
}

#' @param begun When the process began, as of [proc.time()].
#' @return `NULL`, or what it has taken too long.
too_late <- function(pid, begun) {
  if (cpu_seconds(pid) > cpu_limit) {
    paste(cpu_limit, "s of the processor")
  } else if (proc.time()[["elapsed"]] - begun > clock_limit) {
    paste(clock_limit, "s by the clock")
  }
}

# What the child found comes back in a file: on a busy machine its pipe breaks now and then.
in_child <- function(seed) {
  file <- tempfile("case")
  job <- parallel::mcparallel({
    saveRDS(run_case(seed), paste0(file, ".part"))
    file.rename(paste0(file, ".part"), file)
  }, mc.set.seed = FALSE, silent = TRUE)
  collect <- function(timeout) {
    suppressWarnings(parallel::mccollect(job, wait = FALSE, timeout = timeout))
  }
  begun <- proc.time()[["elapsed"]]
  late <- NULL
  repeat {
    collect(1)
    if (file.exists(file) || has_ended(job$pid)) break
    late <- too_late(job$pid, begun)
    if (!is.null(late)) break
    # collect() does not wait after a broken pipe
    Sys.sleep(0.1)
  }
  if (file.exists(file)) {
    collect(0)
    return(readRDS(file))
  }
  tools::pskill(job$pid, tools::SIGKILL)
  collect(5)
  ending <- if (is.null(late)) "the process died" else paste("not done after", late)
  list(breaches = sprintf("%s: breach: %s", readLines(stage_file), ending), cpu = NA_real_)
}

# What a breach has in common with others: its text without numbers.
kind_of <- function(breach) gsub("[0-9][-+.0-9e]*", "#", breach)

report <- function(results, seeds, seconds) {
  breaches <- lapply(results, `[[`, "breaches")
  table <- data.frame(
    seed = rep(seeds, lengths(breaches)), text = as.character(unlist(breaches))
  )
  for (kind in names(sort(table(kind_of(table$text)), decreasing = TRUE))) {
    same <- table[kind_of(table$text) == kind, ]
    cat(sprintf("%4d x %s\n       seeds %s\n", nrow(same), same$text[1L],
                paste(utils::head(unique(same$seed), 5L), collapse = " ")))
  }
  refused <- unlist(lapply(results, `[[`, "refused"))
  done <- unlist(lapply(results, `[[`, "done"))
  heavies <- sum(done %in% names(heavy))
  cat(sprintf(
    "%d cases (seeds %d to %d), %d of them refused, %d calls of verbs, %d of heavy ones: ",
    length(seeds), seeds[1L], seeds[length(seeds)], length(refused), length(done) - heavies, heavies
  ))
  hit <- sum(lengths(breaches) > 0L)
  cat(sprintf("%d breaches in %d cases, %.0f s\n", nrow(table), hit, seconds))
  cpu <- vapply(results, `[[`, 0, "cpu")
  slow <- utils::head(order(-cpu), 5L)
  cat(sprintf("CPU %.0f s; slowest:", sum(cpu, na.rm = TRUE)),
      sprintf("%d (%.1f s)", seeds[slow], cpu[slow]), "\n")
  if (length(refused) > 0L) {
    counts <- table(sub("moelogit_error_", "", refused))
    cat("refused:", paste(names(counts), counts, collapse = ", "), "\n")
  }
}

replay <- function(seed) {
  cat(hostile_problem(seed)$text, "\n")
  out <- run_case(seed)
  cat("done:", out$done, "\nrefused:", out$refused, "\n")
  cat(paste0("* ", out$breaches, recycle0 = TRUE), sep = "\n")
  length(out$breaches)
}

# So that not every child has to load what all of them use.
warm_up <- function() {
  case <- list(call = quote(moelogit(Species ~ Sepal.Length, iris, k = 1)), env = globalenv())
  watch({
    fit <- again(case, seed = 1L)
    print(summary(fit))
    grDevices::pdf(NULL)
    draw(autoplot(fit))
    grDevices::dev.off()
    moelogit(1)
  }, "warm_up", refusal = TRUE)
}

attack <- function(cases, seed) {
  warm_up()
  start <- proc.time()[["elapsed"]]
  dir.create("build/results", showWarnings = FALSE, recursive = TRUE)
  seeds <- as.integer(seed + seq_len(cases))
  results <- lapply(seeds, function(seed) {
    result <- in_child(seed)
    cat(sprintf("%d: %s\n", seed, result$breaches), sep = "")
    result
  })
  seconds <- proc.time()[["elapsed"]] - start
  report(results, seeds, seconds)
  failed <- sum(lengths(lapply(results, `[[`, "breaches")) > 0L)
  # an attack that everything refuses tells nothing
  refused <- sum(lengths(lapply(results, `[[`, "refused")) > 0L)
  if (refused > cases / 2) {
    cat("more than half of the cases were refused\n")
    failed <- failed + 1
  }
  writeLines(paste(cases - min(cases, failed), failed, round(seconds)), "build/results/hostile")
  failed
}

arguments <- commandArgs(trailingOnly = TRUE)
failed <- if (identical(arguments[1L], "--replay")) {
  replay(as.integer(arguments[2L]))
} else {
  attack(as.integer(arguments[1L]), as.integer(arguments[2L]))
}
quit(status = as.integer(failed > 0))
