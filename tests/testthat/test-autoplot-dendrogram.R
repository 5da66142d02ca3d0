# Three experts, the first with two near copies and the second with one
some_tree <- function() {
  pick <- c(1, 2, 3, 1, 2, 1)
  near <- array(sin(1:54) / 20, c(3, 3, 6))
  mixing_dendrogram(
    mixing_measure(
      log(c(0.3, 0.25, 0.2, 0.15, 0.095, 0.005)), gate = rbind(c(-1, 0, 1)[pick]),
      expert = array(2 * cos((1:27)^2), c(3, 3, 3))[, , pick] + near
    ),
    metric = "euclidean"
  )
}

some_table <- function(tree) {
  loglik <- -4000 - c(900, 300, 12, 8, 5, 3)
  data.frame(
    k = 1:6, loglik = loglik,
    dsc = dsc(c(NA, unname(tree$heights)), loglik, 4000, "rescaled", sqrt(4000))
  )
}

layer_of <- function(plot, geom) {
  found <- vapply(plot$layers, function(layer) inherits(layer$geom, geom), NA)
  ggplot2::layer_data(plot, which(found)[1L])
}

test_that("merges stand at their heights and groups share a colour", {
  tree <- some_tree()
  plot <- autoplot(tree, k = 3)
  expect_s3_class(plot, "ggplot")
  segments <- do.call(rbind, lapply(c(1, 3), function(i) {
    ggplot2::layer_data(plot, i)[c("x", "xend", "y", "yend", "colour")]
  }))
  flat <- segments[segments$y == segments$yend & segments$x != segments$xend, ]
  expect_setequal(round(flat$y, 8), round(log10(tree$height), 8))
  # Two copies merge with the first expert, one with the second: 3 bars of two halves in colour
  expect_equal(sum(flat$colour != beyond_cut), 6L)
  expect_length(unique(setdiff(segments$colour, beyond_cut)), 3L)
  expect_equal(unique(autoplot(tree)$layers[[1L]]$data$colour), "black")
})

test_that("the cut is between the last merge done and the first left", {
  tree <- some_tree()
  axis <- height_axis(tree$height, "log10")
  for (k in 1:6) {
    done <- log10(tree$height[seq_len(6 - k)])
    left <- setdiff(log10(tree$height), done)
    cut <- cut_height(tree, k, axis)
    expect_true(all(done < cut) && all(left > cut))
  }
  expect_null(cut_height(tree, NULL, axis))
  tree$height[3:4] <- tree$height[4:3]
  expect_null(cut_height(tree, 3L, height_axis(tree$height, "log10")))
  expect_s3_class(ggplot2::ggplot_build(autoplot(tree, k = 3)), "ggplot_built")
})

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

test_that("heights of zero stand on the floor; all zero is drawn too", {
  axis <- height_axis(c(0, 1e-3, 2), "log10")
  expect_equal(axis$place(c(0, 1e-3)), c(axis$floor, -3))
  expect_lt(axis$floor, -3)
  flat <- height_axis(c(0, 0), "log10")
  expect_equal(flat$place(0), flat$floor)
  for (height in list(c(1e-5, 3), c(0.3, 0.4), 1e-200)) {
    expect_gte(length(height_axis(height, "log10")$at), 2L)
  }
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

test_that("one expert and many experts are drawn", {
  alone <- mixing_dendrogram(
    mixing_measure(0, expert = array(c(1, -1), c(1, 2, 1))), metric = "euclidean"
  )
  table <- data.frame(k = 1, loglik = -10, dsc = NA_real_)
  set.seed(1)
  many <- mixing_dendrogram(random_measure(k = 12L))
  for (plot in list(
    autoplot(alone), autoplot(alone, k = 1), autoplot(alone, k = 1, table = table),
    autoplot(many, k = 12), autoplot(many, k = 9, scale = "linear")
  )) {
    expect_silent(ggplot2::ggplotGrob(plot))
  }
})

test_that("bad arguments are refused by name", {
  tree <- some_tree()
  expect_snapshot_output(show_errors(
    autoplot(tree, k = 7),
    autoplot(tree, scale = "sqrt"),
    autoplot(tree, table = data.frame(k = 1:6, dsc = 1)),
    autoplot(tree, table = 3),
    autoplot(tree, table = some_table(tree), criterion = "bic")
  ))
})
