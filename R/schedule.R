# Many tasks of one kind, as the fits of a cross-validation are: one after the other, by processes
# of this machine, or by the workers of a cluster. Each task has a seed of its own, drawn before any
# begins, and answers come in the order of the tasks, so that it does not matter who does them.

#' Open the workers of some tasks
#'
#' @param control From [moelogit_control()]: its `cluster`, or else its `threads`.
#' @param shared A list of plain data that every task needs, sent to each worker once. Tasks find
#'   the control in it, too, with one thread and no cluster.
#' @param most How many tasks there are at a time, at most.
#' @param prepare A function of the package; each worker makes of `shared` what tasks are given.
#' @param processes Whether `threads` are processes. Otherwise tasks come one after the other and
#'   divide their own work among the threads.
#' @return An environment for `run_tasks()`, to be closed with `close_workers()`.
#' @noRd
open_workers <- function(control, shared, most, prepare = identity, processes = TRUE) {
  for_tasks <- function(threads) {
    control[c("threads", "progress", "cluster")] <- list(threads, FALSE, NULL)
    shared$control <- control
    shared
  }
  workers <- new.env(parent = emptyenv())
  workers$key <- basename(tempfile("tasks"))
  workers$runs <- 0L
  workers$cluster <- control$cluster
  count <- min(control$threads, most, most_processes())
  workers$own <- is.null(control$cluster) && processes && count > 1L
  if (workers$own) start_processes(workers, count, function() prepare(for_tasks(1L)))
  if (is.null(workers$cluster)) {
    workers$shared <- prepare(for_tasks(control$threads))
    return(workers)
  }
  delayedAssign(
    "payload", serialize(list(prepare = prepare, shared = for_tasks(1L)), NULL),
    assign.env = workers
  )
  workers$sockets <- on_sockets(workers$cluster)
  size <- length(workers$cluster)
  workers$alive <- rep_len(TRUE, size)
  workers$at <- integer(size)
  if (is.null(workers$told)) workers$told <- logical(size)
  workers
}

# As many as there are cores, and two where these are not known or one.
most_processes <- function(cores = parallel::detectCores()) max(2L, cores, na.rm = TRUE)

# Forks have what is shared from their birth. Where there can be no processes, there is no cluster.
start_processes <- function(workers, count, shared) {
  fork <- .Platform$OS.type == "unix" && !.Platform$GUI %in% c("RStudio", "AQUA")
  if (fork) keep_shared(workers$key, shared())
  # TCP would hold the end of a long answer back until its beginning is acknowledged
  before <- options(socketOptions = "no-delay")
  on.exit({
    options(before)
    keep_shared(NULL, NULL)
  })
  workers$cluster <- tryCatch(
    parallel::makeCluster(
      count, type = if (fork) "FORK" else "PSOCK",
      rscript_args = c("-e", shQuote("options(socketOptions = 'no-delay')"))
    ),
    error = function(e) NULL
  )
  if (is.null(workers$cluster)) {
    workers$own <- FALSE
    return(invisible())
  }
  workers$told <- rep_len(fork, count)
  if (!fork) parallel::clusterCall(workers$cluster, eval, call(".libPaths", .libPaths()))
  workers$pids <- unlist(parallel::clusterCall(workers$cluster, Sys.getpid))
}

# Own processes end, in the middle of a task if need be.
close_workers <- function(workers) {
  if (!workers$own) {
    return(invisible())
  }
  tools::pskill(workers$pids[workers$at > 0L], tools::SIGKILL)
  for (node in seq_along(workers$cluster)) {
    suppressWarnings(tryCatch(
      parallel::stopCluster(workers$cluster[node]),
      error = function(e) close(workers$cluster[[node]]$con)
    ))
  }
}

task_seeds <- function(count) sample.int(.Machine$integer.max, count)

# The same numbers whatever the session draws with, which does not see them.
with_seed <- function(seed, code) {
  before <- get0(".Random.seed", globalenv(), inherits = FALSE)
  on.exit(
    if (is.null(before)) rm(".Random.seed", envir = globalenv()) else
      assign(".Random.seed", before, envir = globalenv())
  )
  set.seed(seed, "Mersenne-Twister", "Inversion", "Rejection")
  code
}

