# Features of pairs of nodes, computed from a network that holds none of the pairs.
#
# `adjacency` is a symmetric sparse 0/1 matrix without diagonal (dgCMatrix, one row a node); `a` and
# `b` are integer vectors of the same length with the two nodes of each pair. Every function returns
# one number a pair, whatever the order of the two nodes. Nothing here removes a pair's own edge:
# the network handed over must be without it, which `stop_if_linked()` checks.

stop_if_linked <- function(adjacency, a, b) {
  linked <- adjacency[cbind(a, b)] != 0
  if (any(linked)) {
    stop(
      sum(linked), " of ", length(a), " pairs are edges of the network their features come from.",
      call. = FALSE
    )
  }
  invisible(TRUE)
}

common_neighbours <- function(adjacency, a, b) {
  unname(Matrix::rowSums(adjacency[a, , drop = FALSE] * adjacency[b, , drop = FALSE]))
}

# The degree-normalised L3 score of Kovacs et al. (2019), doi:10.1038/s41467-019-09177-y: paths a -
# u - v - b, each counted 1 / sqrt(degree(u) degree(v)). Node a or b may not be an inner node, which
# holds by itself where a and b are not linked.
paths_of_three <- function(adjacency, a, b) {
  scaling <- Matrix::Diagonal(x = 1 / sqrt(pmax(Matrix::rowSums(adjacency), 1)))
  inner <- scaling %*% adjacency %*% scaling
  two_steps <- adjacency[a, , drop = FALSE] %*% inner
  unname(Matrix::rowSums(two_steps * adjacency[b, , drop = FALSE]))
}

# Share of a node's pairs of neighbours that are linked; 0 for nodes with fewer than two neighbours.
clustering <- function(adjacency) {
  degree <- Matrix::rowSums(adjacency)
  triangles <- Matrix::rowSums((adjacency %*% adjacency) * adjacency) / 2
  unname(triangles / pmax(degree * (degree - 1) / 2, 1))
}

# Share of marked links among all links of the two nodes, drawn towards the share in the whole
# network by `prior` pseudo-links. `marked` is the adjacency matrix of the marked links alone.
marked_share <- function(adjacency, marked, a, b, prior = 4) {
  degree <- Matrix::rowSums(adjacency)
  marked_degree <- Matrix::rowSums(marked)
  overall <- sum(marked_degree) / sum(degree)
  unname((marked_degree[a] + marked_degree[b] + prior * overall) / (degree[a] + degree[b] + prior))
}

# log2 of observed over expected links between the classes of the two nodes, with `prior`
# pseudo-links spread as expected. Expected: the links fall on ends in proportion to the classes'
# degrees (the configuration model). `class` is a factor without NA, one value a node.
class_enrichment <- function(adjacency, class, a, b, prior = 5) {
  ends <- Matrix::t(Matrix::sparse.model.matrix(~ class - 1))
  observed <- as.matrix(ends %*% adjacency %*% Matrix::t(ends))
  share <- rowSums(observed) / sum(observed)
  expected <- outer(share, share) * sum(observed)
  enrichment <- log2((observed + prior) / (expected + prior))
  enrichment[cbind(as.integer(class[a]), as.integer(class[b]))]
}
