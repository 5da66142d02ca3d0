# Share of 60 problems on which the default starts reach the best of 200 random starts (all run to
# convergence), within 0.01 units of log-likelihood. Target: 95 %.
source("bench/helpers.R")

real_sets <- function() {
  take <- function(name, response, drop = NULL) {
    data(list = name, package = "mlbench", envir = environment())
    frame <- na.omit(get(name)[setdiff(names(get(name)), drop)])
    y <- factor(frame[[response]])
    frame[[response]] <- NULL
    numeric <- vapply(frame, function(v) is.numeric(v) && sd(v) > 0, NA)
    x <- data.matrix(frame[numeric])
    rows <- if (nrow(x) > 2000) sample.int(nrow(x), 2000) else seq_len(nrow(x))
    list(x = x[rows, , drop = FALSE], y = factor(y[rows]))
  }
  list(
    Glass = take("Glass", "Type"), Vehicle = take("Vehicle", "Class"),
    Vowel = take("Vowel", "Class", "V1"), PimaIndians = take("PimaIndiansDiabetes", "diabetes"),
    Ionosphere = take("Ionosphere", "Class", c("V1", "V2")), Sonar = take("Sonar", "Class"),
    Satellite = take("Satellite", "classes", paste0("x.", setdiff(1:36, 17:20))),
    BreastCancer = {
      data("BreastCancer", package = "mlbench", envir = environment())
      frame <- na.omit(BreastCancer)
      list(x = data.matrix(frame[2:10]), y = frame$Class)
    },
    iris = list(x = as.matrix(iris[1:4]), y = iris$Species),
    waveform = {
      set.seed(3)
      wave <- mlbench::mlbench.waveform(1000)
      list(x = wave$x, y = wave$classes)
    }
  )
}

# 30 real problems (10 sets, K = 2, 3, 4) and 30 simulated ones.
problems <- function() {
  set.seed(1)
  sets <- real_sets()
  real <- do.call(c, lapply(2:4, function(k) {
    lapply(names(sets), function(name) c(sets[[name]], list(name = name, k = k)))
  }))
  shapes <- expand.grid(k = 2:4, p = c(2, 5, 10), m = c(2, 3, 5), overlap = c("low", "high"),
                        stringsAsFactors = FALSE)
  shapes <- shapes[round(seq(1, nrow(shapes), length.out = 30)), ]
  made <- lapply(seq_len(30), function(i) {
    s <- shapes[i, ]
    sim <- simulated(c(300, 1000, 2000)[i %% 3 + 1], s$p, s$k, s$m, s$overlap, seed = i)
    list(x = sim$x, y = sim$y, name = paste("simulated,", s$overlap, "overlap"), k = s$k)
  })
  c(real, made)
}

# The reference: random coefficients and random posteriors of every kind, each run to its end.
best_of_random <- function(problem, control, count) {
  n <- length(problem$response)
  theta <- vapply(seq_len(count), function(i) {
    posterior <- switch(i %% 3 + 1,
      moelogit:::random_posterior(problem, "directions"),
      moelogit:::random_posterior(problem, "centers"),
      softmax(matrix(rnorm(n * problem$experts, sd = 2), n))
    )
    moelogit:::core_start(problem, posterior, control, 1L)
  }, numeric(moelogit:::coefficient_count(problem)))
  runs <- moelogit:::core_ascend(problem, theta, control, 1L, NULL)
  vapply(runs, function(run) tail(run$trace, 1L), 0)
}

cases <- problems()
table <- do.call(rbind, lapply(seq_along(cases), function(i) {
  case <- cases[[i]]
  control <- moelogit_control()
  problem <- suppressMessages(core_problem(case$x, case$y, case$k, control))
  set.seed(1000 + i)
  reference_s <- seconds(reference <- best_of_random(problem, control, 200))
  set.seed(i)
  ours_s <- seconds(ours <- moelogit:::fit_starts(problem, control))
  objective <- max(ours$starts$objective, na.rm = TRUE)
  data.frame(
    name = case$name, n = nrow(case$x), p = ncol(case$x), k = case$k, m = nlevels(case$y),
    best_of_200 = max(reference), default = objective, behind = max(reference) - objective,
    share_of_200 = mean(reference >= max(reference) - 0.01), reference_s, default_s = ours_s,
    reached = objective >= max(reference) - 0.01
  )
}))
show_results(table, "starts", sprintf(
  "Reached on %d of %d problems (%.0f %%). Target: 95 %%.",
  sum(table$reached), nrow(table), 100 * mean(table$reached)
))
