#' The dendrogram of a mixing measure
#'
#' Merges the two closest experts of a fit, again and again, until one is left. The experts that an
#' overfitted fit has too many of are copies of others, or have next to no weight: they merge first,
#' at small heights. No data are needed beyond the fit.
#'
#' The dissimilarity of two atoms is
#' \deqn{d(k, l) = \frac{|\omega_k - \omega_l|^2 + |b_k - b_l|^2}{1/w_k + 1/w_l},}{
#'       d(k, l) = (|omega_k - omega_l|^2 + |b_k - b_l|^2) / (1/w_k + 1/w_l),}
#' the merged atom has the sum of the two weights and the weighted means of gate slopes and expert
#' coefficients, and the height of level \eqn{\kappa}{kappa} is the dissimilarity of the pair whose
#' merge leads from \eqn{\kappa}{kappa} to \eqn{\kappa - 1}{kappa - 1} atoms (arXiv:2403.01684 for
#' mixtures, arXiv:2510.12744 for Gaussian experts, arXiv:2602.07997 for this model).
#'
#' @section Metrics:
#' `"euclidean"` is the metric of the papers, on symmetric coding and standardised covariates.
#' `"curvature"` measures in the bound on the curvature of the log-likelihood that the fitting
#' algorithm uses: \eqn{|v|^2 = \frac{1}{2} v'Sv}{|v|^2 = 1/2 v'Sv}, with S the Gram matrix of the
#' covariates divided by the number of observations (that of the centred columns for the gate
#' slopes), summed over classes. It does not change with any affine recoding of the covariates, and
#' as the two norms are equivalent the rates of the theory hold for both.
#'
#' @section Heights:
#' This dissimilarity is Ward's (1963) for points with weights, so the heights of one measure never
#' fall along the merges. Along a polished path, refitted after every merge, they can: heights are
#' kept and drawn as they are, and [stats::cutree()] works with `k` (with `h` it needs heights that
#' rise).
#'
#' Weights are handled as logarithms; a weight of `1e-300` merges as it should. Pairs whose
#' dissimilarities agree to a relative 1e-12 are tied: the pair with the smaller total weight goes
#' first, then the one whose merged atom has the smaller coefficients in dictionary order. The
#' order of the experts decides only between pairs that agree in all of these.
#'
#' @param x A fit by [moelogit()] or a [mixing_measure()].
#' @param metric `"curvature"` (the default) or `"euclidean"`; see below.
#' @param weighting Kind of the weights, `"average"` or `"intercept"` (see [mixing_measure()]). By
#'   default `"average"` for the curvature metric and `"intercept"` for the Euclidean one.
#' @param ... Not used; for `plot()`, passed on to the method for [stats::dendrogram].
#'
#' @return An object of class `"mixing_dendrogram"`, a list with
#'   * `k`: the number of experts K it starts from;
#'   * `heights`: the height of each level, named `"2"` to `"K"`;
#'   * `levels`: list of the K mixing measures with 1 to K atoms, named by level; take one with
#'     `mixing_measure(dendrogram, k = )`;
#'   * `partition`: K x K integer matrix: the atom (column: level) that holds each expert (row);
#'   * `pairs`: (K - 1) x 2 matrix, the positions of the merged atoms among those of their level;
#'   * `merge`, `height`, `order`, `labels`: the same tree as [stats::hclust()] writes it, `height`
#'     in the order of the merges;
#'   * `metric`, `weighting`, and `path`: `"merged"`, or `"polished"` when refitted after every
#'     merge.
#'
#'   `as.hclust()` and `as.dendrogram()` convert it, [stats::cutree()] with `k` numbers the atoms as
#'   `levels` does, `cophenetic()` gives the height at which each pair of experts meets, `labels()`
#'   the names of the experts, and `summary()` one row per merge. With one expert the tree is a
#'   leaf, and only `as.hclust()`, which has no such thing, stops.
#' @references
#' Tran et al. (2026), \doi{10.48550/arXiv.2602.07997}.
#'
#' Do, Do, McKinley, Terhorst and Nguyen (2024). Dendrogram of mixing measures.
#' \doi{10.48550/arXiv.2403.01684}.
#'
#' The same for Gaussian experts: \doi{10.48550/arXiv.2510.12744}.
#'
#' Ward (1963). Hierarchical grouping to optimize an objective function.
#' \doi{10.1080/01621459.1963.10500845}.
#' @seealso [autoplot.mixing_dendrogram()], [mixing_measure()]
#' @export
#' @examples
#' # Five experts over three classes: 4 and 5 are near copies of 1 and 2
#' set.seed(1)
#' expert <- array(rnorm(3 * 3 * 3), c(3, 3, 3))[, , c(1, 2, 3, 1, 2)]
#' expert <- expert + rnorm(length(expert), sd = 0.01)
#' measure <- mixing_measure(log(5:1), gate = rbind(x = c(-1, 0, 1, -1, 0)), expert = expert)
#' tree <- mixing_dendrogram(measure, metric = "euclidean")
#' tree
#' cutree(as.hclust(tree), k = 3)
#' mixing_measure(tree, k = 3)
#' plot(tree)
mixing_dendrogram <- function(x, ...) {
  UseMethod("mixing_dendrogram")
}

