#' Picture of a cross-validation
#'
#' The log loss by penalty, with a colour and a shape for each number of experts and bars of one
#' standard error. The ring is the setting of `fit`. Grey discs are the settings of the stack, their
#' areas the weights, and the dashed line is its log loss on the test rows; without a stack it is
#' the smallest log loss of a setting. Settings without bars were dropped before the last fold.
#'
#' @param object,x A [cv_moelogit()].
#' @param ... For `plot()`, passed to `autoplot()`; otherwise not used.
#' @return `autoplot()`: a [ggplot2::ggplot()] object, to which themes, titles and so on can be
#'   added. `plot()` draws it and returns its argument, invisibly.
#' @examples
#' set.seed(1)
#' cv <- cv_moelogit(Species ~ Sepal.Length, data = iris, k = 1:2, penalty = c(0.1, 1, 10),
#'                   folds = 3, starts = 4)
#' autoplot(cv)
#' @export
autoplot.cv_moelogit <- function(object, ...) {
  check_no_dots(...)
  table <- object$table[is.finite(object$table$logloss), ]
  experts <- unique(object$table$k)
  axis <- penalty_axis(object$table$penalty)
  dodge <- 0.15 * axis$step * (match(table$k, experts) - (length(experts) + 1) / 2) /
    max(1, length(experts) - 1)
  table$x <- axis$place(table$penalty) + dodge
  table$low <- table$logloss - table$se
  table$high <- table$logloss + table$se
  table$k <- factor(table$k, levels = experts)
  stacked <- object$rule == "stack"
  level <- if (stacked) held_out_logloss(object$held_out) else object$min$logloss
  colours <- stats::setNames(group_colours(length(experts)), experts)
  shapes <- stats::setNames(group_shapes(length(experts)), experts)
  # What is much worse than guessing would hide the rest
  shown <- table$logloss <= 1.1 * log(length(object$recipe$classes))
  ends <- range(level, table[shown, c("low", "logloss", "high")], na.rm = TRUE)
  ggplot2::ggplot(table, aes_of(x = "x", y = "logloss", colour = "k")) +
    ggplot2::geom_hline(yintercept = level, linetype = "dashed", colour = "grey50") +
    ggplot2::geom_point(
      aes_of(size = "weight"), table[stacked & table$weight > 0, ], colour = "grey75"
    ) +
    geom_lines(
      table[!is.na(table$se), ],
      aes_of(x = "x", xend = "x", y = "low", yend = "high", colour = "k"), width = 0.4, alpha = 0.6
    ) +
    ggplot2::geom_line() +
    ggplot2::geom_point(aes_of(shape = "k"), size = 2) +
    ggplot2::geom_point(
      data = table[table$chosen, ], shape = 1, size = 5, colour = "black", stroke = 1
    ) +
    ggplot2::scale_x_continuous(
      breaks = axis$at, labels = axis$labels, minor_breaks = NULL
    ) +
    ggplot2::scale_colour_manual(name = "Experts", values = colours) +
    ggplot2::scale_shape_manual(name = "Experts", values = shapes) +
    ggplot2::scale_size_area(name = "Weight", max_size = 9) +
    ggplot2::coord_cartesian(ylim = ends) +
    ggplot2::labs(
      x = "Penalty", y = "Cross-validated log loss",
      caption = cv_caption(object, cut = !all(shown) || nrow(table) < nrow(object$table))
    ) +
    picture_theme() +
    legend_below()
}

cv_caption <- function(object, cut) {
  paste0(
    "Ring: k = ", object$best$k, ", penalty ", format(object$best$penalty, digits = 3L),
    if (object$rule == "min") ", the smallest log loss." else
      ", the simplest within one standard error of the best.",
    if (object$rule == "stack") "\nDiscs: weights in the stack, whose log loss is dashed.",
    if (cut) "\nLosses above those of a guess are cut off."
  )
}

#' @rdname autoplot.cv_moelogit
#' @export
plot.cv_moelogit <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}

# A logarithmic axis on which zero stands one step below the smallest positive penalty.
penalty_axis <- function(penalty) {
  penalty <- sort(unique(penalty))
  positive <- penalty[penalty > 0]
  ends <- if (length(positive) > 0L) log10(range(positive)) else c(0, 0)
  step <- if (length(positive) > 1L) min(diff(log10(positive))) else 1
  place <- function(p) ifelse(p > 0, log10(pmax(p, .Machine$double.xmin)), ends[1L] - step)
  shown <- penalty
  if (length(shown) > 9L) shown <- shown[place(shown) %% 1 < 1e-9 | shown == 0]
  if (length(shown) < 2L) shown <- penalty
  list(place = place, step = step, at = place(shown), labels = format_each(shown))
}
