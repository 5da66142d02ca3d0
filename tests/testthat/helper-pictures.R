# A fit whose coefficients do not depend on the optimiser's last digits, for pictures and tables.
rounded_fit <- function() {
  set.seed(1)
  fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, iris, k = 2, starts = 6)
  fit <- set_coefficients(fit, round(coef(fit), 2))
  fit$gate_mean[] <- c(0.6, 0.4)
  fit$trace <- -70 - 100 * 0.5^(0:20)
  fit$runs <- data.frame(
    kind = rep(c("directions", "centers"), 3), short = -70 - c(2, 3, 4, 8, 10, 20),
    continued = rep(c(TRUE, FALSE), each = 3), objective = c(-70, -70, -71, NA, NA, NA),
    iterations = c(20, 25, 30, NA, NA, NA), converged = c(TRUE, TRUE, TRUE, NA, NA, NA),
    best = c(TRUE, TRUE, FALSE, NA, NA, NA)
  )
  fit$trace[21] <- -70
  fit
}

# Recorded with ggplot2 3.4, whose drawing differs from that of later versions.
expect_picture <- function(title, plot) {
  skip_on_cran()
  skip_if_not_installed("vdiffr")
  skip_if(utils::packageVersion("ggplot2") >= "3.5.0", "pictures are recorded with ggplot2 3.4")
  vdiffr::expect_doppelganger(title, plot)
}

expect_draws <- function(plot) {
  expect_s3_class(plot, "ggplot")
  expect_error(ggplot2::ggplot_build(plot), NA)
}

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

# The data as drawn of one of the layers of a kind
layer_of <- function(plot, geom, number = 1L) {
  found <- vapply(plot$layers, function(layer) inherits(layer$geom, geom), NA)
  ggplot2::layer_data(plot, which(found)[number])
}

# A cross-validation with given numbers
given_cv <- function(rule = "1se") {
  table <- data.frame(
    k = rep(1:3, each = 4), penalty = rep(c(0, 0.1, 1, 10), 3),
    logloss = c(0.6, 0.59, 0.6, 0.7, 2.5, 0.50, 0.51, 0.66, Inf, 0.49, 0.53, 0.68), se = 0.03,
    se_difference = 0.015, brier = 0.3, error = 0.2, folds = 5, converged = TRUE,
    weight = if (rule == "stack") c(0, 0.2, 0, 0, 0, 0.3, 0, 0, 0, 0.5, 0, 0) else 0
  )
  table$difference <- table$logloss - 0.49
  chosen <- choose_setting(table, if (rule == "min") rule else "1se")
  table$chosen <- seq_len(12) == chosen
  structure(
    list(
      table = table, best = table[chosen, ], min = table[10, ], rule = rule,
      weights = used_settings(table), temperature = 0.8765432, folds = vector("list", 5),
      recipe = list(classes = c("a", "b")),
      held_out = list(prob = matrix(0.62, 2, 2), y = 1:2, weights = c(1, 1))
    ),
    class = "cv_moelogit"
  )
}

# Ten classes with long names
many_classes <- function() {
  set.seed(1)
  x <- matrix(rnorm(600), 300, dimnames = list(NULL, c("x1", "x2")))
  names <- paste0("A rather long name of the class number ", 1:10)
  y <- factor(sample(names, 300, TRUE), names)
  suppressWarnings(moelogit(x, y, k = 2, starts = 2, max_iter = 20))
}
