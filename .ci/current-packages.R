# CRAN's current versions of every package that DESCRIPTION names, as far as this R can have them,
# in build/current-lib. Quick when nothing is missing. Ends with 1 when one that is imported cannot
# be had; what is only optional may be missing. Prints the versions.

library_path <- "build/current-lib"
dir.create(library_path, recursive = TRUE, showWarnings = FALSE)
.libPaths(c(normalizePath(library_path), .libPaths()))
repos <- getOption("repos")
if (is.na(repos["CRAN"]) || repos["CRAN"] == "@CRAN@") {
  utils::chooseCRANmirror(graphics = FALSE, ind = 1)
}

fields <- c("Imports", "LinkingTo", "Suggests", "Enhances")
described <- read.dcf("DESCRIPTION", fields = fields)
named <- sub("[ (\n].*", "", trimws(unlist(strsplit(described[!is.na(described)], ","))))

available <- utils::available.packages()
wanted <- intersect(named, rownames(available))
here <- utils::installed.packages(library_path)[, "Version"]
old <- Filter(function(name) {
  is.na(here[name]) || package_version(here[[name]]) < available[name, "Version"]
}, wanted)
# what an earlier run could not install, because this R is too old for something it needs
refused <- file.path(library_path, ".refused")
if (file.exists(refused)) old <- setdiff(old, readLines(refused))
if (length(old) > 0L) {
  # speed does not matter here, the time to compile does
  makevars <- tempfile()
  flags <- paste(c("CFLAGS", "CXXFLAGS", "CXX11FLAGS", "CXX14FLAGS", "CXX17FLAGS"), "= -O1 -g0")
  writeLines(c(flags, if (nzchar(Sys.which("ccache"))) {
    paste0(c("CC=ccache gcc", "CXX=ccache g++", "CXX17=ccache g++"))
  }), makevars)
  Sys.setenv(R_MAKEVARS_USER = makevars)
  unlink(list.files(library_path, "^00LOCK", full.names = TRUE), recursive = TRUE)
  cat("installing into ", library_path, ": ", paste(old, collapse = " "), "\n", sep = "")
  utils::install.packages(
    old, library_path, Ncpus = parallel::detectCores(), quiet = TRUE, dependencies = NA,
    INSTALL_opts = c("--no-docs", "--no-byte-compile", "--no-test-load")
  )
  write(setdiff(old, rownames(utils::installed.packages(library_path))), refused, append = TRUE)
}

versions <- utils::installed.packages()
versions <- versions[!duplicated(rownames(versions)), "Version"]
cat(sprintf("%s %s\n", named, versions[named]), sep = "")
imported <- trimws(strsplit(described[1, "Imports"], ",")[[1]])
missing <- setdiff(sub("[ (\n].*", "", imported), names(versions))
if (length(missing) > 0L) {
  cat("could not be installed: ", paste(missing, collapse = " "), "\n", sep = "")
  quit(status = 1)
}
