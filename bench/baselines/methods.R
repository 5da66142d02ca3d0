# The baselines. Each takes a task (training part `x`, `y`, the test part's `new`, and `inner` folds
# of the training part) and gives one or more n x M matrices of class probabilities, by name. All
# choices are made inside the training part by log loss.

# Probabilities as an n x M matrix with all classes as columns, those not in the training part 0.
full_prob <- function(prob, classes) {
  out <- matrix(0, nrow(prob), length(classes), dimnames = list(NULL, classes))
  out[, colnames(prob)] <- prob
  out
}

two_columns <- function(p, y) {
  structure(cbind(1 - p, p), dimnames = list(NULL, levels(y)))
}

# No method may lose everything by one certain error: probabilities are at least 0.001.
floored <- function(prob, least = 1e-3) {
  prob[!is.finite(prob)] <- 1 / ncol(prob)
  prob <- pmax(prob, least)
  prob / rowSums(prob)
}

mean_logloss <- function(prob, y, classes = levels(y)) {
  prob <- floored(full_prob(prob, classes))
  mean(-log(prob[cbind(seq_along(y), as.integer(y))]))
}

scaled <- function(x, new) {
  center <- colMeans(x)
  scale <- apply(x, 2L, stats::sd)
  scale[!is.finite(scale) | scale == 0] <- 1
  list(x = scale(x, center, scale), new = scale(new, center, scale))
}

# The inner folds to tune by: as many as have about 4,000 training rows, at least one.
tuning_folds <- function(task) {
  size <- cumsum(vapply(task$inner, function(fold) length(fold$train), 0L))
  task$inner[seq_len(max(1L, sum(size <= 4000)))]
}

# The row of `grid` of the least log loss. `fit(row, x, y, new)` gives probabilities.
tuned <- function(grid, task, fit) {
  folds <- tuning_folds(task)
  loss <- vapply(seq_len(nrow(grid)), function(i) {
    sum(vapply(folds, function(fold) {
      y <- droplevels(task$y[fold$train])
      prob <- fit(grid[i, , drop = FALSE], task$x[fold$train, ], y, task$x[fold$test, ])
      mean_logloss(prob, task$y[fold$test]) * length(fold$test)
    }, 0))
  }, 0)
  grid[which.min(loss), , drop = FALSE]
}

# The first of two classes is the negative one in what the packages call a vector.
multinom_prob <- function(x, y, new, decay = 0) {
  x <- scaled(x, new)
  fit <- nnet::multinom(y ~ ., data.frame(x$x, y = y), trace = FALSE, MaxNWts = 1e5, maxit = 500,
                        decay = decay)
  p <- stats::predict(fit, data.frame(x$new), type = "probs")
  if (nlevels(y) == 2L) {
    return(two_columns(as.vector(p), y))
  }
  matrix(p, nrow(new), dimnames = list(NULL, levels(y)))
}

# Penalty by the inner folds, which need not cover all rows.
glmnet_prob <- function(task, alpha) {
  # a class with one row is more than glmnet takes
  usable <- function(y) y %in% names(which(table(y) > 1L))
  keep <- which(usable(task$y))
  y <- droplevels(task$y[keep])
  family <- if (nlevels(y) == 2L) "binomial" else "multinomial"
  path <- function(x, y, lambda, type) {
    glmnet::glmnet(x, y, family = family, alpha = alpha, lambda = lambda, nlambda = 60L,
                   lambda.min.ratio = 1e-6, maxit = 1e6, thresh = 1e-6, type.multinomial = type)
  }
  prob <- function(fit, new, lambda, levels) {
    p <- stats::predict(fit, new, s = lambda, type = "response")
    if (family == "binomial") return(lapply(seq_along(lambda), function(j) two_columns(p[, j], y)))
    lapply(seq_along(lambda), function(j) {
      matrix(p[, , j], nrow(new), dimnames = list(NULL, levels))
    })
  }
  type <- "ungrouped"
  whole <- path(task$x[keep, ], y, NULL, type)
  # with rare classes the lasso's path may end after a few steps, without convergence; that of the
  # grouped lasso does not
  if (whole$jerr != 0) {
    type <- "grouped"
    whole <- path(task$x[keep, ], y, NULL, type)
  }
  lambda <- whole$lambda
  loss <- numeric(length(lambda))
  for (fold in task$inner) {
    train <- fold$train[usable(droplevels(task$y[fold$train]))]
    own <- droplevels(task$y[train])
    fit <- path(task$x[train, ], own, lambda, type)
    p <- prob(fit, task$x[fold$test, ], lambda, levels(own))
    loss <- loss + vapply(p, mean_logloss, 0, task$y[fold$test], levels(task$y)) *
      length(fold$test)
  }
  full_prob(prob(whole, task$new, lambda[which.min(loss)], levels(y))[[1L]], levels(task$y))
}

