# Everything that can be done with a fit, and what must be true of it. Each is a function of the
# case and its fit that claims; `fit_claims` are made of every fit.

fit_claims <- function(case, fit) {
  claim(inherits(fit, "moelogit"), "no fit")
  kept <- lapply(fit$frame[c("gate", "expert")], function(part) !part$aliased)
  claim(all_finite(fit$gate[kept$gate, ]), "gate coefficients are not finite")
  claim(all_finite(fit$expert[kept$expert, , ]), "expert coefficients are not finite")
  claim(all_finite(fit[c("loglik", "objective", "df", "nobs", "decrement", "gate_mean")]),
        "not finite: loglik, objective, df, nobs, decrement or gate_mean")
  claim(all_finite(fit$trace), "the trace is not finite")
  claim(all(diff(fit$trace) >= 0), "the objective falls")
  claim(close_to(sum(fit$gate_mean), 1), "gate_mean does not sum to 1")
  sorted <- !is.unsorted(rev(fit$gate_mean)) || !is.null(fit$control$start)
  claim(sorted || !is.null(fit$fixed), "experts out of order")
  claim(close_to(fit$objective, fit$trace[length(fit$trace)], 1e-9), "objective is not its trace's")
  claim(
    close_to(fit$objective, fit$loglik - penalty_by_hand(fit), 1e-6, 1 + abs(fit$loglik)),
    "objective is not loglik minus penalty"
  )
  if (is.null(fit$fitted.values)) {
    return(invisible())
  }
  claim(are_probabilities(fit$fitted.values), "fitted values are no probabilities")
  claim(
    close_to(fit$loglik, loglik_by_hand(case, fit), 1e-6),
    "loglik is not that of the log probabilities"
  )
  claim(
    close_to(fit$nobs, sum(observed_weight(case, fit)), 1e-9), "nobs is not the sum of the weights"
  )
}

needs_data <- function(fit) is.null(fit$fitted.values)

again <- function(case, ..., seed = case$seed) {
  changes <- list(...)
  call <- case$call
  for (name in names(changes)) call[name] <- changes[name]
  set.seed(seed)
  eval(call, case$env)
}

# For predictions of matrix fits, the arguments beside the covariates.
new_rows <- function(case, fit, rows) {
  env <- case$env
  offset <- if (!is.null(case$call$offset)) {
    unused <- is.matrix(env$o) && ncol(env$o) > length(fit$classes)
    known <- if (is.matrix(env$d$y)) colnames(env$d$y) else levels(factor(env$d$y))
    columns <- if (unused) match(fit$classes, known) else TRUE
    if (is.matrix(env$o)) env$o[rows, columns, drop = FALSE] else env$o[rows]
  }
  if (case$front == "formula") {
    return(list(env$d[rows, , drop = FALSE], newoffset = offset))
  }
  c(
    list(env$x[rows, , drop = FALSE], newoffset = offset),
    if (!is.null(case$call$z)) list(newz = env$z[rows, , drop = FALSE])
  )
}

# The first rows without a level that the fit has not seen: what is left out of a fit, for missing
# values or by `subset`, may have some.
known_rows <- function(case, fit, most = 5L) {
  d <- case$env$d
  known <- lapply(names(fit$xlevels), function(name) {
    is.na(d[[name]]) | as.character(d[[name]]) %in% fit$xlevels[[name]]
  })
  utils::head(which(Reduce(`&`, known, rep(TRUE, nrow(d)))), most)
}

predict_rows <- function(case, fit, rows, ...) {
  do.call(stats::predict, c(list(fit), new_rows(case, fit, rows), list(...)))
}

verbs <- list()

verbs$predict_is_fitted <- function(case, fit) {
  if (needs_data(fit)) return()
  rows <- fitted_rows(fit)
  prob <- predict_rows(case, fit, rows, type = "prob")
  claim(close_to(unname(prob), unname(fit$fitted.values), 1e-9), "predict() is not fitted()")
  one <- predict_rows(case, fit, rows[1L], type = "prob")
  claim(identical(dim(one), c(1L, length(fit$classes))), "one row loses its shape")
  claim(close_to(c(one), unname(prob[1L, ]), 1e-9), "one row is not that of many")
}

