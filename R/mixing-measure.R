#' The mixing measure of a mixture of experts
#'
#' A mixture of K multinomial-logit experts is a discrete measure
#' \eqn{G = \sum_k w_k \delta_{(\omega_k, b_k)}}{G = sum_k w_k delta(omega_k, b_k)}: one atom per
#' expert, with a weight \eqn{w_k}, gate slopes \eqn{\omega_k}{omega_k} (the gate's coefficients
#' without their intercept) and expert coefficients \eqn{b_k}. [mixing_dendrogram()] compares and
#' merges these atoms; [voronoi_loss()] compares two such measures.
#'
#' Of a fit, the measure is taken in symmetric coding (over experts for the gate, over classes for
#' each expert) and on the standardised covariates, so that neither the reference class nor the
#' units of the covariates matter. It carries the weighted Gram matrices of the standardised
#' columns, in which the curvature metric of [mixing_dendrogram()] measures.
#'
#' @section Weights:
#' `"intercept"` is the weight of the theory, the exponential of the gate's intercept, here divided
#' by its sum: the share of each expert at the average covariates. It is the same for all experts
#' when the gate has no intercept. `"average"` is the average gate probability over the data, the
#' share of the observations that each expert is asked for.
#'
#' @param x A fit by [moelogit()]; a [mixing_dendrogram()]; a list of coefficients (see below); or a
#'   numeric vector of K log weights, up to a common constant (`-Inf` is a weight of zero).
#' @param weighting Kind of the weights, `"intercept"` or `"average"`; see the section below.
#' @param k For a dendrogram: the level, from 1 to the number of experts fitted.
#' @param gate Gate slopes: a (q - 1) x K matrix with a column per expert, without the intercept.
#'   `NULL` for a gate without slopes.
#' @param expert Expert coefficients: a p x M x K array (coefficients, classes, experts), in any
#'   coding over the classes.
#' @param gram List of the Gram matrices `expert` (p x p) and `gate` ((q - 1) x (q - 1), of the
#'   centred columns), divided by the number of observations. Needed by the curvature metric only.
#' @param intercept Whether the first row of `x$gate` is an intercept.
#' @param ... Not used, or passed on to the method for log weights.
#'
#' @details
#' To write down a known truth, as simulations do, give either a list with the elements `gate` (a
#' q x K matrix, the intercepts first) and `expert` (a p x M x K array), in any coding, or the log
#' weights with `gate` and `expert`. Such a measure is on the original scale of the covariates.
#'
#' @return An object of class `"mixing_measure"`, a list with
#'   * `log_weight`: K log weights; the weights sum to 1;
#'   * `gate`: (q - 1) x K matrix of gate slopes, each row summing to 0;
#'   * `expert`: p x M x K array of expert coefficients, summing to 0 over the classes;
#'   * `gate_intercept`: K gate intercepts, up to a common constant; `NULL` without intercept;
#'   * `gram`: list of the Gram matrices `expert` and `gate` (of the slopes), or `NULL`;
#'   * `weighting`: kind of the weights;
#'   * `scaling`: lists `expert` and `gate` with `center` and `scale` of the coefficients' columns,
#'     or `NULL` on the original scale.
#'
#'   An atom that was merged is named after its experts, as in `"1+4"`. `as.data.frame()` gives one
#'   row per number: `expert`, `part` (`"weight"`, `"gate"` or `"expert"`), `term`, `class`,
#'   `value`. `summary()` gives one row per atom: its weight, the norms of its coefficients, the
#'   nearest other atom and the dissimilarity to it.
#' @references
#' Tran et al. (2026), \doi{10.48550/arXiv.2602.07997}.
#'
#' Do, Do, McKinley, Terhorst and Nguyen (2024). Dendrogram of mixing measures.
#' \doi{10.48550/arXiv.2403.01684}.
#' @seealso [mixing_dendrogram()], [voronoi_loss()]
#' @export
#' @examples
#' # Three experts over two classes; the last two are alike
#' expert <- array(0, c(2, 2, 3))
#' expert[2, 1, ] <- c(-2, 1, 1.1)
#' truth <- mixing_measure(log(c(0.5, 0.3, 0.2)), gate = rbind(x = c(0, 1, 1.2)), expert = expert)
#' truth
#' summary(truth)
mixing_measure <- function(x, ...) {
  UseMethod("mixing_measure")
}

