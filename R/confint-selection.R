#' Which numbers of experts are plausible
#'
#' The smallest set of numbers of experts that together have at least so much of the weight, the
#' heaviest first: a credible set, from the approximate posterior weights in the table of
#' [select_experts()]. Its coverage in samples with a known number is measured in the article *Is
#' the number of experts right?*.
#'
#' @param object A selection by [select_experts()].
#' @param parm Not used: there is one number.
#' @param level The weight that the set has at least, between 0 and 1.
#' @param ... Not used.
#' @return A data frame by rising `k`: the numbers of the set and their `weight`.
#' @section Errors: `"moelogit_error_no_weight"` for a [sweep_experts()], which has no weights.
#' @examples
#' set.seed(1)
#' choice <- select_experts(Species ~ Petal.Length + Sepal.Width, data = iris, k_max = 3)
#' confint(choice)
#' @export
confint.moelogit_selection <- function(object, parm, level = 0.9, ...) {
  check_no_dots(...)
  if (!missing(parm)) {
    moe_abort(
      c(
        "The interval of a selection is that of the number of experts.",
        i = "{.code confint(choice$fit, parm)} has the intervals of coefficients."
      ),
      "argument"
    )
  }
  level <- check_level(level)
  weight <- selection_weight(object)
  order <- order(-weight)
  # rounding must not ask for one number more
  enough <- which(cumsum(weight[order]) >= level - 1e-9)[1L]
  at <- sort(order[seq_len(enough)])
  data.frame(k = object$table$k[at], weight = weight[at])
}

# Of the levels of a selection; 0 where a level is not done.
selection_weight <- function(object) {
  weight <- object$table$weight
  if (is.null(weight)) {
    moe_abort(
      c(
        "A sweep has no weights for its numbers of experts.",
        i = "Use {.fn select_experts}."
      ),
      "no_weight"
    )
  }
  ifelse(is.na(weight), 0, weight)
}

# "3 experts (weight .71); 90 % set: 3, 4"
weight_line <- function(object, level = 0.9) {
  short <- sub("^0", "", formatC(selection_weight(object)[object$k], digits = 2L, format = "f"))
  paste0(
    object$k, if (object$k == 1L) " expert" else " experts", " (weight ", short, "); ",
    format(100 * level), " % set: ", paste(confint(object, level = level)$k, collapse = ", ")
  )
}
