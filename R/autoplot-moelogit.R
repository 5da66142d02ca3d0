#' Pictures of a mixture of experts
#'
#' @param object,x A fit of class `"moelogit"`.
#' @param type What to show:
#'   * `"trace"`: how far the objective is below the best one, by iteration of the winning run and
#'     for every start, with a line from where its short run left it to where it ended. Starts on
#'     the dashed line reached the best optimum.
#'   * `"gate"`: the probability of each expert along a covariate.
#'   * `"class"`: the probability of each class along a covariate; with two covariates the most
#'     probable class, paler where it is less probable.
#'   * `"coef"`: the coefficients of the gate and of every expert, with intervals; per standard
#'     deviation of their columns, so that they compare.
#'   * `"posterior"`: how sharply rows are assigned, the largest posterior probability of each row
#'     by the expert that has it.
#'   * `"reliability"`: the reliability diagram, see [calibration()].
#' @param variables For `"gate"` and `"class"`: the name of a covariate, or for a map those of two
#'   numeric ones. By default the first of that part of the model.
#' @param at Named list of values for the other covariates. By default they are at their median or
#'   most frequent value, as the caption tells.
#' @param data Data with the covariates, and with the response for `"reliability"`; by default the
#'   training data. Needed when the fit does not hold them, or when its terms are functions of
#'   variables that can no longer be found.
#' @param conf_level Level of the intervals, `NULL` for none.
#' @param n Number of points along a covariate.
#' @param ... For `"reliability"`, passed to [calibration()]; for `plot()`, to `autoplot()`.
#'
#' @return `autoplot()`: a [ggplot2::ggplot()] object, to which themes, titles and so on can be
#'   added. `plot()` draws it and returns its argument, invisibly.
#' @section Errors: `"moelogit_error_no_data"` when `data` is needed, `"moelogit_error_argument"`
#'   for a covariate that the model does not have.
#' @seealso [autoplot.moelogit_selection()], [autoplot.moelogit_calibration()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' autoplot(fit)
#' autoplot(fit, "gate")
#' autoplot(fit, "class", c("Sepal.Length", "Sepal.Width"))
#' autoplot(fit, "coef")
#' @export
autoplot.moelogit <- function(object,
                              type = c("trace", "gate", "class", "coef", "posterior",
                                       "reliability"),
                              variables = NULL, at = list(), data = NULL, conf_level = 0.95,
                              n = 201L, ...) {
  types <- c("trace", "gate", "class", "coef", "posterior", "reliability")
  type <- check_choice(type, types, "type")
  if (!is.null(conf_level)) {
    conf_level <- check_number(conf_level, "conf_level", min = 0, max = 1)
    if (is.null(object$data)) conf_level <- NULL
  }
  n <- check_count(n, "n", min = 2L)
  if (type %in% c("gate", "posterior") && object$k == 1L) {
    moe_abort(
      c(
        "This picture needs at least two experts.",
        x = "The fit has one, so its {type} probabilities are all 1."
      ),
      "argument"
    )
  }
  needs_rows <- type %in% c("posterior", "reliability") ||
    type %in% c("gate", "class") && is.null(object$terms)
  if (needs_rows && is.null(data) && is.null(object$data)) {
    abort_no_plot_data()
  }
  switch(type,
    trace = plot_trace(object),
    gate = ,
    class = plot_effect(object, type, variables, at, data, conf_level, n),
    coef = plot_coef(object, conf_level),
    posterior = plot_posterior(object, data),
    reliability = autoplot(calibration(object, data, ...))
  )
}

#' @rdname autoplot.moelogit
#' @export
plot.moelogit <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
