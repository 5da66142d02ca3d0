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

test_that("the level above is checked only when it is there and falls little short", {
  table <- data.frame(k = 1:3, df = c(4, 8, 12), aic = c(120, 100, 100 + 4 * check_short - 1))
  expect_true(needs_check_above(table, 2L, "aic"))
  expect_false(needs_check_above(table, 3L, "aic"))
  table$aic[3] <- 100 + 4 * check_short
  expect_false(needs_check_above(table, 2L, "aic"))
  table$aic[3] <- NA
  expect_false(needs_check_above(table, 2L, "aic"))
})

# A path whose two experts are copies of the only one: a saddle.
with_poor_two <- function(path) {
  one <- path$fits[[1]]
  two <- path$fits[[2]]
  two$gate[] <- 0
  two$expert[] <- one$expert
  problem <- with_experts(path$problem, 2L)
  value <- core_evaluate(problem, object_theta(two), run_options(path$asked$control), 1L)
  two$loglik <- value$loglik
  two$objective <- value$objective
  set_level(path, two)
}

test_that("a poor optimum at a level is found out", {
  path <- small_path()
  poor <- with_poor_two(path)
  expect_lt(poor$fits[[2]]$objective, path$fits[[2]]$objective - 10)
  set.seed(1)
  found <- search_beside(poor, 2L)
  expect_gte(found$fits[[2]]$objective, path$fits[[2]]$objective - 1e-4)
  expect_equal(level_values(found, "loglik")[2], found$fits[[2]]$loglik)
})

test_that("an expert that a poor optimum above the choice hides is found", {
  path <- small_path()
  poor <- with_poor_two(path)
  for (k in 3:4) poor$by_level[[k]][["evidence"]] <- -1e6
  expect_identical(choose_level(selection_table(poor, 400), "tempered"), 1L)
  set.seed(1)
  settled <- settle_path(poor, "tempered", 400)
  expect_identical(choose_level(selection_table(settled, 400), "tempered"), 2L)
  expect_gte(settled$fits[[2]]$objective, path$fits[[2]]$objective - 1e-4)
})

test_that("the fit of the level above leads to one of the level", {
  path <- small_path()
  poor <- with_poor_two(path)
  merged <- merge_candidates(path$measures[[3]], "curvature")
  set.seed(1)
  seen <- NULL
  search_level(poor, 2L, function(pool, problem, climb) {
    seen <<- pool_around(poor, pool, problem, climb)
  })
  expect_identical(as.vector(table(seen$table$kind)[c("merged", "split")]),
                   c(length(merged) + 1L, 1L))
  expect_identical(sum(seen$table$continued), 2L)
})

test_that("a settled path is settled: nothing is left to search", {
  path <- small_path()
  set.seed(1)
  settled <- settle_path(path, "tempered", 400)
  set.seed(2)
  again <- settle_path(settled, "tempered", 400)
  expect_equal(level_values(again, "objective"), level_values(settled, "objective"))
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

test_that("nothing is searched on a path that was interrupted, where levels are missing", {
  path <- small_path()
  path$interrupted <- TRUE
  path$fits[1:2] <- list(NULL)
  path$by_level[1:2] <- list(NULL)
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

test_that("the chosen level gets fewer starts than a fit, and those that were asked for", {
  frame <- random_problem(n = 30, k = 3)$problem$frame
  budget <- function(...) settle_budget(frame, moelogit_control(...))
  expect_equal(budget()[["starts"]], settle_starts)
  expect_gte(budget()[["search"]], settle_search)
  expect_equal(budget(starts = 5L)[c("starts", "search")], c(starts = 5, search = 0))
  expect_equal(budget(search = 8)[["search"]], 8)
})

test_that("levels are searched where little lies between them and the choice", {
  table <- function(gain, short) {
    data.frame(
      loglik = c(-90, -60, -60 + gain, -60 + gain), df = c(2, 4, 6, 8),
      tempered = c(200, 150, 100, 100 + short)
    )
  }
  # 2 coefficients of an expert: below up to 24 of log-likelihood, above up to 6 of the criterion
  expect_true(needs_check(table(23, 0), 3L))
  expect_false(needs_check(table(25, 0), 3L))
  expect_false(needs_check(table(23, 0), 2L))
  expect_true(needs_check_above(table(25, 5), 3L, "tempered"))
  expect_false(needs_check_above(table(25, 7), 3L, "tempered"))
  expect_false(needs_check_above(table(25, 5), 4L, "tempered"))
})
