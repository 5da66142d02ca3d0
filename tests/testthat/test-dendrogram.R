metrics <- c("curvature", "euclidean")

test_that("200 random trees agree with the definitions in plain R", {
  skip_on_cran()
  set.seed(20)
  # CRAN has a minute for all tests
  for (repeat_ in seq_len(if (identical(Sys.getenv("NOT_CRAN"), "true")) 100 else 10)) {
    for (metric in metrics) {
      measure <- random_measure()
      tree <- mixing_dendrogram(measure, metric = metric)
      reference <- reference_dendrogram(measure, if (metric == "curvature") measure$gram)
      expect_equal(tree$height, reference$height, tolerance = 1e-10)
      for (level in seq_len(tree$k)) {
        atoms <- mixing_measure(tree, k = level)
        expected <- reference$levels[[level]]
        expect_equal(
          unname(exp(atoms$log_weight)), vapply(expected$atoms, `[[`, 0, "weight"),
          tolerance = 1e-10
        )
        expect_equal(
          unname(atoms$expert), simplify2array(lapply(expected$atoms, `[[`, "expert")),
          tolerance = 1e-10, ignore_attr = TRUE
        )
        slopes <- matrix(unlist(lapply(expected$atoms, `[[`, "gate")), nrow(atoms$gate), level)
        expect_equal(
          unname(atoms$gate), slopes - rowMeans(slopes), tolerance = 1e-10, ignore_attr = TRUE
        )
        expect_equal(
          names(atoms$log_weight), vapply(expected$members, paste, "", collapse = "+")
        )
      }
    }
  }
})

test_that("dissimilarities agree with the definition, also of weights near 1e-300", {
  set.seed(21)
  for (log_weight in list(c(0, 1, -2), log(c(1, 1e-300, 3e-300)))) {
    measure <- mixing_measure(
      log_weight, gate = matrix(rnorm(3), 1), expert = array(rnorm(12), c(2, 2, 3))
    )
    atoms <- reference_atoms(measure)
    apart <- dissimilarity_matrix(measure, "euclidean")
    for (k in 1:3) {
      for (l in setdiff(1:3, k)) {
        expected <- reference_distance(atoms[[k]], atoms[[l]], NULL) /
          (1 / atoms[[k]]$weight + 1 / atoms[[l]]$weight)
        expect_equal(apart[k, l] / expected, 1, tolerance = 1e-10)
      }
    }
    tree <- mixing_dendrogram(measure, metric = "euclidean")
    expect_true(all(is.finite(tree$height)))
    expect_true(all(is.finite(unlist(lapply(tree$levels, `[[`, "expert")))))
  }
})

test_that("the order of experts, of classes and the coding of covariates change nothing", {
  skip_on_cran()
  set.seed(22)
  for (repeat_ in 1:200) {
    measure <- random_measure(slopes = 2L, p = 3L)
    k <- length(measure$log_weight)
    metric <- metrics[repeat_ %% 2L + 1L]
    tree <- mixing_dendrogram(measure, metric = metric)

    order <- sample(k)
    shuffled <- mixing_dendrogram(permute_experts(measure, order), metric = metric)
    expect_equal(shuffled$height, tree$height, tolerance = 1e-10)
    meet <- as.matrix(cophenetic(tree))[order, order]
    expect_equal(unname(as.matrix(cophenetic(shuffled))), unname(meet), tolerance = 1e-10)

    classes <- sample(dim(measure$expert)[2L])
    relabelled <- measure
    relabelled$expert <- measure$expert[, classes, , drop = FALSE]
    again <- mixing_dendrogram(relabelled, metric = metric)
    expect_equal(again$height, tree$height, tolerance = 1e-10)
    expect_equal(again$merge, tree$merge)

    # New covariates A'x (the intercept kept), z B: coefficients A^-1 b, B^-1 omega
    recode <- rbind(c(1, rnorm(2)), cbind(0, matrix(rnorm(4), 2)))
    mix <- matrix(rnorm(4), 2)
    recoded <- measure
    recoded$expert[] <- solve(recode, matrix(measure$expert, 3))
    recoded$gate[] <- solve(mix, measure$gate)
    recoded$gram <- list(
      expert = t(recode) %*% measure$gram$expert %*% recode,
      gate = t(mix) %*% measure$gram$gate %*% mix
    )
    curved <- mixing_dendrogram(measure, metric = "curvature")
    after <- mixing_dendrogram(recoded, metric = "curvature")
    expect_equal(after$height, curved$height, tolerance = 1e-8)
    expect_equal(after$merge, curved$merge)
  }
})

