# What all pictures share: colours, shapes, lines, legend and theme.

# Okabe and Ito (2008) without the yellow, which is lost on white paper; then again from the start
group_colours <- function(n) {
  colours <- c("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
  rep_len(colours, n)
}

# Shapes and line types that go with the colours, so that groups are told apart in grey too
group_shapes <- function(n) rep_len(c(19, 17, 15, 18, 1, 2, 0, 5), n)

group_linetypes <- function(n) rep_len(c("solid", "42", "22", "4212", "12", "62"), n)

# Colour and shape of the experts; legend entries with their share of the gate.
expert_scales <- function(object) {
  experts <- colnames(object$gate)
  share <- paste0(experts, " (", format(round(100 * object$gate_mean), trim = TRUE), " %)")
  guide <- if (object$k > 1L) "legend" else "none"
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
    ggplot2::theme(panel.grid.minor = ggplot2::element_blank())
}

legend_below <- function() {
  ggplot2::theme(legend.position = "bottom", legend.margin = ggplot2::margin(0, 0, 0, 0))
}

# Panels one above the other whose names stand where a vertical axis has its title
panel_names_as_titles <- function() {
  ggplot2::theme(strip.placement = "outside", strip.background.y = ggplot2::element_blank())
}

format_each <- function(x) vapply(x, format, "", digits = 3L)