verbs$predict_parts <- function(case, fit) {
  rows <- known_rows(case, fit, 50L)
  get <- function(type) predict_rows(case, fit, rows, type = type)
  gate <- get("gate")
  expert <- get("expert")
  prob <- get("prob")
  done <- stats::complete.cases(prob)
  if (!any(done)) return()
  claim(are_probabilities(gate[done, , drop = FALSE]), "gate: no probabilities")
  sums <- apply(expert[done, , , drop = FALSE], c(1L, 3L), sum)
  claim(all(abs(sums - 1) < 1e-9), "experts' probabilities do not sum to 1")
  mixed <- Reduce(`+`, lapply(seq_len(fit$k), function(k) {
    gate[, k] * matrix(expert[, , k], nrow(gate))
  }))
  claim(close_to(c(mixed[done, ]), c(prob[done, ]), 1e-9), "prob is not the mixture of its parts")
  link <- get("link")
  claim(no_nan(link), "link has NaN")
  class <- get("class")
  claim(identical(levels(class), fit$classes), "levels of predicted classes")
}

verbs$predict_errors <- function(case, fit) {
  if (needs_data(fit)) return()
  rows <- utils::head(fitted_rows(fit), 20L)
  for (type in c("prob", "gate", "expert", "link")) {
    out <- predict_rows(case, fit, rows, type = type, interval = "confidence")
    claim(no_nan(out), paste("interval of", type, "has NaN"))
    inside <- out$lower <= out$fit & out$fit <= out$upper
    claim(all(inside, na.rm = TRUE), paste("interval of", type, "leaves out its own estimate"))
  }
}

verbs$predict_nothing <- function(case, fit) {
  none <- predict_rows(case, fit, integer(), type = "prob")
  claim(identical(dim(none), c(0L, length(fit$classes))), "no row loses its shape")
}

verbs$predict_missing <- function(case, fit) {
  new <- new_rows(case, fit, known_rows(case, fit, 3L))
  if (!is.data.frame(new[[1L]]) || length(new[[1L]]) == 0L) return()
  for (name in setdiff(names(new[[1L]]), "y")) new[[1L]][[name]][1L] <- NA
  prob <- do.call(stats::predict, c(list(fit), new, type = "prob"))
  used <- setdiff(all.vars(stats::formula(fit)), c("y", "."))
  claim(length(used) == 0L || all(is.na(prob[1L, ])), "a row with missing values is predicted")
  claim(no_nan(prob), "NaN")
}

verbs$posterior <- function(case, fit) {
  if (needs_data(fit)) return()
  posterior <- stats::predict(fit, type = "posterior")
  positive <- rowSums(observed_weight(case, fit)) > 0
  own <- posterior[stats::complete.cases(posterior), , drop = FALSE]
  claim(no_nan(posterior), "posterior has NaN")
  claim(are_probabilities(own), "posterior: no probabilities")
  claim(nrow(own) >= sum(positive), "a row with weight has no posterior")
  rows <- fitted_rows(fit)[which(positive)[1L]]
  y <- case$env$d$y
  arguments <- if (case$front != "formula") {
    list(newy = if (is.matrix(y)) y[rows, , drop = FALSE] else y[rows])
  }
  one <- do.call(predict_rows, c(list(case, fit, rows, type = "posterior"), arguments))
  claim(identical(dim(one), c(1L, fit$k)), "the posterior of one row loses its shape")
  at <- match(as.character(rows), rownames(posterior))
  if (!is.na(at)) {
    claim(close_to(c(one), unname(posterior[at, ]), 1e-8), "the posterior of one row is another")
  }
}

verbs$residuals <- function(case, fit) {
  if (needs_data(fit)) return()
  for (type in c("pearson", "deviance", "response", "quantile")) {
    if (type == "quantile" && is.matrix(case$env$d$y)) next
    out <- stats::residuals(fit, type)
    claim(no_nan(out), paste(type, "has NaN"))
    claim(NROW(out) == NROW(stats::fitted(fit)), paste(type, "has other rows"))
  }
}

verbs$inference <- function(case, fit) {
  if (needs_data(fit)) return()
  v <- stats::vcov(fit)
  claim(no_nan(v), "vcov has NaN")
  claim(identical(rownames(v), names(stats::coef(fit))), "names of vcov")
  variance <- diag(v)
  claim(all(variance >= 0, na.rm = TRUE), "a variance is negative")
  claim(no_nan(stats::confint(fit)), "confint has NaN")
}

verbs$robust <- function(case, fit) {
  if (needs_data(fit)) return()
  claim(no_nan(stats::vcov(fit, type = "sandwich")), "sandwich has NaN")
  claim(no_nan(stats::vcov(fit, type = "opg", penalized = FALSE)), "opg has NaN")
  claim(no_nan(sandwich::estfun(fit)), "scores have NaN")
  claim(no_nan(sandwich::bread(fit)), "bread has NaN")
}

