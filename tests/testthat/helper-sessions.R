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
      kept <<- quick_workers(2)
      reg.finalizer(
        parent.env(environment()), function(e) parallel::stopCluster(kept), onexit = TRUE
      )
    }
    kept
  }
})

# Workers that do not wait for each other's acknowledgements.
quick_workers <- function(count) {
  before <- options(socketOptions = "no-delay")
  on.exit(options(before))
  setting <- shQuote("options(socketOptions = 'no-delay')")
  cluster <- parallel::makePSOCKcluster(count, rscript_args = c("-e", setting))
  paths <- .libPaths()
  parallel::clusterCall(cluster, eval, bquote(.libPaths(.(paths))))
  cluster
}

# Workers of one test, which may be killed.
fresh_workers <- function(count, env = parent.frame()) {
  cluster <- quick_workers(count)
  pids <- unlist(parallel::clusterCall(cluster, Sys.getpid))
  end <- bquote({
    tools::pskill(.(pids), tools::SIGKILL)
    for (node in .(cluster)) close(node$con)
  })
  do.call(on.exit, list(end, add = TRUE), envir = env)
  structure(cluster, pids = pids)
}

# A cluster of no sockets: nodes that do what they are sent at once, and may forget what they were
# told before.
hasty_cluster <- function(forgets = TRUE) {
  node <- function(rank) structure(list(box = new.env()), class = "testNode")
  cluster <- structure(lapply(1:2, node), class = c("testCluster", "cluster"))
  home <- asNamespace("parallel")
  registerS3method("sendData", "testNode", function(node, data) {
    if (data$type == "EXEC") {
      node$box$answer <- list(
        type = "VALUE", value = do.call(data$data$fun, data$data$args, quote = TRUE),
        success = TRUE, time = 0, tag = data$data$tag
      )
    }
    if (forgets) keep_shared(NULL, NULL)
  }, home)
  registerS3method("recvOneData", "testCluster", function(cl) {
    at <- which(vapply(cl, function(node) !is.null(node$box$answer), NA))[1]
    value <- cl[[at]]$box$answer
    cl[[at]]$box$answer <- NULL
    list(node = at, value = value)
  }, home)
  cluster
}
