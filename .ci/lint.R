# The style of the R code, by .lintr; ends with 77 when lintr is not there.

if (!requireNamespace("lintr", quietly = TRUE)) {
  cat("lintr is not installed\n")
  quit(status = 77)
}
# lintr looks up what is defined in other files in the installed package
invisible(loadNamespace("moelogit"))
folders <- c("R", "tests/testthat", "data-raw", "inst/examples", "bench", ".ci")
files <- list.files(folders, "[.][Rr]$", recursive = TRUE, full.names = TRUE)
files <- setdiff(files, "R/RcppExports.R")
lints <- do.call(c, lapply(files, function(file) unclass(lintr::lint(file))))
for (lint in lints) {
  cat(sprintf("%s:%d: %s\n", lint$filename, lint$line_number, lint$message))
}
cat(length(files), "files,", length(lints), "findings\n")
quit(status = as.integer(length(lints) > 0))
