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
    panel_names_as_titles() +
    legend_below()
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

# Some are words, the others are acronyms
criterion_label <- function(criterion) {
  words <- c(tempered = "Tempered", effective = "Effective", slope = "Slope")
  if (criterion %in% names(words)) words[[criterion]] else gsub("_", " ", toupper(criterion))
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
