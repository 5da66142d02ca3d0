selection <- function() {
  set.seed(1)
  suppressMessages(select_experts(Species ~ Petal.Length + Sepal.Width, iris, k_max = 3))
}

test_that("the tree has a panel for the criterion and is cut at k", {
  skip_on_cran()
  choice <- selection()
  plot <- autoplot(choice, criterion = "bic", k = 2)
  expect_s3_class(plot, "ggplot")
  panels <- levels(ggplot2::ggplot_build(plot)$layout$layout$panel)
  expect_true("BIC" %in% panels)
  expect_silent(ggplot2::ggplotGrob(plot))
})

test_that("the experts are those of the level, with the leaves they hold", {
  skip_on_cran()
  choice <- selection()
  plot <- autoplot(choice, "experts", k = 2)
  expect_length(unique(plot$data$expert), 2L)
  held <- gsub("[0-9]+ = ", "", sub(".*each: ", "", gsub("\n", " ", plot$labels$subtitle)))
  expect_equal(nchar(gsub("[^0-9]", "", held)), choice$k_max)
  expect_silent(ggplot2::ggplotGrob(plot))
})

test_that("plot() draws and returns the selection; bad arguments are named", {
  skip_on_cran()
  choice <- selection()
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_identical(withVisible(plot(choice))$value, choice)
  expect_error(autoplot(choice, k = 4), class = "moelogit_error_argument")
  expect_error(autoplot(choice, "leaves"), class = "moelogit_error_argument")
  expect_error(autoplot(choice, criterion = "loglik"), class = "moelogit_error_argument")
})

test_that("the pictures of a fit are those of the chosen one; a sweep has a tree too", {
  skip_on_cran()
  choice <- selection()
  expect_equal(autoplot(choice, "coef")$data, autoplot(choice$fit, "coef")$data)
  set.seed(1)
  sweep <- suppressMessages(sweep_experts(Species ~ Petal.Length, iris, k_max = 2, starts = 3))
  expect_silent(ggplot2::ggplotGrob(autoplot(sweep)))
  expect_draws(autoplot(sweep, "experts", k = 2))
  expect_error(autoplot(sweep, criterion = "slope"), class = "moelogit_error_argument")
})