#' @rdname mixing_measure
#' @export
mixing_measure.moelogit <- function(x, weighting = c("intercept", "average"), ...) {
  check_no_dots(...)
  check_fit(x)
  weighting <- check_choice(weighting, c("intercept", "average"), "weighting")
  coef <- standardised_coef(x$frame, x)
  scaling <- lapply(x$frame[c("expert", "gate")], kept_scaling)
  gram <- x$gram
  gate_intercept <- NULL
  slopes <- coef$gate
  if (x$frame$gate$intercept) {
    gate_intercept <- coef$gate[1L, ]
    slopes <- coef$gate[-1L, , drop = FALSE]
    scaling$gate <- lapply(scaling$gate, `[`, -1L)
    if (!is.null(gram$gate)) gram$gate <- gram_of_slopes(gram$gate)
  }
  log_weight <- if (weighting == "average") {
    log(x$gate_mean)
  } else if (is.null(gate_intercept)) {
    numeric(ncol(slopes))
  } else {
    gate_intercept
  }
  new_mixing_measure(
    log_weight, slopes, coef$expert,
    gate_intercept = gate_intercept, gram = gram, weighting = weighting, scaling = scaling
  )
}

#' @rdname mixing_measure
#' @export
mixing_measure.mixing_dendrogram <- function(x, k, ...) {
  check_no_dots(...)
  x$levels[[check_count(k, "k", max = x$k)]]
}

#' @rdname mixing_measure
#' @export
mixing_measure.mixing_measure <- function(x, ...) {
  check_no_dots(...)
  x
}

#' @rdname mixing_measure
#' @export
mixing_measure.list <- function(x, intercept = TRUE, ...) {
  intercept <- check_flag(intercept, "intercept")
  if (!is.numeric(x$gate) || !is.matrix(x$gate) || (intercept && nrow(x$gate) == 0L)) {
    moe_abort(
      c(
        "{.code x$gate} must be a numeric matrix with a column per expert.",
        x = describe(x$gate),
        i = "Its first row holds the intercepts unless {.code intercept = FALSE}."
      ),
      "argument"
    )
  }
  if (!intercept) {
    return(mixing_measure(numeric(ncol(x$gate)), gate = x$gate, expert = x$expert, ...))
  }
  mixing_measure(x$gate[1L, ], gate = x$gate[-1L, , drop = FALSE], expert = x$expert, ...)
}

#' @rdname mixing_measure
#' @export
mixing_measure.default <- function(x, gate = NULL, expert, gram = NULL,
                                   weighting = c("intercept", "average"), ...) {
  if (missing(expert)) expert <- NULL
  weighting <- check_choice(weighting, c("intercept", "average"), "weighting")
  if (!is.numeric(x) || length(x) == 0L || anyNA(x) || !all(x < Inf) || all(x == -Inf)) {
    moe_abort(
      c(
        "{.arg x} must be a fit, a dendrogram, a list of coefficients or a vector of log weights.",
        x = describe(x),
        i = "Log weights are below {.code Inf}, not all {.code -Inf} and not {.code NA}."
      ),
      "argument"
    )
  }
  x <- as.vector(x)
  if (is.null(gate)) gate <- matrix(0, 0L, length(x))
  if (!is.numeric(gate) || !is.matrix(gate) || ncol(gate) != length(x) || !all(is.finite(gate))) {
    moe_abort(
      c(
        "{.arg gate} must be a finite matrix with a column for each of the {length(x)} expert{?s}.",
        x = describe(gate)
      ),
      "argument"
    )
  }
  dims <- dim(expert)
  if (!is.numeric(expert) || length(dims) != 3L || dims[3L] != length(x) ||
        !all(is.finite(expert))) {
    moe_abort(
      c(
        paste(
          "{.arg expert} must be a finite array of coefficients x classes x {length(x)}",
          "expert{?s}."
        ),
        x = describe(expert)
      ),
      "argument"
    )
  }
  check_gram(gram, c(expert = dims[1L], gate = nrow(gate)))
  intercept <- if (weighting == "intercept") x
  new_mixing_measure(
    x, gate, expert, gate_intercept = intercept, gram = gram, weighting = weighting
  )
}

check_gram <- function(gram, size) {
  for (part in intersect(names(gram), names(size))) {
    one <- gram[[part]]
    wanted <- size[[part]]
    if (!is.numeric(one) || !identical(dim(one), rep(wanted, 2L)) || !all(is.finite(one))) {
      moe_abort(
        c(
          "{.code gram${part}} must be a finite matrix of {wanted} x {wanted} numbers.",
          x = describe(one)
        ),
        "argument"
      )
    }
  }
}

