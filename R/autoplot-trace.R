# Heights are distances below the best objective on a logarithmic scale, the best on top.
plot_trace <- function(object) {
  starts <- object$runs
  several <- nrow(starts) > 1L
  panels <- c("Best run, by iteration", "Starts, best first")
  panel <- function(i) factor(panels[i], levels = panels[if (several) 1:2 else 1L])
  best <- max(object$trace)
  # What fit_starts() takes as the same optimum
  floor <- 1e-6 * (1 + abs(best))
  place <- function(objective) -log10(pmax(best - objective, floor))
  run <- data.frame(
    x = seq_along(object$trace) - 1L, y = place(object$trace), panel = panel(1L)
  )
  decades <- seq(ceiling(log10(floor)), max(ceiling(-min(run$y)), ceiling(log10(floor)) + 1))
  decades <- decades[(decades - decades[1L]) %% ceiling(length(decades) / 6) == 0]
  plot <- ggplot2::ggplot(run, aes_of(x = "x", y = "y")) +
    ggplot2::geom_hline(yintercept = -log10(floor), linetype = "dashed", colour = "grey50") +
    ggplot2::geom_line(colour = group_colours(1L))
  if (several) plot <- plot + start_layers(starts, panel(2L), place)
  plot +
    ggplot2::facet_grid(. ~ panel, scales = "free_x") +
    ggplot2::scale_y_continuous(
      breaks = c(-log10(floor), -decades[-1L]),
      labels = parse(text = c("best", paste0("10^", decades[-1L])))
    ) +
    ggplot2::labs(
      x = NULL, y = "Objective below the best", shape = NULL, colour = NULL,
      caption = paste0(
        if (object$converged) "Converged" else "NOT converged", " at ", format(best, nsmall = 2L),
        "; ", starts_line(starts), "."
      )
    ) +
    picture_theme() +
    legend_below()
}

# Where each start was after its short run, and where it ended if it was continued.
start_layers <- function(starts, panel, place) {
  short <- starts$short
  ended <- !is.na(starts$objective)
  # Short runs of large data use some of the rows only: another objective
  if (any(short[ended] > starts$objective[ended] + 1e-6 * abs(short[ended]))) short[] <- NA
  kinds <- c("best optimum", "another optimum", "short run only")
  data <- data.frame(
    objective = ifelse(ended, starts$objective, short), from = place(short),
    kind = factor(
      ifelse(!ended, kinds[3L], ifelse(starts$best, kinds[1L], kinds[2L])), levels = kinds
    ),
    panel = panel
  )
  data <- data[!is.na(data$objective), ]
  data <- data[order(data$kind != kinds[1L], -data$objective), ]
  data$x <- seq_len(nrow(data))
  data$y <- place(data$objective)
  moved <- data[!is.na(data$from) & data$kind != kinds[3L], ]
  list(
    geom_lines(
      moved, aes_of(x = "x", xend = "x", y = "from", yend = "y"), colour = "grey60", width = 0.5
    ),
    ggplot2::geom_point(aes_of(shape = "kind", colour = "kind"), data, size = 2),
    ggplot2::scale_shape_manual(values = stats::setNames(c(19, 17, 1), kinds)),
    ggplot2::scale_colour_manual(
      values = stats::setNames(c(group_colours(2L), "grey40"), kinds)
    )
  )
}
