# The mean of the means of cells, which weigh the same, and its standard error.
cell_mean <- function(x, cell) {
  per_cell <- split(x, cell)
  variance <- vapply(per_cell, function(x) var(x) / length(x), 0)
  c(mean = mean(vapply(per_cell, mean, 0)), se = sqrt(sum(variance)) / length(per_cell))
}