verbs$summary <- function(case, fit) {
  print(fit)
  if (!needs_data(fit)) print(summary(fit))
}

verbs$criteria <- function(case, fit) {
  claim(identical(stats::nobs(fit), fit$nobs), "nobs()")
  claim(close_to(c(stats::logLik(fit)), fit$loglik), "logLik()")
  claim(close_to(stats::AIC(fit), 2 * fit$df - 2 * fit$loglik), "AIC()")
  claim(close_to(stats::BIC(fit), log(fit$nobs) * fit$df - 2 * fit$loglik), "BIC()")
  claim(all_finite(stats::deviance(fit)), "deviance()")
  if (!needs_data(fit)) claim(ICL(fit) >= stats::BIC(fit) - 1e-6 * abs(stats::BIC(fit)), "ICL()")
}

verbs$tidy <- function(case, fit) {
  out <- if (needs_data(fit)) tidy(fit) else tidy(fit, conf.int = TRUE, exponentiate = TRUE)
  claim(nrow(out) == length(stats::coef(fit)), "tidy() has another length")
  claim(no_nan(out), "tidy() has NaN")
  claim(nrow(glance(fit)) == 1L && no_nan(glance(fit)), "glance()")
}

verbs$augment <- function(case, fit) {
  if (needs_data(fit)) return()
  out <- augment(fit)
  claim(nrow(out) == nrow(fit$fitted.values), "augment() has other rows")
  claim(no_nan(out[grep("^[.]", names(out))]), "augment() has NaN")
}

verbs$accessors <- function(case, fit) {
  if (case$front == "formula") {
    stats::formula(fit)
    stats::terms(fit)
    if (!needs_data(fit)) stats::model.frame(fit)
  }
  if (needs_data(fit)) return()
  for (part in c("expert", "gate")) {
    x <- stats::model.matrix(fit, part)
    claim(nrow(x) == nrow(fit$fitted.values), "rows of the model matrix")
    claim(ncol(x) == nrow(fit[[part]]), "columns of the model matrix")
  }
}

verbs$simulate <- function(case, fit) {
  if (needs_data(fit)) return()
  # of counts that are no whole numbers none can be drawn
  if (is.matrix(case$env$d$y) && any(case$env$d$y != round(case$env$d$y))) return()
  out <- stats::simulate(fit, nsim = 2L, seed = 1L)
  claim(identical(dim(out), c(nrow(stats::fitted(fit)), 2L)), "simulate() has another shape")
  drawn <- out[[1L]]
  if (!is.matrix(drawn)) drawn <- outer(as.character(drawn), fit$classes, `==`)
  claim(!any(drawn > 0 & stats::fitted(fit) == 0, na.rm = TRUE),
        "simulate() draws what is impossible")
}

verbs$relabel <- function(case, fit) {
  turned <- relabel(fit, rev(seq_len(fit$k)))
  rows <- known_rows(case, fit)
  a <- predict_rows(case, fit, rows, type = "prob")
  b <- predict_rows(case, turned, rows, type = "prob")
  claim(isTRUE(all.equal(a, b, tolerance = 1e-8)), "the order of the experts matters")
}

verbs$update <- function(case, fit) {
  env <- case$env
  env$fit <- fit
  on.exit(rm("fit", envir = env))
  warm <- eval(quote(update(fit, max_iter = 5L)), env)
  claim(
    warm$objective >= fit$objective - 1e-6 * (1 + abs(fit$objective)),
    "a warm start begins lower"
  )
}

verbs$dendrogram <- function(case, fit) {
  print(mixing_measure(fit))
  if (fit$k == 1L) return()
  for (metric in c("euclidean", if (!is.null(fit$gram$gate)) "curvature")) {
    tree <- mixing_dendrogram(fit, metric)
    print(tree)
    claim(all_finite(unclass(tree)$heights), "a height is not finite")
    claim(all(unclass(tree)$heights >= 0), "a height is negative")
    h <- stats::as.hclust(tree)
    claim(length(unique(stats::cutree(h, k = 2L))) == 2L, "cutree()")
    claim(all_finite(stats::cophenetic(tree)), "cophenetic()")
    stats::as.dendrogram(tree)
  }
}

