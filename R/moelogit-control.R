#' Settings of a mixture-of-experts fit
#'
#' Collects and checks everything about *how* [moelogit()] fits: the ridge penalty, the optimiser,
#' the starts, when to stop, and what to keep. The model itself (formula, data, number of experts)
#' stays in the arguments of [moelogit()].
#'
#' @details
#' **Objective.** With class probabilities \eqn{f(y \mid x)}{f(y | x)} and case weights \eqn{c_i},
#' the fit maximises
#' \deqn{\sum_i c_i \log f(y_i \mid x_i) - \frac{\lambda_g}{2} \sum_k |\gamma_k|^2
#'   - \frac{\lambda_e}{2} \sum_{k,m} |\beta_{km}|^2}{sum_i c_i log f(y_i | x_i)
#'   - (lambda_g/2) sum_k |gamma_k|^2 - (lambda_e/2) sum_km |beta_km|^2}
#' over gate coefficients \eqn{\gamma} and expert coefficients \eqn{\beta}, on standardised
#' covariates and in the symmetric coding (coefficients sum to zero over experts, and over the
#' classes of each expert), so that neither units nor the order of classes matter.
#'
#' **Optimiser.** Both methods are minorization-maximization (MM) algorithms: Jensen's inequality
#' separates the experts, and a uniform bound on the curvature of the softmax (Böhning 1992) turns
#' each part into a least-squares step. `"mm"` takes those steps as they are; `"accelerated"` uses
#' them as the metric of a quasi-Newton ascent with a line search (in the spirit of Lange 1995),
#' falling back to the plain step whenever it does not ascend. Neither ever decreases the
#' objective, and both have the same stationary points.
#'
#' @param penalty Ridge penalty: one number `>= 0` for gate and experts alike, or two as
#'   `c(gate = , expert = )` (unnamed: in that order). On the scale of the log-likelihood: a sum
#'   over observations, not a mean. The penalty makes the maximum exist under separation, with
#'   empty experts and with rare classes, and makes redundant experts collapse onto each other.
#'   `0` is allowed.
#' @param penalize_intercept Whether the penalty covers the intercepts too. `TRUE` keeps
#'   the maximum finite when an expert never meets a class; with `FALSE` and one expert the fitted
#'   class frequencies equal the observed ones, as in `glmnet`.
#' @param method `"accelerated"` (quasi-Newton in the MM metric) or `"mm"` (plain MM steps, slow
#'   and simple, as in arXiv:2602.07997).
#' @param curvature Bound on the curvature used by the MM steps. `"tight"`: the softmax bound
#'   \eqn{\mathrm{diag}(p) - pp' \le (I - 11'/K)/2}{diag(p) - pp' <= (I - 11'/K)/2} of
#'   Böhning (1992) in the symmetric coding. `"loose"`: the constants
#'   \eqn{(1.5 I - 11'/N)/2}{(1.5 I - 11'/N)/2} on the `N` free columns of the reference coding used
#'   in earlier work on this model, for comparison; same optimum, shorter steps.
#' @param starts Number of short runs from different starting points, a positive whole number.
#'   `NULL` lets [moelogit()] choose. The likelihood has many local maxima: `fit$runs` shows how
#'   many starts reached the best one. Not used when `start` is given.
#' @param short_iter Number of iterations of each short run, a positive whole number; `NULL`: the
#'   choice of [moelogit()].
#' @param keep Number of short runs, the best ones, that are continued to convergence, a positive
#'   whole number, at most `starts`; `NULL`: the choice of [moelogit()].
#' @param search Number of neighbours of the best optima (experts exchanged between two of them, one
#'   expert taken away, another one split) that are tried in vain before the search for a better one
#'   ends, a whole number; `0`: no search.
#'   `NULL`: the choice of [moelogit()], which does not search when `starts` is given, tries fewer
#'   neighbours when there are more than 300 free coefficients, and ends sooner where the same
#'   optima are found again and again.
#' @param tol Tolerance `>= 0`: stop when the MM decrement \eqn{g'H^{-1}g} (`g` the gradient,
#'   `H` the MM curvature) falls to `tol * (1 + |objective|)`. The decrement bounds
#'   the gain of the next step from below; a small change of the objective is no sign of
#'   convergence here. `tol = 0` runs to `max_iter`.
#' @param max_iter Largest number of iterations of a run, a positive whole number.
#' @param threads Number of threads, a positive whole number; where the machine has fewer cores, as
#'   many as these. What is many fits ([cv_moelogit()],
#'   [bag_moelogit()], [sweep_experts()], [test_experts()]) is divided among so many processes of
#'   this machine instead (forks, where there are). The result does not depend on it.
#' @param cluster `NULL`, or a cluster of workers that do what is many fits, in the place of
#'   `threads`, and the random starts of one fit: [parallel::makeCluster()], on this machine or
#'   others, through snow's MPI, or `mirai::make_cluster()`, which knows SSH and Slurm. Nor does the
#'   result depend on it. See the section on clusters. Fits do not keep it.
#' @param standardize Whether to centre and scale the covariates to mean 0 and standard deviation
#'   1 (weighted) for the fit. Coefficients are always returned on the original scale.
#' @param start One starting point instead of many: a fitted `moelogit` (its coefficients are
#'   kept, not the fit), a list `list(gate = , expert = )` of coefficients shaped as `fit$gate`
#'   (`q x K` matrix) and `fit$expert` (`p x M x K` array) on the original scale of the covariates,
#'   or a matrix of posterior expert probabilities (one row per observation, one column per
#'   expert; non-negative, no row all zero; rows are scaled to sum to 1).
#'   Or the name of a file that `checkpoint` left.
#' @param checkpoint `NULL`, or the name of a file in which [moelogit()] leaves the best
#'   coefficients so far, now and then and at its end. After a crash `start = file` goes on from
#'   them (from these alone: starts that had not been tried by then are not). The file is whole at
#'   any time.
#' @param progress Whether to show a progress bar for long fits.
#' @param keep_data Whether the fit keeps fitted values, posteriors, response and model frame.
#'   `FALSE` gives small objects that still predict on new data.
#' @param on_interrupt What an interrupt by the user does: `"stop"` as anywhere in R, or
#'   `"return"` the best fit so far, marked as not converged, with a warning.
#'
#' @return A list of class `"moelogit_control"` with one element per argument; `penalty` always has
#'   the elements `gate` and `expert`, and counts are integers.
#'
#' @section Clusters:
#' Each worker must have the same version of moelogit as this session. What tasks share is sent to
#' a worker once; then a task at a time, and whoever is done gets the next. Each task has a seed of
#' its own, drawn here before any begins, so the answer is the same to the last bit on like machines
#' for any number of workers and none.
#'
#' A worker of a socket cluster that dies is made up for by the others: a message tells. When none
#' is left, or a worker cannot do its tasks, the error has class `"moelogit_error_workers"`. After
#' an interrupt workers finish the task that they are at; further fits may use the cluster at once,
#' but other functions would take the answers for theirs: make it anew before.
#'
#' TCP may hold an answer of more than 4 kilobytes back for 40 milliseconds, as long as a small fit
#' takes. Workers do not wait for that when they start so, in a session with
#' `options(socketOptions = "no-delay")`:
#' `makePSOCKcluster(2, rscript_args = c("-e", shQuote("options(socketOptions = 'no-delay')")))`.
#'
#' @section Errors: An invalid value stops with an error of class `moelogit_error_argument` that
#'   names the argument, a file in `start` that is no checkpoint or not a whole one with one of
#'   class `moelogit_error_checkpoint`.
#'
#' @references
#' Böhning, D. (1992). Multinomial logistic regression algorithm. *Annals of the Institute of
#' Statistical Mathematics*, 44, 197-200. \doi{10.1007/BF00048682}
#'
#' Lange, K. (1995). A quasi-Newton acceleration of the EM algorithm. *Statistica Sinica*, 5, 1-18.
#'
#' Softmax-gated multinomial-logistic mixtures of experts: arXiv:2602.07997, section on the MM
#' algorithm.
#'
#' @seealso [moelogit()]
#' @examples
#' moelogit_control()
#' moelogit_control(penalty = c(gate = 0.1, expert = 1), starts = 50, threads = 2)
#' @export
moelogit_control <- function(penalty = 1, penalize_intercept = TRUE,
                             method = c("accelerated", "mm"), curvature = c("tight", "loose"),
                             starts = NULL, short_iter = NULL, keep = NULL, search = NULL,
                             tol = 1e-9, max_iter = 10000L, threads = 1L, cluster = NULL,
                             standardize = TRUE, start = NULL, checkpoint = NULL,
                             progress = interactive(), keep_data = TRUE,
                             on_interrupt = c("stop", "return")) {
  starts <- check_optional_count(starts, "starts")
  keep <- check_optional_count(keep, "keep")
  if (!is.null(starts) && !is.null(keep) && keep > starts) {
    moe_abort(
      c(
        "{.arg keep} must not exceed {.arg starts}.",
        x = "You asked to continue {keep} of {starts} start{?s}."
      ),
      "argument"
    )
  }
  structure(
    list(
      penalty = check_penalty(penalty),
      penalize_intercept = check_flag(penalize_intercept, "penalize_intercept"),
      method = check_choice(method, c("accelerated", "mm"), "method"),
      curvature = check_choice(curvature, c("tight", "loose"), "curvature"),
      starts = starts,
      short_iter = check_optional_count(short_iter, "short_iter"),
      keep = keep,
      search = if (!is.null(search)) check_number(search, "search", min = 0),
      tol = check_number(tol, "tol", min = 0),
      max_iter = check_count(max_iter, "max_iter"),
      threads = check_count(threads, "threads"),
      cluster = check_cluster(cluster),
      standardize = check_flag(standardize, "standardize"),
      start = check_start(start),
      checkpoint = if (!is.null(checkpoint)) check_file(checkpoint, "checkpoint"),
      progress = check_flag(progress, "progress"),
      keep_data = check_flag(keep_data, "keep_data"),
      on_interrupt = check_choice(on_interrupt, c("stop", "return"), "on_interrupt")
    ),
    class = "moelogit_control"
  )
}

