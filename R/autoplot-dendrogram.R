#' Picture of a dendrogram of experts
#'
#' Alone, the dendrogram in the usual form: experts below, each merge at its height. With the table of
#' [select_experts()], the same tree runs from left to right by the number of experts, and under each
#' merge and level stand its height, the criterion and the log-likelihood.
#'
#' Experts that end in one group when the tree is cut at `k` share a colour (Okabe and Ito's, which the
#' colour-blind can tell apart); merges beyond the cut are grey. In the picture by level a branch is as
#' thick as its atom is heavy. A merge that is lower than the one before it is drawn where it is:
#' dashed in the dendrogram, hollow in the panel of heights. The line of the cut is left out of the
#' dendrogram when no single height gives `k` groups.
#'
#' @param object A [mixing_dendrogram()].
#' @param k Number of experts at which to cut; `NULL` for no cut.
#' @param table Data frame with a row per level: `k`, the column named by `criterion`, and one or more
#'   columns whose names begin with `loglik`; `NULL` for the dendrogram alone. `NA`s are left out.
#' @param criterion Name of the column of `table` to show.
#' @param scale Scale of the heights, `"log10"` or `"linear"`. On the logarithmic one a height of zero
#'   stands on the floor of the picture.
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
  if (!is.null(k)) k <- check_count(k, "k", max = object$k)
  scale <- check_choice(scale, c("log10", "linear"), "scale")
  axis <- height_axis(object$height, scale)
  if (is.null(table)) {
    return(plot_by_height(object, k, axis))
  }
  check_level_table(table, criterion)
  plot_by_level(object, k, axis, table, criterion)
}

check_level_table <- function(table, criterion) {
  logliks <- if (is.data.frame(table)) grep("^loglik", names(table), value = TRUE)
  if (length(logliks) == 0L || !all(c("k", criterion) %in% names(table))) {
    moe_abort(
      c(
        "{.arg table} must be a data frame with the columns {.field k} and {.field {criterion}}
         and one that begins with {.field loglik}.",
        x = if (is.data.frame(table)) "It has {.field {names(table)}}." else describe(table)
      ),
      "argument"
    )
  }
}

# Okabe and Ito (2008) without the yellow, which is lost on white paper; then again from the start
group_colours <- function(n) {
  colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
  rep_len(colours, n)
}

beyond_cut <- "grey55"

leaf_names <- function(object) {
  weight <- exp(object$levels[[object$k]]$log_weight)
  percent <- ifelse(weight < 0.01, "<1", format(round(100 * weight), trim = TRUE))
  list(expert = object$labels, share = paste0(percent, " %"))
}

#' The nodes of the tree: its leaves, then its merges
#'
#' @return Data frame, a row per node: `across` (place among the leaves), `made` and `ended` (the level
#'   at which its atom appears and the last at which it is alive), `height` (`NA` for leaves), `weight`,
#'   `parent` (row; `NA` for the root), `colour`.
#' @noRd
tree_nodes <- function(object, k) {
  n <- object$k
  steps <- seq_len(n - 1L)
  row <- ifelse(object$merge < 0L, -object$merge, object$merge + n)
  parent <- rep(NA_integer_, 2L * n - 1L)
  parent[row] <- rep(steps + n, 2L)
  across <- c(order(object$order), numeric(n - 1L))
  leaf <- c(seq_len(n), integer(n - 1L))
  for (step in steps) {
    across[n + step] <- mean(across[row[step, ]])
    leaf[n + step] <- leaf[row[step, 1L]]
  }
  made <- c(rep(n, n), n - steps)
  ended <- c(2L * n + 1L - parent)
  ended[is.na(ended)] <- 1L
  weight <- vapply(seq_along(made), function(node) {
    atom <- object$partition[leaf[node], made[node]]
    exp(object$levels[[made[node]]]$log_weight[[atom]])
  }, 0)
  colour <- rep("black", length(made))
  if (!is.null(k)) {
    colour <- group_colours(k)[object$partition[leaf, k]]
    colour[made < k] <- beyond_cut
  }
  data.frame(
    across = across, made = made, ended = ended, height = c(rep(NA, n), object$height),
    weight = weight, parent = parent, colour = colour,
    inverted = c(logical(n), is_inverted(object$height))
  )
}

