#' Mixture of multinomial-logit experts
#'
#' Fits the class probabilities
#' \deqn{p(y = m \mid x) = \sum_{k=1}^{K} \pi_k(z) P_{km}(x),}{
#'       p(y = m | x) = sum_k pi_k(z) P_km(x),}
#' a softmax gate \eqn{\pi_k(z) \propto \exp(z'\gamma_k)}{pi_k(z) ~ exp(z' gamma_k)} over
#' multinomial-logit experts
#' \eqn{P_{km}(x) \propto \exp(x'\beta_{km})}{P_km(x) ~ exp(x' beta_km)}, by penalised maximum
#' likelihood with a minorization-maximization algorithm whose objective never decreases
#' (arXiv:2602.07997).
#'
#' @param formula A two-part formula `y ~ experts | gate`. The covariates before the bar are those
#'   of the experts, the ones after it those of the gate; without a bar both have the same.
#'   Factors, interactions, `poly()`, `ns()`, and `offset()` (added to the class logits of every
#'   expert) work as in [stats::lm()]. The response is a factor, a character, logical or
#'   whole-number vector, or an n x M matrix of counts per class.
#' @param data A data frame, or `NULL` when the variables are in the environment of `formula`; or a
#'   [row_source()] for rows that need not fit into memory.
#' @param k Number of experts, a positive whole number; `1` is the multinomial logit. See
#'   [select_experts()] for choosing it.
#' @param weights Case weights, real and not negative: a weight of 2 counts a row twice.
#' @param subset,na.action,contrasts As in [stats::lm()]. With `na.action = na_indicate` rows with
#'   missing covariates stay in: see [na_indicate()].
#' @param offset An n x M matrix added to the class logits of every expert; with two classes a
#'   vector, added to those of the second class.
#' @param drop_unused Whether levels of the response that no row has are dropped, with a message.
#' @param fixed `NULL`, or the values of coefficients that are not estimated, see the section on
#'   fixed coefficients: a named vector such as `c("expert_2:b:x" = 0)`, or a data frame such as
#'   `data.frame(component = "expert", expert = 2, term = "x", value = 0)`.
#' @param control A list of settings from [moelogit_control()].
#' @param x Covariates of the experts: a numeric matrix, a data frame of numbers, or a sparse
#'   matrix (`dgCMatrix`, never made dense), n x p without an intercept, which is added.
#' @param y The response, as above.
#' @param z Covariates of the gate, n x q; the default is `x`.
#' @param ... For the generic: passed to the methods. For the methods: settings of
#'   [moelogit_control()], such as `penalty = 0.1` or `threads = 2`.
#'
#' @details
#' Covariates are standardised for the fit and the penalty; coefficients are on the scale of the
#' data. Columns that are constant or linearly dependent are left out, with a message, and get `NA`
#' coefficients as in [stats::lm()]. Experts are ordered by their average gate probability, the
#' largest first.
#'
#' Many short runs from random starts are made and the best continued; then neighbours of the best
#' optimum, with one expert taken away and another one split, are tried until none leads higher:
#' `fit$runs` tells which reached the best optimum. Randomness comes from R: use [set.seed()].
#'
#' @return An object of class `"moelogit"`, a list with (n rows, M classes, K experts, p and q
#'   columns):
#' * `gate` (q x K) and `expert` (p x M x K): coefficients in symmetric coding, in which no expert
#'   and no class is special: rows of the gate, and of each expert, sum to zero. [coef()] gives the
#'   usual reference coding.
#' * `loglik`, `objective` (penalised), `df`, `nobs` (sum of the case weights), `penalty`.
#' * `trace`: the objective at the start and after every iteration of the winning run, never
#'   decreasing. `converged`, `decrement` (see `tol` in [moelogit_control()]), `interrupted`.
#' * `runs`: a data frame, one row a run: its `kind` (`"directions"` and `"centers"`: random starts;
#'   `"neighbour"`: of the best optimum; `"given"`, `"zero"`, `"merged"`), the objective after the
#'   `short` run, whether it was `continued`, and then the final `objective`, `iterations`,
#'   `converged`, and whether it reached the `best` optimum. With very many rows starts and search
#'   see a sample of them, and the best runs are continued on all rows: then
#'   `sample_best` says whether a run that was continued on the sample reached its best optimum,
#'   `continued` and what follows are of all rows.
#' * `gate_mean`: average gate probability of each expert. `fitted.values`: n x M class
#'   probabilities.
#' * `classes`, `k`, `formula`, `terms`, `call`, `control`, and what prediction needs (`frame`:
#'   which columns are left out and how the others are scaled; `xlevels`, `contrasts`); with
#'   `keep_data` also the model frame, or `x`, `z` and the response. A fit to a [row_source()] has
#'   no rows, but `source` (where they came from, how many, how many were left out) and
#'   `inference`.
#'
#' @section Fixed coefficients:
#' Any coefficient of [coef()] can be held at a value in `fixed`: it is in reference coding and on
#' the scale of the covariates, as there. A vector has the names of [coef()]. A data frame has a
#' column `value` and, of `component`, `expert`, `class` and `term` (those of
#' [tidy()][tidy.moelogit]), the ones that say whose value it is; what is left out, or `NA`, stands
#' for all. So the row of the
#' example above makes an expert on which `x` has no effect, whatever the class, and
#' `data.frame(component = "gate", term = "x", value = 0)` takes `x` out of the gate.
#'
#' Experts then have the names under which their coefficients were given: they are not put in order
#' of size. Which of them is which is part of the search. Fixed coefficients do not count in `df`,
#' have standard error 0, and are marked by `print()` and `summary()`; a likelihood-ratio test
#' against the model without them is that of [anova()][anova.moelogit]. The penalty is as without.
#' The fit holds them in `fixed`, a data frame.
#'
#' @section Which function:
#' * `moelogit()`: the number of experts is known, or one model to read, test and draw is wanted.
#' * [select_experts()]: the number is to be found, and how sure it is; the fit is again one model.
#' * [cv_moelogit()]: predictions count. It chooses number and penalty by rows left out and averages
#'   over the best; `$fit` is one model to read beside it.
#' * [bag_moelogit()]: nothing but predictions counts: it averages over more samples, is mostly a
#'   little better at that, takes longer, and says out of bag how good it is.
#'
#' @section Errors: Every problem with the input stops with a condition of class
#'   `"moelogit_error"` and a more specific class, and names the variable at fault.
#'
#' @references Tran et al. (2026). Fast model selection and stable optimization for softmax-gated
#'   multinomial-logistic mixture of experts models. arXiv:2602.07997.
#'
#' Jordan, M. I. and Jacobs, R. A. (1994). Hierarchical mixtures of experts and the EM algorithm.
#' *Neural Computation*, 6, 181-214. \doi{10.1162/neco.1994.6.2.181}
#'
#' @seealso [select_experts()], [predict.moelogit()], [moelogit_control()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' fit
#' head(predict(fit, type = "prob"))
#'
#' # an expert on which the width has no effect
#' none <- data.frame(component = "expert", expert = 2, term = "Sepal.Width", value = 0)
#' constrained <- update(fit, fixed = none, starts = 5)
#' anova(constrained, fit)
#' @export
moelogit <- function(x, ...) {
  if (names_formula(...)) UseMethod("moelogit", y ~ x)
  UseMethod("moelogit")
}

