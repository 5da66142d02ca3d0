# The dendrogram by number of experts, with the table of a selection under it.

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

plot_by_level <- function(object, k, axis, table, criterion) {
  nodes <- tree_nodes(object, k)
  # The first expert on top
  nodes$across <- object$k + 1 - nodes$across
  panels <- level_panels(object, axis, table, criterion)
  levels <- seq_len(max(object$k, table$k))
  ggplot2::ggplot() +
    picture_theme() +
    level_limits(panels) +
    (if (!is.null(k)) {
      ggplot2::geom_vline(xintercept = k, linetype = "dashed", colour = "grey30")
    }) +
    tree_layers(nodes, k, panels$tree) +
    (if (!is.null(panels$weight)) weight_layers(table, panels$weight)) +
    height_layers(nodes, axis, panels$height) +
    curve_layers(table, criterion, k, panels$criterion) +
    curve_layers(table, loglik_columns(table), NULL, panels$loglik) +
    ggplot2::facet_grid(panel ~ ., scales = "free_y", space = "free_y", switch = "y") +
    ggplot2::scale_x_reverse(breaks = levels, minor_breaks = NULL, sec.axis = cut_axis(k, k)) +
    ggplot2::scale_y_continuous(
      breaks = unlist(lapply(panels, function(one) one$place(one$at)), use.names = FALSE),
      labels = do.call(c, lapply(unname(panels), function(one) as.expression(one$labels))),
      minor_breaks = NULL, expand = ggplot2::expansion(add = 0.02)
    ) +
    ggplot2::scale_colour_identity() +
    ggplot2::scale_fill_identity() +
    ggplot2::scale_shape_identity() +
    ggplot2::scale_linetype_manual(
      name = "Log-likelihood", labels = loglik_names,
      values = rep_len(c("solid", "22", "dotted"), length(loglik_columns(table))),
      guide = if (length(loglik_columns(table)) > 1L) "legend" else "none"
    ) +
    ggplot2::labs(
      x = "Number of experts", y = NULL,
      caption = caption_text(caption_of(object), if (!is.null(panels$weight)) weight_caption)
    ) +
    panel_names_as_titles() +
    ggplot2::theme(strip.text.y.left = ggplot2::element_text(angle = 0, hjust = 1)) +
    legend_below()
}

# Makes every panel as long as its limits say.
level_limits <- function(panels) {
  ends <- lapply(panels, function(panel) panel$data(data.frame(at = panel$place(panel$limits))))
  ggplot2::geom_blank(aes_of(y = "at"), do.call(rbind, unname(ends)))
}

loglik_columns <- function(table) {
  sort(grep("^loglik", names(table), value = TRUE))
}

# "loglik" is of the refitted levels, "loglik_merged" of the merged atoms as they are
loglik_names <- function(columns) {
  ifelse(columns == "loglik", "refitted", sub("^loglik_?", "", columns))
}

# The panels, each with its own stretch of one vertical axis, as long as it is to be tall. Weights
# of the numbers of experts are there when the table has them.
level_panels <- function(object, axis, table, criterion) {
  leaves <- leaf_names(object)
  titles <- c(
    tree = "Experts", weight = "Weight", height = "Height",
    criterion = criterion_label(criterion), loglik = "Log-\nlikelihood"
  )
  if (is.null(table$weight)) titles <- titles[names(titles) != "weight"]
  stretch <- function(name, limits, height = 1, ...) {
    panel_scale(limits, height, match(name, names(titles)) - 1, titles, ...)
  }
  panels <- list(
    tree = stretch(
      "tree", c(0.5, object$k + 0.5), max(2, 0.3 * object$k),
      at = object$k + 1 - order(object$order),
      labels = paste0(leaves$expert, "  (", leaves$share, ")")
    ),
    weight = if (!is.null(table$weight)) {
      stretch("weight", c(0, 1.3), at = c(0, 0.5, 1), labels = c("0", "0.5", "1"))
    },
    height = stretch(
      "height", range_of(c(axis$floor, axis$top)), at = axis$at, labels = axis$labels
    ),
    criterion = stretch("criterion", range_of(table[[criterion]])),
    loglik = stretch("loglik", range_of(unlist(table[loglik_columns(table)])))
  )
  panels[names(titles)]
}

