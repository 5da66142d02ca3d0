# Who belongs to which expert: how far the means of each expert's rows are from those of all.

plot_profile <- function(object, most = 20L) {
  profile <- profile_rows(expert_profile(object), most)
  experts <- nlevels(profile$expert)
  # The first row and the first expert on top
  step <- 0.6 / max(experts, 3L)
  profile$y <- nlevels(profile$row) + 1 - as.integer(profile$row) -
    step * (as.integer(profile$expert) - (experts + 1) / 2)
  profile$zero <- 0
  ggplot2::ggplot(profile, aes_of(x = "difference", y = "y", colour = "expert")) +
    ggplot2::geom_vline(xintercept = 0, colour = "grey50") +
    geom_lines(
      profile, aes_of(x = "zero", xend = "difference", y = "y", yend = "y", colour = "expert"),
      width = 0.6
    ) +
    ggplot2::geom_point(aes_of(shape = "expert"), size = 2) +
    ggplot2::facet_grid(panel ~ ., scales = "free_y", space = "free_y") +
    ggplot2::scale_y_continuous(
      breaks = nlevels(profile$row) + 1 - seq_len(nlevels(profile$row)),
      labels = wrapped(profile$label[match(levels(profile$row), profile$row)], 26L),
      minor_breaks = NULL, expand = ggplot2::expansion(add = 0.5)
    ) +
    expert_scales(object) +
    ggplot2::labs(
      x = "Mean of the expert's rows against all (standard deviations)", y = NULL,
      caption = caption_text(
        "Rows weighted by their posterior probability of the expert.",
        attr(profile, "caption")
      )
    ) +
    picture_theme() +
    legend_below() +
    ggplot2::theme(
      strip.text.y = ggplot2::element_text(angle = 0),
      axis.text.y = ggplot2::element_text(lineheight = 0.8)
    )
}

# The profile with the columns `panel`, `label` and `row` (a factor, the first on top): covariates
# by how far they differ, at most `most` of them, and the classes in their order.
profile_rows <- function(profile, most) {
  covariate <- profile$part == "covariate"
  profile$label <- ifelse(
    covariate & !is.na(profile$level), paste(profile$variable, profile$level, sep = ": "),
    ifelse(covariate, profile$variable, profile$level)
  )
  key <- paste(profile$part, profile$label)
  reach <- sort(tapply(abs(profile$difference), key, max)[unique(key[covariate])], TRUE)
  shown <- c(names(utils::head(reach, most)), unique(key[!covariate]))
  profile$panel <- factor(
    ifelse(covariate, "Covariates", "Classes"), levels = c("Covariates", "Classes")
  )
  profile$row <- factor(key, levels = shown)
  out <- profile[!is.na(profile$row), ]
  attr(out, "caption") <- if (length(reach) > most) {
    paste0("The ", most, " of ", length(reach), " covariates that differ most.")
  }
  out
}
