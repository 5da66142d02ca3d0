# Rows in parts on the workers of a cluster. The source says which parts there are; a worker reads
# those that fall to it where it is, keeps them, and answers what is asked of their rows. Answers
# come in the order of the parts, so that it does not matter who has which. When a worker is lost,
# others read its parts again.

#' Parts and who has them
#'
#' @param source A [row_source()] with a cluster.
#' @param shared What workers need to read a part, see `write_part()`: `request`, `contrasts`.
#' @return An environment for `ask_parts()`: `origins` (see `new_row_parts()`) and `ids` of the
#'   parts, `homes` (the worker of each), `workers`; later `catalogues` (see `write_part()`) and
#'   `written`, whether workers need them to read a part again.
#' @noRd
open_parts <- function(source, shared = list()) {
  wake_workers(source$cluster)
  ids <- seq_along(source$origins)
  shared$arguments <- source$arguments
  list2env(
    list(
      origins = source$origins, ids = ids, written = FALSE, catalogues = NULL, stopped = NULL,
      homes = rep_len(seq_along(source$cluster), length(ids)),
      workers = open_workers(
        list(cluster = source$cluster, threads = 1L), shared, length(ids), prepare_parts
      )
    ),
    parent = emptyenv()
  )
}

# Workers that came up but do not go on would be waited for without end.
wake_workers <- function(cluster) {
  if (!on_sockets(cluster)) {
    return(invisible())
  }
  tag <- basename(tempfile("wake"))
  silent <- which(vapply(cluster, send_call, NA, tag, Sys.getpid))
  end <- proc.time()[["elapsed"]] + worker_seconds()
  while (length(silent) > 0L && proc.time()[["elapsed"]] < end) {
    said <- silent[socketSelect(lapply(cluster[silent], `[[`, "con"), timeout = 1)]
    for (node in said) {
      answer <- receive_call(cluster[[node]])
      if (is.null(answer) || identical(answer$tag, tag)) silent <- setdiff(silent, node)
    }
  }
  if (length(silent) > 0L) {
    moe_abort(
      c(
        "{length(silent)} worker{?s} of the cluster {?does/do} not answer.",
        x = "Waited {worker_seconds()} seconds for {cli::qty(silent)}{?number/numbers} {silent}.",
        i = "Are they busy, or their machines gone? Make the cluster anew."
      ),
      "workers"
    )
  }
}

worker_seconds <- function() 60

# On a worker.
prepare_parts <- function(shared) {
  shared$held <- new.env(parent = emptyenv())
  shared
}

#' Ask something of each part
#'
#' @param parts From `open_parts()`.
#' @param ask Name of a function(part, given, own) of the package, which a worker calls with a part
#'   that it holds (an environment, see `held_part()`).
#' @param given,own Its arguments: for all parts, and a list with an entry for each.
#' @param read Whether the parts have not been read before.
#' @return A list of answers, in the order of the parts.
#' @noRd
ask_parts <- function(parts, ask, given = NULL, own = NULL, read = FALSE) {
  answers <- vector("list", length(parts$ids))
  left <- seq_along(answers)
  while (length(left) > 0L) {
    # one task a worker: each takes its way there and back
    groups <- split(left, parts$homes[left])
    tasks <- lapply(groups, function(at) {
      list(
        ask = ask, given = given, written = parts$written, ids = parts$ids[at], own = own[at],
        origins = if (read) parts$origins[at], catalogues = if (read) parts$catalogues[at]
      )
    })
    done <- run_tasks(
      answer_parts, unname(tasks), parts$workers, rep_len(1L, length(tasks)),
      homes = as.integer(names(groups))
    )
    if (done$interrupted) {
      parts$workers$at[] <- 0L
      signalCondition(structure(list(), class = c("interrupt", "condition")))
      # also where interrupts are suspended: there is nothing to go on with
      allowInterrupts(rlang::interrupt())
    }
    parts$homes[unlist(groups)] <- rep(done$homes, lengths(groups))
    answers[unlist(groups)] <- unlist(done$values, recursive = FALSE)
    left <- left[vapply(answers[left], is.null, NA)]
    # those of a worker that is lost are read by all others
    parts$homes[left] <- rep_len(which(parts$workers$alive), length(left))
    read <- TRUE
  }
  lapply(answers, `[[`, "value")
}

# On a worker: a list of `value` for each part, or `NULL` where it does not hold the part.
answer_parts <- function(task, shared) {
  ask <- get(task$ask)
  lapply(seq_along(task$ids), function(i) {
    with_seed(task$ids[i], {
      part <- held_part(task, i, shared)
      if (!is.null(part)) list(value = ask(part, task$given, task$own[[i]]))
    })
  })
}

#' Part `i` of a task, read if the worker does not hold it and the task says how
#'
#' @return `NULL`, or an environment: `id`, `source`, `request`, `contrasts`, and `rows` once they
#'   are written (see `write_part()`).
#' @noRd
held_part <- function(task, i, shared) {
  id <- as.character(task$ids[i])
  part <- shared$held[[id]]
  if (!is.null(part) && (!task$written || !is.null(part$rows))) {
    return(part)
  }
  if (is.null(task$origins)) {
    return(NULL)
  }
  part <- list2env(
    list(
      id = task$ids[i], source = part_source(task$origins[[i]], shared$arguments),
      request = shared$request, contrasts = shared$contrasts, rows = NULL
    ),
    parent = emptyenv()
  )
  if (task$written) write_part(part, task$catalogues[[i]])
  shared$held[[id]] <- part
  part
}

# The source of one part.
part_source <- function(origin, arguments) {
  x <- if (is.null(origin$make)) origin$rows else make_part(origin)
  if (!inherits(x, "row_source")) x <- do.call(row_source, c(list(x), arguments))
  if (inherits(x, "row_parts")) {
    moe_abort("A part cannot have parts on a cluster of its own.", "argument")
  }
  if (is.null(x$levels)) x["levels"] <- arguments["levels"]
  x["cache_dir"] <- list(NULL)
  x
}

make_part <- function(origin) {
  tryCatch(origin$make(origin$part), error = function(e) {
    moe_abort(
      "Part {origin$part} of the source cannot be made on its worker.", "source", parent = e
    )
  })
}

# The rows of a part as the core reads them. What the catalogue says of `rows` and `kept` is of this
# part alone.
write_part <- function(part, catalogue) {
  part$rows <- write_rows(part$source, part$request, part$contrasts, NULL, catalogue)
  part$source <- NULL
}