#' @rdname mixing_dendrogram
#' @export
mixing_dendrogram.moelogit <- function(x, metric = c("curvature", "euclidean"), weighting = NULL,
                                       ...) {
  check_no_dots(...)
  metric <- check_choice(metric, c("curvature", "euclidean"), "metric")
  if (is.null(weighting)) weighting <- metric_weighting(metric)
  mixing_dendrogram(mixing_measure(x, weighting = weighting), metric = metric)
}

#' @rdname mixing_dendrogram
#' @export
mixing_dendrogram.mixing_measure <- function(x, metric = c("curvature", "euclidean"), ...) {
  check_no_dots(...)
  metric <- check_choice(metric, c("curvature", "euclidean"), "metric")
  tree <- do.call(core_grow_dendrogram, core_measure(x, metric))
  levels <- vector("list", n_atoms(x))
  levels[[n_atoms(x)]] <- x
  for (step in seq_len(nrow(tree$pairs))) {
    level <- n_atoms(x) - step
    atoms <- tree$levels[[level]]
    levels[[level]] <- merged_measure(levels[[level + 1L]], tree$pairs[step, ], atoms)
  }
  new_mixing_dendrogram(levels, tree$pairs, tree$height, metric)
}

#' @rdname mixing_dendrogram
#' @export
mixing_dendrogram.default <- function(x, ...) {
  moe_abort(
    c("{.arg x} must be a fit by {.fn moelogit} or a {.cls mixing_measure}.", x = describe(x)),
    "argument"
  )
}

# The kind of weights that goes with a metric.
metric_weighting <- function(metric) if (metric == "curvature") "average" else "intercept"

#' The merges of the closest pairs of atoms
#'
#' One step of a polished path: merge, refit from [measure_coef()] of the result, merge again.
#' @param count How many pairs, the closest first (all pairs, when there are fewer).
#' @return A list with an element for each pair: a list of `pair` (the positions of the two, the
#'   first below the second), `height`, and `measure`: the merged atom at the first position, the
#'   atoms after the second moved up by one.
#' @noRd
closest_merges <- function(measure, metric, count = 1L) {
  merges <- do.call(core_closest_merges, c(core_measure(measure, metric), count = count))
  lapply(merges, function(merge) {
    list(
      pair = merge$pair, height = merge$height,
      measure = merged_measure(measure, merge$pair, merge$atoms)
    )
  })
}

