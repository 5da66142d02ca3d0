test_that("scores are those of fits to the training rows", {
  folds <- lapply(1:3, function(j) {
    test <- seq(j, 150, by = 3)
    list(train = setdiff(1:150, test), test = test)
  })
  cv <- cv_moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1, penalty = c(1, 0.1),
                    folds = folds, rule = "min", race = FALSE)
  loss <- function(fold, penalty) {
    fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris[fold$train, ], k = 1,
                    penalty = penalty)
    test <- iris[fold$test, ]
    -mean(log(predict(fit, test, type = "prob")[cbind(1:50, as.integer(test$Species))]))
  }
  expected <- sapply(folds, function(fold) c(loss(fold, 0.1), loss(fold, 1)))
  expect_equal(cv$fold_logloss, expected, tolerance = 1e-4)
  expect_equal(cv$table$logloss, rowMeans(cv$fold_logloss))
  expect_equal(cv$table$se, apply(cv$fold_logloss, 1, sd) * sqrt(2 / 3) / sqrt(2))
  best <- which.min(cv$table$logloss)
  difference <- t(t(cv$fold_logloss) - cv$fold_logloss[best, ])
  expect_equal(cv$table$difference, rowMeans(difference))
  expect_equal(cv$table$se_difference, apply(difference, 1, sd) / sqrt(3))
  expect_equal(cv$best$penalty, cv$table$penalty[best])
  expect_identical(which(cv$table$chosen), best)
  whole <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1, penalty = cv$best$penalty)
  expect_equal(coef(cv), coef(whole), tolerance = 1e-6)
  expect_identical(cv$temperature, 1)
  expect_equal(predict(cv, iris[1:3, ], type = "prob"), predict(cv$fit, iris[1:3, ], type = "prob"))
})

test_that("the rule of one standard error takes the simplest setting near the best", {
  table <- data.frame(
    k = c(1, 1, 2, 2, 3, 3), penalty = c(1, 10, 1, 10, 1, 10), logloss = 0.5,
    difference = c(0.10, 0.15, 0.02, 0.04, 0, 0.05), se_difference = c(0.01, 0.3, 0.04, 0.05, 0, 0),
    folds = c(5, 2, 5, 5, 5, 5)
  )
  expect_equal(choose_setting(table, "1se"), 4)
  table$logloss[5] <- 0.4
  expect_equal(choose_setting(table, "min"), 5)
  table$difference[4] <- Inf
  expect_equal(choose_setting(table, "1se"), 3)
})

test_that("the stack weighs what its settings give the test rows", {
  set.seed(1)
  cv <- cv_moelogit(interacts ~ log_common + log_paths3, yeast_ppi[1:600, ], k = c(1, 3),
                    penalty = c(0.1, 10), folds = 3, race = FALSE)
  used <- which(cv$table$weight > 0)
  expect_equal(sum(cv$table$weight), 1)
  expect_equal(sort(cv$weights$weight), sort(cv$table$weight[used]))
  observed <- cv$held_out$prob[cbind(1:600, as.integer(yeast_ppi$interacts[1:600]))]
  expect_lt(-mean(log(observed)), cv$min$logloss)
  # each row by the fits of the fold that leaves it out
  members <- split(cv$ensemble$members, rep(1:3, each = length(used)))
  test <- cv$folds[[2]]$test
  design <- new_design(cv$recipe, yeast_ppi[test, ])
  by_hand <- Reduce(`+`, Map(function(m, w) {
    member_probabilities(m, design) * w
  }, members[[2]], cv$table$weight[used]))
  expect_equal(cv$held_out$prob[test, ], tempered(by_hand, cv$temperature), ignore_attr = TRUE)
  # at the best temperature: what is left has none
  expect_false(cv$temperature == 1)
  expect_equal(fit_temperature(cv$held_out), 1, tolerance = 1e-3)
  # and new rows by all
  new <- yeast_ppi[601:610, ]
  all <- sapply(cv$ensemble$members, function(m) {
    member_probabilities(m, new_design(cv$recipe, new))[, 2]
  })
  weight <- rep(cv$table$weight[used], 3) / 3
  prob <- predict(cv, new, type = "prob", spread = TRUE)
  mean <- drop(all %*% weight)
  expect_equal(prob$fit, tempered(cbind(1 - mean, mean), cv$temperature), ignore_attr = TRUE)
  expect_equal(prob$spread[, 2], sqrt(drop((all - drop(all %*% weight))^2 %*% weight)),
               ignore_attr = TRUE)
  expect_equal(predict(cv, new), factor(ifelse(prob$fit[, 2] > 0.5, "yes", "no"), c("no", "yes")),
               ignore_attr = TRUE)
  expect_equal(predict(cv, type = "prob"), cv$held_out$prob)
  expect_equal(calibration(cv, replicates = 0)$scores$log_loss, -mean(log(observed)))
  expect_equal(
    calibration(cv, new, replicates = 0)$scores$brier,
    calibration(prob$fit, new$interacts, replicates = 0)$scores$brier
  )
})