verbs$voronoi <- function(case, fit) {
  # refused: squares of these overflow
  if (max(abs(stats::coef(fit)), na.rm = TRUE) > 1e149) return()
  loss <- unlist(unclass(voronoi_loss(fit, fit)))
  loss <- suppressWarnings(as.numeric(loss[grep("exact|over|fast", names(loss))]))
  claim(all(loss[!is.na(loss)] < 1e-6 * (1 + max(abs(fit$expert), na.rm = TRUE))),
        "a measure is far from itself")
}

verbs$calibration <- function(case, fit) {
  if (needs_data(fit)) return()
  out <- calibration(fit, replicates = 10L)
  print(out)
  scores <- glance(out)
  claim(no_nan(scores), "a score is NaN")
  parts <- scores$reliability - scores$resolution + scores$uncertainty + scores$within
  claim(close_to(scores$brier, parts, 1e-8), "the Brier score is not the sum of its parts")
  claim(no_nan(tidy(out)), "the curve has NaN")
}

verbs$anova <- function(case, fit) {
  print(stats::anova(fit, fit))
}

verbs$save <- function(case, fit) {
  saved <- unserialize(serialize(fit, NULL))
  rows <- known_rows(case, fit)
  claim(
    identical(
      predict_rows(case, saved, rows, type = "prob"), predict_rows(case, fit, rows, type = "prob")
    ),
    "a saved fit predicts something else"
  )
}

verbs$threads <- function(case, fit) {
  other <- again(case, threads = if (fit$control$threads > 1L) 1L else 2L)
  same <- c("gate", "expert", "trace", "runs", "fitted.values", "loglik")
  claim(identical(fit[same], other[same]), "the number of threads matters")
}

verbs$converged <- function(case, fit) {
  # without a penalty there may be no maximum: where classes are separated, all of them rise
  if (!fit$converged || fit$control$method == "mm" || any(fit$penalty == 0)) return()
  better <- again(case, start = fit, starts = NULL)
  gain <- better$objective - fit$objective
  small <- 1e-5 + 1e-8 * abs(fit$objective)
  claim(gain <= small, paste("a refit from the fit gains", signif(gain, 3)))
}

# The objective at the fit's coefficients, which is where a fit that starts from them begins.
objective_at <- function(case, call, fit) {
  call[c("start", "max_iter")] <- list(fit[c("gate", "expert")], 1L)
  call[c("starts", "search")] <- NULL
  eval(call, case$env)$trace[1L]
}

same_objective <- function(case, fit, call, other, what) {
  at <- objective_at(case, call, other)
  claim(close_to(at, fit$objective, 1e-6, 1 + abs(fit$objective)), paste0(
    "the objective depends on ", what, " (", signif(at, 10), " for ", signif(fit$objective, 10), ")"
  ))
}

verbs$class_order <- function(case, fit) {
  y <- case$env$d$y
  if (!is.factor(y) || is.ordered(y) || !is.null(case$env$o)) return()
  on.exit(case$env$d$y <- y)
  case$env$d$y <- factor(y, levels = rev(levels(y)))
  fit$expert <- fit$expert[, rev(fit$classes), , drop = FALSE]
  same_objective(case, fit, case$call, fit, "the order of the classes")
}

verbs$row_order <- function(case, fit) {
  env <- case$env
  names <- intersect(c("d", "x", "z", "w", "o", "s"), ls(env))
  before <- mget(names, env)
  on.exit(list2env(before, env))
  order <- sample.int(nrow(env$d))
  for (name in names) {
    v <- env[[name]]
    env[[name]] <- if (length(dim(v)) == 2L) v[order, , drop = FALSE] else v[order]
  }
  same_objective(case, fit, case$call, fit, "the order of the rows")
}

verbs$double_rows <- function(case, fit) {
  # these depend on the number of rows, not only on their weight
  if (any(c("poly", "ns", "scale") %in% all.names(case$call))) return()
  env <- case$env
  names <- intersect(c("d", "x", "z", "w", "o", "s"), ls(env))
  before <- mget(names, env)
  on.exit(list2env(before, env))
  rows <- rep(seq_len(nrow(env$d)), 2L)
  for (name in names) {
    v <- env[[name]]
    env[[name]] <- if (length(dim(v)) == 2L) v[rows, , drop = FALSE] else v[rows]
  }
  if (!is.null(env$w)) env$w <- env$w / 2 else env$w <- rep_len(0.5, length(rows))
  on.exit(if (is.null(before$w)) rm("w", envir = env), add = TRUE)
  call <- case$call
  call$weights <- quote(w)
  same_objective(case, fit, call, fit, "rows given as two of half the weight")
}

