#' Pictures of a mixture of experts
#'
#' @param object,x A fit of class `"moelogit"`.
#' @param type What to show:
#'   * `"experts"`, the default: what each expert says, its class probabilities along the
#'     covariates, over a grey area that is its share of the gate there, so where it is asked. With
#'     more than six classes the probabilities are shades, the share of the gate is the row on top.
#'   * `"class"`, `"gate"`: the probability of each class, or of each expert in the gate, along the
#'     covariates, with intervals for up to four of them (along a single covariate, for any number).
#'   * `"map"`: over two numeric covariates, the most probable expert of the gate and the most
#'     probable class, paler where it is less probable, and the data.
#'   * `"profile"`: who belongs to which expert. The means of covariates and the shares of classes
#'     among the rows of each expert, weighted by their posterior probabilities, against those of
#'     all rows.
#'   * `"coef"`: the coefficients of the gate and of every expert, with intervals; per standard
#'     deviation of their columns, so that they compare.
#'   * `"posterior"`: how sharply rows are assigned, the largest posterior probability of each row
#'     by the expert that has it.
#'   * `"trace"`: how far the objective is below the best one, by iteration of the winning run and
#'     for every start, with a line from where its short run left it to where it ended. Starts on
#'     the dashed line reached the best optimum.
#'   * `"reliability"`: the reliability diagram, see [calibration()].
#' @param variables For `"experts"`, `"class"` and `"gate"`: names of covariates, a panel for each.
#'   For `"map"`: two numeric ones. By default those along which the probabilities of gate and
#'   experts change most: at most four, six, six and two.
#' @param at Named list of values for the other covariates. By default they are at their median or
#'   most frequent value, as the caption tells.
#' @param data Data with the covariates, and with the response for `"posterior"` and
#'   `"reliability"`; by default the training data. Needed when the fit does not hold them, or when
#'   its terms are functions of variables that can no longer be found.
#' @param conf_level Level of the intervals, `NULL` for none.
#' @param n Number of points along a covariate; on a map at most 101.
#' @param ... For `"reliability"`, passed to [calibration()]; for `plot()`, to `autoplot()`.
#'
#' @return `autoplot()`: a [ggplot2::ggplot()] object, to which themes, titles and so on can be
#'   added. `plot()` draws it and returns its argument, invisibly.
#' @section Colours:
#' In all pictures experts have the strong colours of Okabe and Ito (2008) and classes muted ones
#' after Tol (2021). The first six of each are told apart by the colour-blind; line types, shapes
#' and labels say the same in grey.
#' @section Errors: `"moelogit_error_no_data"` when `data` is needed, `"moelogit_error_argument"`
#'   for a covariate that the model does not have, or a value that it cannot take.
#' @seealso [autoplot.moelogit_selection()], [autoplot.moelogit_calibration()]
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length + Sepal.Width, data = iris, k = 2)
#' autoplot(fit)
#' autoplot(fit, "map")
#' @export
autoplot.moelogit <- function(object,
                              type = c("experts", "class", "gate", "map", "profile", "coef",
                                       "posterior", "trace", "reliability"),
                              variables = NULL, at = list(), data = NULL, conf_level = 0.95,
                              n = 201L, ...) {
  type <- check_choice(type, picture_types, "type")
  if (type != "reliability") check_no_dots(...)
  if (!is.null(conf_level)) {
    conf_level <- check_number(conf_level, "conf_level", min = 0, max = 1)
    if (!has_information(object)) conf_level <- NULL
  }
  n <- check_count(n, "n", min = 2L)
  check_picture(object, type, data)
  switch(type,
    experts = plot_experts(object, variables, at, data, n),
    gate = ,
    class = plot_effect(object, type, variables, at, data, conf_level, n),
    map = plot_map(object, variables, at, data, n),
    profile = plot_profile(object),
    coef = plot_coef(object, conf_level),
    posterior = plot_posterior(object, data),
    trace = plot_trace(object),
    reliability = autoplot(calibration(object, data, ...))
  )
}

picture_types <- c(
  "experts", "class", "gate", "map", "profile", "coef", "posterior", "trace", "reliability"
)

# Whether a fit has what a picture needs: two experts, or data.
check_picture <- function(object, type, data) {
  if (type %in% c("gate", "profile", "posterior") && object$k == 1L) {
    moe_abort(
      c(
        "This picture needs at least two experts.",
        x = "The fit has one, to which every row belongs."
      ),
      "argument"
    )
  }
  needs_rows <- type %in% c("posterior", "reliability") ||
    type %in% c("experts", "gate", "class", "map") && is.null(object$terms)
  if (needs_rows && is.null(data) && is.null(object$data)) {
    abort_no_plot_data()
  }
}

#' @rdname autoplot.moelogit
#' @export
plot.moelogit <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}