test_that("settings are dropped that neither win nor are in the stack, others not touched", {
  run <- function(race) {
    set.seed(2)
    cv_moelogit(interacts ~ log_common + log_paths3, yeast_ppi[1:900, ], k = 1:2,
                penalty = c(0.1, 1, 1000), folds = 4, race = race)
  }
  all <- run(FALSE)
  raced <- run(TRUE)
  expect_equal(all$table$folds, rep(4, 6))
  dropped <- raced$table$folds < 4
  expect_true(any(dropped))
  expect_false(dropped[which.min(all$table$logloss)])
  expect_equal(all$table$weight[dropped], rep(0, sum(dropped)))
  expect_equal(raced$best$k, all$best$k)
  expect_equal(is.na(raced$table$se), dropped)
  # a dropped setting stays as far from the best as it was in the folds that it took part in
  at <- which(dropped)[1]
  folds <- which(!is.na(raced$fold_logloss[at, ]))
  best <- which.min(raced$table$logloss)
  weight <- lengths(lapply(raced$folds[folds], `[[`, "test"))
  ahead <- raced$fold_logloss[at, folds] - raced$fold_logloss[best, folds]
  expect_equal(raced$table$difference[at], weighted.mean(ahead, weight))
  expect_equal(raced$table$logloss[at], raced$min$logloss + raced$table$difference[at])
})

test_that("who fits changes nothing, neither the race nor what is drawn afterwards", {
  run <- function(...) {
    set.seed(2)
    cv <- cv_moelogit(interacts ~ log_common + log_paths3, yeast_ppi[1:600, ], k = 1:3,
                      penalty = c(0.1, 1, 1000), folds = 3, starts = 3, ...)
    c(cv[c("table", "weights", "held_out", "fold_logloss", "ensemble")],
      list(fit = cv$fit[c("theta", "runs", "loglik")], control = cv$fit$control, call = cv$fit$call,
           after = runif(1)))
  }
  alone <- run()
  expect_true(any(alone$table$folds < 3))
  here <- run(threads = 2)
  expect_identical(here$control$threads, 2L)
  there <- run(cluster = two_workers())
  expect_null(there$control$cluster)
  expect_null(there$call$cluster)
  expect_setequal(names(there$control), names(moelogit_control()))
  alone[c("control", "call")] <- here[c("control", "call")] <- there[c("control", "call")] <- NULL
  expect_identical(here, alone)
  expect_identical(there, alone)
})

test_that("rows in no test fold have no held-out prediction", {
  set.seed(3)
  rows <- 1:1500
  folds <- pair_folds(yeast_ppi$idA[rows], yeast_ppi$idB[rows], v = 3)
  cv <- cv_moelogit(interacts ~ log_common, yeast_ppi[rows, ], k = 1:2, penalty = 1, folds = folds)
  tested <- sort(unlist(lapply(folds, `[[`, "test")))
  expect_equal(which(!is.na(cv$held_out$prob[, 1])), tested, ignore_attr = TRUE)
  expect_equal(calibration(cv, replicates = 0)$scores$n, length(tested))
})

test_that("formula and matrices, fold numbers and lists give the same", {
  folds <- rep(1:3, 50)
  list <- lapply(1:3, function(j) list(train = which(folds != j), test = which(folds == j)))
  run <- function(folds) {
    set.seed(4)
    cv_moelogit(Species ~ Sepal.Length, iris, k = 1:2, penalty = 1, folds = folds, starts = 3,
                search = 0)
  }
  a <- run(folds)
  expect_equal(run(list)$table, a$table)
  set.seed(4)
  b <- cv_moelogit(as.matrix(iris[1]), iris$Species, k = 1:2, penalty = 1, folds = folds,
                   starts = 3, search = 0)
  expect_equal(b$table, a$table, tolerance = 1e-6)
  expect_s3_class(b$fit, "moelogit")
  expect_equal(update(a$fit, k = 2)$k, 2L)
})

