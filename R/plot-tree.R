# A dendrogram as the pictures draw it: its nodes, and the axis of its heights.

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
#'
#' Heights of zero, or next to it, stand on a line of their own between the floor, where the leaves
#' are, and the lowest merge: on a logarithmic scale they have no other place, and on a linear one
#' they would lie on the axis.
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
    return(list(place = identity, floor = -0.08 * top, top = top, at = at, labels = format(at)))
  }
  ends <- range(log10(positive))
  span <- max(diff(ends), 1)
  vanish <- any(height <= least)
  zero <- ends[1L] - 0.2 * span
  floor <- zero - if (vanish) 0.12 * span else 0
  top <- ends[1L] + span
  ticks <- log_ticks(if (vanish) ends[1L] else floor, top)
  list(
    place = function(h) ifelse(h > least, log10(pmax(h, .Machine$double.xmin)), zero),
    floor = floor, top = top, at = c(if (vanish) zero, ticks$at),
    labels = c(if (vanish) "0", ticks$labels)
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

# An axis on the other side that names the cut, where it hides no branch
cut_axis <- function(cut, k) {
  if (is.null(cut)) {
    return(ggplot2::waiver())
  }
  label <- paste(k, if (k == 1L) "expert" else "experts")
  ggplot2::dup_axis(breaks = cut, labels = label, name = NULL)
}

caption_of <- function(object) {
  if (any(is_inverted(object$height))) {
    "Dashed or hollow: a merge lower than the one before it."
  }
}
