# Random problems to attack the package with: everything about one follows from its seed.

any_of <- function(choices) choices[[sample.int(length(choices), 1L)]]

one_of <- function(...) any_of(list(...))

chance <- function(p) stats::runif(1L) < p

log_uniform <- function(from, to) exp(stats::runif(1L, log(from), log(to)))

#' A random problem
#'
#' @param seed A whole number.
#' @return A list: `seed`; `env`, where the variables are; `call`, a call of moelogit() to be
#'   evaluated there; `front` ("formula", "matrix" or "sparse"); `text`, what it is in one line.
hostile_problem <- function(seed) {
  set.seed(seed)
  size <- problem_size()
  env <- new.env(parent = globalenv())
  env$d <- hostile_covariates(size$n, size$p)
  classes <- hostile_classes(env$d, size$m)
  env$d$y <- hostile_response(classes, size$m)
  front <- one_of("formula", "formula", "matrix", "sparse")
  call <- if (front == "formula") formula_call(env) else matrix_call(env, front == "sparse")
  call$k <- size$k
  call <- add_weights(call, env, size$n)
  call <- add_offset(call, env, classes, front)
  if (front == "formula") call <- add_missing(call, env, size$n)
  settings <- hostile_settings(size)
  call[names(settings)] <- settings
  list(seed = seed, env = env, call = call, front = front, text = paste0(
    front, " n=", size$n, " p=", size$p, " M=", size$m, " K=", size$k, " y:",
    class(env$d$y)[1L], " ", paste(deparse(call), collapse = " ")
  ))
}

# Most are small; what a fit costs grows with the product of all.
problem_size <- function() {
  repeat {
    size <- list(
      n = as.integer(log_uniform(one_of(1, 5), one_of(60, 300, 3001))),
      p = one_of(0L, 1L, 2L, 3L, as.integer(log_uniform(1, 41))),
      m = one_of(2L, 2L, 3L, as.integer(log_uniform(2, 31))),
      k = one_of(1L, 2L, 2L, 3L, 4L, 5L, 8L)
    )
    logits <- size$k * size$m
    if (size$n * logits * (size$p + 5) < 3e5 && logits * (size$p + 1) < 600) return(size)
  }
}

hostile_covariates <- function(n, p) {
  d <- data.frame(row.names = seq_len(n))
  for (j in seq_len(p)) {
    d[[paste0("x", j)]] <- hostile_column(any_of(column_kinds), d, n)
  }
  d
}

column_kinds <- c(
  "normal", "normal", "normal", "normal", "uniform", "binary", "count", "heavy", "scaled", "far",
  "extreme", "constant", "zero", "duplicate", "collinear", "factor", "factor", "logical",
  "character", "one_row"
)

hostile_column <- function(kind, d, n) {
  numbers <- Filter(is.numeric, d)
  switch(kind,
    normal = stats::rnorm(n),
    uniform = stats::runif(n),
    binary = as.double(stats::runif(n) < 0.3),
    count = as.integer(stats::rpois(n, 2)),
    heavy = stats::rt(n, 1),
    scaled = stats::rnorm(n) * log_uniform(1e-9, 1e9),
    far = stats::rnorm(n) + one_of(-1, 1) * log_uniform(10, 1e7),
    extreme = if (chance(0.3)) stats::rnorm(n) * one_of(1e155, 1e-200) else stats::rnorm(n),
    constant = rep_len(stats::rnorm(1L), n),
    zero = numeric(n),
    duplicate = if (length(numbers) > 0L) numbers[[1L]] else stats::rnorm(n),
    collinear = if (length(numbers) > 1L) {
      numbers[[1L]] - 2 * numbers[[length(numbers)]]
    } else {
      stats::rnorm(n)
    },
    factor = factor(
      sample(c("a", "b", "c", "rare one"), n, TRUE, c(5, 3, 2, 0.1)),
      levels = c("c", "a", "b", "rare one", "unused")
    ),
    logical = stats::runif(n) < 0.5,
    character = sample(c("u", "v", ""), n, TRUE),
    one_row = c(1, numeric(n - 1L))
  )
}

