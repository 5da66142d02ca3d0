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

abort_no_plot_data <- function(variables = character()) {
  moe_abort(
    c(
      "The fit does not hold the data that the picture needs.",
      x = if (length(variables) > 0L) "Not found as such: {.var {variables}}.",
      i = "Give the data as {.arg data}."
    ),
    "no_data"
  )
}

# Heights are distances below the best objective on a logarithmic scale, the best on top.
plot_trace <- function(object) {
  starts <- object$runs
  several <- nrow(starts) > 1L
  panels <- c("Best run, by iteration", "Starts, best first")
  panel <- function(i) factor(panels[i], levels = panels[if (several) 1:2 else 1L])
  best <- max(object$trace)
  # What fit_starts() takes as the same optimum
  floor <- 1e-6 * (1 + abs(best))
  place <- function(objective) -log10(pmax(best - objective, floor))
  run <- data.frame(
    x = seq_along(object$trace) - 1L, y = place(object$trace), panel = panel(1L)
  )
  decades <- seq(ceiling(log10(floor)), max(ceiling(-min(run$y)), ceiling(log10(floor)) + 1))
  decades <- decades[(decades - decades[1L]) %% ceiling(length(decades) / 6) == 0]
  plot <- ggplot2::ggplot(run, aes_of(x = "x", y = "y")) +
    ggplot2::geom_hline(yintercept = -log10(floor), linetype = "dashed", colour = "grey50") +
    ggplot2::geom_line(colour = group_colours(1L))
  if (several) plot <- plot + start_layers(starts, panel(2L), place)
  plot +
    ggplot2::facet_grid(. ~ panel, scales = "free_x") +
    ggplot2::scale_y_continuous(
      breaks = c(-log10(floor), -decades[-1L]),
      labels = parse(text = c("best", paste0("10^", decades[-1L])))
    ) +
    ggplot2::labs(
      x = NULL, y = "Objective below the best", shape = NULL, colour = NULL,
      caption = paste0(
        if (object$converged) "Converged" else "NOT converged", " at ", format(best, nsmall = 2L),
        "; ", starts_line(starts), "."
      )
    ) +
    picture_theme() +
    ggplot2::theme(legend.position = "bottom", legend.margin = ggplot2::margin(0, 0, 0, 0))
}

# Where each start was after its short run, and where it ended if it was continued.
start_layers <- function(starts, panel, place) {
  short <- starts$short
  ended <- !is.na(starts$objective)
  # Short runs of large data use some of the rows only: another objective
  if (any(short[ended] > starts$objective[ended] + 1e-6 * abs(short[ended]))) short[] <- NA
  kinds <- c("best optimum", "another optimum", "short run only")
  data <- data.frame(
    objective = ifelse(ended, starts$objective, short), from = place(short),
    kind = factor(
      ifelse(!ended, kinds[3L], ifelse(starts$best, kinds[1L], kinds[2L])), levels = kinds
    ),
    panel = panel
  )
  data <- data[!is.na(data$objective), ]
  data <- data[order(data$kind != kinds[1L], -data$objective), ]
  data$x <- seq_len(nrow(data))
  data$y <- place(data$objective)
  moved <- data[!is.na(data$from) & data$kind != kinds[3L], ]
  list(
    geom_lines(
      moved, aes_of(x = "x", xend = "x", y = "from", yend = "y"), colour = "grey60", width = 0.5
    ),
    ggplot2::geom_point(aes_of(shape = "kind", colour = "kind"), data, size = 2),
    ggplot2::scale_shape_manual(values = stats::setNames(c(19, 17, 1), kinds)),
    ggplot2::scale_colour_manual(
      values = stats::setNames(c(group_colours(2L), "grey40"), kinds)
    )
  )
}

