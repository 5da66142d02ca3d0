# A truth of three experts over two gate slopes, three coefficients and three classes
some_truth <- function() {
  mixing_measure(
    log(c(0.5, 0.3, 0.2)), gate = cbind(c(0, 0), c(2, -1), c(-1, 2)),
    expert = array(c(
      1, 2, 0, -1, 0, 1, 0, 0, 0,
      -1, -2, 0, 0, 1, 2, 1, 0, 0,
      0, 3, 1, 0, -2, -2, 0, 0, 1
    ), c(3, 3, 3))
  )
}

# The losses by their definitions, at given cells and translation
reference_losses <- function(fit, truth, cells, translation) {
  exact <- over <- fast <- 0
  for (j in seq_along(truth$log_weight)) {
    held <- which(cells == j)
    weight <- exp(fit$log_weight[held])
    off <- abs(sum(weight) - exp(truth$log_weight[[j]]))
    gaps <- lapply(held, function(k) {
      c(fit$gate[, k] - truth$gate[, j] - translation, fit$expert[, , k] - truth$expert[, , j])
    })
    lengths <- vapply(gaps, function(gap) sqrt(sum(gap^2)), 0)
    power <- if (length(held) > 1L) 2 else 1
    drift <- if (length(held) > 1L) sqrt(sum(Reduce(`+`, Map(`*`, weight, gaps))^2)) else 0
    exact <- exact + off + sum(weight * lengths)
    over <- over + off + sum(weight * lengths^power)
    fast <- fast + off + sum(weight * lengths^power) + drift
  }
  c(exact = exact, over = over, fast = fast)
}

# Each true atom split into copies at distance `apart`, experts shuffled, gate translated
perturbed <- function(truth, copies, apart, translation = rnorm(nrow(truth$gate))) {
  from <- rep(seq_along(copies), copies)
  order <- sample(length(from))
  from <- from[order]
  mixing_measure(
    unname(truth$log_weight[from]) - log(copies[from]) + apart * rnorm(length(from)) / 10,
    gate = truth$gate[, from, drop = FALSE] + translation +
      apart * rnorm(nrow(truth$gate) * length(from)),
    expert = truth$expert[, , from] + apart * rnorm(9L * length(from)) + 10 * apart
  )
}

test_that("the truth itself, reordered, translated and recoded, is at distance zero", {
  set.seed(1)
  truth <- some_truth()
  for (repeat_ in 1:20) {
    order <- sample(3L)
    same <- mixing_measure(
      unname(truth$log_weight)[order] + 3, gate = truth$gate[, order] + rnorm(2, sd = 10),
      expert = truth$expert[, , order] + rnorm(3)
    )
    loss <- voronoi_loss(same, truth)
    expect_lt(max(loss$exact, loss$over, loss$fast), 1e-12)
    expect_equal(unname(loss$cells), order)
    expect_equal(unname(loss$assignment), order(order))
  }
})

test_that("losses are the definitions at the best translation", {
  skip_on_cran()
  set.seed(2)
  truth <- some_truth()
  for (repeat_ in 1:20) {
    copies <- sample(1:3, 3L, replace = TRUE)
    fit <- perturbed(truth, copies, 0.05)
    loss <- voronoi_loss(fit, truth)
    expect_equal(tabulate(loss$cells, 3L), copies)
    for (form in c("exact", "over", "fast")) {
      value <- function(translation) {
        reference_losses(fit, truth, loss$cells, translation)[[form]]
      }
      found <- loss$translation[, form]
      expect_equal(loss[[form]], value(found), tolerance = 1e-10)
      searched <- optim(found + 0.01, value, control = list(reltol = 1e-12, maxit = 5000))$value
      expect_lte(loss[[form]], searched * (1 + 1e-6))
    }
    expect_gte(loss$fast, loss$over)
  }
})

test_that("losses fall with the distance at the orders of the theory", {
  truth <- some_truth()
  losses <- vapply(c(1e-1, 1e-2, 1e-3), function(apart) {
    set.seed(3)
    split <- mixing_measure(
      unname(truth$log_weight)[c(1, 1, 2, 3)] - log(c(2, 2, 1, 1)),
      gate = truth$gate[, c(1, 1, 2, 3)], expert = truth$expert[, , c(1, 1, 2, 3)] +
        apart * rep(c(1, -1, 0, 0), each = 9L) * rnorm(9)
    )
    unlist(voronoi_loss(split, truth)[c("exact", "over", "fast")])
  }, c(exact = 0, over = 0, fast = 0))
  # Two copies on opposite sides of their atom: first order in D_exact, second in the others
  expect_equal(diff(log10(losses["exact", ])), c(-1, -1), tolerance = 1e-6)
  expect_equal(diff(log10(losses["over", ])), c(-2, -2), tolerance = 1e-6)
  expect_equal(diff(log10(losses["fast", ])), c(-2, -2), tolerance = 1e-3)
})