#' Where heights stand on a scale, and how its axis is labelled
#' @return List of `place` (a function of heights), `floor`, `top`, and `at` and `labels` of the axis.
#' @noRd
height_axis <- function(height, scale) {
  positive <- height[height > 0]
  if (scale == "linear" || length(positive) == 0L) {
    top <- max(height, 0)
    if (top == 0) top <- 1
    at <- pretty(c(0, top), 4L)
    return(list(place = identity, floor = 0, top = top, at = at, labels = format(at)))
  }
  ends <- range(log10(positive))
  span <- max(diff(ends), 1)
  floor <- ends[1L] - 0.2 * span
  decades <- seq(ceiling(floor), ceiling(ends[2L]))
  by <- max(1, ceiling(length(decades) / 6))
  at <- decades[(decades - decades[1L]) %% by == 0]
  list(
    place = function(h) ifelse(h > 0, log10(pmax(h, .Machine$double.xmin)), floor),
    floor = floor, top = ends[1L] + span, at = at, labels = parse(text = paste0("10^", at))
  )
}

# ggplot2 3.4.0 renamed the width of lines
line_width <- function(width) {
  name <- if (utils::packageVersion("ggplot2") >= "3.4.0") "linewidth" else "size"
  stats::setNames(list(width), name)
}

