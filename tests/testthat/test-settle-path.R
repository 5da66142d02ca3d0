small_path <- function(criterion = NULL, ...) {
  set.seed(5)
  ask <- select_experts.formula
  body(ask) <- quote(read_formula("select_experts", match.call()))
  polished_path(ask(y ~ x + z, two_experts(), ...), 4L, "curvature")
}

test_that("the level below is checked only when it is there and not far below", {
  table <- data.frame(k = 1:3, df = c(4, 8, 12), loglik = c(-200, -100, -53))
  expect_true(needs_check(table, 3L))
  table$loglik[3] <- -52
  expect_false(needs_check(table, 3L))
  expect_false(needs_check(table, 2L))
  expect_false(needs_check(table, 1L))
})

test_that("a poor optimum at the level below is found out", {
  path <- small_path()
  poor <- path
  # two copies of the only expert: a saddle
  one <- path$fits[[1]]
  two <- path$fits[[2]]
  two$gate[] <- 0
  two$expert[] <- one$expert
  problem <- with_experts(path$problem, 2L)
  value <- core_evaluate(problem, object_theta(two), run_options(path$asked$control), 1L)
  two$loglik <- value$loglik
  two$objective <- value$objective
  poor <- set_level(poor, two)
  expect_lt(poor$fits[[2]]$objective, path$fits[[2]]$objective - 10)
  set.seed(1)
  found <- check_below(poor, 2L)
  expect_gte(found$fits[[2]]$objective, path$fits[[2]]$objective - 1e-4)
  expect_equal(level_values(found, "loglik")[2], found$fits[[2]]$loglik)
})

test_that("no level gets worse, and the others stay as they are", {
  path <- small_path()
  set.seed(1)
  settled <- settle_path(path, "tempered", 400)
  before <- level_values(path, "objective")
  after <- level_values(settled, "objective")
  expect_true(all(after >= before))
  # a criterion that always wants the last level
  all_the_way <- settle_path(path, "dsc_rescaled", 400)
  expect_true(all(level_values(all_the_way, "objective") >= before))
})

test_that("a level that is replaced keeps its place in the tree and gets its height", {
  path <- small_path()
  fit <- path$fits[[3]]
  replaced <- replace_level(path, relabel(fit, c(3, 1, 2)))
  # the same fit in another order is put back into the order of the tree
  expect_equal(replaced$fits[[3]]$gate, fit$gate)
  expect_equal(replaced$height, path$height)
  fit$expert <- 2 * fit$expert
  scaled <- replace_level(path, fit)
  pair <- path$pairs[2, ]
  apart <- dissimilarity_matrix(mixing_measure(fit, weighting = "average"), "curvature")
  expect_equal(scaled$height[2], apart[pair[1], pair[2]])
  expect_identical(scaled$height[-2], path$height[-2])
  expect_equal(path_tree(scaled)$heights[["3"]], scaled$height[2])
})

test_that("a split has the expert in two places around its own", {
  coef <- list(gate = matrix(rnorm(4), 2), expert = array(rnorm(12), c(2, 3, 2)))
  more <- split_expert(coef, 2L)
  expect_equal(dim(more$expert), c(2, 3, 3))
  expect_equal((more$gate[, 2] + more$gate[, 3]) / 2, coef$gate[, 2])
  expect_equal((more$expert[, , 2] + more$expert[, , 3]) / 2, coef$expert[, , 2])
  expect_equal(more$gate[, 1], coef$gate[, 1])
})

test_that("nothing is searched from a start of one's own", {
  start <- fit_start(400, 4)
  path <- small_path(start = start)
  expect_identical(settle_path(path, "tempered", 400), path)
})

test_that("the chosen fit is as high as one from scratch", {
  set.seed(3)
  data <- fit_data(300)
  set.seed(1)
  choice <- suppressMessages(select_experts(y ~ x + z, data, k_max = 4, criterion = "aic"))
  set.seed(1)
  fit <- moelogit(y ~ x + z, data, k = choice$k)
  expect_gte(choice$fit$objective, fit$objective - 1e-6 * abs(fit$objective))
})
