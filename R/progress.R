# A function(iteration, objective, ...) that moves a cli progress bar, or NULL. Iteration 0: time
# has passed, but nothing is known of the runs yet.
progress_reporter <- function(control, k, frame = parent.frame()) {
  if (!control$progress) {
    return(NULL)
  }
  label <- sprintf("Fitting %d expert%s", k, if (k == 1L) "" else "s")
  bar <- cli::cli_progress_bar(
    format = paste0(
      "{cli::pb_spin} ", label, ": iteration {cli::pb_current}, ",
      "objective {cli::pb_extra$objective} [{cli::pb_elapsed}]"
    ),
    total = NA, extra = list(objective = ""), .envir = frame
  )
  last <- list(iteration = 0, extra = list(objective = ""))
  function(iteration, objective, ...) {
    if (iteration > 0L) {
      last <<- list(iteration = iteration, extra = list(objective = format(objective, digits = 8L)))
    }
    cli::cli_progress_update(set = last$iteration, id = bar, extra = last$extra)
  }
}

# A function() that moves a bar by one of `total` tasks, or NULL.
task_bar <- function(control, label, total, frame = parent.frame()) {
  if (!control$progress) {
    return(NULL)
  }
  bar <- cli::cli_progress_bar(label, total = total, .envir = frame)
  function() cli::cli_progress_update(id = bar)
}
