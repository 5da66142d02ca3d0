# What all pictures share: colours, shapes, lines, labels, legend and theme. Experts and other
# groups have strong colours, classes muted ones, so that a picture may show both. Up to six of
# either are told apart by the colour-blind; beyond that, and in grey, by shapes, line types, panels
# and labels.

# Okabe and Ito (2008) without the yellow, which is lost on white paper; then again from the start
group_colours <- function(n) {
  colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
  rep_len(colours, n)
}

# From the muted schemes of Tol (2021), ordered so that the first few differ most, in lightness too
class_colours <- function(n) {
  colours <- c("#332288", "#EE8866", "#AA4499", "#BBCC33", "#661100", "#44AA99", "#777777",
               "#6699CC", "#DDAA33", "#BBBBBB")
  rep_len(colours, n)
}

# Up to how many lines one panel can hold, and up to how many bands
most_lines <- 6L
most_bands <- 4L

# Shapes and line types that go with the colours, so that groups are told apart in grey too
group_shapes <- function(n) rep_len(c(19, 17, 15, 18, 1, 2, 0, 5), n)

# The same with an outline and a filling
filled_shapes <- function(n) rep_len(c(21, 24, 22, 23, 25), n)

group_linetypes <- function(n) rep_len(c("solid", "42", "22", "4212", "12", "62"), n)

# Shades from 0 to 1
share_scale <- function(name) {
  ggplot2::scale_fill_gradient(
    name = name, low = "grey97", high = "#08306B", limits = c(0, 1), breaks = c(0, 0.5, 1),
    labels = c("0", "0.5", "1")
  )
}

# "1 (60 %)": the experts with their share of the gate; one is all there is.
expert_shares <- function(object) {
  experts <- colnames(object$gate)
  paste0(experts, " (", format(round(100 * object$gate_mean), trim = TRUE), " %)")
}

# Colour and shape of the experts; legend entries with their share of the gate.
expert_scales <- function(object) {
  experts <- colnames(object$gate)
  share <- expert_shares(object)
  guide <- if (object$k > 1L) legend_of(share) else "none"
  list(
    ggplot2::scale_colour_manual(
      name = "Expert", values = stats::setNames(group_colours(object$k), experts), labels = share,
      guide = guide
    ),
    ggplot2::scale_shape_manual(
      name = "Expert", values = stats::setNames(group_shapes(object$k), experts),
      labels = share, guide = guide
    )
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

# aes() with columns given by name
aes_of <- function(...) {
  do.call(ggplot2::aes, lapply(list(...), as.name))
}

picture_theme <- function() {
  ggplot2::theme_bw(base_size = 11) +
    ggplot2::theme(
      panel.grid.minor = ggplot2::element_blank(),
      strip.background = ggplot2::element_rect(fill = "grey93", colour = NA)
    )
}

legend_below <- function() {
  ggplot2::theme(legend.position = "bottom", legend.margin = ggplot2::margin(0, 0, 0, 0))
}

# A legend below in as many columns as a page has room for
legend_of <- function(labels, ...) {
  lines <- unlist(strsplit(as.character(labels), "\n", fixed = TRUE))
  columns <- max(1L, min(length(labels), 75L %/% (max(nchar(lines), 0L) + 6L)))
  rows <- ceiling(length(labels) / columns)
  ggplot2::guide_legend(ncol = ceiling(length(labels) / rows), byrow = TRUE, ...)
}

# Panels one above the other whose names stand where a vertical axis has its title
panel_names_as_titles <- function() {
  ggplot2::theme(strip.placement = "outside", strip.background.y = ggplot2::element_blank())
}

# Panels side by side whose names stand where a horizontal axis has its title
panel_names_below <- function() {
  ggplot2::theme(strip.placement = "outside", strip.background.x = ggplot2::element_blank())
}

# Text in lines of at most `width` characters: broken after a blank, a dot, a dash or an underscore,
# or where a word is longer than a line.
wrapped <- function(text, width) {
  piece <- paste0("[^ ._-]{1,", width - 1L, "}[ ._-]?|[ ._-]")
  one <- function(text) {
    pieces <- regmatches(text, gregexpr(piece, text))[[1L]]
    lines <- ""
    for (piece in pieces) {
      last <- length(lines)
      if (nchar(lines[last]) + nchar(trimws(piece)) <= width) {
        lines[last] <- paste0(lines[last], piece)
      } else {
        lines <- c(lines, piece)
      }
    }
    paste(trimws(lines), collapse = "\n")
  }
  vapply(as.character(text), one, "", USE.NAMES = FALSE)
}

wrapping_labeller <- function(width) ggplot2::as_labeller(function(x) wrapped(x, width))

# Sentences as lines of a caption
caption_text <- function(...) {
  text <- paste(c(...), collapse = " ")
  if (nzchar(text)) paste(strwrap(text, 85L), collapse = "\n")
}

# Size in points of so many lines one above the other, on a page with `room` points for them.
fitting_size <- function(lines, room = 200) max(5, min(9, room / lines))

shortened <- function(text, width) {
  ifelse(nchar(text) > width, paste0(substr(text, 1L, width - 3L), "..."), text)
}

format_each <- function(x) vapply(x, format, "", digits = 3L)
