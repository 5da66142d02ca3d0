#' Reliability diagram
#'
#' For each class, the share of rows of that class against its mean predicted probability, by bin,
#' with Wilson intervals; under it, how many rows each bin holds. With more than four classes the
#' area of a point tells how many. A calibrated model lies on the diagonal. Several models have a
#' colour and a shape each.
#'
#' @param object,x A result of [calibration()].
#' @param classes Names of the classes to show. By default all, but only the second of two, since
#'   the first is its mirror image.
#' @param ... For `plot()`, passed to `autoplot()`; otherwise not used.
#' @return `autoplot()`: a [ggplot2::ggplot()] object, to which themes, titles and so on can be
#'   added. `plot()` draws it and returns its argument, invisibly.
#' @references Bröcker, J. and Smith, L. A. (2007). Increasing the reliability of reliability
#'   diagrams. *Weather and Forecasting*, 22, 651-661. \doi{10.1175/WAF993.1}
#' @seealso [calibration()]
#' @examples
#' set.seed(1)
#' some <- yeast_ppi[sample(nrow(yeast_ppi), 1500), ]
#' fit <- moelogit(confidence ~ log_common + same_class, data = some, k = 2)
#' autoplot(calibration(fit, replicates = 0))
#' @export
autoplot.moelogit_calibration <- function(object, classes = NULL, ...) {
  check_no_dots(...)
  classes <- check_shown_classes(classes, object$classes)
  curve <- object$curve[object$curve$class %in% classes, ]
  models <- object$scores$model
  curve$model <- factor(curve$model, levels = models)
  curve$class <- factor(curve$class, levels = classes)
  if (length(classes) > most_bands) {
    return(plot_many_classes(curve, object))
  }
  # Two panels on one stretch of axis: reliability on [0, 1], the counts above 2
  panel <- factor(c("Observed share", "Rows"), levels = c("Observed share", "Rows"))
  top <- max(tapply(curve$n, list(curve$model, curve$class, curve$bin), sum), na.rm = TRUE)
  count_at <- function(n) 2 + 0.3 * n / top
  bars <- count_bars(curve, object, count_at)
  bars$panel <- panel[2L]
  curve$panel <- panel[1L]
  ggplot2::ggplot(curve, aes_of(x = "predicted", y = "observed", colour = "model")) +
    reliability_layers(curve, bars, several = length(models) > 1L) +
    ggplot2::facet_grid(
      if (length(classes) > 1L || length(object$classes) > 2L) panel ~ class else panel ~ .,
      scales = "free_y", space = "free_y", switch = "y",
      labeller = ggplot2::labeller(class = wrapping_labeller(20L))
    ) +
    model_scales(models) +
    reliability_axes(top, count_at) +
    ggplot2::labs(
      x = if (length(classes) > 1L) {
        "Mean predicted probability of the class"
      } else {
        paste0("Mean predicted probability of \"", classes, "\"")
      },
      y = NULL, caption = reliability_caption(object)
    ) +
    picture_theme() +
    panel_names_as_titles() +
    legend_below()
}

#' @rdname autoplot.moelogit_calibration
#' @export
plot.moelogit_calibration <- function(x, ...) {
  print(autoplot(x, ...))
  invisible(x)
}

check_shown_classes <- function(classes, known) {
  if (is.null(classes)) {
    return(if (length(known) == 2L) known[2L] else known)
  }
  unknown <- setdiff(classes, known)
  if (length(classes) == 0L || length(unknown) > 0L) {
    moe_abort(
      c(
        "{.arg classes} must be among {.val {known}}.",
        x = if (length(unknown) > 0L) "Not among them: {.val {unknown}}."
      ),
      "argument"
    )
  }
  classes
}

# A panel for each class: there is no room for bars under them.
plot_many_classes <- function(curve, object) {
  share <- c("0", "0.5", "1")
  ggplot2::ggplot(curve, aes_of(x = "predicted", y = "observed", colour = "model")) +
    curve_of_shares(curve) +
    ggplot2::geom_point(aes_of(shape = "model", size = "n")) +
    ggplot2::facet_wrap(~class, ncol = 5L, labeller = wrapping_labeller(16L)) +
    model_scales(object$scores$model) +
    ggplot2::scale_size_area(name = "Rows", max_size = 3) +
    ggplot2::scale_x_continuous(limits = c(0, 1), breaks = c(0, 0.5, 1), labels = share) +
    ggplot2::scale_y_continuous(limits = c(0, 1), breaks = c(0, 0.5, 1), labels = share) +
    ggplot2::labs(
      x = "Mean predicted probability of the class", y = "Observed share",
      caption = reliability_caption(object)
    ) +
    picture_theme() +
    legend_below()
}

