#' Choose the number of experts from one fit
#'
#' Fits once with too many experts, then merges close experts of the fit again and again, refitting
#' from the merged ones (a warm start) before the next merge, down to a single expert. The tree of
#' the merges, the log-likelihood of every level and the criteria read off them tell how many
#' experts there are, and how sure one can be.
#'
#' @details
#' At each level the two closest pairs are candidates for the merge, and each expert for being left
#' out, to join the one closest to it; the candidate that leads highest in short runs is taken.
#' With the closest pair alone, a level where all experts differ often ends in a poor optimum.
#'
#' A poor optimum at one level makes the level above it look needed, and hides what an expert more
#' would bring. So the levels next to the chosen one are searched once more, the one below if the
#' chosen number is above 2 and gains less than 12 in log-likelihood for each coefficient of an
#' expert, the one above if its criterion is larger by less than 3 for each: from every expert of
#' the level below it split in two, from merges of the level above it, and from neighbours of its
#' own fit. Then the number is chosen again. At the chosen level random starts and more neighbours
#' are tried too, as [moelogit()] does. A level where that leads higher is replaced: its experts
#' keep their places in the tree, the height of the merge below it is computed again, and the levels
#' next to it are searched again if the choice rests on them. With a `start` of your own nothing is
#' searched, and with a number of `starts` only the levels next to the chosen one.
#'
#' With many rows the candidates are compared on about 5,000 of them, drawn at random, and levels
#' are searched on 2,500; the fits are of all rows.
#'
#' @param formula,data,x,y,z,weights,subset,na.action,offset,contrasts,drop_unused,control The
#'   model, as in [moelogit()].
#' @param k_max Number of experts of the overfitted fit, a whole number of at least 2: a few more
#'   than you think there are.
#' @param criterion Which column of the table chooses; the smallest value wins.
#'   * `"tempered"`: minus twice the penalised log-likelihood plus 0.8 times the sum of log(1 +
#'     \eqn{\lambda_j}{lambda_j}), see the section on effective coefficients.
#'   * `"effective"`: minus twice the log-likelihood plus 3 for every effective coefficient.
#'   * `"slope"`: minus twice the log-likelihood of the polished fits plus \eqn{2\lambda}{2 lambda}
#'     for every free coefficient, \eqn{\lambda}{lambda} learnt from the path itself: four times
#'     what a coefficient gains in log-likelihood at that of the last three levels where it gains
#'     least, the slope that superfluous experts leave (Baudry, Maugis and Michel 2012), but no less
#'     than 1, the value of AIC, and no more than log(log n), that of Hannan and Quinn (1979).
#'   * `"aic"`, `"bic"`, `"icl"`: of the polished fits.
#'   * `"dsc"`: the dendrogram selection criterion on the polished path, guarded: with heights h of
#'     the polished dendrogram and mean log-likelihoods l,
#'     \eqn{-(h(\kappa)/\max h + \sqrt{n}\, l(\kappa)/|l(K)|)}{-(h(k)/max h + sqrt(n) l(k)/|l(K)|)}
#'     over levels 2 to K, and 1 when BIC prefers 1 to the level so chosen.
#'   * `"dsc_raw"`, `"dsc_rescaled"`: the criterion of arXiv:2602.07997 on merged atoms that are not
#'     refitted, with weight log n, as published and with heights and log-likelihoods rescaled. They
#'     cannot choose 1, and the raw one mostly answers 2.
#' @param metric Metric of the dendrogram, see [mixing_dendrogram()].
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()]. The overfitted fit makes 8 short runs, of which 2 are continued (1 with
#'   more than 10,000 rows), and no search for better optima, unless `starts`, `keep` or `search`
#'   are given.
#'
#' @return An object of class `"moelogit_selection"`, a list:
#' * `k`: the chosen number of experts, 1 possible; `fit`: the fit with that many.
#' * `table`: a data frame by `k`, 1 to K: `height` (of the merge from k to k - 1 experts, polished
#'   path), `height_merged` (of the published tree: Euclidean, not refitted), `loglik_merged` (of
#'   the merged atoms before refitting), `loglik` (refitted), `df`, `edf` (effective coefficients),
#'   `evidence` (Laplace's approximation of its logarithm), `weight` (of each number, summing to
#'   one), and the criteria.
#' * `dendrogram`: the polished [mixing_dendrogram()]; `published`: that of the papers, of the
#'   overfitted fit alone.
#' * `fits`: the fit of every level, named by k, so any k can be had without refitting.
#' * `experts`: for every level, which experts of the overfitted fit each expert of it holds.
#' * `criterion`, `k_max`, `call`, and `interrupted`: with `on_interrupt = "return"` (see
#'   [moelogit_control()]) an interrupt leaves out the levels that are not done: their fits are
#'   missing, their criteria `NA`, and their part of the tree is not refitted.
#' @section Effective coefficients, evidence and weights:
#' Let H be the observed information of the data, P the Hessian of the penalty, and
#' \eqn{\lambda_j}{lambda_j} the eigenvalues of \eqn{P^{-1/2} H P^{-1/2}}{P^(-1/2) H P^(-1/2)},
#' those below 0 set to 0, as superfluous experts often sit at saddles. A coefficient about which
#' the data say much more than the penalty has a large one. The effective number of coefficients
#' is the sum of \eqn{\lambda_j / (1 + \lambda_j)}{lambda_j / (1 + lambda_j)} (Moody 1992), far
#' below `df` where the penalty holds many coefficients down. With the penalty as a normal prior,
#' Laplace's approximation of the log evidence is the penalised log-likelihood minus half the sum
#' of log(1 + \eqn{\lambda_j}{lambda_j}) (MacKay 1992). It knows one optimum and not the many
#' others that add to the evidence; the `"tempered"` criterion takes eight tenths of that sum, a
#' number from tuning samples and some folds of real data (it is judged on others, in the article
#' *Is the number of experts right?*). `weight` is proportional to exp(-0.35 `tempered`): seven
#' tenths of the differences of log evidences, because with all of them the sets of
#' [confint()][confint.moelogit_selection] held the number too rarely in the tuning samples.
#'
#' Coefficients without a penalty count as if they had one of 1. With more than 1,000 free
#' coefficients in the overfitted fit, H is taken apart into the blocks of single logits, which
#' counts up to a tenth too many effective coefficients; with more than 1,000 covariates too, into
#' its diagonal.
#' @section When the choice is at the edge:
#' A choice of `k_max` means that the overfitted fit may not have been overfitted: a message says
#' so.
#' @references Tran et al. (2026). Fast model selection and stable optimization for softmax-gated
#'   multinomial-logistic mixture of experts models. arXiv:2602.07997.
#'
#'   Do, Do, McKinley, Terhorst and Nguyen (2024). Dendrogram of mixing measures. arXiv:2403.01684.
#'
#'   Baudry, Maugis and Michel (2012). Slope heuristics: overview and implementation. *Statistics
#'   and Computing*, 22, 455-470. \doi{10.1007/s11222-011-9236-1}
#'
#'   Hannan and Quinn (1979). The determination of the order of an autoregression. *Journal of the
#'   Royal Statistical Society B*, 41, 190-195. \doi{10.1111/j.2517-6161.1979.tb01072.x}
#'
#'   MacKay (1992). Bayesian interpolation. *Neural Computation*, 4, 415-447.
#'   \doi{10.1162/neco.1992.4.3.415}
#'
#'   Moody (1992). The effective number of parameters: an analysis of generalization and
#'   regularization in nonlinear learning systems. *Advances in Neural Information Processing
#'   Systems*, 4, 847-854.
#' @seealso [confint()][confint.moelogit_selection] for the plausible numbers, [test_experts()],
#'   [mixing_dendrogram()], [sweep_experts()], [autoplot.moelogit_selection()]
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length + Sepal.Width, data = iris, k_max = 3)
#' choice
#' predict(choice$fit, head(iris), type = "prob")
#' @export
select_experts <- function(x, ...) {
  if (names_formula(...)) UseMethod("select_experts", y ~ x)
  UseMethod("select_experts")
}