# Class numbers: of a mixture, separated, or without any relation to the covariates.
hostile_classes <- function(d, m) {
  n <- nrow(d)
  numbers <- Filter(function(v) is.numeric(v) && stats::sd(v) > 0, d)
  numbers <- vapply(numbers, function(v) as.double(scale(v / max(abs(v)))), numeric(n))
  kind <- any_of(
    c("mixture", "mixture", "mixture", "separated", "separated", "random", "random", "rare", "one")
  )
  if (length(numbers) == 0L && kind %in% c("mixture", "separated")) kind <- "random"
  numbers <- matrix(numbers, n)
  numbers[!is.finite(numbers)] <- 0
  switch(kind,
    mixture = {
      which <- 1L + (numbers[, 1L] + stats::rnorm(n) / 2 > 0)
      score <- lapply(1:2, function(k) {
        numbers %*% matrix(stats::rnorm(ncol(numbers) * m, sd = 2), ncol = m)
      })
      score <- score[[1L]] * (which == 1L) + score[[2L]] * (which == 2L)
      max.col(score - log(-log(matrix(stats::runif(n * m), n))))
    },
    separated = as.integer(cut(rank(numbers[, 1L], ties.method = "first"), m, labels = FALSE)),
    random = sample.int(m, n, TRUE),
    rare = sample.int(m, n, TRUE, 10^-seq(0, 3, length.out = m)),
    one = sample.int(m, n, TRUE, c(1, numeric(m - 1L)) + one_of(0, 0.01))
  )
}

hostile_response <- function(classes, m) {
  labels <- paste0("class ", seq_len(m))
  kind <- one_of(
    "factor", "factor", "factor", "ordered", "character", "integer", "logical", "counts", "numeric"
  )
  if (kind == "logical" && m > 2L) kind <- "factor"
  switch(kind,
    factor = factor(labels[classes], levels = sample(labels)),
    ordered = factor(labels[classes], levels = labels, ordered = TRUE),
    character = labels[classes],
    integer = classes - 1L,
    numeric = as.double(classes),
    logical = classes == 1L,
    counts = {
      counts <- matrix(0, length(classes), m, dimnames = list(NULL, labels))
      counts[cbind(seq_along(classes), classes)] <- stats::rpois(length(classes), 1)
      other <- cbind(seq_along(classes), sample.int(m, length(classes), TRUE))
      counts[other] <- counts[other] + stats::rpois(length(classes), 1)
      if (chance(0.2)) counts <- counts * 0.7
      counts
    }
  )
}

# Terms of the columns of `d`, as they are or transformed.
hostile_terms <- function(d, n_terms) {
  names <- setdiff(names(d), "y")
  if (length(names) == 0L || n_terms == 0L) {
    return("1")
  }
  used <- sample(names, min(n_terms, length(names)))
  terms <- vapply(used, function(name) {
    v <- d[[name]]
    smooth <- is.double(v) && length(unique(v)) > 6L && all(abs(v) < 1e6)
    if (!smooth || chance(0.7)) {
      return(name)
    }
    sprintf(one_of("poly(%s, 2)", "I(%s^2)", "splines::ns(%s, 3)", "scale(%s)"), name)
  }, "")
  if (length(used) > 1L && chance(0.2)) {
    terms <- c(terms, paste(used[1:2], collapse = one_of(":", "*")))
  }
  paste(terms, collapse = " + ")
}

formula_call <- function(env) {
  p <- length(env$d) - 1L
  expert <- hostile_terms(env$d, p)
  rhs <- switch(one_of("shared", "shared", "shared", "gate", "const_gate", "const_expert", "none"),
    shared = expert,
    gate = paste(hostile_terms(env$d, max(1L, p %/% 2L)), "|", hostile_terms(env$d, p)),
    const_gate = paste(expert, "| 1"),
    const_expert = paste("1 |", expert),
    none = if (expert == "1") expert else paste(expert, "- 1")
  )
  call("moelogit", str2lang(paste("y ~", rhs)), data = quote(d))
}

