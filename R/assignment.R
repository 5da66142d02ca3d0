#' Match the rows of a cost matrix to its columns at the least total cost
#'
#' Jonker and Volgenant (1987), \doi{10.1007/BF02278710}: shortest augmenting paths.
#' @param cost Matrix of finite costs; rows and columns may differ in number.
#' @return For each row the number of its column; `NA` for rows left over when there are more rows
#'   than columns. A permutation when the matrix is square.
#' @noRd
assign_labels <- function(cost) {
  columns <- core_assign(cost) + 1L
  columns[columns == 0L] <- NA_integer_
  columns
}
