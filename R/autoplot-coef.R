# The coefficients of gate and experts with their intervals, a panel for the gate and each class.

plot_coef <- function(object, conf_level) {
  table <- coef_table(object, conf_level)
  experts <- levels(table$expert)
  rows <- ceiling(nlevels(droplevels(table$panel)) / 4)
  step <- 0.7 / max(length(experts), 3L)
  middle <- (length(experts) + 1) / 2
  table$y <- as.integer(table$term) - step * (as.integer(table$expert) - middle)
  bars <- if (!is.null(conf_level)) {
    geom_lines(
      table, aes_of(x = "conf.low", xend = "conf.high", y = "y", yend = "y", colour = "expert"),
      width = 0.6, na.rm = TRUE
    )
  }
  ggplot2::ggplot(table, aes_of(x = "estimate", y = "y", colour = "expert")) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey50") +
    bars +
    ggplot2::geom_point(aes_of(shape = "expert"), size = 2) +
    ggplot2::facet_wrap(~panel, ncol = 4L, labeller = wrapping_labeller(18L)) +
    ggplot2::scale_x_continuous(n.breaks = 4L) +
    ggplot2::scale_y_continuous(
      breaks = seq_len(nlevels(table$term)), labels = shortened(levels(table$term), 30L),
      minor_breaks = NULL, limits = c(0.5, nlevels(table$term) + 0.5),
      guide = ggplot2::guide_axis(check.overlap = TRUE)
    ) +
    expert_scales(object) +
    ggplot2::labs(
      x = "Log odds per standard deviation", y = NULL,
      caption = caption_text(
        paste0(
          "Classes against \"", object$classes[1L], "\"",
          if (object$k > 1L) paste0(", the gate against expert ", experts[1L]), "."
        ),
        if (!is.null(conf_level)) paste0("Lines: ", format(100 * conf_level), " % intervals.")
      )
    ) +
    picture_theme() +
    legend_below() +
    ggplot2::theme(axis.text.y = ggplot2::element_text(
      size = fitting_size(nlevels(table$term), 190 / rows - 25)
    ))
}

# The coefficients but the intercepts, per standard deviation: the table of tidy() with the factors
# `panel`, `term` (the first on top) and `expert`.
coef_table <- function(object, conf_level) {
  table <- if (is.null(conf_level)) {
    data.frame(coef_labels(object$frame), estimate = unname(coef(object)))
  } else {
    tidy(object, conf.int = TRUE, conf.level = conf_level)
  }
  scale <- lapply(object$frame[c("gate", "expert")], `[[`, "scale")
  per_deviation <- ifelse(
    table$component == "gate", scale$gate[table$term], scale$expert[table$term]
  )
  shown <- intersect(c("estimate", "conf.low", "conf.high"), names(table))
  table[shown] <- table[shown] * per_deviation
  table <- table[table$term != "(Intercept)" & !is.na(table$estimate), ]
  if (nrow(table) == 0L) {
    moe_abort("The model has intercepts only: there are no coefficients to show.", "argument")
  }
  # With many panels their names are short
  classes <- object$classes[-1L]
  short <- length(classes) > 3L && !"Gate" %in% classes
  panels <- c("Gate", if (short) classes else paste("Class", classes))
  table$panel <- factor(
    ifelse(table$component == "gate", 1L, 1L + match(table$class, classes)),
    levels = seq_along(panels), labels = panels
  )
  table$term <- factor(table$term, levels = rev(unique(table$term)))
  table$expert <- factor(table$expert, levels = colnames(object$gate))
  table
}
