# The model of this package as flexmix fits it, from given posteriors.

suppressPackageStartupMessages(library(flexmix))

fit_flexmix <- function(sim, steps = 200) {
  data <- data.frame(sim$x)
  data$class <- as.integer(sim$y)
  right <- paste(colnames(sim$x), collapse = " + ")
  flexmix(
    as.formula(paste("class ~", right)), data = data, k = ncol(sim$posterior),
    cluster = sim$posterior, model = FLXMRmultinom(),
    concomitant = FLXPmultinom(as.formula(paste("~", right))),
    control = list(minprior = 0, iter.max = steps)
  )
}