nnet_prob <- function(x, y, new, size, decay, nets = 1L) {
  x <- scaled(x, new)
  prob <- lapply(seq_len(nets), function(unused) {
    fit <- nnet::nnet(x$x, nnet::class.ind(y), size = size, decay = decay, softmax = TRUE,
                      maxit = 200, trace = FALSE, MaxNWts = 1e5)
    stats::predict(fit, x$new)
  })
  c(prob[1L], list(Reduce(`+`, prob) / nets))
}

fit_nnet <- function(task) {
  grid <- expand.grid(size = c(4, 10), decay = c(0.03, 0.3, 3))
  best <- tuned(grid, task, function(row, x, y, new) {
    nnet_prob(x, y, new, row$size, row$decay)[[1L]]
  })
  y <- droplevels(task$y)
  stats::setNames(nnet_prob(task$x, y, task$new, best$size, best$decay, 8L),
                  c("nnet", "nnet average"))
}

svm_prob <- function(x, y, new, cost, gamma) {
  # the calibration inside needs more than one row of a class
  keep <- y %in% names(which(table(y) > 2L))
  x <- x[keep, , drop = FALSE]
  fit <- e1071::svm(x, droplevels(y[keep]), cost = cost, gamma = gamma / ncol(x),
                    probability = TRUE, scale = apply(x, 2L, stats::sd) > 0)
  p <- attr(stats::predict(fit, new, probability = TRUE), "probabilities")
  full_prob(p, levels(y))
}

fit_svm <- function(task) {
  grid <- expand.grid(cost = c(0.5, 3, 20), gamma = c(0.3, 1.5))
  best <- tuned(grid, task, function(row, x, y, new) svm_prob(x, y, new, row$cost, row$gamma))
  list(svm = svm_prob(task$x, droplevels(task$y), task$new, best$cost, best$gamma))
}

fit_ranger <- function(task) {
  p <- ncol(task$x)
  grid <- expand.grid(mtry = unique(ceiling(c(sqrt(p), p / 2))), size = c(1L, 10L))
  y <- droplevels(task$y)
  grow <- function(i, trees) {
    ranger::ranger(x = task$x, y = y, probability = TRUE, num.trees = trees, num.threads = 1,
                   mtry = grid$mtry[i], min.node.size = grid$size[i])
  }
  loss <- vapply(seq_len(nrow(grid)), function(i) mean_logloss(grow(i, 200)$predictions, y), 0)
  fit <- grow(which.min(loss), 500)
  list(ranger = stats::predict(fit, task$new, num.threads = 1)$predictions)
}

# Probabilities after each of `at` trees.
gbm_prob <- function(x, y, new, depth, trees, at) {
  colnames(x) <- colnames(new) <- paste0("x", seq_len(ncol(x)))
  binary <- nlevels(y) == 2L
  data <- data.frame(x, y = if (binary) as.integer(y) - 1L else y)
  fit <- suppressWarnings(gbm::gbm(
    y ~ ., if (binary) "bernoulli" else "multinomial", data, n.trees = trees,
    interaction.depth = depth, shrinkage = 0.05, bag.fraction = 0.6, n.minobsinnode = 5,
    keep.data = FALSE, verbose = FALSE
  ))
  p <- suppressWarnings(stats::predict(fit, data.frame(new), n.trees = at, type = "response"))
  lapply(seq_along(at), function(j) {
    if (binary) return(two_columns(as.matrix(p)[, j], y))
    matrix(p[, , j], nrow(new), dimnames = list(NULL, levels(y)))
  })
}

