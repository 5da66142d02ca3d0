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
  # The share of each expert by posterior weight, as in print()
  share <- format(round(100 * object$gate_mean), trim = TRUE)
  levels(rows$.expert) <- paste0("Expert ", levels(rows$.expert), " (", share, " % of the gate)")
  mean_largest <- stats::weighted.mean(rows$.posterior, rows$.weight)
  ggplot2::ggplot(rows, aes_of(x = ".posterior", weight = ".weight", fill = ".expert")) +
    ggplot2::geom_histogram(
      breaks = seq(floor(20 / object$k) / 20, 1, by = 0.05), colour = "white", show.legend = FALSE
    ) +
    ggplot2::facet_wrap(~.expert, nrow = 1L, drop = FALSE) +
    ggplot2::scale_fill_manual(
      values = stats::setNames(group_colours(object$k), levels(rows$.expert)), drop = FALSE
    ) +
    ggplot2::labs(
      x = "Posterior probability of a row's most probable expert", y = "Rows",
      caption = paste0("Mean over all rows: ", formatC(mean_largest, digits = 2L, format = "f"))
    ) +
    picture_theme()
}