#' Build a mixing measure from checked parts
#'
#' Normalises the weights and moves gate and experts to symmetric coding.
#' @inheritParams mixing_measure
#' @param log_weight K log weights, up to a common constant.
#' @param gate_intercept,scaling Fields of the value of [mixing_measure()].
#' @return An object of class `"mixing_measure"`.
#' @noRd
new_mixing_measure <- function(log_weight, gate, expert, gate_intercept = NULL, gram = NULL,
                               weighting = "intercept", scaling = NULL, labels = NULL) {
  if (is.null(labels)) labels <- as.character(seq_along(log_weight))
  coef <- center_coding(list(gate = gate, expert = expert))
  gate <- coef$gate
  colnames(gate) <- labels
  expert <- coef$expert
  names <- dimnames(expert)
  dimnames(expert) <- list(names[[1L]], names[[2L]], labels)
  if (!is.null(gate_intercept)) names(gate_intercept) <- labels
  structure(
    list(
      log_weight = stats::setNames(as.vector(log_weight) - log_sum_exp(log_weight), labels),
      gate = gate, expert = expert, gate_intercept = gate_intercept,
      gram = gram, weighting = weighting, scaling = scaling
    ),
    class = "mixing_measure"
  )
}

# Some atoms of a measure, their weights normalised.
subset_measure <- function(measure, atoms) {
  new_mixing_measure(
    measure$log_weight[atoms], measure$gate[, atoms, drop = FALSE],
    measure$expert[, , atoms, drop = FALSE], gate_intercept = measure$gate_intercept[atoms],
    gram = measure$gram, weighting = measure$weighting, scaling = measure$scaling,
    labels = colnames(measure$gate)[atoms]
  )
}

log_sum_exp <- function(x) {
  high <- max(x)
  if (high == -Inf) -Inf else high + log(sum(exp(x - high)))
}

# The Gram matrix of the columns after the first, centred: what is left of it beside an intercept
gram_of_slopes <- function(gram) {
  across <- gram[-1L, 1L]
  gram[-1L, -1L, drop = FALSE] - tcrossprod(across) / gram[1L, 1L]
}

n_atoms <- function(measure) length(measure$log_weight)

#' What the core compares atoms with
#' @return List of the arguments of `core_grow_dendrogram()` and `core_dissimilarity()`.
#' @noRd
core_measure <- function(measure, metric) {
  none <- matrix(0, 0L, 0L)
  euclidean <- metric == "euclidean"
  gram <- measure$gram
  if (!euclidean && (is.null(gram$expert) || (is.null(gram$gate) && nrow(measure$gate) > 0L))) {
    moe_abort(
      c(
        "The curvature metric needs the Gram matrices of the covariates.",
        x = "This mixing measure has none: they are kept for up to 500 columns, and only by fits.",
        i = "Use {.code metric = \"euclidean\"}, or give {.arg gram} to {.fn mixing_measure}."
      ),
      "no_gram"
    )
  }
  list(
    log_weight = measure$log_weight, gate = measure$gate, expert = measure$expert,
    euclidean = euclidean,
    gate_gram = if (euclidean || is.null(gram$gate)) none else gram$gate,
    expert_gram = if (euclidean) none else gram$expert
  )
}

#' Dissimilarities between the atoms of a measure
#' @return K x K symmetric matrix with zero diagonal.
#' @noRd
dissimilarity_matrix <- function(measure, metric) {
  out <- do.call(core_dissimilarity, core_measure(measure, metric))
  dimnames(out) <- rep(list(names(measure$log_weight)), 2L)
  out
}

#' The coefficients that a mixing measure stands for
#'
#' A start for a fit of as many experts as the measure has atoms.
#' @return List of `gate` (q x K, the intercepts first when there are any) and `expert` (p x M x K),
#'   in symmetric coding, on the scale of the measure.
#' @noRd
measure_coef <- function(measure) {
  gate <- measure$gate
  if (!is.null(measure$gate_intercept)) {
    # An expert of weight zero would put its intercept at -Inf
    lowest <- max(measure$gate_intercept) + log(.Machine$double.xmin)
    intercept <- pmax(measure$gate_intercept, lowest)
    gate <- rbind(`(Intercept)` = intercept - mean(intercept), gate)
  }
  list(gate = gate, expert = measure$expert)
}

