#' Who belongs to which expert
#'
#' The classes and covariates of the rows of each expert: means weighted by the posterior expert
#' probabilities, and by the case weights.
#' @param object A fit that holds its data.
#' @return A data frame with a row for each quantity and expert: `part` (`"class"` or
#'   `"covariate"`), `variable`, `level` (of a factor, or the class; else `NA`), `expert`, `mean`
#'   (for a level, the share of the rows that have it), `sd` (within the expert), `overall` (the
#'   mean of all rows) and `difference`: of the two means, in standard deviations over all rows.
#' @noRd
expert_profile <- function(object) {
  check_kept(object, object$data)
  design <- stored_design(object)
  posterior <- posterior_probabilities(object, design, object$data, NULL)
  classes <- observed_classes(object)
  quantities <- profile_quantities(object, classes$share)
  weight <- classes$weight * posterior
  weight[classes$weight == 0, ] <- 0
  total <- colSums(weight)
  x <- quantities$x
  mean <- as.matrix(Matrix::crossprod(x, weight)) / rep(total, each = ncol(x))
  square <- as.matrix(Matrix::crossprod(x^2, weight)) / rep(total, each = ncol(x))
  overall <- as.vector(mean %*% total) / sum(total)
  spread <- sqrt(pmax(as.vector(square %*% total) / sum(total) - overall^2, 0))
  k <- object$k
  data.frame(
    part = rep(quantities$part, k), variable = rep(quantities$variable, k),
    level = rep(quantities$level, k),
    expert = factor(rep(colnames(object$gate), each = ncol(x)), levels = colnames(object$gate)),
    mean = as.vector(mean), sd = as.vector(sqrt(pmax(square - mean^2, 0))), overall = overall,
    difference = as.vector((mean - overall) / ifelse(spread > 0, spread, Inf))
  )
}

# The columns to average, n x number of quantities: classes, numbers, and indicators of levels.
profile_quantities <- function(object, share) {
  covariates <- profile_covariates(object)
  if (is.list(covariates)) {
    parts <- lapply(names(covariates), function(name) level_columns(covariates[[name]], name))
  } else {
    parts <- list(list(x = covariates, variable = colnames(covariates), level = NA_character_))
  }
  number <- vapply(parts, function(part) ncol(part$x), 0L)
  list(
    x = do.call(cbind, c(list(share), lapply(parts, `[[`, "x"))),
    part = rep(c("class", "covariate"), c(ncol(share), sum(number))),
    variable = c(
      rep(object$response_name, ncol(share)),
      unlist(lapply(parts, function(part) rep_len(part$variable, ncol(part$x))))
    ),
    level = c(
      object$classes, unlist(lapply(parts, function(part) rep_len(part$level, ncol(part$x))))
    )
  )
}

level_columns <- function(v, name) {
  if (is.matrix(v) || is.data.frame(v)) {
    v <- as.matrix(v)
    return(list(x = v, variable = paste0(name, colnames(v)), level = NA_character_))
  }
  if (is_smooth(v)) {
    return(list(x = cbind(as.numeric(v)), variable = name, level = NA_character_))
  }
  v <- droplevels(as.factor(v))
  list(x = outer(as.integer(v), seq_len(nlevels(v)), `==`) + 0, variable = name, level = levels(v))
}

# The covariates of the fitted rows: a matrix, or a list of the variables of the formula,
# those inside functions as the functions return them, and of columns that say what was missing.
profile_covariates <- function(object) {
  data <- object$data
  if (is.null(object$terms)) {
    x <- data$x
    colnames(x) <- object$columns$expert[-1L]
    if (object$shared) {
      return(x)
    }
    z <- data$z
    colnames(z) <- object$columns$gate[-1L]
    return(cbind(x, z[, setdiff(colnames(z), colnames(x)), drop = FALSE]))
  }
  frame <- fill_missing(data$model_frame, object$filled)
  gaps <- lapply(object$terms[c("expert", "gate")], function(terms) {
    missing_columns(terms, data$model_frame, object$filled)$x
  })
  gaps <- as.data.frame(do.call(cbind, unname(gaps)))
  gaps <- gaps[!duplicated(names(gaps))]
  used <- object$terms$required
  if (!all(used %in% names(frame))) {
    used <- unique(unlist(lapply(object$terms[c("expert", "gate")], function(terms) {
      vapply(as.list(attr(terms, "variables"))[-1L], deparse1, "")
    })))
    used <- intersect(used, names(frame))
  }
  c(frame[used], gaps)
}

# How the posteriors split the rows among the experts; see summary.moelogit().
expert_split <- function(object) {
  problem <- training_problem(object)
  weight <- problem$weight
  posterior <- core_predict(
    problem, object_theta(object), "posterior", object$control$threads
  )$posterior
  own <- outer(max.col(posterior, "first"), seq_len(object$k), `==`) * weight
  total <- colSums(own)
  list(
    experts = list(
      rows = colSums(weight * posterior),
      posterior = colSums(own * posterior) / ifelse(total > 0, total, NA)
    ),
    sharpness = if (object$k > 1L) {
      1 - posterior_entropy(object, problem) / (sum(weight) * log(object$k))
    } else {
      NA_real_
    }
  )
}

print_split <- function(x) {
  cat("Experts, and how sharply the posteriors split the rows (",
      format(round(x$sharpness, 2L), nsmall = 2L), " of 1):\n", sep = "")
  digits <- c(weight = 3L, rows = 1L, posterior = 3L)
  table <- Map(round, x$experts[names(digits)], digits)
  print(as.data.frame(table, row.names = rownames(x$experts)))
  cat("\n")
}

# The means as a table with a column per expert and one for all rows; of many quantities those that
# differ most.
print_profile <- function(profile, digits = 3L, most = 12L) {
  experts <- levels(profile$expert)
  first <- profile[profile$expert == experts[1L], ]
  table <- matrix(profile$mean, ncol = length(experts))
  table <- cbind(table, first$overall)
  dimnames(table) <- list(
    paste0(first$variable, ifelse(is.na(first$level), "", paste0(": ", first$level))),
    c(paste("expert", experts), "all rows")
  )
  reach <- apply(matrix(abs(profile$difference), ncol = length(experts)), 1L, max)
  shown <- sort(utils::head(order(-reach), most))
  cat("Means by expert, rows weighted by their posteriors", sep = "")
  if (length(shown) < nrow(table)) {
    cat(" (the", most, "of", nrow(table), "that differ most)")
  }
  cat(":\n")
  print(noquote(format(signif(table[shown, , drop = FALSE], digits), drop0trailing = TRUE)),
        right = TRUE)
  cat("\n")
}
