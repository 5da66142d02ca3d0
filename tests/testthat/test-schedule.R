# Tasks that tests run: functions of base R stay what they are on the way to a worker.
a_number <- function(task, shared) {
  list(task = task, number = stats::runif(1), with = shared$with)
}
environment(a_number) <- baseenv()

control_of <- function(...) moelogit_control(progress = FALSE, ...)

# What `fun` makes of the tasks, and where the session's own numbers stand afterwards.
answers_of <- function(fun, tasks, ..., seed = 1) {
  set.seed(seed)
  workers <- open_workers(control_of(...), list(with = "us"), length(tasks))
  on.exit(close_workers(workers))
  done <- run_tasks(fun, tasks, workers)
  list(done = done, after = runif(1), workers = workers)
}

test_that("who does the tasks changes nothing", {
  tasks <- as.list(1:7)
  alone <- answers_of(a_number, tasks)
  expect_identical(vapply(alone$done$values, `[[`, 0L, "task"), 1:7)
  expect_identical(alone$done$values[[3]]$with, "us")
  expect_false(anyDuplicated(vapply(alone$done$values, `[[`, 0, "number")) > 0)
  here <- answers_of(a_number, tasks, threads = 2)
  there <- answers_of(a_number, tasks, cluster = two_workers())
  expect_true(here$workers$own)
  expect_false(there$workers$own)
  expect_identical(here$done, alone$done)
  expect_identical(there$done, alone$done)
  expect_identical(c(here$after, there$after), rep(alone$after, 2))
})

test_that("seeds make the same numbers with any generator, which goes on where it was", {
  before <- RNGkind()
  on.exit(RNGkind(before[1], before[2], before[3]))
  set.seed(1)
  one <- with_seed(5, c(rnorm(1), sample.int(1e6, 1)))
  after <- runif(1)
  set.seed(1)
  expect_identical(runif(1), after)
  RNGkind("L'Ecuyer-CMRG", "Box-Muller")
  expect_identical(with_seed(5, c(rnorm(1), sample.int(1e6, 1))), one)
  expect_identical(RNGkind()[1:2], c("L'Ecuyer-CMRG", "Box-Muller"))
  rm(".Random.seed", envir = globalenv())
  with_seed(5, runif(1))
  expect_false(exists(".Random.seed", globalenv(), inherits = FALSE))
})

test_that("warnings, messages and the first error come back, in order", {
  fun <- function(task, shared) {
    message("at ", task)
    if (task %in% 3:4) stop("no ", task)
    warning("after ", task)
    task
  }
  environment(fun) <- baseenv()
  heard <- function(...) {
    said <- character()
    tryCatch(
      withCallingHandlers(
        answers_of(fun, as.list(1:5), ...),
        message = function(m) {
          said <<- c(said, conditionMessage(m))
          invokeRestart("muffleMessage")
        },
        warning = function(w) {
          said <<- c(said, conditionMessage(w))
          invokeRestart("muffleWarning")
        }
      ),
      error = function(e) c(said, conditionMessage(e))
    )
  }
  alone <- heard()
  expect_identical(alone, c("at 1\n", "after 1", "at 2\n", "after 2", "at 3\n", "no 3"))
  expect_identical(heard(cluster = two_workers())[seq_along(alone)], alone)
  expect_identical(utils::tail(heard(threads = 2), 1), "no 3")
})

test_that("errors of the package keep their class and name the verb", {
  fit <- moelogit(cbind(a = c(0.5, 2), b = c(1, 2)) ~ 1, k = 1)
  error <- tryCatch(
    bootstrap(fit, R = 4, type = "parametric", cluster = two_workers()), error = identity
  )
  expect_s3_class(error, "moelogit_error_counts")
  expect_identical(conditionCall(error)[[1]], quote(bootstrap))
})