#' A measure on the original scale of the covariates
#'
#' The same functions of the covariates, written in their own units. Drops the Gram matrices.
#' @noRd
original_scale <- function(measure) {
  if (is.null(measure$scaling)) {
    return(measure)
  }
  gate <- measure$scaling$gate
  scaling <- measure$scaling$expert
  dims <- dim(measure$expert)
  # Only beside an intercept, the first column, are the others centred
  expert <- unscale_rows(
    matrix(measure$expert, dims[1L]), scaling,
    intercept = any(scaling$center != 0)
  )
  omega <- measure$gate / as.vector(gate$scale)
  moved <- colSums(omega * as.vector(gate$center))
  if (measure$weighting == "intercept") measure$log_weight <- measure$log_weight - moved
  intercept <- measure$gate_intercept
  if (!is.null(intercept)) intercept <- intercept - moved
  new_mixing_measure(
    measure$log_weight, omega, array(expert, dims, dimnames(measure$expert)),
    gate_intercept = intercept, weighting = measure$weighting, labels = colnames(measure$gate)
  )
}

#' @export
print.mixing_measure <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  dims <- dim(x$expert)
  cat("Mixing measure of", dims[3L], if (dims[3L] == 1L) "expert\n" else "experts\n")
  kind <- c(intercept = "from the gate intercepts", average = "(average gate probabilities)")
  cat("Weights ", kind[[x$weighting]], ":\n", sep = "")
  print(exp(x$log_weight), digits = digits, ...)
  cat(
    "Each with ", nrow(x$gate), if (nrow(x$gate) == 1L) " gate slope and " else " gate slopes and ",
    dims[1L], " coefficients x ", dims[2L], " classes, on ",
    if (is.null(x$scaling)) "original" else "standardised", " covariates\n",
    sep = ""
  )
  invisible(x)
}

#' @rdname mixing_measure
#' @param object A mixing measure.
#' @param metric The metric of the dissimilarities, as in [mixing_dendrogram()]; by default
#'   `"curvature"` when the measure has Gram matrices.
#' @export
summary.mixing_measure <- function(object, metric = NULL, ...) {
  check_no_dots(...)
  if (is.null(metric)) metric <- if (is.null(object$gram$expert)) "euclidean" else "curvature"
  metric <- check_choice(metric, c("curvature", "euclidean"), "metric")
  apart <- dissimilarity_matrix(object, metric)
  diag(apart) <- Inf
  labels <- names(object$log_weight)
  alone <- length(labels) == 1L
  atoms <- data.frame(
    expert = labels,
    weight = exp(unname(object$log_weight)),
    gate_norm = sqrt(unname(colSums(object$gate^2))),
    expert_norm = sqrt(unname(colSums(object$expert^2, dims = 2L))),
    nearest = if (alone) NA_character_ else labels[apply(apart, 1L, which.min)],
    dissimilarity = if (alone) NA_real_ else unname(apply(apart, 1L, min))
  )
  structure(
    list(atoms = atoms, metric = metric, weighting = object$weighting),
    class = "summary.mixing_measure"
  )
}

#' @export
print.summary.mixing_measure <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Atoms of the mixing measure (", x$metric, " metric, ", x$weighting, " weights)\n", sep = "")
  print(x$atoms, digits = digits, row.names = FALSE, ...)
  invisible(x)
}

#' @export
as.data.frame.mixing_measure <- function(x, row.names = NULL, optional = FALSE, ...) { # nolint
  check_no_dots(..., .also = "stringsAsFactors") # what data.frame() gives to its arguments
  labels <- names(x$log_weight)
  dims <- dim(x$expert)
  terms <- function(names, prefix, n) {
    if (is.null(names)) paste0(prefix, seq_len(n), recycle0 = TRUE) else names
  }
  slopes <- terms(rownames(x$gate), "z", nrow(x$gate))
  columns <- terms(dimnames(x$expert)[[1L]], "x", dims[1L])
  classes <- terms(dimnames(x$expert)[[2L]], "", dims[2L])
  parts <- list(
    expand.grid(term = "weight", class = NA_character_, expert = labels, stringsAsFactors = FALSE),
    expand.grid(term = slopes, class = NA_character_, expert = labels, stringsAsFactors = FALSE),
    expand.grid(term = columns, class = classes, expert = labels, stringsAsFactors = FALSE)
  )
  rows <- vapply(parts, nrow, 0L)
  out <- do.call(rbind, parts)
  data.frame(
    expert = out$expert, part = rep(c("weight", "gate", "expert"), rows), out[c("term", "class")],
    value = c(exp(unname(x$log_weight)), as.vector(x$gate), as.vector(x$expert)),
    row.names = row.names
  )
}
