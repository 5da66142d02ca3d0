# Are there tests that notice when a line is wrong? Breaks one place at a time, drawn with a seed
# from all of R/ and src/, in a copy of the tree, and runs the tests that should notice:
#   Rscript --vanilla .ci/mutants.R COUNT SEED
# Prints what survived, and the number that was noticed. An endless loop is noticed too.

source(".ci/mutants-sites.R")

arguments <- as.integer(commandArgs(trailingOnly = TRUE))
count <- arguments[1L]
seed <- arguments[2L]
home <- file.path(getwd(), "build/mutants")
tree <- file.path(home, "tree")
lib <- file.path(home, "lib")

# Seconds of the processor, many times what the tests of one file take; and by the clock, for what
# waits for ever.
build_limit <- 600
test_limit <- 300
clock_limit <- 3600

# Tests of what most files take part in, beside those named after the file.
integration <- c("moelogit", "predict", "select-experts", "cv-moelogit", "bootstrap", "tidiers")
of_the_core <- c("core-input", "row-file", "ascent", "dendrogram", "starts", "log-lik", "vcov")

copy_tree <- function() {
  unlink(home, recursive = TRUE)
  dir.create(lib, recursive = TRUE)
  dir.create(tree)
  files <- system2("git", "ls-files", stdout = TRUE)
  for (folder in unique(dirname(files))) {
    dir.create(file.path(tree, folder), FALSE, recursive = TRUE)
  }
  invisible(file.copy(files, file.path(tree, files), copy.date = TRUE))
}

# The exit status of a command in the copy, its output in a log; not 0 after a time limit.
run <- function(command, arguments, limit, log) {
  old <- setwd(tree)
  on.exit(setwd(old))
  log <- file.path(home, log)
  command <- sprintf("ulimit -t %d; exec %s", limit, paste(c(command, arguments), collapse = " "))
  suppressWarnings(system2(
    "bash", c("-c", shQuote(command)), stdout = log, stderr = log, timeout = clock_limit
  ))
}

install <- function() {
  options <- c("--no-docs", "--no-multiarch", "--no-test-load", paste0("--library=", lib))
  run("R", c("CMD", "INSTALL", options, tree), build_limit, "install.log") == 0L
}

# The tests of R in these files, up to the first failure.
testthat <- function(files, limit = test_limit) {
  code <- sprintf(
    "library(testthat); library(moelogit)
     test_dir('tests/testthat', package = 'moelogit', load_package = 'installed',
              reporter = 'stop', filter = '^(%s)$')",
    paste(files, collapse = "|")
  )
  writeLines(code, file.path(home, "run.R"))
  run("Rscript", c("--vanilla", file.path(home, "run.R")), limit, "test.log") == 0L
}

core <- function() {
  run("bash", c(".ci/core-tests", "core"), build_limit, "core.log") == 0L
}

attack <- function() {
  arguments <- c("--vanilla", "tests/hostile/attack.R", "60", "0")
  run("Rscript", arguments, test_limit, "attack.log") == 0L
}

own_tests <- function(file) {
  name <- sub("[.]R$", "", basename(file))
  known <- sub("^test-(.*)[.]R$", "\\1", list.files(file.path(tree, "tests/testthat"), "^test-"))
  intersect(name, known)
}

# The tests that may notice, those that should first: functions that say whether all is well.
tests_of <- function(file) {
  on_r <- function(files) if (length(files) > 0L) function() testthat(files)
  stages <- if (startsWith(file, "src/r_")) {
    list(on_r(of_the_core), on_r(integration))
  } else if (startsWith(file, "src/")) {
    list(core, on_r(of_the_core), on_r(integration))
  } else {
    list(on_r(own_tests(file)), on_r(setdiff(integration, own_tests(file))), on_r(of_the_core))
  }
  rest <- setdiff(all_r, c(own_tests(file), integration, of_the_core))
  c(
    Filter(Negate(is.null), stages), if (attack_is_quiet) attack,
    function() testthat(rest, 10 * test_limit)
  )
}

write_line <- function(file, line, text) {
  path <- file.path(tree, file)
  lines <- readLines(path)
  lines[line] <- text
  writeLines(lines, path)
  # make knows nothing of which file includes which
  if (endsWith(file, ".h")) unlink(list.files(file.path(tree, "src"), "[.]o$", full.names = TRUE))
}

mutated <- function(line, site) {
  paste0(substr(line, 1L, site$from - 1L), site$by, substr(line, site$to + 1L, nchar(line)))
}

#' @return "noticed", "survived", or "invalid" for what does not build.
try_mutant <- function(site) {
  line <- readLines(file.path(tree, site$file))[site$line]
  write_line(site$file, site$line, mutated(line, site))
  on.exit(write_line(site$file, site$line, line))
  if (!install()) {
    return(if (startsWith(site$file, "R/")) "noticed" else "invalid")
  }
  for (test in tests_of(site$file)) {
    if (!test()) {
      return("noticed")
    }
  }
  "survived"
}

say <- function(...) cat(format(Sys.time(), "%H:%M:%S"), sprintf(...), "\n")

copy_tree()
Sys.setenv(R_LIBS = paste(c(lib, Sys.getenv("R_LIBS")), collapse = .Platform$path.sep))
set.seed(seed)
sites <- all_sites()
sites <- sites[sample(nrow(sites)), ]
say("%d places, seed %d", nrow(sites), seed)
all_r <- sub("^test-(.*)[.]R$", "\\1", list.files("tests/testthat", "^test-"))
if (!install() || !core() || !testthat(all_r, 10 * test_limit)) {
  stop("the tests fail without any mutation, see build/mutants/*.log")
}
attack_is_quiet <- attack()
if (!attack_is_quiet) say("the attack finds breaches without any mutation: not used")
fates <- character()
for (i in seq_len(nrow(sites))) {
  if (sum(fates != "invalid") == count) break
  site <- sites[i, ]
  before <- trimws(readLines(site$file)[site$line])
  fates[i] <- try_mutant(site)
  say("%s: %s:%d, %s", fates[i], site$file, site$line, site$what)
  if (fates[i] == "survived") {
    cat("    ", before, "\n     ", trimws(mutated(readLines(site$file)[site$line], site)), "\n")
  }
}
say("%d of %d mutants noticed", sum(fates == "noticed"), count)
