test_that("heights and merges are those of the dendrograms", {
  s <- selection()
  merged <- mixing_dendrogram(s$fits[[4]], metric = "euclidean", weighting = "intercept")
  expect_equal(unname(s$published$heights), unname(merged$heights))
  expect_equal(s$table$height_merged[-1], unname(merged$heights))
  expect_equal(s$table$height[-1], unname(s$dendrogram$heights))
  top <- mixing_dendrogram(s$fits[[4]], metric = "curvature", weighting = "average")
  expect_equal(s$dendrogram$heights[["4"]], top$heights[["4"]], tolerance = 1e-6)
  l <- s$table$loglik_merged / 400
  h <- s$table$height_merged
  expect_equal(s$table$dsc_raw[-1], -(h + log(400) * l)[-1])
  expect_equal(s$table$dsc_rescaled[-1],
               -(h / max(h, na.rm = TRUE) + log(400) * l / abs(l[4]))[-1])
})

test_that("at every level each expert of the overfitted fit is somewhere once", {
  s <- selection()
  for (k in 1:4) {
    expect_length(s$experts[[k]], k)
    members <- unlist(strsplit(s$experts[[k]], "+", fixed = TRUE))
    expect_setequal(members, as.character(1:4))
    expect_length(members, 4)
  }
  expect_identical(unname(s$experts[[4]]), as.character(1:4))
})

test_that("the candidates of a level are the two closest pairs merged and each expert left out", {
  measure <- mixing_measure(select_experts(y ~ x + z, two_experts(), k_max = 4, starts = 4)$
                              fits[["4"]], weighting = "average")
  apart <- dissimilarity_matrix(measure, "curvature")
  candidates <- merge_candidates(measure, "curvature")
  expect_length(candidates, 6L)
  expect_equal(candidates[1:2], closest_merges(measure, "curvature", 2L))
  for (gone in 1:4) {
    one <- candidates[[2L + gone]]
    expect_true(gone %in% one$pair && one$pair[1L] < one$pair[2L])
    expect_equal(one$height, min(apart[gone, -gone]))
    expect_equal(one$height, apart[one$pair[1L], one$pair[2L]])
    expect_setequal(colnames(one$measure$gate), as.character(setdiff(1:4, gone)))
    # the expert that stays takes the place of the pair
    stays <- setdiff(one$pair, gone)
    expect_equal(colnames(one$measure$gate)[one$pair[1L]], as.character(stays))
  }
})

test_that("the overfitted fit makes fewer starts, unless they were asked for", {
  problem <- random_problem(n = 30, k = 4)$problem
  frame <- problem$frame
  budget <- function(...) overfitted_budget(problem, moelogit_control(...))
  expect_equal(budget(), c(starts = 8, short_iter = 20, keep = 2, search = 0))
  expect_equal(budget(keep = 12L)[c("starts", "keep")], c(starts = 12, keep = 12))
  expect_equal(budget(search = 5)[["search"]], 5)
  expect_equal(budget(starts = 30L), search_budget(frame, moelogit_control(starts = 30L)))
  # with many rows one run is continued
  problem$response <- integer(max_short_rows + 1L)
  expect_equal(budget()[c("starts", "keep")], c(starts = 8, keep = 1))
})

test_that("merges compared on some of the rows end where those compared on all do", {
  three <- selection()$fits[[3]]
  merges <- merge_candidates(mixing_measure(three, weighting = "average"), "curvature")
  two <- with_experts(training_problem(three), 2L)
  control <- three$control
  set.seed(1)
  few <- some_rows(two, 100L)
  expect_length(few$response, 100L)
  refit <- function(few) refit_best(two, few, control, merges, NULL)
  of_few <- refit(few)
  of_all <- refit(two)
  expect_true(of_few$merge %in% seq_along(merges))
  # the value is that of all rows
  objective <- core_evaluate(two, of_few$run$theta, run_options(control), 1L)$objective
  expect_equal(final_objective(of_few$run), objective)
  expect_equal(final_objective(of_few$run), final_objective(of_all$run), tolerance = 0.02)
})
