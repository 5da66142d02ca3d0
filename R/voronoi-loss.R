#' Distance of a fit from a known truth
#'
#' The three Voronoi losses between a fitted mixing measure and the true one, for simulation
#' studies. They compare what is identified: not the order of the experts, not the reference
#' class, and not a common translation of the gate slopes.
#'
#' With cells \eqn{A_j}, the fitted atoms nearest to true atom j, with
#' \eqn{u = (\omega, b)}{u = (omega, b)}, and after the translation t of the true gate slopes,
#' \deqn{D_{exact} = \sum_j |\sum_{A_j} w - w_j| + \sum_j \sum_{A_j} w |u - u_j|,}{
#'       D_exact = sum_j |sum_(A_j) w - w_j| + sum_j sum_(A_j) w |u - u_j|,}
#' D_over is the same with \eqn{|u - u_j|^2} in every cell that holds more than one atom, and D_fast
#' is D_over plus the sum over those cells of \eqn{|\sum_{A_j} w (u - u_j)|}{|sum_(A_j) w (u -
#' u_j)|}.
#'
#' @section Alignment:
#' A gate is the same when all its slopes move by one vector, so each loss is the smallest over that
#' translation. Candidates come from every pair of a fitted and a true atom: from the translation
#' that the pair suggests, each true atom is assigned a fitted atom of its own (the linear
#' assignment problem, not a greedy guess), the translation is the mean over these, and so on until
#' nothing changes. From each candidate D_exact is minimised, its cells following the translation.
#' The cells of the best are kept for all three losses; given the cells, each loss is convex in
#' the translation and takes its own best one. The weights are normalised to sum to 1, which costs
#' at most a factor of 2 against the smallest value over their common factor.
#'
#' @section Rates:
#' When every true expert has some non-zero slope, the slopes of log loss on log n to expect are
#' -1/2 for D_exact with the right number of experts, -1/4 for D_exact with too many, -1/2 for
#' D_over and D_fast with too many, and -1/2 for D_exact after merging to the right number
#' (`mixing_measure(mixing_dendrogram(fit), k = )`). **When all slopes of some true expert vanish,
#' these rates break down**: expert and gate then trade off through a partial differential
#' equation, and the parameters of an overfitted fit converge slower than any power of n
#' (arXiv:2310.14188). A small loss of the class probabilities then says nothing about the
#' parameters.
#'
#' @param fit A fit by [moelogit()] or a [mixing_measure()], as of a level of a dendrogram.
#' @param truth The truth: a [mixing_measure()] of the same covariates and classes, or a fit.
#'
#' @details Both are compared on the original scale of the covariates, to which measures of fits
#'   and of dendrograms are converted, with the weights of the gate intercepts. A measure made by
#'   hand is taken as it is, so its weights must be the shares of the experts at covariates of
#'   zero. Two measures whose weights are of different kinds are not compared. True atoms that
#'   coincide count as one, of their weights together.
#'
#' @return An object of class `"voronoi_loss"`, a list with
#'   * `exact`, `over`, `fast`: the three losses;
#'   * `cells`: for each fitted atom, the number of the true atom nearest to it;
#'   * `assignment`: for each true atom, the fitted atom of its own (`NA` when the fit has too few);
#'   * `translation`: (q - 1) x 3 matrix, the translation of the true gate slopes for each loss.
#' @references
#' Nguyen, Akbarian, Nguyen and Ho (2023). A general theory for softmax gating multinomial logistic
#' mixture of experts. \doi{10.48550/arXiv.2310.14188}.
#'
#' Tran et al. (2026), \doi{10.48550/arXiv.2602.07997}.
#' @export
#' @examples
#' expert <- array(0, c(2, 2, 2))
#' expert[2, 1, ] <- c(-2, 2)
#' truth <- mixing_measure(log(c(0.6, 0.4)), gate = rbind(x = c(-1, 1)), expert = expert)
#' # The second expert split into two halves, slightly apart, and all gate slopes moved by 5
#' split <- mixing_measure(
#'   log(c(0.6, 0.2, 0.2)), gate = rbind(x = c(4, 5.9, 6.1)), expert = expert[, , c(1, 2, 2)]
#' )
#' voronoi_loss(split, truth)
voronoi_loss <- function(fit, truth) {
  fit <- loss_measure(fit, "fit")
  truth <- loss_measure(truth, "truth")
  check_comparable(fit, truth)
  atoms <- truth
  first <- coincident_atoms(atoms)
  truth <- distinct_atoms(atoms, first)
  best <- align_exact(fit, truth)
  losses <- lapply(c(exact = "exact", over = "over", fast = "fast"), function(form) {
    best_translation(loss_terms(fit, truth, best$cells, form), best$translation)
  })
  off <- sum(abs(cell_weights(fit, truth, best$cells) - exp(truth$log_weight)))
  structure(
    c(
      lapply(losses, function(one) off + one$value),
      list(
        cells = stats::setNames(unique(first)[best$cells], names(fit$log_weight)),
        assignment = stats::setNames(
          assign_labels(atom_distances(fit, atoms, best$translation)), names(atoms$log_weight)
        ),
        translation = matrix(
          vapply(losses, `[[`, numeric(nrow(fit$gate)), "translation"),
          nrow(fit$gate), 3L, dimnames = list(rownames(fit$gate), names(losses))
        )
      )
    ),
    class = "voronoi_loss"
  )
}

