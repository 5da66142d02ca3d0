test_that("yeast_ppi has the documented shape", {
  expect_identical(dim(yeast_ppi), c(4500L, 14L))
  expect_identical(names(yeast_ppi)[1:4], c("idA", "idB", "interacts", "confidence"))
  expect_type(yeast_ppi$idA, "character")
  expect_type(yeast_ppi$idB, "character")
  expect_true(all(vapply(yeast_ppi[-(1:4)], is.numeric, logical(1))))
  expect_false(anyNA(yeast_ppi))
  expect_true(all(vapply(yeast_ppi[-(1:4)], function(x) all(is.finite(x)), logical(1))))
  expect_identical(c(table(yeast_ppi$interacts)), c(no = 2300L, yes = 2200L))
  expect_identical(c(table(yeast_ppi$confidence)), c(none = 2300L, medium = 1400L, high = 800L))
})

test_that("yeast_ppi's two responses agree", {
  expect_identical(yeast_ppi$interacts == "no", yeast_ppi$confidence == "none")
})

test_that("yeast_ppi holds every unordered pair once and no protein with itself", {
  expect_true(all(yeast_ppi$idA < yeast_ppi$idB))
  expect_identical(anyDuplicated(yeast_ppi[c("idA", "idB")]), 0L)
})

test_that("yeast_ppi's features stay within their bounds", {
  with(yeast_ppi, {
    expect_true(all(log_degree_min <= log_degree_max & log_degree_min >= 0))
    expect_true(all(log_common >= 0 & log_common <= log_degree_min + 1e-12))
    expect_true(all(log_paths3 >= 0))
    expect_true(all(clustering_min >= 0 & clustering_min <= clustering_max & clustering_max <= 1))
    expect_true(all(same_class %in% 0:1 & class_known %in% 0:2))
    expect_true(all(class_known[same_class == 1] == 2))
    expect_true(all(high_share > 0 & high_share < 1))
  })
})

test_that("yeast_ppi tells of one network: a protein has the same number of links in every row", {
  links <- yeast_ppi[c("log_degree_min", "log_degree_max")]
  tied <- links$log_degree_min == links$log_degree_max
  id <- c(yeast_ppi$idA[tied], yeast_ppi$idB[tied])
  known <- tapply(rep(links$log_degree_min[tied], 2), id, unique, simplify = FALSE)
  expect_true(all(lengths(known) == 1L))
  for (column in c("idA", "idB")) {
    value <- unlist(known)[yeast_ppi[[column]]]
    agrees <- value == links$log_degree_min | value == links$log_degree_max
    expect_true(all(agrees, na.rm = TRUE))
    expect_gt(sum(!is.na(agrees)), 500)
  }
})

test_that("no column of yeast_ppi gives the answer away", {
  area <- vapply(yeast_ppi[-(1:4)], function(x) {
    r <- rank(x)
    yes <- yeast_ppi$interacts == "yes"
    (sum(r[yes]) - sum(yes) * (sum(yes) + 1) / 2) / (sum(yes) * sum(!yes))
  }, numeric(1))
  expect_true(all(area > 0.05 & area < 0.95))
})

# The feature functions stay outside the built package; these tests run in the repository only.
load_features <- function() {
  path <- test_path("..", "..", "data-raw", "pair-features.R")
  skip_if_not(file.exists(path), "data-raw is not part of the built package")
  features <- new.env()
  sys.source(path, features)
  features
}

adjacency_of <- function(n, edges) {
  Matrix::sparseMatrix(c(edges[, 1], edges[, 2]), c(edges[, 2], edges[, 1]), x = 1, dims = c(n, n))
}

# 1 and 2 not linked; common neighbours 3 and 4, linked to each other; 5 hangs on 2, 6 alone
toy_edges <- rbind(c(1, 3), c(1, 4), c(2, 3), c(2, 4), c(3, 4), c(2, 5))
toy <- adjacency_of(6, toy_edges)

test_that("pair features on a small network are those counted by hand", {
  f <- load_features()
  a <- c(1L, 1L, 5L)
  b <- c(2L, 6L, 1L)
  expect_equal(f$common_neighbours(toy, a, b), c(2, 0, 0))
  # 1-3-4-2 and 1-4-3-2: degrees 3, 3; 5-2-3-1 and 5-2-4-1: degrees 3, 3
  expect_equal(f$paths_of_three(toy, a, b), c(2 / 3, 0, 2 / 3))
  # node 2: neighbours 3, 4, 5, of which 3 - 4 linked; node 3: 1, 2, 4 with 1 - 4 and 2 - 4
  expect_equal(f$clustering(toy), c(1, 1 / 3, 2 / 3, 2 / 3, 0, 0))
  marked <- adjacency_of(6, toy_edges[1:2, ])
  expect_equal(f$marked_share(toy, marked, 1L, 2L, prior = 4), (2 + 0 + 4 * 2 / 6) / (2 + 3 + 4))
})

test_that("class enrichment is observed over expected by link ends", {
  f <- load_features()
  class <- factor(c("x", "x", "y", "y", "x", "y"))
  # ends: x has 2 + 3 + 1 = 6, y has 3 + 3 = 6, of 12; x-x is 2 - 5 alone (2 ends), x-y 4 links
  expect_equal(f$class_enrichment(toy, class, 1L, 2L, prior = 5), log2((2 + 5) / (3 + 5)))
  expect_equal(f$class_enrichment(toy, class, 1L, 6L, prior = 5), log2((4 + 5) / (3 + 5)))
})

test_that("pair features agree with plain loops on random networks, in either order", {
  f <- load_features()
  set.seed(4)
  n <- 15L
  m <- matrix(0, n, n)
  m[upper.tri(m)] <- stats::rbinom(n * (n - 1) / 2, 1, 0.3)
  m <- m + t(m)
  adjacency <- Matrix::Matrix(m, sparse = TRUE)
  adjacency <- methods::as(methods::as(adjacency, "generalMatrix"), "CsparseMatrix")
  pairs <- which(m == 0 & upper.tri(m), arr.ind = TRUE)
  a <- pairs[, 1]
  b <- pairs[, 2]
  by_hand <- vapply(seq_along(a), function(i) {
    paths <- 0
    for (u in which(m[a[i], ] == 1)) for (v in which(m[b[i], ] == 1)) {
      if (m[u, v] == 1) paths <- paths + 1 / sqrt(sum(m[u, ]) * sum(m[v, ]))
    }
    c(sum(m[a[i], ] == 1 & m[b[i], ] == 1), paths)
  }, numeric(2))
  expect_equal(f$common_neighbours(adjacency, a, b), by_hand[1, ])
  expect_equal(f$paths_of_three(adjacency, a, b), by_hand[2, ])
  expect_equal(f$paths_of_three(adjacency, b, a), by_hand[2, ])
})

test_that("a pair that is still a link is refused", {
  f <- load_features()
  expect_true(f$stop_if_linked(toy, 1L, 2L))
  expect_error(f$stop_if_linked(toy, c(1L, 1L), 2:3), "1 of 2 pairs")
})
