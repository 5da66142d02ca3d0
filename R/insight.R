# What package insight tells easystats, and marginaleffects, of a model.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method insight::get_data
get_data.moelogit <- function(x, ...) {
  if (is.null(x$terms)) {
    return(training_frame(x))
  }
  found <- stored_variables(x, x$terms$required)
  response <- all.vars(attr(x$terms$full, "variables")[[2L]])
  as.data.frame(found)[intersect(names(found), c(response, x$terms$required))]
}

#' @exportS3Method insight::find_predictors
find_predictors.moelogit <- function(x, flatten = FALSE, ...) {
  names <- if (is.null(x$terms)) {
    unique(c(x$columns$expert[-1L], x$columns$gate[-1L]))
  } else {
    x$terms$required
  }
  if (flatten) names else list(conditional = names)
}

#' @exportS3Method insight::find_response
find_response.moelogit <- function(x, ...) x$response_name

# nolint end
