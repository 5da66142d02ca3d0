selection <- function() {
  set.seed(1)
  suppressMessages(select_experts(Species ~ Petal.Length + Sepal.Width, iris, k_max = 3))
}

test_that("the tree has a panel for the criterion and is cut at k", {
  choice <- selection()
  plot <- autoplot(choice, criterion = "bic", k = 2)
  expect_s3_class(plot, "ggplot")
  panels <- levels(ggplot2::ggplot_build(plot)$layout$layout$panel)
  expect_true("BIC" %in% panels)
  expect_silent(ggplot2::ggplotGrob(plot))
})

test_that("the experts are those of the level, with the leaves they hold", {
  choice <- selection()
  plot <- autoplot(choice, "experts", k = 2)
  expect_setequal(as.character(unique(plot$data$expert)), c("1", "2"))
  held <- gsub("[0-9]+ = ", "", sub(".*each: ", "", plot$labels$subtitle))
  expect_equal(nchar(gsub("[^0-9]", "", held)), choice$k_max)
  expect_silent(ggplot2::ggplotGrob(plot))
})

test_that("plot() draws and returns the selection; bad arguments are named", {
  choice <- selection()
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_identical(withVisible(plot(choice))$value, choice)
  expect_error(autoplot(choice, k = 4), class = "moelogit_error_argument")
  expect_error(autoplot(choice, "leaves"), class = "moelogit_error_argument")
  expect_error(autoplot(choice, criterion = "loglik"), class = "moelogit_error_argument")
})
