# What tests ask of a part that is a data frame.
row_sums <- function(parts) {
  shell <- list(side = "x", columns = 1L, centered = TRUE)
  vapply(ask_parts(parts, "part_moments", shell), `[[`, 0, "center")
}

parts_of <- function(data, cluster, ...) {
  request <- frame_request(quote(f(formula = y ~ x - 1)), globalenv())
  read_parts(row_source(data, cluster = cluster, ...), request, NULL)
}

test_that("answers come in the order of the parts; a worker that lacks one is told how to", {
  skip_on_cran()
  data <- data.frame(x = 1:10, y = c("a", "b"))
  cluster <- two_workers()
  parts <- parts_of(data, cluster, parts = 5)
  means <- c(1.5, 3.5, 5.5, 7.5, 9.5)
  expect_equal(row_sums(parts), means)
  expect_identical(parts$homes, c(1L, 2L, 1L, 2L, 1L))
  # somebody else's task has taken the place of the rows
  parallel::clusterCall(cluster, function() getNamespace("moelogit")$keep_shared(NULL, NULL))
  expect_equal(row_sums(parts), means)
  expect_equal(row_sums(parts_of(data, hasty_cluster(), parts = 5)), means)
  parts$homes <- rev(parts$homes) %% 2L + 1L
  expect_equal(row_sums(parts), means)
})

test_that("also workers that cannot be told apart read a part once", {
  log <- tempfile()
  make <- eval(bquote(function(part) {
    cat(part, "\n", file = .(log), append = TRUE)
    data.frame(x = part + 0:1, y = c("a", "b"))
  }))
  parts <- parts_of(make, hasty_cluster(forgets = FALSE), parts = 3)
  for (time in 1:3) expect_equal(row_sums(parts), 1:3 + 0.5)
  expect_identical(sort(scan(log, quiet = TRUE)), c(1, 2, 3))
  # nor are they told again, but those who have forgotten
  told <- logical()
  plain <- task_payload
  with_function("task_payload", function(run, workers, i, untold) {
    told <<- c(told, untold)
    plain(run, workers, i, untold)
  }, {
    row_sums(parts)
    expect_false(any(told))
    keep_shared(NULL, NULL)
    expect_equal(row_sums(parts), 1:3 + 0.5)
    expect_true(any(told))
  })
  unlink(log)
})

test_that("the session's own random numbers are left alone, and each part has its own", {
  skip_on_cran()
  draw <- function(part) {
    function(reset = FALSE) {
      if (reset) left <<- 2L
      if (reset || left == 0L) return(NULL)
      left <<- left - 1L
      data.frame(x = stats::runif(3), y = c("a", "b", "a"))
    }
  }
  body(draw) <- bquote({
    left <- 0L
    .(body(draw)[[2]])
  })
  set.seed(1)
  before <- .Random.seed
  one <- row_sums(parts_of(draw, two_workers()[1], parts = 4))
  expect_identical(.Random.seed, before)
  expect_identical(row_sums(parts_of(draw, two_workers(), parts = 4)), one)
  expect_false(anyDuplicated(one) > 0)
})

test_that("the parts of a worker that is lost go to all that are left", {
  skip_on_cran()
  cluster <- fresh_workers(3)
  data <- data.frame(x = 1:24, y = c("a", "b"))
  parts <- parts_of(data, cluster, parts = 12)
  means <- row_sums(parts)
  tools::pskill(attr(cluster, "pids")[2], tools::SIGKILL)
  expect_message(again <- row_sums(parts), "2 are left", class = "moelogit_message_workers")
  expect_identical(again, means)
  expect_identical(tabulate(parts$homes, 3), c(6L, 0L, 6L))
  expect_silent(expect_identical(row_sums(parts), means))
})

test_that("a worker that says nothing is not waited for without end", {
  skip_on_cran()
  skip_on_os("windows")
  cluster <- fresh_workers(2)
  tools::pskill(attr(cluster, "pids")[2], tools::SIGSTOP)
  with_function("worker_seconds", function() 0.5, {
    expect_snapshot_output(show_errors(wake_workers(cluster)))
  })
  tools::pskill(attr(cluster, "pids"), tools::SIGKILL)
  expect_silent(wake_workers(cluster))
})

test_that("a part is what row_source() takes, or a source", {
  arguments <- list(chunk_rows = 2L)
  levels <- list(y = c("a", "b"))
  data <- data.frame(x = 1:3, y = c("a", "b", "b"))
  same <- function(source) {
    expect_identical(as.character(collect(source)$y), data$y)
    expect_null(source$cache_dir)
  }
  same(part_source(list(rows = data), arguments))
  same(part_source(list(rows = csv_of(data)), arguments))
  make <- function(part) row_source(data[part, ], levels = levels)
  made <- part_source(list(make = make, part = 1:3), arguments)
  same(made)
  expect_identical(made$levels, levels)
  nested <- function(part) row_source(data, cluster = hasty_cluster())
  expect_error(part_source(list(make = nested, part = 1), arguments), "cluster of its own")
})

test_that("workers of mirai do what others do, to the last bit", {
  skip_on_cran()
  skip_if_not_installed("mirai")
  before <- Sys.getenv("R_LIBS", NA)
  Sys.setenv(R_LIBS = paste(.libPaths(), collapse = .Platform$path.sep))
  cluster <- mirai::make_cluster(2)
  on.exit({
    parallel::stopCluster(cluster)
    if (is.na(before)) Sys.unsetenv("R_LIBS") else Sys.setenv(R_LIBS = before)
  })
  data <- source_data(200L)
  fit <- function(workers) {
    seeded_fit(y ~ x + f | z, row_source(data, cluster = workers, parts = 3))
  }
  expect_same_bits(fit(cluster), fit(two_workers()))
  validate <- function(...) {
    set.seed(1)
    cv_moelogit(y ~ x, data, k = 1:2, penalty = c(0.1, 1), folds = 2, starts = 2, ...)
  }
  expect_identical(validate(cluster = cluster)$table, validate()$table)
})
