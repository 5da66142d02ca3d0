test_that("the best so far is in the file: of most records, then of the highest objective", {
  case <- random_problem()
  file <- tempfile()
  heard <- 0
  thetas <- lapply(1:5, function(i) random_theta(case$problem))
  with_function("checkpoint_seconds", 0, {
    writer <- checkpoint_writer(file, case$problem, function(...) heard <<- heard + 1)
    holds <- function() match(list(read_checkpoint(file)$theta), thetas)
    writer(1, -10)
    expect_false(file.exists(file))
    writer(1, -10, thetas[[1]], 50)
    expect_identical(holds(), 1L)
    writer(2, -11, thetas[[2]], 50)
    expect_identical(holds(), 1L)
    writer(3, -9, thetas[[3]], 50)
    expect_identical(holds(), 3L)
    writer(1, -90, thetas[[4]], 80)
    expect_identical(holds(), 4L)
    writer(1, -8, thetas[[5]], 50)
    expect_identical(holds(), 4L)
  })
  expect_identical(heard, 6)
  # in between nothing is written
  writer <- checkpoint_writer(file, case$problem)
  writer(1, -10, thetas[[1]], 50)
  writer(2, -9, thetas[[2]], 50)
  expect_identical(read_checkpoint(file)$theta, thetas[[1]])
  expect_length(list.files(dirname(file), "^checkpoint"), 0)
})

test_that("a fit goes on from the file, and leaves it at its end", {
  data <- two_experts(200)
  file <- tempfile()
  set.seed(1)
  first <- moelogit(y ~ x + z | x, data, k = 2, starts = 3, checkpoint = file)
  again <- moelogit(y ~ x + z | x, data, k = 2, start = file)
  expect_identical(again$trace[1], first$objective)
  expect_equal(coef(again), coef(first), tolerance = 1e-6)
  set.seed(1)
  plain <- moelogit(y ~ x + z | x, data, k = 2, starts = 3)
  expect_identical(first[c("theta", "runs", "trace")], plain[c("theta", "runs", "trace")])
})

test_that("what is no checkpoint, or not a whole one, is an error", {
  old <- setwd(tempdir())
  on.exit(setwd(old))
  case <- random_problem()
  write_checkpoint("whole.rds", case$problem$frame, random_theta(case$problem), 1)
  bytes <- readBin("whole.rds", "raw", file.size("whole.rds"))
  writeBin(utils::head(bytes, length(bytes) / 2), "half.rds")
  saveRDS(1:3, "numbers.rds")
  writeLines("Not mine.", "text.rds")
  expect_snapshot_output(show_errors(
    moelogit_control(start = "half.rds"),
    moelogit_control(start = "numbers.rds"),
    moelogit_control(start = "text.rds"),
    moelogit_control(start = "none.rds"),
    moelogit(Species ~ Sepal.Length, iris, k = 2, start = "whole.rds")
  ))
  expect_warning(
    write_checkpoint("no/folder/fit.rds", case$problem$frame, random_theta(case$problem), 1),
    class = "moelogit_warning_checkpoint"
  )
})

test_that("after the session was killed, the fit ends where it would have", {
  skip_on_cran()
  skip_on_os("windows")
  files <- tempfile(c("data", "fit", "pid", "script"))
  data <- two_experts(500)
  start <- cbind(data$x > 0, data$x <= 0) + 0.5
  saveRDS(list(data = data, start = start), files[1])
  writeLines(c(
    sprintf(".libPaths(%s)", deparse1(.libPaths())),
    sprintf("given <- readRDS('%s')", files[1]),
    sprintf("writeLines(format(Sys.getpid()), '%s')", files[3]),
    "moelogit::moelogit(y ~ x + z | x, given$data, k = 2, start = given$start, method = 'mm',",
    sprintf("  tol = 0, max_iter = 1e9, checkpoint = '%s')", files[2])
  ), files[4])
  system2(file.path(R.home("bin"), "Rscript"), c("--vanilla", files[4]), wait = FALSE,
          stdout = FALSE, stderr = FALSE)
  tries <- 0
  while (!file.exists(files[2]) && tries < 1200) {
    Sys.sleep(0.1)
    tries <- tries + 1
  }
  tools::pskill(as.integer(readLines(files[3])), tools::SIGKILL)
  resumed <- moelogit(y ~ x + z | x, data, k = 2, start = files[2])
  whole <- moelogit(y ~ x + z | x, data, k = 2, start = start)
  expect_equal(coef(resumed), coef(whole), tolerance = 1e-5)
})
