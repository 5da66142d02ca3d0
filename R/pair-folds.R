#' Cross-validation folds for pairs of things
#'
#' Rows of pair data (proteins that interact, say) share their members: with folds drawn at random,
#' nearly every protein of a test pair has been seen in training, and the error on pairs of new
#' proteins stays unknown (Park and Marcotte, 2012). `pair_folds()` draws both kinds of fold.
#'
#' With `type = "unseen"` the distinct members of `a` and `b` are divided at random into `v` groups
#' of equal size (up to one). Fold j tests on the pairs whose members are both in group j and trains
#' on the pairs with no member in group j; pairs with one member in group j are left out of fold j.
#' So the test sets are disjoint but do not cover all rows: about `1/v` of the rows are in some test
#' set, and each training set holds about `(1 - 1/v)^2` of them.
#'
#' With `type = "random"` the rows themselves are divided into `v` test sets of equal size (up to
#' one), and every fold trains on all rows outside its test set.
#'
#' The draws come from R's generator: [set.seed()] makes them reproducible.
#'
#' @param a,b The two members of each pair: character, factor, or whole-number vectors of the same
#'   length n, without missing values. The order within a pair does not matter. Members are the same
#'   where their labels (as by [as.character()]) are.
#' @param v Number of folds, a whole number of at least 2 and at most the number of distinct members
#'   (`"unseen"`) or of pairs (`"random"`).
#' @param type `"unseen"` or `"random"`, see Details.
#' @return A list of length `v` with names `"fold1"`, `"fold2"`, and so on. Each element is a list
#'   of two integer vectors of row numbers in increasing order, `train` and `test`, disjoint and not
#'   empty.
#' @section Errors:
#' `moelogit_error_argument` for members, `v` or `type` that cannot be used;
#' `moelogit_error_empty_fold` when a fold would have no test or no training pair, as happens with
#' few pairs and many folds.
#' @references Y. Park and E. M. Marcotte (2012). Flaws in evaluation schemes for pair-input
#'   computational predictions. *Nature Methods* 9, 1134-1136. \doi{10.1038/nmeth.2259}
#' @seealso [yeast_ppi]
#' @examples
#' set.seed(1)
#' folds <- pair_folds(yeast_ppi$idA, yeast_ppi$idB, v = 5)
#' lengths(folds$fold1)
#'
#' # no protein of a test pair was seen in training
#' members <- function(rows) unlist(yeast_ppi[rows, c("idA", "idB")])
#' intersect(members(folds$fold1$train), members(folds$fold1$test))
#' @export
pair_folds <- function(a, b, v = 5, type = c("unseen", "random")) {
  type <- check_choice(type, c("unseen", "random"), "type")
  a <- check_members(a, "a")
  b <- check_members(b, "b")
  if (length(a) != length(b)) {
    moe_abort(
      c(
        "{.arg a} and {.arg b} must have the same length, one element per pair.",
        x = "{.arg a} has length {length(a)} and {.arg b} has length {length(b)}."
      ),
      "argument"
    )
  }
  members <- unique(c(a, b))
  v <- check_fold_number(v, if (type == "unseen") length(members) else length(a), type)

  folds <- if (type == "unseen") {
    group <- sample(rep_len(seq_len(v), length(members)))
    unseen_folds(group[match(a, members)], group[match(b, members)], v)
  } else {
    group <- sample(rep_len(seq_len(v), length(a)))
    lapply(seq_len(v), function(j) list(train = which(group != j), test = which(group == j)))
  }
  names(folds) <- paste0("fold", seq_len(v))
  check_folds(folds)
}

unseen_folds <- function(group_a, group_b, v) {
  lapply(seq_len(v), function(j) {
    list(train = which(group_a != j & group_b != j), test = which(group_a == j & group_b == j))
  })
}

check_members <- function(x, arg) {
  if (!(has_levels(x) || is.numeric(x)) || !is.null(dim(x))) {
    moe_abort(
      c("{.arg {arg}} must be a character, factor or whole-number vector.", x = describe(x)),
      "argument"
    )
  }
  if (length(x) == 0L) {
    moe_abort("{.arg {arg}} has length 0: there are no pairs to divide.", "argument")
  }
  if (anyNA(x)) {
    moe_abort(
      c(
        "{.arg {arg}} must not have missing values.",
        x = "{sum(is.na(x))} of its {length(x)} values {cli::qty(sum(is.na(x)))}{?is/are} missing.",
        i = "Leave these pairs out."
      ),
      "argument"
    )
  }
  if (is.numeric(x) && any(x != round(x))) {
    moe_abort(
      c(
        "{.arg {arg}} must be labels or whole numbers.",
        x = "Element {which(x != round(x))[1]} of {.arg {arg}} is {x[x != round(x)][1]}."
      ),
      "argument"
    )
  }
  as.character(x)
}

check_fold_number <- function(v, most, type) {
  if (most < 2L) {
    moe_abort(
      c(
        "Two folds need at least two {if (type == 'unseen') 'distinct members' else 'pairs'}.",
        x = "{.arg a} and {.arg b} have only {most}."
      ),
      "argument"
    )
  }
  check_count(v, "v", min = 2L, max = most)
}

check_folds <- function(folds) {
  for (part in c("test", "train")) {
    empty <- names(folds)[vapply(folds, function(fold) length(fold[[part]]) == 0L, logical(1))]
    if (length(empty) > 0L) {
      moe_abort(
        c(
          "Every fold needs at least one {part} pair.",
          x = "{cli::qty(length(empty))}Fold{?s} without: {.val {empty}}.",
          i = "Use fewer folds ({.arg v}) or more pairs."
        ),
        "empty_fold"
      )
    }
  }
  folds
}