verbs$dense <- function(case, fit) {
  if (case$front != "sparse") return()
  env <- case$env
  before <- mget(intersect(c("x", "z"), ls(env)), env)
  on.exit(list2env(before, env))
  for (name in names(before)) env[[name]] <- as.matrix(env[[name]])
  same_objective(case, fit, case$call, fit, "whether the covariates are sparse")
}

# Slow ones, with settings that keep them short.
heavy <- list()

draw <- function(picture) grid::grid.draw(ggplot2::ggplotGrob(picture))

heavy$pictures <- function(case, fit) {
  if (needs_data(fit)) {
    return(draw(autoplot(fit, "trace")))
  }
  slopes <- any(vapply(fit$frame[c("gate", "expert")], function(part) {
    any(!part$aliased & part$columns != "(Intercept)")
  }, NA))
  part <- if (fit$k > 1L) "gate" else "class"
  covariates <- rownames(fit[[if (part == "gate") "gate" else "expert"]])
  covariates <- intersect(covariates, names(Filter(is.numeric, case$env$d)))
  type <- any_of(c(
    "trace", "reliability", if (slopes) "coef",
    if (fit$k > 1L) c("posterior", "tree", "profile", "experts"), if (length(covariates) > 0L) part
  ))
  draw(switch(type,
    tree = autoplot(mixing_dendrogram(fit, "euclidean")),
    gate = ,
    class = autoplot(fit, type, covariates[1L]),
    autoplot(fit, type)
  ))
}

heavy$select <- function(case, fit) {
  call <- case$call
  call[[1L]] <- quote(select_experts)
  call$k <- NULL
  call[c("k_max", "starts")] <- list(min(4L, max(2L, fit$k)), 2L)
  call$criterion <- one_of("slope", "bic", "icl", "dsc", "dsc_raw")
  if (!is.null(call$offset) || !is.null(call$search)) call$search <- NULL
  out <- eval(call, case$env)
  print(out)
  print(summary(out))
  claim(all_finite(out$table[c("loglik", "df", "aic", "bic", "icl", "slope")]), "table: not finite")
  claim(out$fit$k == out$k, "the fit is not the chosen one")
  if (chance(0.3)) draw(autoplot(out))
  claim(nrow(stats::confint(out)) >= 1L, "no number of experts is plausible")
  for (level in out$fits) claim(all(diff(level$trace) >= 0), "a level falls")
}

heavy$sweep <- function(case, fit) {
  call <- case$call
  call[[1L]] <- quote(sweep_experts)
  call$k <- NULL
  call[c("k_max", "starts")] <- list(min(3L, max(2L, fit$k)), 2L)
  out <- eval(call, case$env)
  print(out)
  claim(all_finite(out$table[c("loglik", "df", "aic", "bic", "icl")]), "table: not finite")
}

# What a verb that chooses among settings finds for the problem.
chosen_by <- function(verb, case, ...) {
  call <- case$call
  call[[1L]] <- as.name(verb)
  settings <- list(k = quote(1:2), penalty = quote(c(0.1, 10)), starts = 2L, ...)
  call[names(settings)] <- settings
  call[c("start", "search", "keep_data")] <- NULL
  set.seed(case$seed)
  out <- eval(call, case$env)
  print(out)
  claim(no_nan(out$table), "table: NaN")
  out
}

positive_rows <- function(case, fit) sum(rowSums(observed_weight(case, fit)) > 0)

heavy$cv <- function(case, fit) {
  if (needs_data(fit) || positive_rows(case, fit) < 8L) return()
  out <- chosen_by("cv_moelogit", case, folds = 2L)
  claim(sum(out$table$chosen) == 1L, "not one setting is chosen")
  if (chance(0.3)) draw(autoplot(out))
}

heavy$bag <- function(case, fit) {
  if (needs_data(fit) || !is.null(case$call$subset)) return()
  if (positive_rows(case, fit) < 20L) return()
  out <- chosen_by("bag_moelogit", case, members = 3L)
  claim(all_finite(out$curve), "curve: not finite")
  if (!is.null(case$call$offset) || "offset" %in% all.names(case$call)) return()
  importance <- if (case$front == "formula") {
    permutation_importance(out, case$env$d)
  } else {
    permutation_importance(out, case$env$x, if (!is.null(case$call$z)) case$env$z)
  }
  claim(all_finite(importance$importance), "an importance is not finite")
  claim(no_nan(importance), "importance: NaN")
}

