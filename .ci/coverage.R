# The lines that the tests run, from a copy of the tree; called by .ci/coverage, after the tests of
# the core have left their counts in build/coverage-core.

least <- 95
home <- file.path(getwd(), "build/coverage")
core <- file.path(getwd(), "build/coverage-core")

copy_tree <- function() {
  unlink(home, recursive = TRUE)
  files <- grep("^(vignettes|bench)/", system2("git", "ls-files", stdout = TRUE), TRUE,
                value = TRUE, invert = TRUE)
  for (folder in unique(dirname(files))) dir.create(file.path(home, folder), FALSE, TRUE)
  invisible(file.copy(files, file.path(home, files), copy.date = TRUE))
}

#' @return A data frame: `file`, `line`, `count`; so do the others.
lines_by_covr <- function() {
  loadNamespace("covr")
  flags <- getOption("covr.flags")
  flags[] <- sub("-O0", "-O1", flags)
  options(covr.flags = flags)
  found <- covr::tally_coverage(covr::package_coverage(home, quiet = FALSE), by = "line")
  data.frame(file = found$filename, line = found$line, count = found$value)
}

# From what gcov prints: "count:line:text", and the file as line 0.
lines_by_gcov <- function() {
  data <- list.files(core, "[.]gcda$", recursive = TRUE, full.names = TRUE)
  out <- system2("gcov", c("--stdout", shQuote(data)), stdout = TRUE, stderr = FALSE)
  parts <- regmatches(out, regexec("^ *([-0-9#=]+)[*]?: *([0-9]+):(.*)$", out))
  parts <- do.call(rbind, parts[lengths(parts) > 0L])
  source <- parts[, 3L] == "0" & startsWith(parts[, 4L], "Source:")
  file <- c(NA, sub("^Source:", "", parts[source, 4L]))[cumsum(source) + 1L]
  count <- suppressWarnings(as.numeric(sub("#####", "0", parts[, 2L], fixed = TRUE)))
  kept <- !is.na(count) & parts[, 3L] != "0" & grepl("/src/[^/]*$", file)
  data.frame(
    file = file.path("src", basename(file[kept])), line = as.integer(parts[kept, 3L]),
    count = count[kept]
  )
}

# Ranges of whole numbers: "3-5, 9".
ranges <- function(x) {
  groups <- split(x, cumsum(c(0, diff(x) > 1)))
  paste(vapply(groups, function(g) paste(unique(range(g)), collapse = "-"), ""), collapse = ", ")
}

show <- function(lines, language) {
  missed <- lines[lines$count == 0, ]
  for (file in unique(missed$file)) {
    at <- missed$line[missed$file == file]
    cat(file, ": ", ranges(at), "\n", sep = "")
    text <- readLines(file)[at]
    cat(sprintf("  %5d %s", at, text), sep = "\n")
  }
  share <- 100 * mean(lines$count > 0)
  cat(sprintf("%s: %d of %d lines run, %.1f %%\n", language, sum(lines$count > 0), nrow(lines),
              share))
  share
}

copy_tree()
lines <- rbind(lines_by_covr(), lines_by_gcov())
lines <- stats::aggregate(count ~ file + line, lines, max)
lines <- lines[order(lines$file, lines$line), ]
shares <- c(
  show(lines[startsWith(lines$file, "R/"), ], "R"),
  show(lines[startsWith(lines$file, "src/"), ], "C++")
)
quit(status = as.integer(any(shares < least)))
