# The folds of a cross-validation.

#' Folds as a list of train and test rows of the design
#'
#' Rows are those of the data after `subset`; rows left out for missing values are taken off.
#' @noRd
make_folds <- function(folds, design) {
  left_out <- as.integer(design$na_action)
  before <- design$n + length(left_out)
  renumber <- rep_len(NA_integer_, before)
  renumber[setdiff(seq_len(before), left_out)] <- seq_len(design$n)
  folds <- if (is.list(folds)) {
    check_fold_list(folds, before)
    lapply(folds, function(fold) {
      lapply(fold[c("train", "test")], function(rows) {
        rows <- renumber[rows]
        rows[!is.na(rows)]
      })
    })
  } else {
    id <- if (length(folds) == 1L) {
      balanced_folds(check_count(folds, "folds", min = 2L, max = design$n), design)
    } else {
      check_fold_ids(folds, before)[!is.na(renumber)]
    }
    id <- factor(id)
    lapply(stats::setNames(nm = levels(id)), function(level) {
      list(train = which(id != level), test = which(id == level))
    })
  }
  check_fold_weights(folds, design)
  folds
}

# Random folds; the rows of each class are dealt out in turn.
balanced_folds <- function(v, design) {
  class <- if (is.null(design$row)) design$y else design$y[match(seq_len(design$n), design$row)]
  order <- order(class, stats::runif(design$n))
  id <- integer(design$n)
  id[order] <- rep_len(sample.int(v), design$n)
  id
}

check_fold_ids <- function(folds, n) {
  ok <- is.atomic(folds) && length(folds) == n && !anyNA(folds)
  if (!ok || length(unique(folds)) < 2L) {
    moe_abort(
      c(
        "{.arg folds} must give one of at least two folds for each of the {n} row{?s} of the data.",
        x = describe(folds)
      ),
      "folds"
    )
  }
  folds
}

check_fold_list <- function(folds, n) {
  good <- vapply(folds, function(fold) {
    is.list(fold) && all(c("train", "test") %in% names(fold)) &&
      all(unlist(fold[c("train", "test")]) %in% seq_len(n)) &&
      length(intersect(fold$train, fold$test)) == 0L
  }, NA)
  if (length(folds) < 2L || !all(good)) {
    moe_abort(
      c(
        "{.arg folds} must be at least two {.code list(train = , test = )} of row numbers that do \\
         not overlap.",
        x = if (all(good)) {
          "There {cli::qty(length(folds))}{?is/are} {length(folds)}."
        } else {
          "Element {which(!good)[1L]} is not such a list, for data of {n} row{?s}."
        }
      ),
      "folds"
    )
  }
}

# Weight of the test rows of each fold.
fold_weights <- function(design, folds, part = "test") {
  row <- if (is.null(design$row)) seq_len(design$n) else design$row
  weight <- numeric(design$n)
  total <- rowsum(design$weights, factor(row, levels = seq_len(design$n)), reorder = TRUE)
  weight[as.integer(rownames(total))] <- total
  vapply(folds, function(fold) sum(weight[fold[[part]]]), 0)
}

check_fold_weights <- function(folds, design) {
  empty <- fold_weights(design, folds) == 0 | fold_weights(design, folds, "train") == 0
  if (any(empty)) {
    moe_abort(
      c(
        "Every fold needs rows with positive weight to train on and to test on.",
        x = "{cli::qty(sum(empty))}Not so in fold{?s} {which(empty)}.",
        i = "Use fewer folds."
      ),
      "folds"
    )
  }
}
