plot_posterior <- function(object, data) {
  rows <- augment(object, newdata = data)
  if (is.null(rows$.posterior)) abort_no_response("{.arg data} does not hold it.")
  rows$.weight <- if (is.null(data)) {
    weights <- object$data$case_weights
    if (is.null(weights)) 1 else weights
  } else {
    1
  }
  rows <- rows[!is.na(rows$.posterior), c(".expert", ".posterior", ".weight")]
  levels(rows$.expert) <- paste("Expert", expert_shares(object))
  mean_largest <- stats::weighted.mean(rows$.posterior, rows$.weight)
  ggplot2::ggplot(rows, aes_of(x = ".posterior", weight = ".weight", fill = ".expert")) +
    ggplot2::geom_histogram(
      breaks = seq(floor(20 / object$k) / 20, 1, by = 0.05), colour = "white", show.legend = FALSE
    ) +
    ggplot2::facet_wrap(~.expert, nrow = ceiling(object$k / 3), drop = FALSE) +
    ggplot2::scale_x_continuous(n.breaks = 4L) +
    ggplot2::scale_fill_manual(
      values = stats::setNames(group_colours(object$k), levels(rows$.expert)), drop = FALSE
    ) +
    ggplot2::labs(
      x = "Posterior probability of a row's most probable expert", y = "Rows",
      caption = caption_text(
        "In brackets: the share of the gate. Mean over all rows:",
        paste0(formatC(mean_largest, digits = 2L, format = "f"), ".")
      )
    ) +
    picture_theme()
}