# The measure with `pair` merged, from the core's atoms. The intercepts merge as weights do, at the
# average covariates: exp(a) + exp(b).
merged_measure <- function(measure, pair, atoms) {
  labels <- names(measure$log_weight)
  labels[pair[1L]] <- paste(labels[pair], collapse = "+")
  intercept <- measure$gate_intercept
  if (!is.null(intercept)) {
    intercept[pair[1L]] <- log_sum_exp(intercept[pair])
    intercept <- intercept[-pair[2L]]
  }
  rownames(atoms$gate) <- rownames(measure$gate)
  dimnames(atoms$expert) <- c(dimnames(measure$expert)[1:2], list(NULL))
  new_mixing_measure(
    atoms$log_weight, atoms$gate, atoms$expert,
    gate_intercept = intercept, gram = measure$gram, weighting = measure$weighting,
    scaling = measure$scaling, labels = labels[-pair[2L]]
  )
}

#' Build a dendrogram from the measures and merges of a path
#'
#' @param levels List of K mixing measures with 1 to K atoms. On a polished path each is the
#'   refitted one, its experts in the order that `closest_merges()` left them in.
#' @param pairs (K - 1) x 2 matrix of the merged positions, from the merge of K atoms on.
#' @param height The K - 1 heights in the same order.
#' @param metric,path As in the value of [mixing_dendrogram()].
#' @return An object of class `"mixing_dendrogram"`.
#' @noRd
new_mixing_dendrogram <- function(levels, pairs, height, metric, path = "merged") {
  k <- length(levels)
  labels <- names(levels[[k]]$log_weight)
  tree <- core_trace_merges(matrix(as.integer(pairs), k - 1L, 2L))
  for (level in seq_len(k)) {
    held <- split(labels, tree$partition[, level])
    levels[[level]] <- relabel_atoms(levels[[level]], vapply(held, paste, "", collapse = "+"))
  }
  dimnames(tree$partition) <- list(labels, seq_len(k))
  structure(
    list(
      k = k, heights = stats::setNames(rev(height), seq_len(k)[-1L]),
      levels = stats::setNames(levels, seq_len(k)), partition = tree$partition, pairs = pairs,
      merge = tree$merge, height = as.vector(height), order = tree$order, labels = labels,
      metric = metric, weighting = levels[[k]]$weighting, path = path
    ),
    class = "mixing_dendrogram"
  )
}

relabel_atoms <- function(measure, labels) {
  labels <- unname(labels)
  names(measure$log_weight) <- labels
  colnames(measure$gate) <- labels
  dimnames(measure$expert)[[3L]] <- labels
  if (!is.null(measure$gate_intercept)) names(measure$gate_intercept) <- labels
  measure
}

#' Dendrogram selection criterion
#'
#' With the mean log-likelihood l at each level, the raw criterion is
#' \eqn{-(h(\kappa) + \omega_n l(\kappa))}{-(h(kappa) + omega_n l(kappa))}, and the rescaled one
#' \eqn{-(h(\kappa)/\max_j h(j) + \omega_n l(\kappa)/|l(K)|)}{-(h(kappa)/max_j h(j) +
#' omega_n l(kappa)/|l(K)|)}; the smallest is chosen (arXiv:2602.07997, arXiv:2403.01684). A highest
#' height of zero (all atoms equal), or a log-likelihood of zero at K, is not divided by.
#'
#' @param height Heights of levels in increasing order, up to K; `NA` for level 1, which has none.
#' @param loglik Log-likelihoods (sums over observations) of the same levels.
#' @param n Number of observations (sum of the case weights).
#' @param form `"raw"` or `"rescaled"`.
#' @param omega The weight of the log-likelihood, omega_n.
#' @return The criterion at each level; `NA` where the height is.
#' @noRd
dsc <- function(height, loglik, n, form = c("raw", "rescaled"), omega = log(n)) {
  form <- match.arg(form)
  mean_loglik <- loglik / n
  if (form == "rescaled") {
    highest <- max(height, 0, na.rm = TRUE)
    last <- abs(mean_loglik[length(mean_loglik)])
    if (highest > 0) height <- height / highest
    if (last > 0) mean_loglik <- mean_loglik / last
  }
  -(height + omega * mean_loglik)
}

