# What criteria choose from the rows of the selection study, with the level below the choice
# searched.

# The path of one replicate as lists: its `levels`, one row each, and `checked`, the rows of levels
# that were searched again, by their numbers.
replicate_path <- function(rows) {
  levels <- rows[rows$method == "path", ]
  checked <- rows[rows$method == "check", ]
  list(levels = levels[order(levels$k), ], checked = split(checked, checked$k))
}

# The table after the checks that a criterion asks for. `choose`: a function of the levels.
# `missing` tells of checks that the study did not make.
settled <- function(path, choose) {
  levels <- path$levels
  tried <- integer()
  missing <- FALSE
  repeat {
    k <- choose(levels)
    if ((k - 1) %in% tried || !moelogit:::needs_check(levels, k)) break
    found <- path$checked[[as.character(k - 1)]]
    if (is.null(found)) {
      missing <- TRUE
    } else {
      levels[k - 1, names(found)] <- found
    }
    tried <- c(tried, k - 1)
  }
  list(k = k, levels = levels, tried = tried, missing = missing)
}

least <- function(value) function(levels) levels$k[which.min(value(levels))]

# In the study the penalty is 1, so the objective is evidence and complexity.
tempered <- function(levels) {
  temper <- moelogit:::temper
  -2 * (temper * levels$evidence + (1 - temper) * levels$objective)
}

rules <- list(
  tempered = least(tempered),
  effective = least(function(l) -2 * l$loglik + 3 * l$edf),
  evidence = least(function(l) -l$evidence),
  slope = least(function(l) {
    -2 * l$loglik + 2 * moelogit:::slope_penalty(l$loglik, l$df, l$n[1]) * l$df
  }),
  aic = least(function(l) -2 * l$loglik + 2 * l$df),
  bic = least(function(l) -2 * l$loglik + log(l$n) * l$df)
)
