# Calls that ask for what cannot be: each must be refused by an error of the package's.

#' @param case A problem, with its `fit` in the environment.
#' @return A named list of expressions, each to be evaluated in that environment.
misuses <- function(case) {
  c(wrong_models(case), wrong_uses(), general_misuses())
}

wrong_models <- function(case) {
  front <- function(verb, ...) {
    call <- case$call
    call[[1L]] <- as.name(verb)
    if (verb != "moelogit") call$k <- NULL
    changes <- list(...)
    for (name in names(changes)) call[name] <- changes[name]
    call
  }
  n <- nrow(case$env$d)
  list(
    k = front("moelogit", k = one_of(0, -1, 1.5, NA, Inf, "two", list(2), 1e9)),
    k_missing = front("moelogit", k = NULL),
    penalty = front("moelogit", penalty = one_of(-1, NA, NaN, Inf, "a", list(1), list(1:3))),
    threads = front("moelogit", threads = one_of(0L, -1L, NA, "all", 1.5)),
    tol = front("moelogit", tol = one_of(-1, NA, "a")),
    max_iter = front("moelogit", max_iter = one_of(0L, NA, -1, 0.5)),
    starts = front("moelogit", starts = one_of(0L, NA, "many")),
    method = front("moelogit", method = one_of("em", NA, 3)),
    start = front("moelogit", start = one_of(list(1), "a", list(matrix(-1, 2, 2)))),
    start_shape = front("moelogit", start = quote(
      list(gate = matrix(0, 77L, 2L), expert = array(0, c(77L, 2L, 2L)))
    )),
    unknown = front("moelogit", nonsense = 1),
    partial = front("moelogit", pen = 1),
    weights_long = front("moelogit", weights = bquote(rep(1, .(n + 1L)))),
    weights_negative = front("moelogit", weights = bquote(rep(-1, .(n)))),
    weights_na = front("moelogit", weights = bquote(rep(NA_real_, .(n)))),
    weights_zero = front("moelogit", weights = bquote(numeric(.(n)))),
    weights_text = front("moelogit", weights = bquote(rep("a", .(n)))),
    weights_huge = front("moelogit", weights = bquote(rep(1e308, .(n)))),
    offset = front("moelogit", offset = bquote(matrix(0, .(n), 77L))),
    offset_inf = front("moelogit", offset = bquote(matrix(Inf, .(n), 2L))),
    cv_k = front("cv_moelogit", k = one_of(0, NA, "a", list(1))),
    cv_folds = front("cv_moelogit", folds = one_of(1L, NA, 1e9, "a")),
    cv_unknown = front("cv_moelogit", nonsense = 1),
    select_k = front("select_experts", k_max = one_of(1L, 0L, NA, 1e9)),
    select_criterion = front("select_experts", criterion = "best"),
    sweep_k = front("sweep_experts", k_max = one_of(0L, NA, 1e9))
  )
}

wrong_uses <- function() {
  list(
    predict_type = quote(predict(fit, type = "probs")),
    predict_data = quote(predict(fit, "a", type = "prob")),
    predict_level = quote(predict(fit, interval = "confidence", type = "prob", level = 2)),
    predict_vcov = quote(predict(fit, se.fit = TRUE, type = "prob", vcov. = diag(1))),
    vcov_type = quote(vcov(fit, type = "best")),
    confint_parm = quote(confint(fit, parm = "nothing")),
    residual_type = quote(residuals(fit, "working")),
    relabel = quote(relabel(fit, rep(1, fit$k + 1))),
    simulate = quote(simulate(fit, nsim = -1)),
    bootstrap = quote(bootstrap(fit, R = 0)),
    autoplot = quote(autoplot(fit, type = "best")),
    calibration = quote(calibration(fit, bins = 1)),
    dendrogram = quote(mixing_dendrogram(fit, metric = "best"))
  )
}

general_misuses <- function() {
  list(
    nothing = quote(moelogit()),
    no_y = quote(moelogit(matrix(1:4, 2))),
    cv_no_y = quote(cv_moelogit(matrix(1:4, 2))),
    select_no_y = quote(select_experts(matrix(1:4, 2))),
    text = quote(moelogit("y ~ x", d, k = 2)),
    no_variable = quote(moelogit(y ~ nowhere_to_be_found, d, k = 2)),
    three_parts = quote(moelogit(y ~ 1 | 1 | 1, d, k = 2)),
    broken_sparse = quote({
      m <- methods::as(Matrix::Matrix(diag(5), sparse = TRUE), "generalMatrix")
      m@i[1:2] <- 5000L
      moelogit(m, c(1, 2, 1, 2, 1), k = 1)
    }),
    rmoelogit = quote(rmoelogit(10, diag(2), array(0, c(2, 2, 3)))),
    voronoi = quote(voronoi_loss(1, 2)),
    folds = quote(pair_folds(1:3, 1:2)),
    measure = quote(mixing_measure(1:3))
  )
}