test_that("a worker that dies is made up for, and none left is an error", {
  skip_on_cran()
  cluster <- parallel::makePSOCKcluster(2)
  on.exit(for (node in cluster) close(node$con))
  pids <- unlist(parallel::clusterCall(cluster, Sys.getpid))
  alone <- answers_of(a_number, as.list(1:9))
  # the second task kills its worker, but not a second time
  fun <- function(task, shared) {
    file <- shared$file
    if (task == 2 && file.create(file)) tools::pskill(Sys.getpid(), tools::SIGKILL)
    stats::runif(1)
  }
  flag <- tempfile()
  body(fun)[[2]] <- bquote(file <- .(flag))
  body(fun)[[3]][[2]] <- quote(task == 2 && !file.exists(file) && file.create(file))
  environment(fun) <- baseenv()
  expect_message(
    lame <- answers_of(fun, as.list(1:9), cluster = cluster), "1 is left",
    class = "moelogit_message_workers"
  )
  expect_identical(unlist(lame$done$values), vapply(alone$done$values, `[[`, 0, "number"))
  unlink(flag)
  expect_message(forks <- answers_of(fun, as.list(1:9), threads = 2), "1 is left")
  expect_identical(forks$done, lame$done)
  tools::pskill(pids, tools::SIGKILL)
  expect_error(
    suppressMessages(answers_of(a_number, as.list(1:3), cluster = cluster)),
    "no worker left", class = "moelogit_error_workers"
  )
})

test_that("a worker without the package, or with another version, is an error", {
  expect_identical(do_task(raw(), "0.0.1")$found, package_version_here())
  expect_snapshot_output(show_errors(
    abort_worker(list(found = "none")), abort_worker(list(found = "0.0.1")), abort_worker("Oh.")
  ))
})

test_that("an interrupt ends the waiting and own processes; the cluster can be used again", {
  skip_on_cran()
  skip_on_os("windows")
  slow <- function(task, shared) {
    if (task > 2) Sys.sleep(60)
    task
  }
  environment(slow) <- baseenv()
  # the signal comes once two tasks are done
  interrupted <- function(...) {
    workers <- open_workers(control_of(...), list(), 4L)
    on.exit(close_workers(workers))
    done <- 0
    tick <- function() {
      done <<- done + 1
      if (done == 2) tools::pskill(Sys.getpid(), tools::SIGINT)
    }
    c(run_tasks(slow, as.list(1:4), workers, tick = tick), list(pids = workers$pids))
  }
  here <- interrupted(threads = 2)
  expect_true(here$interrupted)
  expect_identical(here$values, list(1L, 2L, NULL, NULL))
  # those that had no task end by themselves, a moment later
  patience <- 200L
  while (any(tools::pskill(here$pids, 0)) && patience > 0L) {
    Sys.sleep(0.05)
    patience <- patience - 1L
  }
  expect_gt(patience, 0L)
  cluster <- parallel::makePSOCKcluster(2)
  pids <- unlist(parallel::clusterCall(cluster, Sys.getpid))
  on.exit({
    tools::pskill(pids, tools::SIGKILL)
    for (node in cluster) close(node$con)
  })
  there <- interrupted(cluster = cluster)
  expect_identical(there$values, here$values)
  # they are let go of the tasks that nobody waits for, and give the old answers first
  tools::pskill(pids, tools::SIGINT)
  expect_identical(
    answers_of(a_number, as.list(1:5), cluster = cluster)$done,
    answers_of(a_number, as.list(1:5))$done
  )
})

test_that("a cluster that is no socket cluster is served by parallel's functions", {
  cluster <- hasty_cluster()
  expect_identical(
    answers_of(a_number, as.list(1:9), cluster = cluster)$done,
    answers_of(a_number, as.list(1:9))$done
  )
})

test_that("there are no more processes than cores", {
  asked <- with_function("start_processes", function(workers, count, shared) {
    workers$own <- FALSE
    workers$count <- count
  }, open_workers(moelogit_control(threads = 20000), list(), 50000L)$count)
  expect_identical(asked, most_processes())
  expect_lte(asked, max(2L, parallel::detectCores()))
})

test_that("own processes send answers without waiting for acknowledgements", {
  before <- getOption("socketOptions")
  setting <- function(task, shared) getOption("socketOptions")
  there <- answers_of(setting, list(1, 2), threads = 2)$done$values
  expect_identical(there, list("no-delay", "no-delay"))
  expect_identical(getOption("socketOptions"), before)
})

test_that("there are no more processes than cores, and two where these are not known", {
  expect_identical(most_processes(64L), 64L)
  expect_identical(most_processes(1L), 2L)
  expect_identical(most_processes(NA_integer_), 2L)
})
