test_that("scores are those of fits to the training rows", {
  folds <- lapply(1:3, function(j) {
    test <- seq(j, 150, by = 3)
    list(train = setdiff(1:150, test), test = test)
  })
  cv <- cv_moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1, penalty = c(1, 0.1),
                    folds = folds, rule = "min")
  loss <- function(fold, penalty) {
    fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris[fold$train, ], k = 1,
                    penalty = penalty)
    test <- iris[fold$test, ]
    -mean(log(predict(fit, test, type = "prob")[cbind(1:50, as.integer(test$Species))]))
  }
  expected <- sapply(folds, function(fold) c(loss(fold, 0.1), loss(fold, 1)))
  expect_equal(cv$fold_logloss, expected, tolerance = 1e-5)
  expect_equal(cv$table$logloss, rowMeans(cv$fold_logloss))
  expect_equal(cv$table$se, apply(cv$fold_logloss, 1, sd) * sqrt(2 / 3) / sqrt(2))
  best <- which.min(cv$table$logloss)
  expect_equal(cv$best$penalty, cv$table$penalty[best])
  whole <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1, penalty = cv$best$penalty)
  expect_equal(coef(cv), coef(whole), tolerance = 1e-6)
  expect_equal(predict(cv, iris[1:3, ], type = "prob"), predict(cv$fit, iris[1:3, ], type = "prob"))
})

test_that("along the path the start is the fit before, unless new starts lead higher", {
  set.seed(1)
  x <- as.matrix(yeast_ppi[1:1500, c("log_common", "log_paths3")])
  design <- model_design_matrix(x, yeast_ppi$interacts[1:1500])
  control <- moelogit_control(penalty = 0.1)
  first <- path_fit(design, 2L, control, NULL)
  control$penalty[] <- 1
  alone <- moelogit(x, yeast_ppi$interacts[1:1500], k = 2, penalty = 1, start = first)
  for (seed in 1:5) {
    set.seed(seed)
    expect_gte(path_fit(design, 2L, control, first)$objective, alone$objective - 1e-8)
  }
})

test_that("the rule of one standard error takes the simplest setting near the best", {
  table <- data.frame(
    k = c(1, 1, 2, 2, 3, 3), penalty = c(1, 10, 1, 10, 1, 10),
    logloss = c(0.60, 0.65, 0.52, 0.54, 0.50, 0.55), se = 0.045
  )
  expect_equal(choose_setting(table, "min"), 5)
  expect_equal(choose_setting(table, "1se"), 4)
  table$logloss[1] <- Inf
  expect_equal(choose_setting(table, "1se"), 4)
})

test_that("formula and matrices, fold numbers and lists give the same", {
  folds <- rep(1:3, 50)
  list <- lapply(1:3, function(j) list(train = which(folds != j), test = which(folds == j)))
  run <- function(folds) {
    set.seed(4)
    cv_moelogit(Species ~ Sepal.Length, iris, k = 1:2, penalty = 1, folds = folds, starts = 3)
  }
  a <- run(folds)
  expect_equal(run(list)$table, a$table)
  set.seed(4)
  b <- cv_moelogit(as.matrix(iris[1]), iris$Species, k = 1:2, penalty = 1, folds = folds,
                   starts = 3)
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

test_that("it prints and tidies", {
  cv <- given_cv()
  expect_snapshot_output(print(cv))
  expect_equal(tidy(cv), cv$table)
  expect_equal(glance(cv), cv$best)
})