reliability_layers <- function(curve, bars, several) {
  list(
    ggplot2::geom_rect(
      aes_of(xmin = "left", xmax = "right", ymin = "low", ymax = "high", fill = "model"),
      bars, inherit.aes = FALSE, colour = NA, alpha = if (several) 1 else 0.6
    ),
    curve_of_shares(curve),
    ggplot2::geom_point(aes_of(shape = "model"), size = 2)
  )
}

# The diagonal, the observed shares as a line, and their intervals.
curve_of_shares <- function(curve) {
  diagonal <- data.frame(x = 0, y = 0, xend = 1, yend = 1)
  if (!is.null(curve$panel)) diagonal$panel <- curve$panel[1L]
  several <- stats::ave(curve$n, curve$model, curve$class, FUN = length) > 1
  list(
    geom_lines(
      diagonal, aes_of(x = "x", y = "y", xend = "xend", yend = "yend"),
      inherit.aes = FALSE, linetype = "dashed", colour = "grey50", width = 0.5
    ),
    geom_lines(
      curve,
      aes_of(x = "predicted", xend = "predicted", y = "low", yend = "high", colour = "model"),
      inherit.aes = FALSE, width = 0.5
    ),
    # of a single bin there is no line, and ggplot2 would say so
    if (any(several)) ggplot2::geom_line(data = curve[several, ])
  )
}

model_scales <- function(models) {
  colours <- stats::setNames(group_colours(length(models)), models)
  labels <- wrapped(models, 30L)
  guide <- if (length(models) > 1L) legend_of(labels) else "none"
  list(
    ggplot2::scale_colour_manual(values = colours, name = NULL, labels = labels, guide = guide),
    ggplot2::scale_fill_manual(values = colours, guide = "none"),
    ggplot2::scale_shape_manual(
      values = stats::setNames(group_shapes(length(models)), models), name = NULL, labels = labels,
      guide = guide
    )
  )
}

reliability_axes <- function(top, count_at) {
  share <- c("0", "0.25", "0.5", "0.75", "1")
  ticks <- pretty(c(0, top), 2L)
  ticks <- ticks[ticks <= top]
  list(
    ggplot2::scale_x_continuous(
      limits = c(0, 1), breaks = seq(0, 1, 0.25), labels = share,
      expand = ggplot2::expansion(mult = 0.02)
    ),
    ggplot2::scale_y_continuous(
      breaks = c(seq(0, 1, 0.25), count_at(ticks)),
      labels = c(share, format(ticks, trim = TRUE, scientific = FALSE)),
      expand = ggplot2::expansion(add = 0.02)
    )
  )
}

# One bar per model and bin, side by side: within the bin of equal width, or around its mean.
count_bars <- function(curve, object, count_at) {
  models <- nlevels(curve$model)
  width <- if (object$binning == "width") 0.9 / object$bins else 0.3 / object$bins
  middle <- if (object$binning == "width") (curve$bin - 0.5) / object$bins else curve$predicted
  left <- middle - width / 2 + (as.integer(curve$model) - 1L) * width / models
  data.frame(
    left = pmax(left, 0), right = pmin(left + width / models, 1), low = count_at(0),
    high = count_at(curve$n), model = curve$model, class = curve$class
  )
}

reliability_caption <- function(object) {
  scores <- object$scores
  loss <- paste0("log loss ", formatC(scores$log_loss, digits = 3L, format = "f"), ", ECE ",
                 formatC(scores$ece, digits = 3L, format = "f"))
  loss <- if (nrow(scores) > 1L) paste0(scores$model, ": ", loss) else sub("^l", "L", loss)
  caption_text(
    paste0(paste(loss, collapse = "; "), "."),
    paste0("Vertical lines: ", format(100 * object$conf_level), " % intervals."),
    if (object$training) "On the training rows."
  )
}