geom_lines <- function(data, mapping, ..., width = 0.8) {
  do.call(
    ggplot2::geom_segment,
    c(list(data = data, mapping = mapping, lineend = "square", ...), line_width(width))
  )
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
  leaves <- leaf_names(object)
  plot <- ggplot2::ggplot() +
    geom_lines(branch[!branch$below, ], aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour")) +
    geom_lines(
      branch[branch$below, ], aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour"),
      linetype = "22"
    ) +
    geom_lines(bar, aes_of(x = "x", xend = "to", y = "y", yend = "y", colour = "colour")) +
    ggplot2::scale_colour_identity() +
    ggplot2::scale_x_continuous(
      breaks = seq_len(object$k),
      labels = paste(leaves$expert, leaves$share, sep = "\n")[object$order],
      expand = ggplot2::expansion(add = 0.6)
    ) +
    ggplot2::scale_y_continuous(
      breaks = axis$at, labels = axis$labels, limits = c(axis$floor, NA),
      expand = ggplot2::expansion(mult = c(0, 0.05))
    ) +
    ggplot2::labs(x = "Expert and its weight", y = "Height of the merge", caption = caption_of(object)) +
    picture_theme() +
    ggplot2::theme(panel.grid.major.x = ggplot2::element_blank())
  cut <- cut_height(object, k, axis)
  if (is.null(cut)) {
    return(plot)
  }
  label <- paste(k, if (k == 1L) "expert" else "experts")
  plot +
    ggplot2::geom_hline(yintercept = cut, linetype = "dashed", colour = "grey30") +
    ggplot2::annotate("text", x = object$k + 0.55, y = cut, label = label, hjust = 1, vjust = -0.5)
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

plot_by_level <- function(object, k, axis, table, criterion) {
  nodes <- tree_nodes(object, k)
  leaves <- leaf_names(object)
  # Each panel has its own stretch of one vertical axis, as long as the panel is to be tall
  merges <- nodes[!is.na(nodes$height), ]
  logliks <- grep("^loglik", names(table), value = TRUE)
  values <- list(table[criterion], table[logliks])
  names(values) <- c(toupper(criterion), "Log-likelihood")
  panels <- list(
    Experts = panel_scale(
      c(0.5, object$k + 0.5), 2, 0, at = order(object$order),
      labels = paste0(leaves$expert, "  (", leaves$share, ")")
    ),
    Height = panel_scale(
      c(axis$floor, axis$top), 1, 1, at = axis$at, labels = axis$labels
    )
  )
  for (name in names(values)) {
    panels[[name]] <- panel_scale(range(values[[name]], finite = TRUE), 1, length(panels))
  }
  in_panel <- function(data, name) {
    data$panel <- factor(rep(name, nrow(data)), levels = names(panels))
    data
  }

  place <- panels$Experts$place
  merge_at <- function(level) level - 0.5
  thick <- (0.03 + 0.2 * nodes$weight)
  start <- ifelse(is.na(nodes$height), object$k + 0.4, merge_at(nodes$made + 1))
  end <- ifelse(is.na(nodes$parent), 0.6, merge_at(nodes$ended))
  branch <- data.frame(
    left = start, right = end, low = nodes$across - thick, high = nodes$across + thick,
    colour = nodes$colour
  )
  if (!is.null(k)) branch <- split_at_cut(branch, merge_at(k))
  branch$low <- place(branch$low)
  branch$high <- place(branch$high)
  child <- nodes[!is.na(nodes$parent), ]
  top <- nodes[child$parent, ]
  bar <- data.frame(
    x = merge_at(child$ended), y = place(child$across), to = place(top$across), colour = top$colour
  )
  place <- panels$Height$place
  height <- data.frame(
    x = merge_at(merges$made + 1), y = place(axis$place(merges$height)), from = place(axis$floor),
    colour = merges$colour, shape = ifelse(merges$inverted, 21, 19)
  )
  curves <- do.call(rbind, lapply(names(values), function(name) {
    one <- values[[name]]
    long <- data.frame(
      x = rep(table$k, length(one)), y = panels[[name]]$place(unlist(one, use.names = FALSE)),
      which = rep(names(one), each = nrow(table))
    )
    in_panel(long[is.finite(long$y), ], name)
  }))
  marks <- do.call(rbind, lapply(names(panels), function(name) {
    in_panel(data.frame(at = panels[[name]]$place(panels[[name]]$limits)), name)
  }))

  plot <- ggplot2::ggplot() +
    ggplot2::geom_blank(aes_of(y = "at"), marks) +
    cut_line(k) +
    ggplot2::geom_rect(
      aes_of(xmin = "left", xmax = "right", ymin = "low", ymax = "high", fill = "colour"),
      in_panel(branch, "Experts")
    ) +
    geom_lines(
      in_panel(bar, "Experts"), aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour")
    ) +
    geom_lines(
      in_panel(height, "Height"),
      aes_of(x = "x", xend = "x", y = "from", yend = "y", colour = "colour")
    ) +
    ggplot2::geom_point(
      aes_of(x = "x", y = "y", colour = "colour", shape = "shape"), in_panel(height, "Height"),
      size = 2.5, fill = "white"
    ) +
    ggplot2::geom_line(aes_of(x = "x", y = "y", linetype = "which"), curves, colour = "grey30") +
    ggplot2::geom_point(aes_of(x = "x", y = "y"), curves, size = 1.8, colour = "grey30") +
    ggplot2::geom_point(
      aes_of(x = "x", y = "y"), curves[curves$x %in% k & curves$which == criterion, ],
      size = 4, colour = "black"
    )
  plot +
    ggplot2::facet_grid(panel ~ ., scales = "free_y", space = "free_y", switch = "y") +
    ggplot2::scale_x_reverse(breaks = seq_len(object$k), minor_breaks = NULL) +
    ggplot2::scale_y_continuous(
      breaks = unlist(lapply(panels, function(one) one$place(one$at)), use.names = FALSE),
      labels = do.call(c, lapply(unname(panels), function(one) as.expression(one$labels))),
      minor_breaks = NULL, expand = ggplot2::expansion(add = 0.05)
    ) +
    ggplot2::scale_colour_identity() +
    ggplot2::scale_fill_identity() +
    ggplot2::scale_shape_identity() +
    ggplot2::scale_linetype_discrete(name = NULL, guide = if (length(logliks) > 1L) "legend" else "none") +
    ggplot2::labs(x = "Number of experts", y = NULL, caption = caption_of(object)) +
    picture_theme() +
    ggplot2::theme(
      strip.placement = "outside", strip.background = ggplot2::element_blank(),
      legend.position = "bottom"
    )
}

# A panel's stretch of the common axis: `limits` go to [10 * number, 10 * number + height]
panel_scale <- function(limits, height, number, at = pretty(limits, 4L), labels = format(at)) {
  if (diff(limits) == 0) limits <- limits + c(-0.5, 0.5)
  force(number)
  inside <- at >= limits[1L] & at <= limits[2L]
  list(
    place = function(x) 10 * number + height * (x - limits[1L]) / diff(limits),
    limits = limits, at = at[inside], labels = labels[inside]
  )
}

# Branches alive beyond the cut go on in grey
split_at_cut <- function(branch, cut) {
  crossing <- branch$left > cut & branch$right < cut
  beyond <- branch[crossing, ]
  beyond$left <- rep(cut, nrow(beyond))
  beyond$colour <- rep(beyond_cut, nrow(beyond))
  branch$right[crossing] <- cut
  rbind(branch, beyond)
}

cut_line <- function(k) {
  if (!is.null(k)) ggplot2::geom_vline(xintercept = k, linetype = "dashed", colour = "grey30")
}

caption_of <- function(object) {
  if (any(is_inverted(object$height))) {
    "Dashed or hollow: a merge lower than the one before it."
  }
}

# aes() with columns given by name
aes_of <- function(...) {
  do.call(ggplot2::aes, lapply(list(...), as.name))
}

picture_theme <- function() {
  ggplot2::theme_bw(base_size = 11) +
    ggplot2::theme(panel.grid.minor = ggplot2::element_blank())
}
