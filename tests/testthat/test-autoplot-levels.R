test_that("inverted merges are dashed, or hollow by level, at their own height", {
  tree <- some_tree()
  tree$height[2] <- tree$height[1] / 3
  plot <- autoplot(tree)
  expect_match(plot$labels$caption, "lower than the one before")
  by_level <- autoplot(tree, table = some_table(some_tree()))
  points <- layer_of(by_level, "GeomPoint")
  expect_equal(points$shape[order(-abs(points$x))], c(19, 21, 19, 19, 19))
  expect_equal(order(points$y), order(tree$height))
})

test_that("by level, each panel is aligned with the number of experts", {
  skip_on_cran()
  tree <- some_tree()
  table <- some_table(tree)
  plot <- autoplot(tree, k = 3, table = table)
  built <- ggplot2::ggplot_build(plot)
  expect_equal(
    levels(built$layout$layout$panel), c("Experts", "Height", "DSC", "Log-\nlikelihood")
  )
  # A branch for each atom at each level
  branch <- layer_of(plot, "GeomRect")
  for (level in 1:6) expect_equal(sum(-branch$xmin > level - 1e-9 & -branch$xmax < level), level)
  heights <- layer_of(plot, "GeomPoint")
  expect_equal(sort(-heights$x), 1:5 + 0.5)
})

test_that("several log-likelihoods get a legend, and missing criteria are left out", {
  tree <- some_tree()
  table <- some_table(tree)
  table$loglik_merged <- table$loglik - 10
  table$aic <- -2 * table$loglik
  plot <- autoplot(tree, table = table, criterion = "aic")
  types <- lapply(plot$layers, function(layer) levels(layer$data$column))
  expect_true(any(vapply(types, identical, NA, c("loglik", "loglik_merged"))))
  expect_equal(loglik_names(c("loglik", "loglik_merged")), c("refitted", "merged"))
  expect_silent(ggplot2::ggplot_build(autoplot(tree, k = 1, table = table)))
})

test_that("weights of the numbers of experts have a strip under the tree", {
  skip_on_cran()
  tree <- some_tree()
  table <- some_table(tree)
  table$weight <- c(0.02, 0.45, 0.3, 0.15, 0.06, 0.02)
  plot <- autoplot(tree, k = 2, table = table)
  expect_equal(
    levels(ggplot2::ggplot_build(plot)$layout$layout$panel)[1:3], c("Experts", "Weight", "Height")
  )
  bars <- layer_of(plot, "GeomRect", 2L)
  expect_equal(bars$fill == "grey30", c(FALSE, TRUE, TRUE, TRUE, FALSE, FALSE))
  height <- bars$ymax - bars$ymin
  expect_equal(height / sum(height), table$weight)
  table$weight[6] <- NA
  expect_silent(ggplot2::ggplotGrob(autoplot(tree, table = table)))
})

test_that("the credible set is the smallest that holds the level", {
  expect_equal(in_credible_set(c(0.5, 0.45, 0.05)), c(TRUE, TRUE, FALSE))
  expect_equal(in_credible_set(c(0.05, 0.9, 0.05)), c(FALSE, TRUE, FALSE))
  expect_equal(in_credible_set(1), TRUE)
})

test_that("ticks keep a distance", {
  expect_equal(apart(c(0, 0.1, 0.3, 0.35, 0.6), 0.22), c(1, 3, 5))
  expect_equal(apart(numeric(), 1), integer())
})

test_that("the tree of a selection by level keeps its look", {
  tree <- some_tree()
  table <- some_table(tree)
  table$weight <- c(0.02, 0.15, 0.6, 0.15, 0.06, 0.02)
  expect_picture("selection by level", autoplot(tree, k = 3, table = table))
})

test_that("criteria are named in words or as acronyms", {
  expect_equal(criterion_label("slope"), "Slope\ncriterion")
  expect_equal(criterion_label("dsc_raw"), "DSC\nRAW")
  expect_equal(criterion_label("bic"), "BIC")
})