loss_measure <- function(x, arg) {
  if (!inherits(x, c("moelogit", "mixing_measure"))) {
    moe_abort(
      c(
        "{.arg {arg}} must be a fit by {.fn moelogit} or a {.cls mixing_measure}.", x = describe(x)
      ),
      "argument"
    )
  }
  measure <- mixing_measure(x)
  if (measure$weighting == "average" && !is.null(measure$gate_intercept)) {
    measure$log_weight <- measure$gate_intercept - log_sum_exp(measure$gate_intercept)
    measure$weighting <- "intercept"
  }
  measure <- original_scale(measure)
  if (max(abs(measure$gate), abs(measure$expert), 0) > largest_coefficient) {
    moe_abort(
      c(
        "The coefficients of {.arg {arg}} are too large to be compared.",
        x = "Some are beyond {largest_coefficient} on the original scale of the covariates.",
        i = "Give the covariates in other units."
      ),
      "argument"
    )
  }
  measure
}

# The squares of differences are still finite.
largest_coefficient <- 1e150

check_comparable <- function(fit, truth) {
  shape <- function(x) {
    stats::setNames(c(nrow(x$gate), dim(x$expert)[1:2]), c("slopes", "coefficients", "classes"))
  }
  if (!identical(shape(fit), shape(truth))) {
    show <- function(x) paste(shape(x), names(shape(x)), collapse = ", ")
    moe_abort(
      c(
        "{.arg fit} and {.arg truth} must have the same covariates and classes.",
        x = paste0("{.arg fit} has ", show(fit), "."),
        x = paste0("{.arg truth} has ", show(truth), ".")
      ),
      "not_comparable"
    )
  }
  if (fit$weighting != truth$weighting) {
    moe_abort(
      c(
        "{.arg fit} and {.arg truth} must have weights of one kind.",
        x = "Those of {.arg fit} are {.val {fit$weighting}}.",
        x = "Those of {.arg truth} are {.val {truth$weighting}}."
      ),
      "not_comparable"
    )
  }
}

# For each atom the number of the first that is where it is, up to rounding; or where one is that is
# where it is, and so on.
coincident_atoms <- function(measure) {
  place <- rbind(measure$gate, matrix(measure$expert, ncol = n_atoms(measure)))
  apart <- unname(as.matrix(stats::dist(t(place), "maximum")))
  first <- max.col(apart <= 1e-10 * max(abs(place)), "first")
  while (!identical(first, first[first])) first <- first[first]
  first
}

# Atoms that coincide made one, their weights together: the same measure.
distinct_atoms <- function(measure, first) {
  measure$log_weight[unique(first)] <- log(rowsum(exp(measure$log_weight), first)[, 1L])
  subset_measure(measure, unique(first))
}

# Squared distances of true atoms (rows) and fitted atoms (columns) in b; and the differences of
# their gate slopes, fitted minus true, as a (q - 1) x K0 x K array
expert_gaps <- function(fit, truth) {
  flat <- function(x) matrix(x$expert, ncol = n_atoms(x))
  pairs <- expand.grid(j = seq_len(n_atoms(truth)), k = seq_len(n_atoms(fit)))
  apart <- flat(truth)[, pairs$j, drop = FALSE] - flat(fit)[, pairs$k, drop = FALSE]
  matrix(colSums(apart^2), n_atoms(truth))
}

gate_gaps <- function(fit, truth) {
  pairs <- expand.grid(j = seq_len(n_atoms(truth)), k = seq_len(n_atoms(fit)))
  apart <- fit$gate[, pairs$k, drop = FALSE] - truth$gate[, pairs$j, drop = FALSE]
  array(apart, c(nrow(fit$gate), n_atoms(truth), n_atoms(fit)))
}

# Squared distances |u - u_j|^2 of true atoms (rows) and fitted atoms (columns) after translation
atom_distances <- function(fit, truth, translation) {
  colSums((gate_gaps(fit, truth) - translation)^2) + expert_gaps(fit, truth)
}

cell_weights <- function(fit, truth, cells) {
  vapply(seq_len(n_atoms(truth)), function(j) sum(exp(fit$log_weight[cells == j])), 0)
}