heavy$relate <- function(case, fit) {
  if (needs_data(fit)) return()
  n <- fit$n
  outside <- data.frame(
    number = stats::rnorm(n), rare = c(1, numeric(n - 1L)),
    kind = factor(sample(c("a", "b", "c"), n, TRUE)), constant = 1
  )
  outside$number[sample.int(n, n %/% 10L)] <- NA
  found <- watch(relate_experts(
    fit, ~ number + rare + kind + constant, outside, one_of("modal", "proportional"),
    one_of("bch", "none")
  ), "relate", refusal = TRUE)
  # not every fit can be related, but what cannot is told
  claim(length(found$breaches) == 0L, paste(found$breaches, collapse = "; "))
  if (is.null(found$value)) return()
  print(found$value)
  claim(no_nan(unclass(found$value)[c("estimates", "tests")]), "NaN")
}

# Some coefficients held at what they are, or a little away from it.
heavy$fixed <- function(case, fit) {
  at <- stats::coef(fit)
  free <- setdiff(names(at)[!is.na(at)], names(at)[duplicated(names(at))])
  held <- at[sample(free, one_of(1L, min(3L, length(free)), length(free)))]
  held <- held * one_of(1, 0.9)
  found <- watch(again(case, fixed = held), "fixed", refusal = TRUE)
  claim(length(found$breaches) == 0L, paste(found$breaches, collapse = "; "))
  out <- found$value
  if (is.null(out)) return()
  fit_claims(case, out)
  claim(identical(stats::coef(out)[names(held)], held), "a fixed coefficient is another")
  claim(out$df == fit$df - length(held), "df counts what is fixed")
  print(out)
  print(summary(out))
  if (needs_data(out)) return()
  covariance <- watch(stats::vcov(out), "vcov")
  claim(length(covariance$breaches) == 0L, paste(covariance$breaches, collapse = "; "))
  claim(all(covariance$value[names(held), ] == 0, na.rm = TRUE), "fixed coefficients vary")
}

heavy$test <- function(case, fit) {
  whole <- !is.matrix(case$env$d$y) || all(case$env$d$y == round(case$env$d$y))
  if (needs_data(fit) || !whole) return()
  out <- test_experts(fit, B = 3L)
  print(out)
  claim(all_finite(out$replicates) && is.finite(out$statistic), "a statistic is not finite")
  claim(out$p.value > 0 && out$p.value <= 1, "p-value")
}

heavy$bootstrap <- function(case, fit) {
  if (needs_data(fit)) return()
  whole <- !is.matrix(case$env$d$y) || all(case$env$d$y == round(case$env$d$y))
  type <- if (whole) one_of("case", "parametric") else "case"
  out <- bootstrap(fit, R = 8L, type = type)
  print(out)
  claim(no_nan(out$replicates), "replicates have NaN")
  claim(identical(is.na(colMeans(out$replicates)), is.na(stats::coef(fit))), "NA where none is due")
  for (kind in c("percentile", "basic", "normal")) {
    claim(no_nan(stats::confint(out, type = kind)), paste(kind, "interval has NaN"))
  }
  spread <- apply(out$replicates, 2L, stats::sd)
  due <- nrow(fit$fitted.values) > 5L && all(out$converged) && fit$converged &&
    has_to_move(fit) && (type == "case" || redrawn(fit, 8L) > 20)
  claim(!due || any(spread > 0, na.rm = TRUE), "the replicates are all equal")
}

# How many rows are expected to have another class than the likeliest in so many draws from a fit:
# where it is sure of all rows, every draw is the data.
redrawn <- function(fit, draws) {
  weights <- fit$data$case_weights
  unsure <- 1 - apply(stats::fitted(fit), 1L, max)
  draws * sum(if (is.null(weights)) unsure else unsure[weights > 0], na.rm = TRUE)
}

# Whether the replicates of a bootstrap begin well below where ascents stop: not so where all
# classes are fitted without error, or by coefficients that can change nothing any more.
has_to_move <- function(fit) {
  scale <- lapply(fit$frame[c("gate", "expert")], function(part) part$scale[!part$aliased])
  scale <- c(rep(scale$gate, fit$k - 1L), rep(scale$expert, fit$k * (length(fit$classes) - 1L)))
  square <- colSums(sandwich::estfun(fit)^2) / scale^2
  decrement <- max(square, na.rm = TRUE) / (fit$nobs + max(fit$penalty))
  decrement > 1000 * fit$control$tol * (1 + abs(fit$objective))
}
