# Run tests/testthat against the installed package, in a copy, so that the tree stays as it was.
# Writes "passed failed" (expectations) to the file named in the first argument.

results_file <- commandArgs(TRUE)[1]
unlink("build/tests", recursive = TRUE)
dir.create("build/tests", recursive = TRUE)
invisible(file.copy("tests/testthat", "build/tests", recursive = TRUE))

library(testthat)
library(moelogit)
results <- as.data.frame(test_dir(
  "build/tests/testthat",
  package = "moelogit", load_package = "installed", reporter = "check", stop_on_failure = FALSE
))
failed <- sum(results$failed) + sum(results$error)
passed <- sum(results$nb) - sum(results$failed) - sum(results$skipped) - sum(results$warning)
cat(sprintf(
  "\n%d tests in %d files, %.0f s\n",
  nrow(results), length(unique(results$file)), sum(results$real)
))
if (passed == 0 && failed == 0) {
  message("no test ran")
  failed <- 1
}
writeLines(paste(passed, failed), results_file)
quit(status = as.integer(failed > 0))