matrix_call <- function(env, sparse) {
  numbers <- Filter(function(v) is.numeric(v) || is.logical(v), env$d[setdiff(names(env$d), "y")])
  x <- if (length(numbers) > 0L) as.matrix(as.data.frame(numbers)) + 0
  if (is.null(x)) x <- cbind(x1 = stats::rnorm(nrow(env$d)))
  if (chance(0.2)) colnames(x) <- NULL
  if (sparse) {
    x[matrix(stats::runif(length(x)) < 0.6, nrow(x))] <- 0
    x <- methods::as(Matrix::Matrix(x, sparse = TRUE), "generalMatrix")
    x <- methods::as(x, "CsparseMatrix")
  }
  env$x <- x
  call <- call("moelogit", quote(x), quote(d$y))
  if (chance(0.25)) {
    env$z <- x[, seq_len(max(1L, ncol(x) %/% 2L)), drop = FALSE]
    call$z <- quote(z)
  }
  call
}

add_weights <- function(call, env, n) {
  env$w <- switch(
    one_of("none", "none", "none", "real", "whole", "zeros", "tiny", "large", "mixed"),
    none = NULL,
    real = stats::runif(n, 0.2, 3),
    whole = sample.int(3L, n, TRUE),
    zeros = stats::rbinom(n, 2L, 0.6),
    tiny = rep_len(c(1, 1e-8), n),
    large = rep_len(c(1e8, 1, 3), n),
    mixed = 10^stats::runif(n, -8, 8)
  )
  if (!is.null(env$w)) call$weights <- quote(w)
  call
}

add_offset <- function(call, env, classes, front) {
  m <- if (is.matrix(env$d$y)) ncol(env$d$y) else length(unique(env$d$y))
  n <- nrow(env$d)
  if (chance(0.85)) {
    return(call)
  }
  sd <- one_of(1, 1, 30, 300)
  env$o <- if (m == 2L && chance(0.5)) {
    stats::rnorm(n, sd = sd)
  } else {
    matrix(stats::rnorm(n * m, sd = sd), n)
  }
  two_parts <- grepl("|", deparse1(call[[2L]]), fixed = TRUE)
  if (front == "formula" && is.null(dim(env$o)) && !two_parts && chance(0.5)) {
    env$d$off <- env$o
    call[[2L]][[3L]] <- call("+", call[[2L]][[3L]], quote(offset(off)))
  } else {
    call$offset <- quote(o)
  }
  call
}

add_missing <- function(call, env, n) {
  if (chance(0.15)) {
    env$s <- stats::runif(n) < 0.8
    call$subset <- quote(s)
  }
  covariates <- setdiff(names(env$d), c("y", "off"))
  if (length(covariates) > 0L && chance(0.2)) {
    for (name in sample(covariates, min(2L, length(covariates)))) {
      env$d[[name]][sample.int(n, max(1L, n %/% 20L))] <- NA
    }
    if (chance(0.6)) {
      call$na.action <- one_of(quote(na.omit), quote(na.exclude), quote(na.fail), quote(na.pass))
    }
  }
  call
}

hostile_settings <- function(size) {
  settings <- list()
  settings$penalty <- switch(one_of("default", "default", "zero", "any", "any", "two"),
    default = NULL, zero = 0, any = signif(log_uniform(1e-6, 1e6), 3),
    two = c(gate = signif(log_uniform(1e-4, 1e2), 3), expert = signif(log_uniform(1e-4, 1e2), 3))
  )
  # automatic starts and the search are for small problems only
  cost <- size$n * size$m * size$k * (size$p + 1)
  if (cost > 3000 || chance(0.7)) settings$starts <- one_of(1L, 2L, 3L)
  if (!is.null(settings$starts) && chance(0.2) && cost < 1e5) settings$search <- 8
  if (chance(0.15)) settings$method <- "mm"
  if (chance(0.15)) settings$curvature <- "loose"
  if (chance(0.2)) settings$standardize <- FALSE
  if (chance(0.2)) settings$penalize_intercept <- FALSE
  if (chance(0.3)) settings$threads <- 2L
  if (chance(0.1)) settings$keep_data <- FALSE
  if (identical(settings$method, "mm")) settings$max_iter <- 300L
  if (chance(0.05)) settings$max_iter <- 1L
  settings
}
