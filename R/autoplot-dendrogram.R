#' Picture of a dendrogram of experts
#'
#' Alone, the dendrogram in the usual form: experts below, each merge at its height. With the
#' table of [select_experts()], the same tree runs from left to right by the number of experts,
#' and under each merge and level stand its height, the criterion and the log-likelihood.
#'
#' Experts that end in one group when the tree is cut at `k` share a colour (Okabe and Ito's,
#' which the colour-blind can tell apart); merges beyond the cut are grey. In the picture by level
#' a branch is as thick as its atom is heavy. A merge that is lower than the one before it is
#' drawn where it is: dashed in the dendrogram, hollow in the panel of heights. The line of the
#' cut is left out of the dendrogram when no single height gives `k` groups.
#'
#' @param object A [mixing_dendrogram()].
#' @param k Number of experts at which to cut; `NULL` for no cut.
#' @param table Data frame with a row per level: `k`, the column named by `criterion`, and one or
#'   more columns whose names begin with `loglik`; `NULL` for the dendrogram alone. Where it has
#'   `weight`, the weight of each number of experts, bars under the tree show them, those that
#'   together hold 90 % dark. `NA`s are left out.
#' @param criterion Name of the column of `table` to show.
#' @param scale Scale of the heights, `"log10"` or `"linear"`. On the logarithmic one a height of
#'   zero, or of less than 1e-8 times the highest, stands below the others, at 0.
#' @param ... Not used.
#' @return A [ggplot2::ggplot()] object, to which themes, titles and so on can be added.
#' @seealso [mixing_dendrogram()]
#' @importFrom ggplot2 autoplot
#' @export
#' @examples
#' set.seed(1)
#' expert <- array(rnorm(3 * 3 * 3), c(3, 3, 3))[, , c(1, 2, 3, 1, 2)]
#' expert <- expert + rnorm(length(expert), sd = 0.01)
#' measure <- mixing_measure(log(5:1), gate = rbind(x = c(-1, 0, 1, -1, 0)), expert = expert)
#' tree <- mixing_dendrogram(measure, metric = "euclidean")
#' ggplot2::autoplot(tree, k = 3)
autoplot.mixing_dendrogram <- function(object, k = NULL, table = NULL, criterion = "dsc",
                                       scale = c("log10", "linear"), ...) {
  check_no_dots(...)
  if (!is.null(k)) k <- check_count(k, "k", max = object$k)
  scale <- check_choice(scale, c("log10", "linear"), "scale")
  axis <- height_axis(object$height, scale)
  if (is.null(table)) {
    return(plot_by_height(object, k, axis))
  }
  check_level_table(table, criterion)
  plot_by_level(object, k, axis, table, criterion)
}

plot_by_height <- function(object, k, axis) {
  nodes <- tree_nodes(object, k)
  nodes$up <- ifelse(is.na(nodes$height), axis$floor, axis$place(nodes$height))
  child <- nodes[!is.na(nodes$parent), ]
  top <- nodes[child$parent, ]
  branch <- data.frame(
    x = child$across, y = child$up, to = top$up, colour = child$colour, below = top$up < child$up
  )
  bar <- data.frame(x = top$across, to = child$across, y = top$up, colour = top$colour)
  upright <- aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour")
  leaves <- leaf_names(object)
  cut <- cut_height(object, k, axis)
  plot <- ggplot2::ggplot() +
    geom_lines(branch[!branch$below, ], upright) +
    geom_lines(branch[branch$below, ], upright, linetype = "22") +
    geom_lines(bar, aes_of(x = "x", xend = "to", y = "y", yend = "y", colour = "colour")) +
    ggplot2::scale_colour_identity() +
    ggplot2::scale_x_continuous(
      breaks = seq_len(object$k),
      labels = paste(leaves$expert, leaves$share, sep = "\n")[object$order],
      expand = ggplot2::expansion(add = 0.6)
    ) +
    ggplot2::scale_y_continuous(
      breaks = axis$at, labels = axis$labels, limits = c(axis$floor, NA),
      sec.axis = cut_axis(cut, k), expand = ggplot2::expansion(mult = c(0.01, 0.05))
    ) +
    ggplot2::labs(
      x = "Expert and its weight", y = "Height of the merge", caption = caption_of(object)
    ) +
    picture_theme() +
    ggplot2::theme(panel.grid.major.x = ggplot2::element_blank())
  if (is.null(cut)) {
    return(plot)
  }
  plot + ggplot2::geom_hline(yintercept = cut, linetype = "dashed", colour = "grey30")
}

# Half way, on the scale of the picture, between the merges done and those left; NULL without any
cut_height <- function(object, k, axis) {
  if (is.null(k) || object$k == 1L) {
    return(NULL)
  }
  up <- axis$place(object$height)
  done <- seq_len(object$k - k)
  below <- max(axis$floor, up[done])
  margin <- 0.1 * (max(up) - axis$floor)
  above <- if (k > 1L) min(up[setdiff(seq_along(up), done)]) else below + 2 * margin
  if (below < above) (below + above) / 2
}