test_that("heights of one measure never fall, as Ward's do not", {
  set.seed(23)
  for (repeat_ in 1:50) {
    tree <- mixing_dendrogram(random_measure(k = 8L), metric = metrics[repeat_ %% 2L + 1L])
    expect_false(any(is_inverted(tree$height)))
  }
})

test_that("ties do not depend on the order of the experts", {
  # Two pairs at one dissimilarity, 1/8; the second is lighter and wider
  wide <- sqrt(0.125 / 0.075)
  measure <- mixing_measure(
    log(c(0.25, 0.25, 0.15, 0.15)), gate = rbind(c(0, 1, 10, 10 + wide)),
    expert = array(0, c(1, 2, 4))
  )
  for (repeat_ in 1:20) {
    order <- sample(4L)
    tree <- mixing_dendrogram(permute_experts(measure, order), metric = "euclidean")
    expect_setequal(order[-tree$merge[1L, ]], 3:4)
  }
})

test_that("it is an hclust, a dendrogram and a set of cophenetic distances", {
  set.seed(24)
  tree <- mixing_dendrogram(random_measure(k = 6L))
  hclust <- as.hclust(tree)
  for (k in 1:6) {
    expect_equal(cutree(hclust, k = k), tree$partition[, k])
    expect_equal(cutree(tree, k = k), tree$partition[, k])
  }
  expect_equal(labels(as.dendrogram(tree)), tree$labels[tree$order])
  expect_equal(labels(tree), as.character(1:6))
  expect_equal(attr(as.dendrogram(tree), "height"), tree$heights[["2"]])
  expect_equal(max(cophenetic(tree)), tree$heights[["2"]])
  expect_equal(names(tree$heights), as.character(2:6))
  expect_equal(unname(rev(tree$heights)), tree$height)
  grDevices::pdf(NULL)
  on.exit(grDevices::dev.off())
  expect_identical(plot(tree), tree)
  expect_silent(plot(hclust))
})

test_that("inverted heights stay where they are", {
  levels <- mixing_dendrogram(random_measure(k = 4L))$levels
  tree <- new_mixing_dendrogram(
    unname(levels), rbind(c(1, 2), c(1, 2), c(1, 2)), c(1, 0.5, 2), "curvature", "polished"
  )
  expect_equal(tree$heights, c("2" = 2, "3" = 0.5, "4" = 1))
  expect_equal(as.hclust(tree)$height, c(1, 0.5, 2))
  expect_equal(unname(cutree(as.hclust(tree), k = 2)), c(1L, 1L, 1L, 2L))
  expect_error(cutree(as.hclust(tree), h = 0.7), "not sorted")
  expect_equal(summary(tree)$merges$inverted, c(FALSE, TRUE, FALSE))
  expect_output(print(tree), "Lower than the merge before: level 3", fixed = TRUE)
  expect_s3_class(as.dendrogram(tree), "dendrogram")
})

test_that("a path of single merges is the dendrogram", {
  set.seed(25)
  for (metric in metrics) {
    measure <- random_measure(k = 6L)
    tree <- mixing_dendrogram(measure, metric = metric)
    levels <- list()
    levels[[6L]] <- measure
    pairs <- NULL
    height <- NULL
    for (level in 5:1) {
      step <- closest_merges(levels[[level + 1L]], metric)[[1L]]
      levels[[level]] <- step$measure
      pairs <- rbind(pairs, step$pair, deparse.level = 0L)
      height <- c(height, step$height)
    }
    expect_equal(new_mixing_dendrogram(levels, pairs, height, metric), tree)
  }
})

