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
#'   more columns whose names begin with `loglik`; `NULL` for the dendrogram alone. `NA`s are left
#'   out.
#' @param criterion Name of the column of `table` to show.
#' @param scale Scale of the heights, `"log10"` or `"linear"`. On the logarithmic one a height of
#'   zero, or of less than 1e-8 times the highest, stands on the floor of the picture.
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
  logliks <- if (is.data.frame(table)) loglik_columns(table)
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
#' @return Data frame, a row per node: `across` (place among the leaves), `made` and `ended` (the
#'   level at which its atom appears and the last at which it is alive), `height` (`NA` for
#'   leaves), `weight`, `parent` (row; `NA` for the root), `colour`.
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
#' @return List of `place` (a function of heights), `floor`, `top`, and `at` and `labels` of the
#'   axis.
#' @noRd
height_axis <- function(height, scale) {
  least <- 1e-8 * max(height, 0)
  positive <- height[height > least]
  if (scale == "linear" || length(positive) == 0L) {
    top <- max(height, 0)
    if (top == 0) top <- 1
    at <- pretty(c(0, top), 4L)
    return(list(place = identity, floor = 0, top = top, at = at, labels = format(at)))
  }
  ends <- range(log10(positive))
  span <- max(diff(ends), 1)
  floor <- ends[1L] - 0.2 * span
  top <- ends[1L] + span
  ticks <- log_ticks(floor, top)
  list(
    place = function(h) ifelse(h > least, log10(pmax(h, .Machine$double.xmin)), floor),
    floor = floor, top = top, at = ticks$at, labels = ticks$labels
  )
}

