# One selection for several tests.
selection <- local({
  kept <- NULL
  function() {
    if (is.null(kept)) {
      set.seed(1)
      kept <<- select_experts(y ~ x + z | x, two_experts(), k_max = 4, starts = 6)
    }
    kept
  }
})

test_that("the table holds the fits of every level and criteria that follow from them", {
  s <- selection()
  t <- s$table
  expect_identical(t$k, 1:4)
  expect_named(t, c("k", "height", "height_merged", "loglik_merged", "loglik", "df",
                    selection_criteria))
  expect_named(s$fits, as.character(1:4))
  for (k in 1:4) {
    fit <- s$fits[[k]]
    expect_s3_class(fit, "moelogit")
    expect_identical(fit$k, k)
    expect_identical(fit$call$k, k)
    expect_false(is.unsorted(-fit$gate_mean))
    expect_equal(c(t$loglik[k], t$df[k], t$aic[k], t$bic[k]),
                 c(fit$loglik, fit$df, AIC(fit), BIC(fit)))
    expect_equal(t$icl[k], ICL(fit), tolerance = 1e-8)
    expect_equal(t$slope[k], -2 * fit$loglik + 2 * slope_penalty(t$loglik, t$df, 400) * fit$df)
    expect_equal(fit$loglik, loglik_by_hand(fitted(fit), two_experts()$y), tolerance = 1e-9)
  }
  expect_true(all(t$loglik >= t$loglik_merged - 1e-6))
  expect_true(all(diff(t$loglik) > -1))
  expect_equal(t$loglik_merged[4], t$loglik[4], tolerance = 1e-9)
  expect_true(is.na(t$height[1]) && !anyNA(t$height[-1]))
  expect_identical(s$fit, s$fits[[s$k]])
})

test_that("heights and merges are those of the dendrograms", {
  s <- selection()
  merged <- mixing_dendrogram(s$fits[[4]], metric = "euclidean", weighting = "intercept")
  expect_equal(unname(s$merged$heights), unname(merged$heights))
  expect_equal(s$table$height_merged[-1], unname(merged$heights))
  expect_equal(s$table$height[-1], unname(s$dendrogram$heights))
  top <- mixing_dendrogram(s$fits[[4]], metric = "curvature", weighting = "average")
  expect_equal(s$dendrogram$heights[["4"]], top$heights[["4"]], tolerance = 1e-6)
  l <- s$table$loglik_merged / 400
  h <- s$table$height_merged
  expect_equal(s$table$dsc_raw[-1], -(h + log(400) * l)[-1])
  expect_equal(s$table$dsc_rescaled[-1],
               -(h / max(h, na.rm = TRUE) + log(400) * l / abs(l[4]))[-1])
})

test_that("at every level each expert of the overfitted fit is somewhere once", {
  s <- selection()
  for (k in 1:4) {
    expect_length(s$experts[[k]], k)
    members <- unlist(strsplit(s$experts[[k]], "+", fixed = TRUE))
    expect_setequal(members, as.character(1:4))
    expect_length(members, 4)
  }
  expect_identical(unname(s$experts[[4]]), as.character(1:4))
})

test_that("the number of experts is found, 1 included", {
  expect_identical(selection()$k, 2L)
  set.seed(2)
  data <- fit_data(300)
  data$y <- rmoelogit(300, cbind(c(0, 0)), array(c(0, 2, 0, 0, 0, -2), c(2, 3, 1)),
                      cbind(data$x))$data$y
  one <- select_experts(y ~ x, data, k_max = 3, starts = 4)
  expect_identical(one$k, 1L)
  expect_identical(one$fit$k, 1L)
  flat <- moelogit(y ~ x, data, k = 1)
  expect_equal(one$fits[[1]]$loglik, flat$loglik, tolerance = 1e-6)
})

test_that("the slope's penalty is a multiple of the least of the last gains", {
  df <- c(2, 5, 8, 11, 14)
  path <- function(...) c(0, cumsum(3 * c(...)))
  expect_equal(slope_penalty(path(9, 0.6, 0.5, 0.7), df, 1e6), 2)
  expect_equal(slope_penalty(path(0.4, 0.6, 0.5, 0.7), df, 1e6), 2)
  # no less than AIC's
  expect_equal(slope_penalty(path(9, 0.6, 0.1, 0.7), df, 1e6), 1)
  expect_equal(slope_penalty(path(9, 0.6, -0.1, 0.7), df, 1e6), 1)
  # no more than Hannan and Quinn's
  expect_equal(slope_penalty(path(9, 6, 5, 7), df, 1e6), log(log(1e6)))
  expect_equal(slope_penalty(path(9)[1:2], df[1:2], 1e6), log(log(1e6)))
  expect_equal(slope_penalty(path(9)[1:2], df[1:2], 2), 1)
})

test_that("the candidates of a level are the two closest pairs merged and each expert left out", {
  measure <- mixing_measure(select_experts(y ~ x + z, two_experts(), k_max = 4, starts = 4)$
                              fits[["4"]], weighting = "average")
  apart <- dissimilarity_matrix(measure, "curvature")
  candidates <- merge_candidates(measure, "curvature")
  expect_length(candidates, 6L)
  expect_equal(candidates[1:2], closest_merges(measure, "curvature", 2L))
  for (gone in 1:4) {
    one <- candidates[[2L + gone]]
    expect_true(gone %in% one$pair && one$pair[1L] < one$pair[2L])
    expect_equal(one$height, min(apart[gone, -gone]))
    expect_equal(one$height, apart[one$pair[1L], one$pair[2L]])
    expect_setequal(colnames(one$measure$gate), as.character(setdiff(1:4, gone)))
    # the expert that stays takes the place of the pair
    stays <- setdiff(one$pair, gone)
    expect_equal(colnames(one$measure$gate)[one$pair[1L]], as.character(stays))
  }
})