# Merges lower than the one before them, beyond rounding
is_inverted <- function(height) {
  if (length(height) == 0L) {
    return(logical(0L))
  }
  c(FALSE, diff(height) < -1e-10 * height[-length(height)])
}

#' @importFrom stats as.hclust
#' @export
as.hclust.mixing_dendrogram <- function(x, ...) {
  check_no_dots(...)
  if (x$k == 1L) {
    moe_abort(
      c(
        "A dendrogram of one expert cannot be an {.cls hclust}, which needs a merge.",
        i = "Use {.fn as.dendrogram}, which can be a leaf."
      ),
      "one_expert"
    )
  }
  structure(
    list(
      merge = x$merge, height = x$height, order = x$order, labels = x$labels,
      call = quote(mixing_dendrogram(x)), method = x$path, dist.method = x$metric
    ),
    class = "hclust"
  )
}

#' @importFrom stats as.dendrogram
#' @export
as.dendrogram.mixing_dendrogram <- function(object, ...) {
  if (object$k > 1L) {
    return(stats::as.dendrogram(stats::as.hclust(object), ...))
  }
  structure(
    1L, members = 1L, height = 0, label = object$labels, leaf = TRUE, class = "dendrogram"
  )
}

#' @importFrom stats cophenetic
#' @export
cophenetic.mixing_dendrogram <- function(x) {
  if (x$k > 1L) {
    return(stats::cophenetic(stats::as.hclust(x)))
  }
  stats::as.dist(matrix(0, 1L, 1L, dimnames = list(x$labels, x$labels)))
}

#' @export
labels.mixing_dendrogram <- function(object, ...) {
  check_no_dots(...)
  object$labels
}

#' @rdname mixing_dendrogram
#' @param ylab Label of the axis.
#' @export
plot.mixing_dendrogram <- function(x, ylab = "Height", ...) {
  plot(stats::as.dendrogram(x), ylab = ylab, ...)
  invisible(x)
}

#' @export
print.mixing_dendrogram <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Dendrogram of", x$k, if (x$k == 1L) "expert\n" else "experts\n")
  cat("Metric: ", x$metric, "; weights: ", x$weighting, "; path: ", x$path, "\n", sep = "")
  if (x$k > 1L) {
    cat("Heights by number of experts:\n")
    print(rev(x$heights), digits = digits, ...)
  }
  print_inversions(x$height, x$k)
  invisible(x)
}

print_inversions <- function(height, k) {
  at <- k + 1L - which(is_inverted(height))
  if (length(at) > 0L) {
    cat("Lower than the merge before: level", paste(at, collapse = ", "), "\n")
  }
}

#' @rdname mixing_dendrogram
#' @param object A mixing dendrogram.
#' @export
summary.mixing_dendrogram <- function(object, ...) {
  check_no_dots(...)
  steps <- seq_len(object$k - 1L)
  side <- function(step, which) {
    at <- object$pairs[step, which]
    exp(object$levels[[object$k + 1L - step]]$log_weight[at])
  }
  left <- lapply(steps, side, which = 1L)
  right <- lapply(steps, side, which = 2L)
  merges <- data.frame(
    k = object$k + 1L - steps,
    height = object$height,
    left = vapply(left, names, ""),
    right = vapply(right, names, ""),
    weight_left = vapply(left, unname, 0),
    weight_right = vapply(right, unname, 0),
    inverted = is_inverted(object$height)
  )
  structure(
    list(merges = merges, k = object$k, metric = object$metric, weighting = object$weighting),
    class = "summary.mixing_dendrogram"
  )
}

#' @export
print.summary.mixing_dendrogram <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Merges of", x$k, if (x$k == 1L) "expert" else "experts")
  cat(" (", x$metric, " metric, ", x$weighting, " weights)\n", sep = "")
  if (nrow(x$merges) > 0L) print(x$merges, digits = digits, row.names = FALSE, ...)
  invisible(x)
}
