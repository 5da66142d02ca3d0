# The best coefficients of a fit in a file, from which another fit can go on.

# Seconds between two of them.
checkpoint_seconds <- 10

#' Write the best coefficients now and then
#'
#' @param file Its name. @param problem Of the fit. @param progress As of `fit_starts()`, or `NULL`.
#' @return A function(iteration, objective, theta, records) that reports to `progress`, too. Fits
#'   of more records than before are better, whatever their objectives; those of all are written at
#'   once.
#' @noRd
checkpoint_writer <- function(file, problem, progress = NULL) {
  force(progress)
  best <- list(objective = -Inf, records = 0L)
  written <- -Inf
  function(iteration, objective, theta = NULL, records = 0L) {
    if (!is.null(progress)) progress(iteration, objective, theta, records)
    better <- records > best$records || records == best$records && objective > best$objective
    if (is.null(theta) || !better) {
      return(invisible())
    }
    best <<- list(objective = objective, records = records)
    now <- proc.time()[["elapsed"]]
    if (now - written >= checkpoint_seconds) {
      write_checkpoint(file, problem$frame, theta, objective)
      written <<- now
    }
  }
}

# First under another name: whoever reads sees the one before or this one.
write_checkpoint <- function(file, frame, theta, objective) {
  coef <- original_coef(frame, theta_to_arrays(frame, theta))
  content <- c(coef[c("gate", "expert")], list(theta = theta, frame = frame, objective = objective))
  part <- tempfile("checkpoint", dirname(file))
  on.exit(unlink(part))
  done <- tryCatch(
    {
      saveRDS(structure(content, class = "moelogit_checkpoint"), part)
      file.rename(part, file)
    },
    error = function(e) FALSE, warning = function(w) FALSE
  )
  if (!done) {
    moe_warn(
      c("The checkpoint {.file {file}} could not be written.", i = "Is there space?"), "checkpoint"
    )
  }
}

# As a start.
read_checkpoint <- function(file) {
  if (!file.exists(file)) {
    moe_abort(c("There is no file {.file {file}} to start from.", x = describe(file)), "argument")
  }
  content <- tryCatch(readRDS(file), error = function(e) NULL, warning = function(w) NULL)
  if (!inherits(content, "moelogit_checkpoint")) {
    moe_abort(
      c(
        "{.file {file}} is no checkpoint of a fit.",
        x = if (is.null(content)) "It cannot be read: it is something else, or not whole." else
          describe(content)
      ),
      "checkpoint"
    )
  }
  unclass(content)[start_fields]
}

check_file <- function(x, arg) {
  if (!is_file_name(x) || file.access(dirname(x), 2L) != 0L) {
    moe_abort(
      c("{.arg {arg}} must be the name of a file that can be written.", x = describe(x)), "argument"
    )
  }
  # the working directory may be another one when it is written
  file.path(normalizePath(dirname(x), mustWork = FALSE), basename(x))
}

is_file_name <- function(x) {
  is.character(x) && is.null(dim(x)) && length(x) == 1L && !is.na(x) && nzchar(x)
}