fit_gbm <- function(task) {
  # many classes are as many trees a step
  trees <- if (nlevels(task$y) > 12L) 200 else 500
  at <- unique(round(trees * c(0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 0.8, 1)))
  grid <- expand.grid(depth = c(2, 5))
  folds <- tuning_folds(task)
  loss <- lapply(grid$depth, function(depth) {
    Reduce(`+`, lapply(folds, function(fold) {
      y <- droplevels(task$y[fold$train])
      prob <- gbm_prob(task$x[fold$train, ], y, task$x[fold$test, ], depth, trees, at)
      vapply(prob, mean_logloss, 0, task$y[fold$test], levels(task$y)) * length(fold$test)
    }))
  })
  depth <- which.min(vapply(loss, min, 0))
  n_trees <- at[which.min(loss[[depth]])]
  y <- droplevels(task$y)
  list(gbm = gbm_prob(task$x, y, task$new, grid$depth[depth], n_trees, n_trees)[[1L]])
}

fit_lda <- function(task) {
  y <- droplevels(task$y)
  x <- scaled(task$x, task$new)
  varies <- apply(x$x, 2L, function(v) stats::sd(v - stats::ave(v, y)) > 1e-8)
  fit <- suppressWarnings(MASS::lda(x$x[, varies], y))
  list(lda = stats::predict(fit, x$new[, varies])$posterior)
}

# Additive logistic regression; for two classes only.
fit_gam <- function(task) {
  if (nlevels(task$y) != 2L) return(NULL)
  colnames(task$x) <- colnames(task$new) <- paste0("x", seq_len(ncol(task$x)))
  values <- apply(task$x, 2L, function(v) length(unique(v)))
  smooth <- paste0("s(", colnames(task$x), ", k = ", pmin(values, 8L), ")")
  terms <- ifelse(values > 5L, smooth, colnames(task$x))[values > 1L]
  formula <- stats::as.formula(paste("y ~", paste(terms, collapse = " + ")))
  data <- data.frame(task$x, y = as.integer(task$y) - 1L)
  fit <- mgcv::bam(formula, stats::binomial(), data, discrete = TRUE, select = TRUE)
  p <- as.vector(stats::predict(fit, data.frame(task$new), type = "response"))
  list(gam = two_columns(p, task$y))
}

# The same model with two experts, by EM; often it ends in "Log-likelihood: NA".
fit_flexmix <- function(task) {
  y <- droplevels(task$y)
  x <- scaled(task$x, task$new)
  colnames(x$x) <- colnames(x$new) <- paste0("x", seq_len(ncol(x$x)))
  right <- paste(colnames(x$x), collapse = " + ")
  data <- data.frame(x$x, class = as.integer(y))
  fit <- flexmix::flexmix(
    stats::as.formula(paste("class ~", right)), data = data, k = 2,
    model = flexmix::FLXMRmultinom(),
    concomitant = flexmix::FLXPmultinom(stats::as.formula(paste("~", right))),
    control = list(minprior = 0, iter.max = 100)
  )
  stopifnot(is.finite(fit@logLik), fit@k == 2L)
  linear <- function(coef) cbind(1, x$new) %*% coef
  softmax <- function(score) {
    score <- exp(score - apply(score, 1L, max))
    score / rowSums(score)
  }
  gate <- softmax(linear(fit@concomitant@coef))
  prob <- lapply(1:2, function(k) {
    coef <- fit@components[[k]][[1L]]@parameters$coef
    gate[, k] * softmax(cbind(0, linear(t(matrix(coef, nlevels(y) - 1L)))))
  })
  list(flexmix = structure(prob[[1L]] + prob[[2L]], dimnames = list(NULL, levels(y))))
}

baselines <- list(
  multinom = function(task) {
    list(multinom = multinom_prob(task$x, droplevels(task$y), task$new))
  },
  lasso = function(task) list(lasso = glmnet_prob(task, 1)),
  ridge = function(task) list(ridge = glmnet_prob(task, 0)),
  lda = fit_lda, ranger = fit_ranger, nnet = fit_nnet, svm = fit_svm, gbm = fit_gbm, gam = fit_gam,
  flexmix = fit_flexmix
)