#' Run tasks
#'
#' A worker that dies loses nothing but time: another one does its task. What tasks say (messages,
#' warnings, the error of the first one that fails) is said here, in the order of the tasks.
#'
#' @param fun A function(task, shared) of the package. `NULL` means that it was interrupted.
#' @param tasks A list; long ones first, so that workers end together.
#' @param workers From `open_workers()`.
#' @param seeds One for each task.
#' @param tick `NULL` or a function() that is called after every task.
#' @param homes `NULL`, or for each task the number of the worker that does it if it lives. (Only
#'   those on sockets can be told apart.)
#' @return A list: `values`, one for each task, `NULL` where an interrupt came first; `interrupted`;
#'   `homes`, where the tasks were done.
#' @noRd
run_tasks <- function(fun, tasks, workers, seeds = task_seeds(length(tasks)), tick = NULL,
                      homes = NULL) {
  workers$runs <- workers$runs + 1L
  run <- list2env(
    list(
      fun = fun, tasks = tasks, seeds = seeds, tick = if (is.null(tick)) function() NULL else tick,
      name = paste(workers$key, workers$runs), todo = seq_along(tasks), untold = integer(),
      answers = vector("list", length(tasks)), interrupted = FALSE, homes = homes
    ),
    parent = emptyenv()
  )
  if (is.null(workers$cluster)) {
    loop_tasks(run, workers)
  } else if (workers$sockets) {
    socket_tasks(run, workers)
  } else {
    cluster_tasks(run, workers)
  }
  for (answer in run$answers) repeat_said(answer)
  list(
    values = lapply(run$answers, `[[`, "value"), interrupted = run$interrupted, homes = run$homes
  )
}

# Here, one after the other.
loop_tasks <- function(run, workers) {
  tryCatch(
    for (i in run$todo) {
      value <- with_seed(run$seeds[i], run$fun(run$tasks[[i]], workers$shared))
      keep_answer(run, i, list(value = value))
      if (run$interrupted) break
    },
    interrupt = function(condition) run$interrupted <- TRUE
  )
}

# Over the sockets of parallel's clusters: whoever is done gets the next task. Interrupts wait while
# an answer is kept, and come through in the calls that use sockets.
socket_tasks <- function(run, workers) {
  tryCatch(
    suspendInterrupts(repeat {
      send_tasks(run, workers)
      busy <- which(workers$at > 0L)
      if (length(busy) == 0L || run$interrupted) break
      for (node in wait_for_workers(workers, busy)) receive_answer(run, workers, node)
    }),
    interrupt = function(condition) run$interrupted <- TRUE
  )
  if (length(run$todo) > 0L && !run$interrupted) {
    moe_abort(
      c(
        "There is no worker left: {length(run$todo)} of {length(run$tasks)} task{?s} not done.",
        i = "Is there memory enough on their machines? Make the cluster anew."
      ),
      "workers"
    )
  }
}

send_tasks <- function(run, workers) {
  for (node in which(workers$alive & workers$at == 0L)) {
    i <- next_task(run, workers, node)
    if (is.na(i)) next
    payload <- task_payload(run, workers, i, !workers$told[node])
    if (send_call(
      workers$cluster[[node]], task_tag(run, i), do_task, list(payload, package_version_here())
    )) {
      workers$at[node] <- i
      workers$told[node] <- TRUE
      run$todo <- setdiff(run$todo, i)
      if (!is.null(run$homes)) run$homes[i] <- node
    } else {
      lose_worker(run, workers, node)
    }
  }
}

# What a worker does next, or NA: the tasks whose home it is go before those of workers that are
# lost.
next_task <- function(run, workers, node) {
  if (is.null(run$homes)) {
    return(run$todo[1L])
  }
  homes <- run$homes[run$todo]
  c(run$todo[homes == node], run$todo[!workers$alive[homes]])[1L]
}

# Whether a worker could be sent a call, as parallel sends it but in one piece: TCP holds a second
# small one back until the first is acknowledged, which may take 40 ms.
send_call <- function(node, tag, fun, args = list()) {
  call <- list(fun = fun, args = args, return = TRUE, tag = tag)
  tryCatch(
    {
      message <- serialize(list(type = "EXEC", data = call), NULL)
      suppressWarnings(writeBin(message, node$con))
      TRUE
    },
    error = function(e) FALSE
  )
}

# `NULL` from a worker that is lost.
receive_call <- function(node) {
  tryCatch(suppressWarnings(unserialize(node$con)), error = function(e) NULL)
}

on_sockets <- function(cluster) all(vapply(cluster, inherits, NA, c("SOCKnode", "SOCK0node")))

# Those of the busy ones that have something to say.
wait_for_workers <- function(workers, busy) {
  sockets <- lapply(workers$cluster[busy], `[[`, "con")
  ready <- FALSE
  while (!any(ready)) ready <- allowInterrupts(socketSelect(sockets, timeout = 1))
  busy[ready]
}

# Answers to tasks of a run that was interrupted are dropped.
receive_answer <- function(run, workers, node) {
  answer <- receive_call(workers$cluster[[node]])
  i <- workers$at[node]
  if (is.null(answer)) {
    lose_worker(run, workers, node)
  } else if (identical(answer$tag, task_tag(run, i))) {
    workers$at[node] <- 0L
    # another run has taken the place of what is shared
    if (is_missing(answer$value)) workers$told[node] <- FALSE
    keep_answer(run, i, answer$value)
  }
}

