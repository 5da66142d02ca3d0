# Weighted averages of the class probabilities of many fits: what a stack and a bag predict with.

#' An ensemble
#'
#' @param fits From `resample_fits()`. @param weights Of its settings.
#' @param temperature Of the average, see `tempered()`.
#' @return A list: `members`, those of settings with weight; `weight` of each, summing to one;
#'   `temperature`.
#' @noRd
new_ensemble <- function(fits, weights, temperature = 1) {
  used <- which(weights > 0)
  members <- unlist(lapply(fits$members, `[`, used), recursive = FALSE)
  list(members = members, weight = rep(weights[used], length(fits$members)) / length(fits$members),
       temperature = temperature)
}

#' Class probabilities of an ensemble
#'
#' @return A list: `fit`, n x M, at the temperature of the ensemble, and `spread`, the standard
#'   deviation over the members, when asked for.
#' @noRd
ensemble_probabilities <- function(ensemble, design, labels, spread = FALSE) {
  mean <- square <- matrix(
    0, design$n, length(design$classes), dimnames = list(labels, design$classes)
  )
  for (i in seq_along(ensemble$members)) {
    prob <- member_probabilities(ensemble$members[[i]], design)
    mean <- mean + ensemble$weight[i] * prob
    if (spread) square <- square + ensemble$weight[i] * prob^2
  }
  list(fit = tempered(mean, ensemble$temperature),
       spread = if (spread) sqrt(pmax(square - mean^2, 0)))
}

# Probabilities to the power 1 / temperature, in proportion: sharper below one, flatter above.
tempered <- function(prob, temperature) {
  if (temperature == 1) {
    return(prob)
  }
  prob <- prob^(1 / temperature)
  prob / rowSums(prob)
}

# The temperature of the least log loss on the rows left out, which is convex in 1 / temperature. It
# has bounds: without a single error there would be none below.
fit_temperature <- function(held_out) {
  # a class thought impossible says nothing of the temperature either
  prob <- pmax(held_out$prob, least_stacked)
  loss <- function(power) {
    held_out$prob <- tempered(prob, 1 / power)
    held_out_logloss(held_out)
  }
  1 / stats::optimize(loss, c(0.5, 2), tol = 1e-4)$minimum
}

#' What settings with weights give the rows that were left out
#'
#' @return `prob`, n x M: the average over the resamples that leave a row out, `NA` where none does;
#'   and the records: `y`, `row`, `weights`.
#' @noRd
held_out_probabilities <- function(design, resamples, fits, weights) {
  prob <- matrix(0, design$n, length(design$classes),
                 dimnames = list(row_labels(design), design$classes))
  count <- numeric(design$n)
  used <- which(weights > 0)
  for (b in fits$done) {
    rows <- resamples[[b]]$test
    one <- list(members = fits$members[[b]][used], weight = weights[used], temperature = 1)
    prob[rows, ] <- prob[rows, ] +
      ensemble_probabilities(one, subset_design(design, rows), NULL)$fit
    count[rows] <- count[rows] + 1
  }
  prob <- prob / count
  prob[count == 0, ] <- NA
  c(list(prob = prob), unclass(design)[c("y", "row", "weights")])
}

# Mean over the records that were left out.
held_out_logloss <- function(held_out) {
  row <- if (is.null(held_out$row)) seq_along(held_out$y) else held_out$row
  observed <- held_out$prob[cbind(row, held_out$y)]
  seen <- !is.na(observed) & held_out$weights > 0
  stats::weighted.mean(-log_held_out(observed[seen]), held_out$weights[seen])
}

#' Predictions of a stack or a bag
#'
#' @param object With `recipe`, `ensemble` and `held_out`.
#' @noRd
predict_ensemble <- function(object, newdata, type, newz, newoffset, spread) {
  type <- check_ensemble_type(type)
  check_flag(spread, "spread")
  if (is.null(newdata)) {
    if (spread) {
      moe_abort(
        c("The spread over the members needs {.arg newdata}.",
          i = "Without it, predictions are those of the members that have not seen a row."),
        "argument"
      )
    }
    return(typed_probabilities(object$recipe, object$held_out$prob, type))
  }
  design <- new_design(object$recipe, newdata, newz, newoffset)
  prob <- ensemble_probabilities(object$ensemble, design, row_labels(design), spread)
  out <- typed_probabilities(object$recipe, prob$fit, type)
  if (spread) list(fit = out, spread = prob$spread) else out
}

typed_probabilities <- function(recipe, prob, type) {
  switch(type,
    prob = prob,
    link = log_held_out(prob) - log_held_out(prob[, 1L]),
    class = most_probable(recipe, prob)
  )
}

check_ensemble_type <- function(type) {
  if (!is.character(type) || !all(type %in% c("class", "prob", "link"))) {
    moe_abort(
      c(
        "An average over many fits predicts {.val class}, {.val prob} or {.val link}.",
        x = "{.arg type} is {.val {type}}.",
        i = "Gates and experts are those of one fit: {.code predict(object$fit, ...)}."
      ),
      "argument"
    )
  }
  type[1L]
}

#' Calibration on the rows left out, or on new data
#' @noRd
calibrate_ensemble <- function(object, newdata, y, weights, newz, newoffset, name, ...) {
  if (is.null(newdata)) {
    held <- object$held_out
    records <- if (is.null(held$row)) seq_along(held$y) else held$row
    seen <- which(!is.na(held$prob[records, 1L]))
    prob <- held$prob[records[seen], , drop = FALSE]
    response <- list(y = held$y[seen], row = NULL, weights = held$weights[seen])
    weights <- NULL
  } else {
    prob <- predict(object, newdata, type = "prob", newz = newz, newoffset = newoffset)
    response <- if (!is.null(y)) {
      records_of_response(y, object$recipe$classes)
    } else {
      new_response(object$recipe, newdata)
    }
  }
  prob <- stats::setNames(list(unname(prob)), name)
  calibration_of(prob, object$recipe$classes, response, weights, ...)
}

# What new_design() needs to know, without the data.
prediction_recipe <- function(design) {
  forget_frames(c(design_recipe(design), list(formula = design$formula, n = design$n)))
}