test_that("weights count rows of the test sets, and rows left out are taken off the folds", {
  d <- transform(iris, w = rep(1:2, 75))
  d$Sepal.Length[c(3, 77)] <- NA
  folds <- rep(1:3, 50)
  run <- function(d, folds) {
    cv_moelogit(Species ~ Sepal.Length, d, k = 1, penalty = 1, folds = folds)
  }
  a <- run(d, folds)
  expect_equal(a$table, run(d[-c(3, 77), ], folds[-c(3, 77)])$table)
  expect_equal(max(unlist(a$folds)), 148L)
  long <- rep(seq_len(150), d$w)
  weighted <- cv_moelogit(Species ~ Sepal.Length, d, k = 1, penalty = 1, folds = folds, weights = w)
  expect_equal(weighted$table, run(d[long, ], folds[long])$table, tolerance = 1e-5)
})

test_that("counts are divided by their rows", {
  set.seed(1)
  x <- matrix(rnorm(60), 60, dimnames = list(NULL, "x"))
  counts <- t(sapply(plogis(x), function(p) rmultinom(1, 5, c(p, 1 - p))))
  colnames(counts) <- c("a", "b")
  cv <- cv_moelogit(x, counts, k = 1, penalty = 1, folds = rep(1:2, 30))
  parts <- sapply(1:2, function(j) {
    test <- seq(j, 60, by = 2)
    fit <- moelogit(x[-test, , drop = FALSE], counts[-test, ], k = 1)
    prob <- predict(fit, x[test, , drop = FALSE], type = "prob")
    -sum(counts[test, ] * log(prob)) / sum(counts[test, ])
  })
  expect_equal(cv$fold_logloss, rbind(parts), tolerance = 1e-5, ignore_attr = TRUE)
})

test_that("wrong settings and folds are named", {
  expect_snapshot_output(show_errors(
    cv_moelogit(Species ~ Sepal.Length, iris, k = 0),
    cv_moelogit(Species ~ Sepal.Length, iris, k = "a"),
    cv_moelogit(Species ~ Sepal.Length, iris, penalty = -1),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = 1),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = rep(1:3, 10)),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = rep(1, 150)),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = list(list(train = 1:100, test = 90:150))),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = list(list(train = 1:100, test = 101:150))),
    cv_moelogit(Species ~ Sepal.Length, iris, folds = list(
      list(train = 1:100, test = 101:150), list(train = 1:100, test = integer())
    )),
    cv_moelogit(Species ~ Sepal.Length, iris, rule = "2se"),
    cv_moelogit(Species ~ Sepal.Length, iris, start = moelogit(Species ~ Sepal.Length, iris, k = 1))
  ))
})

test_that("a stack predicts no gates, and needs new data for the spread", {
  cv <- cv_moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = c(0.1, 1), folds = 2)
  expect_snapshot_output(show_errors(
    predict(cv, iris, type = "gate"),
    predict(cv, spread = TRUE)
  ))
})

test_that("it prints and tidies", {
  cv <- given_cv("stack")
  expect_snapshot_output(print(cv))
  expect_snapshot_output(print(given_cv("min")))
  expect_equal(tidy(cv), cv$table)
  expect_equal(glance(cv), cv$best)
})

test_that("rows given probability 0 are a large loss, and of one fold no error is known", {
  set.seed(8)
  d <- data.frame(x = c(rnorm(58), 1e7, -1e7))
  d$y <- factor(d$x + rnorm(60) > 0)
  d$y[59:60] <- c(FALSE, TRUE)
  cv <- cv_moelogit(y ~ x, d, k = 1:2, penalty = c(1e-6, 1), folds = rep(1:3, each = 20),
                    starts = 2, standardize = FALSE)
  expect_true(all(is.finite(cv$table$logloss)))
  expect_gt(max(cv$table$logloss), 10)
  expect_false(any(vapply(cv$table, function(v) is.double(v) && any(is.nan(v)), NA)))
  expect_true(is.finite(held_out_logloss(cv$held_out)))
  expect_identical(error_over_folds(c(0, 2), c(1, 3)), c(NA, 1))
  one <- data.frame(k = 1:2, penalty = 1, difference = c(0, 1), se_difference = NA, folds = 1)
  expect_identical(choose_setting(one, "1se"), 1L)
})

test_that("the table says whether the fits of all folds converged", {
  tried <- function(...) {
    set.seed(1)
    cv <- suppressWarnings(cv_moelogit(
      Species ~ Sepal.Length, iris, k = 1:2, penalty = 1, folds = 3, race = FALSE, progress = FALSE,
      ...
    ))
    cv$table$converged
  }
  expect_identical(tried(), c(TRUE, TRUE))
  expect_identical(tried(max_iter = 1), c(FALSE, FALSE))
})