#' @rdname moelogit
#' @export
moelogit.formula <- function(formula, data = NULL, k, weights = NULL, subset = NULL,
                             na.action = NULL, offset = NULL, contrasts = NULL,
                             drop_unused = TRUE, fixed = NULL, control = moelogit_control(...),
                             ...) {
  k <- if (!missing(k)) k
  asked <- read_formula("moelogit", match.call())
  with_cache_errors(fit_design(asked$design, k, asked$control, asked$call, fixed = fixed))
}

#' @rdname moelogit
#' @export
moelogit.default <- function(x, y, k, z = NULL, weights = NULL, offset = NULL,
                             drop_unused = TRUE, fixed = NULL, control = moelogit_control(...),
                             ...) {
  k <- if (!missing(k)) k
  asked <- read_matrices("moelogit", match.call())
  fit_design(asked$design, k, asked$control, asked$call, fixed = fixed)
}

fit_design <- function(design, k, control, call, start = control$start, budget = NULL,
                       fixed = NULL) {
  k <- check_experts(k, design$n_positive)
  problem <- build_problem(design, k, control, fixed)
  if (!is.null(problem$fixed)) check_fixed_values(problem, control)
  progress <- progress_reporter(control, k)
  if (!is.null(control$checkpoint)) {
    progress <- checkpoint_writer(control$checkpoint, problem, progress)
  }
  result <- fit_starts(problem, control, progress, start, budget)
  if (!is.null(control$checkpoint)) {
    write_checkpoint(
      control$checkpoint, problem$frame, result$run$theta, final_objective(result$run)
    )
  }
  if (result$interrupted) report_interrupt(control)
  new_moelogit(problem, result, design, control, call)
}