test_that("merging the copies brings the loss down", {
  set.seed(4)
  truth <- some_truth()
  fit <- mixing_measure(
    unname(truth$log_weight)[c(1, 1, 2, 3)] - log(c(2, 2, 1, 1)),
    gate = truth$gate[, c(1, 1, 2, 3)] + rep(c(0.1, -0.1, 0, 0), each = 2L),
    expert = truth$expert[, , c(1, 1, 2, 3)]
  )
  merged <- mixing_measure(mixing_dendrogram(fit, metric = "euclidean"), k = 3)
  expect_lt(voronoi_loss(merged, truth)$exact, 1e-12)
  expect_gt(voronoi_loss(fit, truth)$exact, 0.01)
})

test_that("true atoms that coincide are one, of their weights together", {
  truth <- some_truth()
  atoms <- c(3, 1, 3, 2)
  twice <- mixing_measure(
    log(c(0.15, 0.5, 0.05, 0.3)), gate = truth$gate[, atoms], expert = truth$expert[, , atoms]
  )
  expect_equal(unlist(voronoi_loss(twice, twice)[1:3]), c(exact = 0, over = 0, fast = 0))
  set.seed(3)
  fit <- perturbed(truth, c(1, 2, 1), 0.1)
  loss <- voronoi_loss(fit, twice)
  whole <- voronoi_loss(fit, truth)
  expect_equal(loss[c("exact", "over", "fast")], whole[c("exact", "over", "fast")])
  expect_equal(unname(loss$cells), c(2, 4, 1)[whole$cells])
  expect_setequal(loss$assignment, 1:4)
  # each within rounding of the next one, the last not of the first
  atoms <- c(1, 1, 1, 2)
  chain <- mixing_measure(
    log(c(0.2, 0.2, 0.2, 0.4)), gate = truth$gate[, atoms], expert = truth$expert[, , atoms]
  )
  rounding <- 1e-10 * (1 + max(abs(chain$gate), abs(chain$expert)))
  chain$expert[1, 1, 2:3] <- chain$expert[1, 1, 1] + c(0.8, 1.6) * rounding
  expect_lt(max(unlist(voronoi_loss(chain, chain)[1:3])), 1e-8)
})

test_that("too few experts, one expert and a gate without slopes have losses", {
  truth <- some_truth()
  two <- mixing_measure(
    unname(truth$log_weight)[1:2], gate = truth$gate[, 1:2], expert = truth$expert[, , 1:2]
  )
  loss <- voronoi_loss(two, truth)
  expect_equal(unname(loss$cells), 1:2)
  expect_equal(unname(loss$assignment), c(1L, 2L, NA))
  # Weights 5/8 and 3/8 against 1/2, 3/10, 1/5
  expect_equal(loss$exact, 0.125 + 0.075 + 0.2)
  flat <- mixing_measure(log(c(0.7, 0.3)), expert = array(c(1, -1, -1, 1), c(1, 2, 2)))
  alone <- mixing_measure(0, expert = array(c(1, -1), c(1, 2, 1)))
  expect_equal(voronoi_loss(flat, flat)$exact, 0)
  expect_equal(voronoi_loss(alone, flat)$exact, 0.3 + 0.3)
  expect_equal(dim(voronoi_loss(alone, flat)$translation), c(0L, 3L))
  expect_equal(voronoi_loss(flat, alone)$over, 0.3 * 8)
})

test_that("a measure on standardised covariates is compared on the original scale", {
  truth <- some_truth()
  center <- c(2, -1)
  scale <- c(3, 0.5)
  expert <- truth$expert
  expert[1, , ] <- expert[1, , ] + apply(expert[-1, , ] * center, c(2, 3), sum)
  expert[-1, , ] <- expert[-1, , ] * scale
  intercept <- unname(truth$log_weight) + colSums(truth$gate * center)
  fit <- new_mixing_measure(
    c(1, 2, 3), truth$gate * scale, expert, gate_intercept = intercept, weighting = "average",
    scaling = list(
      expert = list(center = c(0, center), scale = c(1, scale)),
      gate = list(center = center, scale = scale)
    )
  )
  expect_lt(voronoi_loss(fit, truth)$exact, 1e-12)
})

test_that("printing and errors", {
  truth <- some_truth()
  two <- mixing_measure(
    unname(truth$log_weight)[1:2], gate = truth$gate[, 1:2], expert = truth$expert[, , 1:2]
  )
  expect_snapshot(voronoi_loss(two, truth))
  flat <- mixing_measure(0, expert = array(c(1, -1), c(1, 2, 1)))
  average <- mixing_measure(0, expert = array(c(1, -1), c(1, 2, 1)), weighting = "average")
  expect_snapshot_output(show_errors(
    voronoi_loss(flat, truth),
    voronoi_loss(average, flat),
    voronoi_loss(truth, 3)
  ))
})

test_that("coefficients whose squares overflow are refused", {
  large <- mixing_measure(c(0, 0), expert = array(c(1e160, 0, 0, 1), c(1, 2, 2)))
  expect_error(voronoi_loss(large, large), class = "moelogit_error_argument")
})