test_that("the closest merges come in the order of their dissimilarities", {
  set.seed(27)
  for (metric in metrics) {
    measure <- random_measure(k = 5L)
    apart <- dissimilarity_matrix(measure, metric)
    merges <- closest_merges(measure, metric, 4L)
    heights <- vapply(merges, `[[`, 0, "height")
    expect_equal(heights, sort(apart[upper.tri(apart)])[1:4], tolerance = 1e-12)
    for (merge in merges) {
      expect_equal(merge$height, apart[merge$pair[1L], merge$pair[2L]], tolerance = 1e-12)
      weight <- exp(measure$log_weight)
      summed <- replace(weight, merge$pair[1L], sum(weight[merge$pair]))[-merge$pair[2L]]
      expect_equal(unname(exp(merge$measure$log_weight)), unname(summed))
    }
    expect_length(closest_merges(measure, metric, 100L), 10L)
  }
})

test_that("gate intercepts merge as weights do, whatever the weights are", {
  set.seed(26)
  measure <- random_measure(k = 5L)
  tree <- mixing_dendrogram(measure)
  other <- measure
  other$log_weight <- log(c(0.1, 0.4, 0.2, 0.2, 0.1))
  names(other$log_weight) <- names(measure$log_weight)
  other$weight <- "average"
  apart <- mixing_dendrogram(other)
  for (level in 1:5) {
    for (one in list(tree, apart)) {
      atoms <- mixing_measure(one, k = level)
      summed <- tapply(exp(measure$gate_intercept), one$partition[, level], sum)
      expect_equal(unname(exp(atoms$gate_intercept)), as.vector(summed))
    }
  }
})

test_that("one expert is a leaf", {
  tree <- mixing_dendrogram(random_measure(k = 1L))
  expect_equal(tree$k, 1L)
  expect_length(tree$heights, 0L)
  expect_length(tree$height, 0L)
  expect_equal(nrow(summary(tree)$merges), 0L)
  expect_true(is.leaf(as.dendrogram(tree)))
  expect_length(cophenetic(tree), 0L)
  expect_error(as.hclust(tree), class = "moelogit_error_one_expert")
  expect_equal(unname(mixing_measure(tree, k = 1)$log_weight), 0)
  expect_output(print(tree), "Dendrogram of 1 expert\n", fixed = TRUE)
})

test_that("the criterion is that of the papers, raw and rescaled", {
  height <- c(NA, 2, 0.5, 0.1)
  loglik <- c(-900, -700, -650, -640)
  n <- 500
  raw <- -(height + log(500) * loglik / 500)
  expect_equal(dsc(height, loglik, n), raw, tolerance = 1e-12)
  rescaled <- -(height / 2 + sqrt(500) * (loglik / 500) / (640 / 500))
  expect_equal(dsc(height, loglik, n, "rescaled", sqrt(n)), rescaled, tolerance = 1e-12)
  expect_equal(dsc(c(0, 0), c(-1, -1), 2), rep(log(2) / 2, 2))
  expect_equal(dsc(c(0, 0), c(-1, 0), 2, "rescaled"), c(log(2) / 2, 0))
})

test_that("printing and errors", {
  measure <- mixing_measure(
    log(c(0.5, 0.3, 0.2)), gate = rbind(c(0, 1, 3)), expert = array(0, c(2, 3, 3))
  )
  tree <- mixing_dendrogram(measure, metric = "euclidean")
  expect_snapshot(tree)
  expect_snapshot(summary(tree))
  expect_snapshot_output(show_errors(
    mixing_dendrogram(measure),
    mixing_dendrogram(measure, metric = "manhattan"),
    mixing_dendrogram(1:3),
    mixing_measure(tree, k = 4)
  ))
})

test_that("the curvature metric is half the quadratic form of the Gram matrix", {
  # 1/2 b'Sb by hand: S = diag(1, 4), b of the classes (3, 1) and (-3, -1)
  measure <- mixing_measure(
    c(0, 0), expert = array(c(3, 1, -3, -1, 0, 0, 0, 0), c(2, 2, 2)),
    gram = list(expert = diag(c(1, 4)))
  )
  expect_equal(mixing_dendrogram(measure)$height, (9 + 4) / 4)
})
