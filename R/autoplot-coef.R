plot_coef <- function(object, conf_level) {
  table <- if (is.null(conf_level)) {
    data.frame(coef_labels(object), estimate = unname(coef(object)))
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
  panels <- c("Gate", paste0("Class ", object$classes[-1L]))
  table$panel <- factor(
    ifelse(table$component == "gate", "Gate", paste0("Class ", table$class)), levels = panels
  )
  # The first term and the first expert on top
  table$term <- factor(table$term, levels = rev(unique(table$term)))
  experts <- colnames(object$gate)
  table$expert <- factor(table$expert, levels = experts)
  step <- 0.7 / length(experts)
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
    ggplot2::facet_wrap(~panel, nrow = 1L) +
    ggplot2::scale_y_continuous(
      breaks = seq_len(nlevels(table$term)), labels = levels(table$term), minor_breaks = NULL
    ) +
    expert_scales(object) +
    ggplot2::labs(
      x = "Log odds per standard deviation", y = NULL,
      caption = paste0(
        "Classes against \"", object$classes[1L], "\"",
        if (object$k > 1L) paste0(", the gate against expert ", experts[1L]), ".",
        if (!is.null(conf_level)) paste0(" Lines: ", format(100 * conf_level), " % intervals.")
      )
    ) +
    picture_theme() +
    legend_below()
}