# Powers of ten, at most six; where there are fewer than three, numbers between them as well
log_ticks <- function(from, to) {
  decades <- seq(ceiling(from), floor(to))
  if (length(decades) < 3L) {
    between <- if (length(decades) < 2L) c(1, 2, 5) else c(1, 3)
    values <- c(outer(between, 10^seq(floor(from), floor(to))))
    return(list(at = log10(values), labels = vapply(values, format, "")))
  }
  by <- ceiling(length(decades) / 6)
  at <- decades[(decades - decades[1L]) %% by == 0]
  list(at = at, labels = parse(text = paste0("10^", at)))
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

# An axis on the other side that names the cut, where it hides no branch
cut_axis <- function(cut, k) {
  if (is.null(cut)) {
    return(ggplot2::waiver())
  }
  label <- paste(k, if (k == 1L) "expert" else "experts")
  ggplot2::dup_axis(breaks = cut, labels = label, name = NULL)
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
  # The first expert on top
  nodes$across <- object$k + 1 - nodes$across
  panels <- level_panels(object, axis, table, criterion)
  in_panel <- function(data, name) {
    data$panel <- factor(rep(names(panels)[name], nrow(data)), levels = names(panels))
    data
  }
  layers <- c(
    list(
      ggplot2::geom_blank(aes_of(y = "at"), do.call(rbind, lapply(seq_along(panels), function(i) {
        in_panel(data.frame(at = panels[[i]]$place(panels[[i]]$limits)), i)
      }))),
      if (!is.null(k)) {
        ggplot2::geom_vline(xintercept = k, linetype = "dashed", colour = "grey30")
      }
    ),
    tree_layers(nodes, k, panels[[1L]]$place, function(data) in_panel(data, 1L)),
    height_layers(nodes, axis, panels[[2L]]$place, function(data) in_panel(data, 2L)),
    curve_layers(table, criterion, k, panels[[3L]]$place, function(data) in_panel(data, 3L)),
    curve_layers(table, loglik_columns(table), NULL, panels[[4L]]$place, function(data) {
      in_panel(data, 4L)
    })
  )
  ggplot2::ggplot() +
    layers +
    ggplot2::facet_grid(panel ~ ., scales = "free_y", space = "free_y", switch = "y") +
    ggplot2::scale_x_reverse(
      breaks = seq_len(object$k), minor_breaks = NULL, sec.axis = cut_axis(k, k)
    ) +
    ggplot2::scale_y_continuous(
      breaks = unlist(lapply(panels, function(one) one$place(one$at)), use.names = FALSE),
      labels = do.call(c, lapply(unname(panels), function(one) as.expression(one$labels))),
      minor_breaks = NULL, expand = ggplot2::expansion(add = 0.02)
    ) +
    ggplot2::scale_colour_identity() +
    ggplot2::scale_fill_identity() +
    ggplot2::scale_shape_identity() +
    ggplot2::scale_linetype_manual(
      name = NULL, labels = loglik_names,
      values = rep_len(c("solid", "22", "dotted"), length(loglik_columns(table))),
      guide = if (length(loglik_columns(table)) > 1L) "legend" else "none"
    ) +
    ggplot2::labs(x = "Number of experts", y = NULL, caption = caption_of(object)) +
    picture_theme() +
    ggplot2::theme(
      strip.placement = "outside", strip.background = ggplot2::element_blank(),
      legend.position = "bottom"
    )
}

loglik_columns <- function(table) {
  sort(grep("^loglik", names(table), value = TRUE))
}

# "loglik" is of the refitted levels, "loglik_merged" of the merged atoms as they are
loglik_names <- function(columns) {
  ifelse(columns == "loglik", "refitted", sub("^loglik_?", "", columns))
}

# The four panels, each with its own stretch of one vertical axis, as long as it is to be tall
level_panels <- function(object, axis, table, criterion) {
  leaves <- leaf_names(object)
  out <- list(
    panel_scale(
      c(0.5, object$k + 0.5), 2, 0,
      at = object$k + 1 - order(object$order),
      labels = paste0(leaves$expert, "  (", leaves$share, ")")
    ),
    panel_scale(range_of(c(axis$floor, axis$top)), 1, 1, at = axis$at, labels = axis$labels),
    panel_scale(range_of(table[[criterion]]), 1, 2),
    panel_scale(range_of(unlist(table[loglik_columns(table)])), 1, 3)
  )
  names(out) <- c("Experts", "Height", criterion_label(criterion), "Log-lik.")
  out
}

# "slope" is a word, the others are acronyms
criterion_label <- function(criterion) {
  if (criterion == "slope") "Slope" else gsub("_", " ", toupper(criterion))
}

# The range of the finite values, with room for the marks at its ends
range_of <- function(x) {
  if (!any(is.finite(x))) {
    return(c(0, 1))
  }
  ends <- range(x, finite = TRUE)
  spread <- diff(ends)
  if (spread == 0) spread <- 1
  ends + c(-0.1, 0.1) * spread
}

# A panel's stretch of the common axis: `limits` go to [10 * number, 10 * number + height]
panel_scale <- function(limits, height, number, at = pretty(limits, 4L), labels = format(at)) {
  inside <- at >= limits[1L] & at <= limits[2L]
  list(
    place = function(x) 10 * number + height * (x - limits[1L]) / diff(limits),
    limits = limits, at = at[inside], labels = labels[inside]
  )
}

# The merge from a level to the next stands between the two
merge_at <- function(level) level - 0.5

tree_layers <- function(nodes, k, place, in_panel) {
  leaf <- is.na(nodes$height)
  root <- is.na(nodes$parent)
  half <- 0.03 + 0.2 * nodes$weight
  branch <- data.frame(
    left = ifelse(leaf, nodes$made + 0.4, merge_at(nodes$made + 1)),
    right = ifelse(root, 0.6, merge_at(nodes$ended)),
    low = place(nodes$across - half), high = place(nodes$across + half), colour = nodes$colour
  )
  if (!is.null(k)) branch <- split_at_cut(branch, merge_at(k))
  child <- nodes[!root, ]
  bar <- data.frame(
    x = merge_at(child$ended), y = place(child$across), to = place(nodes$across[child$parent]),
    colour = nodes$colour[child$parent]
  )
  list(
    ggplot2::geom_rect(
      aes_of(xmin = "left", xmax = "right", ymin = "low", ymax = "high", fill = "colour"),
      in_panel(branch)
    ),
    geom_lines(in_panel(bar), aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour"))
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

height_layers <- function(nodes, axis, place, in_panel) {
  merges <- nodes[!is.na(nodes$height), ]
  data <- in_panel(data.frame(
    x = merge_at(merges$made + 1), y = place(axis$place(merges$height)),
    from = rep(place(axis$floor), nrow(merges)), colour = merges$colour,
    shape = ifelse(merges$inverted, 21, 19)
  ))
  list(
    geom_lines(data, aes_of(x = "x", xend = "x", y = "from", yend = "y", colour = "colour")),
    ggplot2::geom_point(
      aes_of(x = "x", y = "y", colour = "colour", shape = "shape"), data, size = 2.5, fill = "white"
    )
  )
}

# One line per column of the table; a large point at the chosen level
curve_layers <- function(table, columns, chosen, place, in_panel) {
  data <- data.frame(
    x = rep(table$k, length(columns)), y = place(unlist(table[columns], use.names = FALSE)),
    column = factor(rep(columns, each = nrow(table)), levels = columns)
  )
  data <- in_panel(data[is.finite(data$y), ])
  several <- length(columns) > 1L
  line <- if (several) aes_of(x = "x", y = "y", linetype = "column") else aes_of(x = "x", y = "y")
  list(
    # A line of one point is a message of ggplot2
    if (anyDuplicated(data$column)) ggplot2::geom_line(line, data, colour = "grey30"),
    ggplot2::geom_point(aes_of(x = "x", y = "y"), data, size = 1.8, colour = "grey30"),
    ggplot2::geom_point(aes_of(x = "x", y = "y"), data[data$x %in% chosen, ], size = 4)
  )
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