# "slope" is a word, the others are acronyms
criterion_label <- function(criterion) {
  if (criterion == "slope") {
    return("Slope\ncriterion")
  }
  gsub("_", "\n", toupper(criterion))
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

# A panel's stretch of the common axis: `limits` go to [100 * number, 100 * number + height]. Its
# `data` function says of a data frame that it belongs there.
panel_scale <- function(limits, height, number, titles, at = pretty(limits, 3L),
                        labels = format(at)) {
  place <- function(x) 100 * number + height * (x - limits[1L]) / diff(limits)
  inside <- at >= limits[1L] & at <= limits[2L]
  kept <- which(inside)[apart(place(at[inside]), if (height > 1.5) 0 else 0.22)]
  list(
    place = place, limits = limits, at = at[kept], labels = labels[kept],
    data = function(data) {
      data$panel <- factor(rep(titles[[number + 1L]], nrow(data)), levels = titles)
      data
    }
  )
}

# Which of the ticks leave a gap to the one below, the first of them always.
apart <- function(place, gap) {
  kept <- integer()
  for (i in order(place)) {
    if (length(kept) == 0L || place[i] - place[kept[length(kept)]] >= gap) kept <- c(kept, i)
  }
  kept
}

# The merge from a level to the next stands between the two
merge_at <- function(level) level - 0.5

tree_layers <- function(nodes, k, panel) {
  place <- panel$place
  leaf <- is.na(nodes$height)
  root <- is.na(nodes$parent)
  # No branch is thinner than a line, however many there are
  half <- 0.01 * max(3, sum(leaf)) + 0.2 * nodes$weight
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
      panel$data(branch)
    ),
    geom_lines(
      panel$data(bar), aes_of(x = "x", xend = "x", y = "y", yend = "to", colour = "colour")
    )
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

height_layers <- function(nodes, axis, panel) {
  place <- panel$place
  merges <- nodes[!is.na(nodes$height), ]
  data <- panel$data(data.frame(
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
curve_layers <- function(table, columns, chosen, panel) {
  data <- data.frame(
    x = rep(table$k, length(columns)), y = panel$place(unlist(table[columns], use.names = FALSE)),
    column = factor(rep(columns, each = nrow(table)), levels = columns)
  )
  data <- panel$data(data[is.finite(data$y), ])
  several <- length(columns) > 1L
  line <- if (several) aes_of(x = "x", y = "y", linetype = "column") else aes_of(x = "x", y = "y")
  list(
    # A line of one point is a message of ggplot2
    if (anyDuplicated(data$column)) ggplot2::geom_line(line, data, colour = "grey30"),
    ggplot2::geom_point(aes_of(x = "x", y = "y"), data, size = 1.8, colour = "grey30"),
    ggplot2::geom_point(aes_of(x = "x", y = "y"), data[data$x %in% chosen, ], size = 4)
  )
}

# The weight of each number of experts; the smallest set that holds 90 % of it is dark.
weight_layers <- function(table, panel) {
  weighed <- table[is.finite(table$weight), ]
  data <- panel$data(data.frame(
    left = weighed$k - 0.3, right = weighed$k + 0.3, x = weighed$k, low = panel$place(0),
    high = panel$place(weighed$weight),
    fill = ifelse(in_credible_set(weighed$weight), "grey30", "grey80"),
    label = ifelse(weighed$weight < 0.005, "", paste(round(100 * weighed$weight), "%"))
  ))
  list(
    ggplot2::geom_rect(
      aes_of(xmin = "left", xmax = "right", ymin = "low", ymax = "high", fill = "fill"), data
    ),
    ggplot2::geom_text(
      aes_of(x = "x", y = "high", label = "label"), data, vjust = -0.3, size = 2.7,
      colour = "grey20"
    )
  )
}

# The heaviest ones, until together they have 90 % of the weight.
in_credible_set <- function(weight, level = 0.9) {
  order <- order(-weight)
  before <- cumsum(weight[order]) - weight[order]
  inside <- logical(length(weight))
  inside[order] <- before < level * sum(weight) - 1e-12
  inside
}

weight_caption <- "Dark: the numbers of experts that hold 90 % of the weight."