plot_coef <- function(object, conf_level) {
  table <- if (is.null(conf_level)) {
    data.frame(coef_labels(object), estimate = unname(coef(object)))
  } else {
    tidy(object, conf.int = TRUE, conf.level = conf_level)
  }
  scale <- lapply(object$frame[c("gate", "expert")], `[[`, "scale")
  per_deviation <- ifelse(
    table$component == "gate", scale$gate[table$term], scale$expert[table$term]
  )
  shown <- intersect(c("estimate", "conf.low", "conf.high"), names(table))
  table[shown] <- table[shown] * per_deviation
  table <- table[table$term != "(Intercept)" & !is.na(table$estimate), ]
  if (nrow(table) == 0L) {
    moe_abort("The model has intercepts only: there are no coefficients to show.", "argument")
  }
  panels <- c("Gate", paste0("Class ", object$classes[-1L]))
  table$panel <- factor(
    ifelse(table$component == "gate", "Gate", paste0("Class ", table$class)), levels = panels
  )
  # The first term and the first expert on top
  table$term <- factor(table$term, levels = rev(unique(table$term)))
  experts <- colnames(object$gate)
  table$expert <- factor(table$expert, levels = experts)
  step <- 0.7 / length(experts)
  middle <- (length(experts) + 1) / 2
  table$y <- as.integer(table$term) - step * (as.integer(table$expert) - middle)
  bars <- if (!is.null(conf_level)) {
    geom_lines(
      table, aes_of(x = "conf.low", xend = "conf.high", y = "y", yend = "y", colour = "expert"),
      width = 0.6, na.rm = TRUE
    )
  }
  ggplot2::ggplot(table, aes_of(x = "estimate", y = "y", colour = "expert")) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey50") +
    bars +
    ggplot2::geom_point(aes_of(shape = "expert"), size = 2) +
    ggplot2::facet_wrap(~panel, nrow = 1L) +
    ggplot2::scale_y_continuous(
      breaks = seq_len(nlevels(table$term)), labels = levels(table$term), minor_breaks = NULL
    ) +
    expert_scales(object) +
    ggplot2::labs(
      x = "Log odds per standard deviation", y = NULL,
      caption = paste0(
        "Classes against \"", object$classes[1L], "\"",
        if (object$k > 1L) paste0(", the gate against expert ", experts[1L]), ".",
        if (!is.null(conf_level)) paste0(" Lines: ", format(100 * conf_level), " % intervals.")
      )
    ) +
    picture_theme() +
    ggplot2::theme(legend.position = "bottom", legend.margin = ggplot2::margin(0, 0, 0, 0))
}

plot_posterior <- function(object, data) {
  rows <- augment(object, newdata = data)
  if (is.null(rows$.posterior)) abort_no_response("{.arg data} does not hold it.")
  rows$.weight <- if (is.null(data)) {
    weights <- object$data$case_weights
    if (is.null(weights)) 1 else weights
  } else {
    1
  }
  rows <- rows[!is.na(rows$.posterior), c(".expert", ".posterior", ".weight")]
  # The share of each expert by posterior weight, as in print()
  share <- format(round(100 * object$gate_mean), trim = TRUE)
  levels(rows$.expert) <- paste0("Expert ", levels(rows$.expert), " (", share, " % of the gate)")
  mean_largest <- stats::weighted.mean(rows$.posterior, rows$.weight)
  ggplot2::ggplot(rows, aes_of(x = ".posterior", weight = ".weight", fill = ".expert")) +
    ggplot2::geom_histogram(
      breaks = seq(floor(20 / object$k) / 20, 1, by = 0.05), colour = "white", show.legend = FALSE
    ) +
    ggplot2::facet_wrap(~.expert, nrow = 1L, drop = FALSE) +
    ggplot2::scale_fill_manual(
      values = stats::setNames(group_colours(object$k), levels(rows$.expert)), drop = FALSE
    ) +
    ggplot2::labs(
      x = "Posterior probability of a row's most probable expert", y = "Rows",
      caption = paste0("Mean over all rows: ", formatC(mean_largest, digits = 2L, format = "f"))
    ) +
    picture_theme()
}

# Colour and shape of the experts; legend entries with their share of the gate.
expert_scales <- function(object) {
  experts <- colnames(object$gate)
  share <- paste0(experts, " (", format(round(100 * object$gate_mean), trim = TRUE), " %)")
  guide <- if (object$k > 1L) "legend" else "none"
  shapes <- rep_len(c(19, 17, 15, 18, 1, 2, 0, 5), object$k)
  list(
    ggplot2::scale_colour_manual(
      name = "Expert", values = stats::setNames(group_colours(object$k), experts), labels = share,
      guide = guide
    ),
    ggplot2::scale_shape_manual(
      name = "Expert", values = stats::setNames(shapes, experts), labels = share, guide = guide
    )
  )
}