#' The part of a loss that depends on the translation t, term by term
#'
#' Each term is `size * (|shift - t|^2 + rest)^(power / 2)`.
#' @return List of `shift` ((q - 1) x terms), `rest`, `size` and `power`.
#' @noRd
loss_terms <- function(fit, truth, cells, form) {
  weight <- unname(exp(fit$log_weight))
  own <- cbind(cells, seq_along(cells))
  shift <- fit$gate - truth$gate[, cells, drop = FALSE]
  crowded <- which(tabulate(cells, n_atoms(truth)) > 1L)
  power <- if (form == "exact") rep(1, length(cells)) else ifelse(cells %in% crowded, 2, 1)
  terms <- list(
    shift = unname(shift), rest = expert_gaps(fit, truth)[own], size = weight, power = power
  )
  if (form != "fast") {
    return(terms)
  }
  apart <- matrix(fit$expert, ncol = length(cells)) -
    matrix(truth$expert, ncol = n_atoms(truth))[, cells, drop = FALSE]
  for (j in crowded[cell_weights(fit, truth, cells)[crowded] > 0]) {
    share <- weight * (cells == j)
    total <- sum(share)
    terms$shift <- cbind(terms$shift, shift %*% share / total)
    terms$rest <- c(terms$rest, sum((apart %*% share / total)^2))
    terms$size <- c(terms$size, total)
    terms$power <- c(terms$power, 1)
  }
  terms
}

loss_value <- function(terms, translation) {
  squared <- colSums((terms$shift - translation)^2) + terms$rest
  sum(terms$size * squared^(terms$power / 2))
}

#' Smallest value over the translation, for fixed cells
#'
#' Convex. Weiszfeld's (1937) reweighted means from `start`; as an optimum may sit in the kink of
#' one term, where they slow down, the translations of single terms are tried as well.
#' @return List of `translation` and `value`.
#' @noRd
best_translation <- function(terms, start) {
  translation <- start
  value <- loss_value(terms, translation)
  for (step in seq_len(500L)) {
    squared <- colSums((terms$shift - translation)^2) + terms$rest
    pull <- terms$size * ifelse(terms$power == 2, 2, 1 / sqrt(pmax(squared, 1e-30)))
    moved <- as.vector(terms$shift %*% pull) / sum(pull)
    moved_value <- loss_value(terms, moved)
    if (!(moved_value < value)) break
    gain <- value - moved_value
    translation <- moved
    value <- moved_value
    if (gain <= 1e-14 * value) break
  }
  for (i in seq_along(terms$size)) {
    kink <- loss_value(terms, terms$shift[, i])
    if (kink < value) {
      translation <- terms$shift[, i]
      value <- kink
    }
  }
  list(translation = translation, value = value)
}

# The translation at which each true atom has a fitted atom of its own, from a first guess
assigned_translation <- function(fit, truth, start) {
  translation <- start
  seen <- integer(0L)
  repeat {
    owner <- assign_labels(exp(truth$log_weight) * atom_distances(fit, truth, translation))
    if (identical(owner, seen)) {
      return(translation)
    }
    seen <- owner
    met <- which(!is.na(owner))
    shift <- fit$gate[, owner[met], drop = FALSE] - truth$gate[, met, drop = FALSE]
    weight <- exp(truth$log_weight[met])
    translation <- as.vector(shift %*% weight) / sum(weight)
  }
}

# Minimise D_exact over the translation, the cells following it
align_exact <- function(fit, truth) {
  guesses <- gate_gaps(fit, truth)
  pairs <- expand.grid(j = seq_len(n_atoms(truth)), k = seq_len(n_atoms(fit)))
  starts <- Map(
    function(j, k) assigned_translation(fit, truth, guesses[, j, k]), pairs$j, pairs$k
  )
  tried <- lapply(unique(starts), descend_exact, fit = fit, truth = truth)
  tried[[which.min(vapply(tried, `[[`, 0, "value"))]]
}

descend_exact <- function(translation, fit, truth) {
  best <- list(value = Inf)
  repeat {
    cells <- nearest_cells(fit, truth, translation)
    terms <- loss_terms(fit, truth, cells, "exact")
    off <- sum(abs(cell_weights(fit, truth, cells) - exp(truth$log_weight)))
    value <- off + loss_value(terms, translation)
    if (!(value < best$value)) {
      return(best)
    }
    best <- list(value = value, cells = cells, translation = translation)
    translation <- best_translation(terms, translation)$translation
  }
}

nearest_cells <- function(fit, truth, translation) {
  unname(apply(atom_distances(fit, truth, translation), 2L, which.min))
}

#' @export
print.voronoi_loss <- function(x, digits = max(3L, getOption("digits") - 3L), ...) {
  cat("Voronoi losses\n")
  print(c(exact = x$exact, over = x$over, fast = x$fast), digits = digits, ...)
  cat("Fitted experts by true expert:\n")
  for (j in seq_along(x$assignment)) {
    held <- names(x$cells)[x$cells == j]
    if (length(held) == 0L) held <- "none"
    cat("  ", names(x$assignment)[j], ": ", toString(held), "\n", sep = "")
  }
  invisible(x)
}