lose_worker <- function(run, workers, node) {
  workers$alive[node] <- FALSE
  run$todo <- c(setdiff(workers$at[node], 0L), run$todo)
  workers$at[node] <- 0L
  left <- sum(workers$alive)
  if (left > 0L) {
    moe_inform(
      "A worker is lost, {left} {?is/are} left. Its task is begun again.", "workers"
    )
  }
}

# By any other cluster (MPI, mirai), a batch at a time. Who gets which task is not known, nor who
# has what is shared: the first tasks bring it along, later those of workers that say they lack it.
cluster_tasks <- function(run, workers) {
  size <- length(workers$cluster)
  if (!any(workers$told)) run$untold <- utils::head(run$todo, size)
  workers$told[] <- TRUE
  while (length(run$todo) > 0L && !run$interrupted) {
    batch <- utils::head(run$todo, if (length(run$untold) > 0L) size else 4L * size)
    payloads <- lapply(batch, function(i) task_payload(run, workers, i, i %in% run$untold))
    answers <- tryCatch(
      parallel::clusterApplyLB(workers$cluster, payloads, do_task, package_version_here()),
      error = function(e) list(conditionMessage(e)), interrupt = function(condition) NULL
    )
    if (is.null(answers)) run$interrupted <- TRUE
    run$todo <- setdiff(run$todo, batch)
    for (at in seq_along(answers)) keep_answer(run, batch[at], answers[[at]])
  }
}

task_tag <- function(run, i) paste(run$name, i)

package_version_here <- function() getNamespaceVersion("moelogit")[[1L]]

# What a worker is sent. As raw bytes: one that lacks the package could not even read it.
task_payload <- function(run, workers, i, untold) {
  serialize(
    list(
      key = workers$key, shared = if (untold) workers$payload, fun = run$fun,
      task = run$tasks[[i]], seed = run$seeds[i]
    ),
    NULL
  )
}

# On the worker, which may have no moelogit, or another one.
do_task <- function(payload, version) {
  found <- if (requireNamespace("moelogit", quietly = TRUE)) getNamespaceVersion("moelogit")[[1L]]
  if (!identical(found, version)) {
    return(list(found = c(found, "none")[1L]))
  }
  getNamespace("moelogit")$answer_task(unserialize(payload))
}
environment(do_task) <- baseenv()

# What the worker's last tasks shared, prepared.
kept <- new.env(parent = emptyenv())

keep_shared <- function(key, shared) {
  kept$key <- key
  kept$shared <- shared
}

# A list of `value` or `error`, and what was `said`; or that what is shared is `missing`.
answer_task <- function(call) {
  if (is.null(call$shared) && !identical(kept$key, call$key)) {
    return(list(missing = TRUE))
  }
  said <- list()
  hear <- function(restart) {
    function(condition) {
      said[[length(said) + 1L]] <<- condition
      invokeRestart(restart)
    }
  }
  answer <- tryCatch(
    withCallingHandlers(
      {
        if (!identical(kept$key, call$key)) {
          given <- unserialize(call$shared)
          keep_shared(call$key, given$prepare(given$shared))
        }
        list(value = with_seed(call$seed, call$fun(call$task, kept$shared)))
      },
      warning = hear("muffleWarning"), message = hear("muffleMessage")
    ),
    error = function(e) list(error = e), interrupt = function(condition) list(value = NULL)
  )
  c(answer, list(said = said))
}

is_missing <- function(answer) isTRUE(answer["missing"][[1L]])

# After an error no task is begun any more.
keep_answer <- function(run, i, answer) {
  if (is_missing(answer)) {
    run$todo <- c(i, run$todo)
    run$untold <- c(i, run$untold)
    return(invisible())
  }
  run$untold <- setdiff(run$untold, i)
  if (!is.list(answer) || !is.null(answer$found)) abort_worker(answer)
  if (is.null(answer$value) && is.null(answer$error)) {
    run$interrupted <- TRUE
  } else {
    run$answers[[i]] <- answer
    if (!is.null(answer$error)) run$todo <- integer()
    run$tick()
  }
}

# What a worker says that could not even begin.
abort_worker <- function(answer) {
  moe_abort(
    c(
      "The cluster cannot do the tasks.",
      x = if (!is.list(answer)) {
        "A worker failed: {as.character(answer)}"
      } else if (answer$found == "none") {
        "A worker has no moelogit in its {.code .libPaths()}."
      } else {
        "A worker has moelogit {answer$found}, and this session {package_version_here()}."
      }
    ),
    "workers"
  )
}

# What a task said on its worker, as if it had been done here.
repeat_said <- function(answer) {
  for (condition in answer$said) rlang::cnd_signal(condition)
  if (!is.null(answer$error)) {
    answer$error["call"] <- list(rlang::error_call(user_frame()))
    rlang::cnd_signal(answer$error)
  }
}
