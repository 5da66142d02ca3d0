# man/, NAMESPACE and the Rcpp glue must be what roxygen2 and Rcpp make of the sources.
# Works on a copy; ends with 77 when another version of roxygen2 wrote them.

wanted <- read.dcf("DESCRIPTION", "RoxygenNote")[[1]]
if (!requireNamespace("roxygen2", quietly = TRUE) ||
      as.character(packageVersion("roxygen2")) != wanted) {
  cat("the documentation was made with roxygen2", wanted, "\n")
  quit(status = 77)
}

copy <- file.path(tempfile(), "moelogit")
dir.create(copy, recursive = TRUE)
sources <- c("DESCRIPTION", "NAMESPACE", "R", "src", "man", "data", "inst")
invisible(file.copy(sources[file.exists(sources)], copy, recursive = TRUE))
Rcpp::compileAttributes(copy)
suppressMessages(roxygen2::roxygenise(copy, load_code = roxygen2::load_installed))

made <- c(
  "DESCRIPTION", "NAMESPACE", "R/RcppExports.R", "src/RcppExports.cpp",
  file.path("man", union(
    list.files("man", recursive = TRUE),
    list.files(file.path(copy, "man"), recursive = TRUE)
  ))
)
read <- function(file) if (file.exists(file)) readLines(file) else NULL
stale <- Filter(function(file) !identical(read(file), read(file.path(copy, file))), made)
for (file in stale) {
  cat("not current:", file, "\n")
  system2("diff", c(file, file.path(copy, file)))
}
quit(status = as.integer(length(stale) > 0))
