# Missing covariates as something that a model may know: what is put in, and columns that say where.

#' Keep rows with missing covariates
#'
#' An `na.action` under which rows with missing covariates stay in the fit and get predictions. A
#' missing number is replaced by the mean of the others, and a column that is 1 where it was missing
#' joins the experts and the gate, wherever the variable stands. So the gate can ask what was
#' measured before it asks what came out, and send the rows that an experiment has not seen to
#' experts that do without it: where data come from many experiments of which each has seen some
#' rows only, this is what mixtures of experts are good for (Qi, Klein-Seetharaman and Bar-Joseph
#' 2007).
#'
#' @param object A model frame, as [stats::model.frame()] hands it to its `na.action`.
#' @param ... Not used.
#'
#' @details
#' Give it as `na.action = na_indicate` to [moelogit()], [cv_moelogit()], [bag_moelogit()],
#' [select_experts()] or [sweep_experts()], with a formula. Rows are left out, as by
#' [stats::na.omit()], only where the response, a weight or an offset is missing.
#'
#' * Numbers, dates and the columns of a basis such as `ns()`: the mean of the rows that have a
#'   value (in a cross-validation, of all its rows: the response has no part in it). For logical
#'   values `FALSE`, which with the new column is as good as a level of their own.
#' * The new column of `x` is called `x(missing)` and belongs to the same term of the formula.
#'   Variables that are missing in the same rows share one, named after the first.
#' * Factors and characters: one more level, `"(missing)"`. An ordered factor becomes an unordered
#'   one.
#'
#' `predict()` does with new rows what was done with those of the fit. A variable that was never
#' missing in the fit must be there: its missing values give `NA`, as without this action.
#'
#' @return The model frame with the rows that stay, marked for the functions of this package; they
#'   alone understand it. The fit holds in `filled` what is put in.
#' @section Errors: `"moelogit_error_argument"` outside of `na.action`;
#'   `"moelogit_error_missing_values"` for a variable without any value.
#' @references
#' Qi, Y., Klein-Seetharaman, J. and Bar-Joseph, Z. (2007). A mixture of feature experts approach
#' for protein-protein interaction prediction. *BMC Bioinformatics*, 8 (Suppl 10), S6.
#' \doi{10.1186/1471-2105-8-S10-S6}
#' @examples
#' set.seed(1)
#' d <- iris
#' d$Petal.Width[sample(150, 60)] <- NA
#' fit <- moelogit(Species ~ Sepal.Length + Petal.Width, d, k = 2, na.action = na_indicate)
#' coef(fit, "gate")
#' predict(fit, data.frame(Sepal.Length = 5, Petal.Width = c(0.2, NA)), type = "prob")
#' @export
na_indicate <- function(object, ...) {
  terms <- attr(object, "terms")
  if (is.null(terms)) {
    moe_abort(
      c(
        "{.fn na_indicate} needs a model frame.",
        x = describe(object),
        i = "Give it to a function that fits, as {.code na.action = na_indicate}."
      ),
      "argument"
    )
  }
  needed <- c(
    names(object)[c(attr(terms, "response"), attr(terms, "offset"))],
    intersect(c("(weights)", "(offset)"), names(object))
  )
  out <- which(!stats::complete.cases(object[needed]))
  if (length(out) > 0L) {
    names(out) <- row.names(object)[out]
    object <- object[-out, , drop = FALSE]
    attr(object, "na.action") <- structure(out, class = "omit")
  }
  attr(object, "indicate") <- TRUE
  object
}