test_that("every criterion can choose, and a choice at the edge is told", {
  s <- selection()
  for (criterion in selection_criteria) {
    k <- choose_level(s$table, criterion)
    expect_true(k %in% 1:4)
    best <- s$table$k[which.min(s$table[[criterion]])]
    expect_true(k == best || criterion == "dsc" && k == 1L)
  }
  guarded <- s$table
  guarded$bic[1] <- min(guarded$bic) - 1
  expect_identical(choose_level(guarded, "dsc"), 1L)
  set.seed(1)
  expect_message(
    edge <- select_experts(y ~ x + z | x, two_experts(), k_max = 2, criterion = "aic", starts = 4),
    class = "moelogit_message_edge"
  )
  expect_identical(edge$k, 2L)
})

test_that("selections print, predict and can be updated", {
  s <- selection()
  expect_output(print(s), "Number of experts: 2 (of at most 4, by slope)", fixed = TRUE)
  expect_output(print(s), "Chosen by slope: 2")
  expect_output(print(summary(s)), "Mixture of 2 multinomial-logit experts")
  data <- two_experts()
  expect_identical(predict(s, data[1:3, ], type = "prob"),
                   predict(s$fit, data[1:3, ], type = "prob"))
  call <- update(s$fit, penalty = 2, evaluate = FALSE)
  expect_identical(as.character(call[[1]]), "moelogit")
  expect_named(as.list(call)[-1], c("formula", "data", "starts", "k", "penalty"))
})

test_that("matrices, counts, weights and gates of every kind can be selected among", {
  data <- two_experts(200)
  start <- fit_start(200, 3)
  formula <- select_experts(y ~ x + z, data, k_max = 3, start = start)
  matrix <- select_experts(as.matrix(data[c("x", "z")]), data$y, k_max = 3, start = start)
  expect_equal(matrix$table, formula$table, tolerance = 1e-4)
  counts <- table(1:200, data$y)
  data$counts <- base::matrix(counts, 200, dimnames = list(NULL, colnames(counts)))
  of_counts <- select_experts(counts ~ x + z, data, k_max = 3, start = start)
  expect_equal(of_counts$table$loglik, formula$table$loglik, tolerance = 1e-4)
  data$pair <- 2 * data$counts + 1
  pairs <- suppressMessages(select_experts(pair ~ x | z, data, k_max = 2, start = start[, 1:2]))
  expect_equal(pairs$fit$nobs, sum(data$pair))
  piped <- data |> select_experts(formula = y ~ x + z, k_max = 3, start = start)
  expect_equal(piped$table, formula$table)
  for (gate in list(y ~ x | 1, y ~ x | 0 + z, y ~ 0 + x | z, y ~ 1 | x)) {
    s <- suppressMessages(select_experts(gate, data, k_max = 3, starts = 3))
    expect_false(anyNA(s$table[-1, ]))
    expect_true(all(s$table$loglik >= s$table$loglik_merged - 1e-4))
  }
})

test_that("a chosen fit that has not converged warns", {
  data <- two_experts(200)
  expect_warning(
    suppressMessages(
      select_experts(y ~ x + z | x, data, k_max = 2, start = fit_start(200), max_iter = 1)
    ),
    class = "moelogit_warning_convergence"
  )
})

test_that("bad input is an error that names the argument", {
  data <- two_experts(30)
  expect_snapshot_output(show_errors(
    select_experts(y ~ x, data, k_max = 1),
    select_experts(y ~ x, data, k_max = 31),
    select_experts(y ~ x, data, criterion = "best"),
    select_experts(y ~ x, data, metric = "taxi"),
    select_experts(y ~ nothing, data),
    select_experts(as.matrix(data["x"])),
    select_experts(y ~ x, data, control = moelogit_control(), penalty = 2)
  ))
})

test_that("the choice depends neither on coding, order, units nor on how rows are counted", {
  skip_on_cran()
  set.seed(11)
  problems <- 200L
  same <- vapply(seq_len(problems), function(i) {
    n <- 120L
    k0 <- sample(3L, 1L)
    gate <- matrix(rnorm(3L * k0, sd = 2), 3L)
    expert <- array(rnorm(9L * k0, sd = 2), c(3L, 3L, k0))
    data <- rmoelogit(n, gate, expert)$data
    while (min(table(data$y)) < 2L) data <- rmoelogit(n, gate, expert)$data
    data$w <- sample(1:2, n, replace = TRUE)
    posterior <- matrix(rexp(3L * n), n)
    choose <- function(data, start = posterior, formula = y ~ x1 + x2, ...) {
      suppressMessages(select_experts(formula, data, k_max = 3L, start = start, tol = 1e-11, ...))
    }
    plain <- choose(data, weights = w)
    backwards <- data
    backwards$y <- factor(data$y, levels = rev(levels(data$y)))
    scaled <- transform(data, x1 = 1000 * x1 + 5, x2 = 3 - 0.01 * x2)
    twice <- rep(seq_len(n), data$w)
    others <- list(
      choose(backwards, weights = w), choose(data, posterior[, 3:1], weights = w),
      choose(scaled, weights = w), choose(data[twice, ], posterior[twice, ])
    )
    agree <- vapply(others, function(other) {
      c(other$k == plain$k, abs(other$table$loglik - plain$table$loglik) < 1e-3)
    }, logical(4L))
    c(k = all(agree[1L, ]), loglik = all(agree[-1L, ]))
  }, c(k = NA, loglik = NA))
  expect_equal(sum(!same["k", ]), 0L)
  expect_equal(sum(!same["loglik", ]), 0L)
})
