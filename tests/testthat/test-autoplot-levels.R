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
  tree <- some_tree()
  table <- some_table(tree)
  plot <- autoplot(tree, k = 3, table = table)
  built <- ggplot2::ggplot_build(plot)
  expect_equal(
    levels(built$layout$layout$panel), c("Experts", "Height", "DSC", "Log-lik.")
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
