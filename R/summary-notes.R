# What summary() says of its standard errors: which blocks the data hardly tell anything about, and
# why, and why a standard error is missing.

#' What the data say about each free logit
#'
#' @return A list. `blocks`, a data frame with a row per free logit: `part`, `expert`, `class`;
#'   `information`, the sum over records of weight times posterior times p (1 - p), or of the
#'   reference's when that is smaller; `rows`, the records that are expected in the class (or
#'   expert) and `others`, in the reference, by the same weights; `reason`, what keeps the
#'   information under one observation's worth: `"few rows"`, or `"separation"` where there are
#'   rows and their probabilities are 0 or 1; else `NA`. `share`, per free coefficient, the part of
#'   its information that comes from the data and not from the penalty: the diagonal of
#'   (J + R)^-1 J, its effective degrees of freedom (Gray 1992, \doi{10.2307/2290630}). `inverse`,
#'   see `invert_information()`.
#' @noRd
block_checks <- function(object) {
  inference <- object$inference
  if (is.null(inference)) inference <- row_inference(object, training_problem(object))
  information <- list(
    data = inference$information, penalty = penalty_information(fit_penalty(object))
  )
  inverse <- invert_for_fit(object, information$data + information$penalty)
  list(
    blocks = block_information(object, inference),
    share = data_share(object, inverse, information$data),
    inverse = inverse
  )
}

# Of the fixed ones nothing is to be known: 1.
data_share <- function(object, inverse, data) {
  if (is.null(object$fixed)) {
    return(rowSums(inverse$vcov * data))
  }
  fixed <- fixed_free(object$frame, object$fixed)
  directions <- free_directions(object$frame, object$fixed)
  along <- crossprod(directions, data %*% directions)
  own <- inverse$vcov[-fixed, -fixed, drop = FALSE]
  replace(rep_len(1, nrow(data)), -fixed, rowSums(own * along))
}

# `sums`: from row_inference()
block_information <- function(object, sums) {
  logits <- free_logits(object$frame)
  data.frame(
    part = logits$part, expert = colnames(object$gate)[logits$expert],
    class = object$classes[logits$class],
    rbind(logit_rows(lapply(sums$gate, cbind)), logit_rows(sums$expert))
  )
}

#' The free logits of a part: information, rows, and what they lack
#'
#' @param sums Of the part, see `row_inference()`: a row for each option of a group, the first is
#'   the reference; a column for each group.
#' @noRd
logit_rows <- function(sums) {
  information <- sums$information
  rows <- sums$rows
  options <- nrow(rows)
  # p (1 - p) is at most the smaller of both sides: how far below is how certain the rows are
  side <- pmin(rows, matrix(sums$total, options, ncol(rows), byrow = TRUE) - rows)
  certain <- information < 0.1 * side
  first <- rep(1L, options)
  of_reference <- information[first, , drop = FALSE] < information
  reason <- ifelse(
    ifelse(of_reference, certain[first, , drop = FALSE], certain), "separation", "few rows"
  )
  smaller <- pmin(information, information[first, , drop = FALSE])
  reason[smaller >= 1] <- NA
  flat <- function(x) as.vector(x[-1L, , drop = FALSE])
  data.frame(
    information = flat(smaller), rows = flat(rows), others = flat(rows[first, , drop = FALSE]),
    reason = flat(reason)
  )
}

# The blocks as summary() gives them; without data nothing is known of them.
summary_blocks <- function(object, checks) {
  if (!is.null(checks)) {
    return(checks$blocks)
  }
  logits <- free_logits(object$frame)
  data.frame(
    part = logits$part, expert = colnames(object$gate)[logits$expert],
    class = object$classes[logits$class], information = NA_real_, rows = NA_real_,
    others = NA_real_, reason = NA_character_
  )
}

# Why standard errors are missing: the reason of each that is, named as the coefficients are.
missing_errors <- function(object, error, checks) {
  free <- free_coefficients(object$frame)
  reason <- rep_len("aliased", length(free))
  reason[free] <- if (is.null(checks)) {
    "no data"
  } else if (!checks$inverse$maximum) {
    "not at a maximum"
  } else {
    logits <- free_logits(object$frame)
    own <- rep(checks$blocks$reason, logits$to - logits$from + 1L)
    ifelse(is.na(own), "singular information", own)
  }
  stats::setNames(reason, names(coef(object)))[is.na(error)]
}

missing_note <- function(missing) {
  if (length(missing) == 0L) {
    return(NULL)
  }
  if (all(missing == "no data")) {
    return("No standard errors: the fit does not hold its training data (keep_data = FALSE).")
  }
  said <- c(
    aliased = "linearly dependent columns", `few rows` = "few rows", separation = "separation",
    `singular information` = "the information matrix is singular",
    `not at a maximum` = "the fit is not at a maximum", `no data` = "the fit holds no data"
  )
  parts <- vapply(unique(missing), function(reason) {
    paste0(listed(names(missing)[missing == reason]), " (", said[[reason]], ")")
  }, "")
  paste0("No standard error for ", paste(parts, collapse = "; "), ".")
}

summary_notes <- function(object, checks) {
  blocks <- checks$blocks
  separated <- blocks[blocks$reason %in% "separation", ]
  few <- blocks[blocks$reason %in% "few rows", ]
  held <- names(coef(object))[free_coefficients(object$frame)][which(checks$share < 0.5)]
  c(
    if (!object$converged) "The fit has not converged: standard errors are not those of a maximum.",
    if (!checks$inverse$maximum) {
      "The information matrix is not positive definite: the fit is not at a maximum."
    },
    if (nrow(separated) > 0L) {
      paste0(
        "On separation, with fitted probabilities of 0 or 1: ",
        listed(block_names(separated)), ". Their estimates are as large as penalty and ",
        "tolerance let them be; their z values say nothing."
      )
    },
    if (nrow(few) > 0L) {
      paste0(
        "Few rows, by their posteriors: ",
        listed(paste0(block_names(few), " (", rows_text(few), ")")),
        ". The data say hardly anything about them."
      )
    },
    if (length(held) > 0L) {
      paste0("The penalty says more than the data about ", listed(held), ".")
    }
  )
}

listed <- function(items, most = 6L) {
  rest <- length(items) - most
  paste0(
    paste(utils::head(items, most), collapse = ", "), if (rest > 0L) paste0(" and ", rest, " more")
  )
}

block_names <- function(blocks) {
  ifelse(
    blocks$part == "gate", paste("gate of expert", blocks$expert),
    paste0("class \"", blocks$class, "\" in expert ", blocks$expert)
  )
}

rows_text <- function(blocks) {
  paste0(
    format(round(blocks$rows, 1L), nsmall = 1L, trim = TRUE), " against ",
    format(round(blocks$others, 1L), nsmall = 1L, trim = TRUE)
  )
}
