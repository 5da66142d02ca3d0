# Who does the fits of a cross-validation: two processes of this machine and a cluster of two
# workers against one, with the race and without. Target: 1.8, and the same table. Then a cluster of
# three workers, of which one is killed at a random moment, again and again. Target: the same fit.
# cluster.R [KILLS]: how often, by default 20.
source("bench/helpers.R")

kills <- as.integer(c(commandArgs(TRUE), 20)[1])
sim <- simulated(2000, 20, 3, 4, "high")
cross_validate <- function(..., race = TRUE) {
  set.seed(1)
  cv_moelogit(sim$x, sim$y, k = 1:4, penalty = 10^seq(-2, 2, by = 0.5), folds = 5, race = race,
              progress = FALSE, ...)
}
answer <- function(cv) c(cv[c("table", "held_out")], list(theta = cv$fit$theta))

pair <- start_workers(2)
timed <- lapply(c(race = TRUE, whole = FALSE), function(race) {
  calls <- list(
    one = function() cross_validate(race = race),
    threads = function() cross_validate(race = race, threads = 2),
    workers = function() cross_validate(race = race, cluster = pair)
  )
  answers <- lapply(calls, function(call) answer(call()))
  stopifnot(identical(answers$threads, answers$one), identical(answers$workers, answers$one))
  interleaved(calls, times = 5)
})
parallel::stopCluster(pair)
table <- do.call(rbind, lapply(names(timed), function(what) {
  time <- timed[[what]]
  data.frame(what = what, by = c("two processes", "two workers"), one_s = time[["one"]],
             two_s = time[-1], ratio = time[["one"]] / time[-1])
}))
table$what <- c(race = "settings race", whole = "all settings in all folds")[table$what]
show_results(table, "cluster", "Target: ratio >= 1.8 (the answers are the same bit for bit).")

right <- answer(cross_validate())
longest <- timed$race[["one"]]
killed <- function(trial) {
  set.seed(trial)
  end <- with_a_worker_killed(start_workers(3), longest / 2, function(three) {
    cross_validate(cluster = three)
  })
  c(same = identical(answer(end$value), right), lost = end$lost)
}
trials <- vapply(seq_len(kills), killed, c(same = NA, lost = NA))
cat(sprintf(
  "One of three workers killed: %d of %d end with the same answer; the loss was noticed in %d.\n",
  sum(trials["same", ]), kills, sum(trials["lost", ])
))
