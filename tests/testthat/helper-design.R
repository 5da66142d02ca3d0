# What a modelling function does with its call.
design <- function(formula, data, subset, weights, na.action, offset, contrasts = NULL, ...) {
  model_design(match.call(), parent.frame(), contrasts, ...)
}

cars_data <- function() {
  transform(mtcars, cyl = factor(cyl), gear = factor(gear), am = am == 1, name = rownames(mtcars))
}
