# The value of `code`, evaluated in a new session of R, or the message of its error.
in_new_session <- function(code) {
  files <- tempfile(c("script", "value"))
  writeLines(c(
    sprintf(".libPaths(%s)", deparse1(.libPaths())),
    "value <- tryCatch({",
    code,
    "}, error = conditionMessage)",
    sprintf("saveRDS(value, %s)", deparse(files[2]))
  ), files[1])
  system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", shQuote(files[1])),
          stdout = FALSE, stderr = FALSE)
  readRDS(files[2])
}

# Two workers for the tests of a file that need some.
two_workers <- local({
  kept <- NULL
  function() {
    if (is.null(kept)) {
      kept <<- parallel::makePSOCKcluster(2)
      paths <- .libPaths()
      parallel::clusterCall(kept, eval, bquote(.libPaths(.(paths))))
      reg.finalizer(
        parent.env(environment()), function(e) parallel::stopCluster(kept), onexit = TRUE
      )
    }
    kept
  }
})