#' What to put in for missing covariates
#'
#' @param data A model frame. @param terms Its terms.
#' @return `NULL` without [na_indicate()] or missing values; otherwise a list by variable: `levels`
#'   of factors; or `value`, and `owner`, the first variable that is missing in the same rows, whose
#'   indicator it shares.
#' @noRd
filled_values <- function(data, terms) {
  if (is.null(attr(data, "indicate"))) {
    return(NULL)
  }
  covariates <- setdiff(
    names(data), c(names(data)[attr(terms, "response")], "(weights)", "(offset)")
  )
  gaps <- lapply(data[covariates], function(v) !stats::complete.cases(v))
  gaps <- gaps[vapply(gaps, any, NA)]
  if (length(gaps) == 0L) {
    return(NULL)
  }
  named <- vapply(data[names(gaps)], has_levels, NA)
  numeric <- gaps[!named]
  filled <- lapply(stats::setNames(nm = names(gaps)), function(name) {
    v <- data[[name]]
    if (named[[name]]) {
      return(list(levels = union(levels(as.factor(v)), missing_level)))
    }
    owner <- names(numeric)[Position(function(gap) identical(gap, gaps[[name]]), numeric)]
    list(value = middle_value(v), owner = owner)
  })
  check_some_value(filled)
  filled
}

missing_level <- "(missing)"

middle_value <- function(v) {
  if (is.logical(v) && is.null(dim(v))) {
    return(if (all(is.na(v))) NA else FALSE)
  }
  if (is.null(dim(v))) mean(v, na.rm = TRUE) else colMeans(v, na.rm = TRUE)
}

check_some_value <- function(filled) {
  empty <- names(filled)[vapply(filled, function(rule) anyNA(rule$value), NA)]
  if (length(empty) > 0L) {
    moe_abort(
      c(
        "Every covariate needs some value that is not missing.",
        x = "{.var {empty}} {?has/have} none.",
        i = "Leave {cli::qty(empty)}{?it/them} out of the formula."
      ),
      "missing_values"
    )
  }
}

# The model frame with the values of `filled_values()` put in.
fill_missing <- function(data, filled) {
  for (name in names(filled)) {
    rule <- filled[[name]]
    v <- data[[name]]
    if (!is.null(rule$levels)) {
      v <- as.character(v)
      v[is.na(v)] <- missing_level
      v <- factor(v, levels = rule$levels)
    } else if (is.null(dim(v))) {
      v[is.na(v)] <- rule$value
    } else {
      gaps <- which(is.na(v), arr.ind = TRUE)
      v[gaps] <- rule$value[gaps[, 2L]]
    }
    data[[name]] <- v
  }
  data
}

#' Columns that say where covariates are missing
#'
#' @param terms Of one part of the formula. @param data A model frame, not filled.
#' @return `NULL` without any; otherwise a list: `x`, n x number of columns, and `assign`, their
#'   terms.
#' @noRd
missing_columns <- function(terms, data, filled) {
  variables <- vapply(as.list(attr(terms, "variables"))[-1L], deparse1, "")
  # the first term with each variable; none when it was taken out of the formula again
  factors <- attr(terms, "factors")
  term <- if (length(factors) > 0L) apply(factors > 0L, 1L, which.max) * (rowSums(factors) > 0L)
  owner <- vapply(variables, function(name) c(filled[[name]]$owner, "")[1L], "")
  first <- which(!duplicated(owner) & owner != "" & term > 0)
  if (length(first) == 0L) {
    return(NULL)
  }
  x <- vapply(data[owner[first]], function(v) as.double(!stats::complete.cases(v)),
              numeric(nrow(data)))
  list(
    x = matrix(x, nrow(data), dimnames = list(NULL, paste0(owner[first], missing_level))),
    assign = unname(term[first])
  )
}

# The model matrix of a part of the formula: what is missing filled, the columns that say so last.
filled_matrix <- function(terms, data, contrasts, filled) {
  matrix <- stats::model.matrix(terms, fill_missing(data, filled), contrasts.arg = contrasts)
  more <- missing_columns(terms, data, filled)
  if (is.null(more)) {
    return(matrix)
  }
  structure(
    cbind(matrix, more$x), assign = c(attr(matrix, "assign"), more$assign),
    contrasts = attr(matrix, "contrasts")
  )
}
