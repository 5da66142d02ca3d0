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