#' @rdname select_experts
#' @export
select_experts.formula <- function(formula, data = NULL, k_max = 6L,
                                   criterion = c("tempered", "effective", "slope", "aic", "bic",
                                                 "icl", "dsc", "dsc_rescaled", "dsc_raw"),
                                   metric = c("curvature", "euclidean"), weights = NULL,
                                   subset = NULL, na.action = NULL, offset = NULL,
                                   contrasts = NULL, drop_unused = TRUE,
                                   control = moelogit_control(...), ...) {
  asked <- read_formula("select_experts", match.call())
  with_cache_errors(select_design(asked, k_max, criterion, metric))
}

#' @rdname select_experts
#' @export
select_experts.default <- function(x, y, k_max = 6L,
                                   criterion = c("tempered", "effective", "slope", "aic", "bic",
                                                 "icl", "dsc", "dsc_rescaled", "dsc_raw"),
                                   metric = c("curvature", "euclidean"), z = NULL, weights = NULL,
                                   offset = NULL, drop_unused = TRUE,
                                   control = moelogit_control(...), ...) {
  select_design(read_matrices("select_experts", match.call()), k_max, criterion, metric)
}

# `asked`: from read_formula() or read_matrices().
select_design <- function(asked, k_max, criterion, metric) {
  n <- asked$design$n_positive
  k_max <- check_experts(check_count(k_max, "k_max", min = 2L), n, "k_max")
  criterion <- check_choice(criterion, selection_criteria, "criterion")
  metric <- check_choice(metric, c("curvature", "euclidean"), "metric")
  n <- sum(asked$design$weights)
  path <- settle_path(polished_path(asked, k_max, metric), criterion, n)
  if (path$interrupted) report_interrupt(asked$control, "selection")
  tree <- path_tree(path)
  out <- new_selection(
    path_fits(path), selection_table(path, n), tree, criterion, asked$call,
    published = path$published, experts = level_experts(tree, path$fits),
    interrupted = path$interrupted
  )
  if (out$k == k_max) inform_edge(k_max)
  if (!out$fit$converged && !out$interrupted) warn_not_converged(out$fit)
  out
}

#' Assemble a selection
#'
#' @param fits Named by their numbers of experts. @param table With a row for every number.
#' @param dendrogram A tree of the largest fit. @param call Of the verb.
#' @param ... Further fields. @param class Of a kind of selection.
#' @return An object of class `"moelogit_selection"`, see [select_experts()].
#' @noRd
new_selection <- function(fits, table, dendrogram, criterion, call, ..., class = NULL) {
  k <- choose_level(table, criterion)
  structure(
    list(
      k = k, fit = fits[[as.character(k)]], table = table, dendrogram = dendrogram, fits = fits,
      criterion = criterion, k_max = max(table$k), call = call, ...
    ),
    class = c(class, "moelogit_selection")
  )
}

inform_edge <- function(k_max) {
  moe_inform(
    c(
      "The chosen number of experts is the largest that was fitted, {k_max}.",
      i = "There may be more: raise {.arg k_max}."
    ),
    "edge"
  )
}
