# Run tests/testthat against the installed package, in a copy, so that the tree stays as it was.
# Writes "passed failed seconds" (expectations) to build/results/testthat, or to the file there that
# the argument names.

start <- proc.time()[["elapsed"]]
unlink("build/tests", recursive = TRUE)
dir.create("build/tests", recursive = TRUE)
invisible(file.copy("tests/testthat", "build/tests", recursive = TRUE))

library(testthat)
suppressMessages(library(moelogit))
results <- as.data.frame(test_dir(
  "build/tests/testthat",
  package = "moelogit", load_package = "installed", reporter = "check", stop_on_failure = FALSE
))
failed <- sum(results$failed) + sum(results$error)
passed <- sum(results$nb) - sum(results$failed) - sum(results$skipped) - sum(results$warning)
seconds <- round(proc.time()[["elapsed"]] - start)
cat("\n", nrow(results), " tests in ", length(unique(results$file)), " files\n", sep = "")
if (passed == 0 && failed == 0) {
  message("no test ran")
  failed <- 1
}
name <- c(commandArgs(TRUE), "testthat")[1]
writeLines(paste(passed, failed, seconds), file.path("build/results", name))
quit(status = as.integer(failed > 0))
