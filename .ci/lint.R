# The style of the R code, by .lintr; ends with 77 when lintr is not there.

if (!requireNamespace("lintr", quietly = TRUE)) {
  cat("lintr is not installed\n")
  quit(status = 77)
}
folders <- c("R", "tests/testthat", "tests/hostile", "data-raw", "inst/examples", "bench", ".ci")
files <- list.files(folders, "[.][Rr]$", recursive = TRUE, full.names = TRUE)
files <- setdiff(files, "R/RcppExports.R")
lints <- do.call(c, lapply(files, function(file) unclass(lintr::lint(file))))

# lintr knows the generics of other packages, not the methods for our own: generic.class is a name
methods <- parseNamespaceFile(basename(getwd()), "..")$S3methods
methods <- paste(methods[, 1], methods[, 2], sep = ".")
is_method <- function(lint) {
  lint$linter == "object_name_linter" && trimws(sub("<-.*", "", lint$line)) %in% methods
}
lints <- Filter(Negate(is_method), lints)

for (lint in lints) {
  cat(sprintf("%s:%d: %s\n", lint$filename, lint$line_number, lint$message))
}
cat(length(files), "files,", length(lints), "findings\n")
quit(status = as.integer(length(lints) > 0))
