test_that("a covariate without any bearing is worth nothing, the one that decides all the most", {
  set.seed(1)
  d <- data.frame(a = rnorm(300), b = rnorm(300), c = rnorm(300))
  d$y <- factor(rbinom(300, 1, plogis(3 * d$a + d$b)))
  bag <- bag_moelogit(y ~ a + b + c, d, k = 1, penalty = 1, members = 10)
  worth <- permutation_importance(bag, d)
  expect_equal(worth$variable, c("a", "b", "c"))
  expect_gt(worth$importance[1], worth$importance[2] + 2 * worth$se[2])
  expect_lt(abs(worth$importance[3]), 0.02)
})

test_that("it is the growth of the log loss on the rows left out", {
  set.seed(2)
  cv <- cv_moelogit(interacts ~ log(1 + log_common) + log_paths3, yeast_ppi[1:400, ], k = 1,
                    penalty = 1, folds = 2)
  set.seed(3)
  worth <- permutation_importance(cv, yeast_ppi[1:400, ])
  set.seed(3)
  grown <- sapply(1:2, function(b) {
    test <- yeast_ppi[cv$folds[[b]]$test, ]
    loss <- function(d) {
      design <- new_design(cv$recipe, d)
      prob <- tempered(member_probabilities(cv$ensemble$members[[b]], design), cv$temperature)
      -mean(log(prob[cbind(seq_len(nrow(d)), as.integer(d$interacts))]))
    }
    sapply(c("log_common", "log_paths3"), function(name) {
      shuffled <- test
      shuffled[[name]] <- test[sample.int(nrow(test)), name]
      loss(shuffled)
    }) - loss(test)
  })
  expect_equal(worth$importance[match(rownames(grown), worth$variable)], unname(rowMeans(grown)))
})

test_that("matrices, and rows with missing values, work too", {
  x <- as.matrix(iris[1:2])
  set.seed(4)
  bag <- bag_moelogit(x, iris$Species, z = as.matrix(iris[4]), k = 1, penalty = 1, members = 3)
  worth <- permutation_importance(bag, x, as.matrix(iris[4]))
  expect_setequal(worth$variable, names(iris)[c(1, 2, 4)])
  # with one expert the gate is worth nothing
  expect_equal(worth$importance[worth$variable == "Petal.Width"], 0)
  d <- iris
  d$Sepal.Width[5] <- NA
  bag <- bag_moelogit(Species ~ Sepal.Length + Sepal.Width, d, k = 1, penalty = 1, members = 3)
  expect_gt(permutation_importance(bag, d)$importance[1], 0)
})

test_that("other data, and one setting alone, are refused", {
  set.seed(5)
  bag <- bag_moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = 1, members = 2)
  cv <- cv_moelogit(Species ~ Sepal.Length, iris, k = 1, penalty = 1, folds = 2, rule = "min")
  expect_snapshot_output(show_errors(
    permutation_importance(bag, iris[1:10, ]),
    permutation_importance(cv, iris)
  ))
})

test_that("counts, and columns without names, are shuffled too", {
  set.seed(6)
  d <- data.frame(x = rnorm(80), noise = rnorm(80))
  d$y <- cbind(a = rpois(80, exp(d$x)), b = rpois(80, 2))
  d$y[7, ] <- 0
  d$y[9, 1] <- NA
  bag <- bag_moelogit(y ~ x + noise, d, k = 1, penalty = 1, members = 4)
  worth <- permutation_importance(bag, d)
  expect_identical(worth$variable[1], "x")
  expect_gt(worth$importance[1], 0)
  x <- unname(as.matrix(d[-9, 1:2]))
  plain <- bag_moelogit(x, d$y[-9, ], k = 1, penalty = 1, members = 4)
  worth <- permutation_importance(plain, x)
  expect_setequal(worth$variable, c("x1", "x2"))
  expect_identical(worth$variable[1], "x1")
})
