# The index of the site must name every page of the help, and no other. Then man/, NAMESPACE and the
# Rcpp glue must be what roxygen2 and Rcpp make of the sources: works on a copy; ends with 77 when
# another version of roxygen2 wrote them.

macros <- file.path(R.home("share"), "Rd", "macros", "system.Rd")
pages <- lapply(list.files("man", "[.]Rd$", full.names = TRUE), tools::parse_Rd, macros = macros)
entries <- function(page, tag) {
  of_tag <- vapply(page, attr, "", "Rd_tag") == tag
  trimws(vapply(page[of_tag], paste, "", collapse = ""))
}
topics <- lapply(pages, function(page) c(entries(page, "\\name"), entries(page, "\\alias")))
internal <- vapply(pages, function(page) "internal" %in% entries(page, "\\keyword"), NA)
index <- unlist(lapply(yaml::read_yaml("_pkgdown.yml")$reference, `[[`, "contents"))
prefix <- sub("^starts_with[(]\"(.*)\"[)]$", "\\1", grep("^starts_with", index, value = TRUE))
index <- grep("^starts_with", index, value = TRUE, invert = TRUE)
listed <- internal | vapply(topics, function(names) {
  any(names %in% index, outer(names, prefix, startsWith))
}, NA)
wrong <- c(
  sprintf("%s is not in _pkgdown.yml", vapply(topics[!listed], `[`, "", 1L)),
  sprintf("%s in _pkgdown.yml has no page", setdiff(index, unlist(topics)))
)
if (length(wrong) > 0) {
  writeLines(wrong)
  quit(status = 1)
}

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