#' @rdname moelogit_control
#' @param x An object of class `"moelogit_control"`.
#' @param ... Not used.
#' @export
print.moelogit_control <- function(x, ...) {
  check_no_dots(...)
  start <- if (is.null(x$start)) {
    paste0(
      if (is.null(x$starts)) "automatic" else x$starts,
      if (!is.null(x$short_iter)) paste0(", short runs of ", x$short_iter, " iterations"),
      if (!is.null(x$keep)) paste0(", best ", x$keep, " continued"),
      if (!is.null(x$search)) paste0(", search ", x$search)
    )
  } else if (is.list(x$start)) {
    "given coefficients"
  } else {
    "given posteriors"
  }
  lines <- c(
    penalty = paste0(
      "gate ", format(x$penalty[["gate"]]), ", expert ", format(x$penalty[["expert"]]),
      if (!x$penalize_intercept) ", intercepts free"
    ),
    method = paste0(x$method, ", ", x$curvature, " curvature"),
    starts = start,
    stop = paste0("tol ", format(x$tol), ", at most ", x$max_iter, " iterations"),
    threads = format(x$threads),
    cluster = if (!is.null(x$cluster)) paste(length(x$cluster), "workers"),
    standardize = format(x$standardize),
    checkpoint = x$checkpoint,
    `keep data` = format(x$keep_data),
    interrupt = x$on_interrupt
  )
  cat("Settings of a mixture-of-experts fit\n")
  cat(paste0("  ", format(names(lines)), "  ", lines, "\n"), sep = "")
  invisible(x)
}

