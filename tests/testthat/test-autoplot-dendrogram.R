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

test_that("a dendrogram keeps its look, merges at zero included", {
  tree <- some_tree()
  tree$height[1] <- 0
  expect_picture("dendrogram", autoplot(tree, k = 3))
})
