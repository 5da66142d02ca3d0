test_that("maps keep their look", {
  fit <- rounded_fit()
  expect_picture("decision map", autoplot(fit, "map", c("Sepal.Length", "Sepal.Width"), n = 21))
})

test_that("each point has its most probable expert and class", {
  fit <- rounded_fit()
  map <- autoplot(fit, "map", n = 11)$data
  expect_equal(levels(map$kind), c("Most probable expert", "Most probable class"))
  for (type in c("gate", "prob")) {
    one <- map[map$kind == levels(map$kind)[if (type == "gate") 1 else 2], ]
    new <- data.frame(Sepal.Length = one$x, Sepal.Width = one$y)
    prob <- predict(fit, new, type = type)
    expect_equal(one$group, colnames(prob)[max.col(prob, "first")])
    expect_equal(one$prob, unname(apply(prob, 1, max)))
  }
  alone <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 1)
  expect_equal(levels(autoplot(alone, "map", n = 11)$data$kind), "Most probable class")
})

test_that("every region has its name, far from its border", {
  map <- expand.grid(x = 1:40, y = 1:40)
  map$group <- ifelse(map$x <= 20, "left", ifelse(map$y <= 20, "below", "above"))
  map$label <- map$group
  labels <- region_labels(map, 40)
  expect_setequal(labels$label, c("left", "below", "above"))
  left <- labels[labels$label == "left", ]
  expect_true(left$x > 5 && left$x < 16)
  expect_equal(max(border_distance(matrix(TRUE, 5, 5))), 3)
})

test_that("names of small regions are not hidden", {
  map <- expand.grid(x = 1:40, y = 1:40)
  map$group <- ifelse(map$x > 18 & map$x < 23 & map$y > 18 & map$y < 23, "in", "around")
  map$label <- ifelse(map$group == "in", "the inner one", "the outer one")
  labels <- region_labels(map, 40)
  expect_gt(max(abs(diff(labels$x)), abs(diff(labels$y))), 3)
})

test_that("a map needs two numbers", {
  d <- transform(mtcars, gear = factor(gear), am = am == 1)
  set.seed(1)
  fit <- moelogit(gear ~ wt + am, d, k = 1)
  expect_snapshot_output(show_errors(
    autoplot(fit, "map", c("wt", "am")),
    autoplot(fit, "map"),
    autoplot(fit, "map", "wt")
  ))
})

test_that("labels of a map have no border, and ggplot2 has nothing to say of it", {
  fit <- quick_fit(y ~ x + z, fit_data(), k = 2)
  old <- options(lifecycle_verbosity = "warning")
  on.exit(options(old))
  expect_silent(drawn <- ggplot2::layer_grob(autoplot(fit, "map"), 3L)[[1L]])
  border <- function(grob) {
    if (inherits(grob, "roundrect")) return(grob$gp$lwd)
    unlist(lapply(grob$children, border))
  }
  expect_true(all(border(drawn) == 0))
})