check_optional_count <- function(x, arg) {
  if (is.null(x)) NULL else check_count(x, arg)
}

check_cluster <- function(cluster) {
  if (!is.null(cluster) && (!inherits(cluster, "cluster") || length(cluster) == 0L)) {
    moe_abort(
      c(
        "{.arg cluster} must be {.code NULL} or a cluster, as from {.fn parallel::makeCluster}.",
        x = describe(cluster)
      ),
      "argument"
    )
  }
  cluster
}

check_penalty <- function(penalty) {
  parts <- c("gate", "expert")
  valid <- is.numeric(penalty) && length(penalty) %in% 1:2 && all(is.finite(penalty)) &&
    all(penalty >= 0)
  named <- !is.null(names(penalty))
  if (valid && named) valid <- length(penalty) == 2L && setequal(names(penalty), parts)
  if (!valid) {
    shown <- if (is.numeric(penalty) && length(penalty) %in% 1:2) {
      "You gave {.code {deparse(penalty)}}."
    } else {
      describe(penalty)
    }
    moe_abort(
      c(
        "{.arg penalty} must be one finite number of at least 0, or two as \\
         {.code c(gate = , expert = )}.",
        x = shown
      ),
      "argument"
    )
  }
  if (named) {
    penalty <- penalty[parts]
  }
  stats::setNames(rep_len(as.double(penalty), 2L), parts)
}

# A fit is reduced to its coefficients, so that a chain of refits does not carry each other along.
check_start <- function(start) {
  if (is_file_name(start)) {
    return(read_checkpoint(start))
  }
  if (inherits(start, "moelogit")) {
    return(unclass(start)[intersect(start_fields, names(start))])
  }
  if (is.null(start) || is_posterior(start) || is_coefficients(start)) {
    return(start)
  }
  moe_abort(
    c(
      "{.arg start} must be a fitted {.cls moelogit}, a list {.code list(gate = , expert = )} of \\
       coefficients, a matrix of posterior expert probabilities, or the file of a checkpoint.",
      x = describe(start),
      i = "Coefficients: a {.code q x K} matrix and a {.code p x M x K} array with the same \\
           {.code K}. Posteriors: non-negative, one row per observation, no row all zero."
    ),
    "argument"
  )
}

is_posterior <- function(x) {
  is.matrix(x) && is.numeric(x) && length(x) > 0L && all(is.finite(x)) && all(x >= 0) &&
    all(rowSums(x) > 0)
}

is_coefficients <- function(x) {
  is.list(x) && !is.object(x) && all(c("gate", "expert") %in% names(x)) &&
    is.numeric(x$gate) && is.matrix(x$gate) && is.numeric(x$expert) &&
    length(dim(x$expert)) == 3L && ncol(x$gate) == dim(x$expert)[3L] &&
    !any(is.infinite(x$gate)) && !any(is.infinite(x$expert))
}
