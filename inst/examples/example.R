# How sure are we that two yeast proteins interact: not at all, fairly, very? A mixture of experts
# on 4,500 pairs of proteins: choose the number of experts, look at the fit, and predict pairs that
# were held out, with proteins seen in training and with proteins never seen.
#
# Usage: Rscript inst/examples/example.R [folder]; the picture goes to folder/example.png.

library(moelogit)
library(ggplot2)

folder <- c(commandArgs(TRUE), ".")[1]
features <- setdiff(names(yeast_ppi), c("idA", "idB", "interacts", "confidence"))
model <- reformulate(features, response = "confidence")
choose_experts <- function(data) {
  select_experts(model, data = data, k_max = 6)
}

# ---- How many experts? One fit with too many, and its dendrogram -------------------------------

set.seed(1)
choice <- choose_experts(yeast_ppi)
print(choice)
cat("\n")
print(choice$fit)

# ---- Predict pairs that were held out ------------------------------------------------------------

# The log loss of every held-out pair (minus the log probability of what was observed), one column
# for each number of experts; and what the training pairs of each fold would have chosen. One
# expert is the plain multinomial logit.
held_out <- function(type) {
  folds <- pair_folds(yeast_ppi$idA, yeast_ppi$idB, v = 5, type = type)
  results <- lapply(folds, function(fold) {
    choice <- choose_experts(yeast_ppi[fold$train, ])
    test <- yeast_ppi[fold$test, ]
    observed <- cbind(seq_len(nrow(test)), as.integer(test$confidence))
    loss <- sapply(choice$fits, function(fit) -log(predict(fit, test, type = "prob")[observed]))
    list(loss = loss, chosen = choice$k, shown = head(cbind(
      test[c("idA", "idB", "confidence")], round(predict(choice$fit, test, type = "prob"), 3)
    )))
  })
  list(
    loss = do.call(rbind, lapply(results, `[[`, "loss")),
    chosen = vapply(results, `[[`, 0L, "chosen"),
    shown = results[[1]]$shown
  )
}

summarise <- function(loss, type) {
  gain <- loss[, 1] - loss
  data.frame(
    held_out = sprintf("%s (%s pairs)", type, format(nrow(loss), big.mark = ",")),
    experts = seq_len(ncol(loss)),
    log_loss = colMeans(loss),
    gain = colMeans(gain),
    se = apply(gain, 2, sd) / sqrt(nrow(loss))
  )
}

random <- held_out("random")
unseen <- held_out("unseen")
losses <- rbind(
  summarise(random$loss, "Pairs held out at random"),
  summarise(unseen$loss, "Both proteins never seen")
)

cat("\nSome held-out pairs of proteins never seen: what is known, and what is predicted\n\n")
print(unseen$shown, row.names = FALSE)
cat("\nMean log loss of held-out pairs in 5 folds, the gain over one expert (multinomial logit),\n")
cat("and its standard error (as if pairs that share a protein were independent)\n\n")
print(transform(losses, log_loss = round(log_loss, 3), gain = round(gain, 3), se = round(se, 3)),
      row.names = FALSE)
cat("\nChosen from the training pairs of each fold:", random$chosen, "(at random),",
    unseen$chosen, "(never seen)\n")

# ---- One picture --------------------------------------------------------------------------------

losses$held_out <- factor(losses$held_out, unique(losses$held_out))
gains <- ggplot(losses, aes(experts, gain)) +
  geom_hline(yintercept = 0, colour = "grey60") +
  geom_vline(xintercept = choice$k, linetype = "dashed", colour = "grey30") +
  geom_line(colour = "#0072B2") +
  geom_pointrange(aes(ymin = gain - 2 * se, ymax = gain + 2 * se), colour = "#0072B2", size = 0.3) +
  facet_wrap(~held_out, ncol = 1) +
  scale_x_reverse(breaks = losses$experts) +
  labs(
    title = "What the experts are worth",
    subtitle = "Held-out pairs, against one expert; \u00b1 2 se",
    x = "Number of experts", y = "Gain in log loss (higher is better)"
  ) +
  theme_bw() +
  theme(panel.grid.minor = element_blank())

tree <- autoplot(choice)
if (inherits(tree, "ggplot")) {
  tree <- tree + labs(
    title = "How many experts? Yeast protein pairs, fitted once with six",
    subtitle = sprintf("Closest experts merge first; dashed: the choice, %d", choice$k)
  )
}

path <- file.path(folder, "example.png")
png(path, width = 2600, height = 1400, res = 220)
grid::grid.newpage()
grid::pushViewport(grid::viewport(layout = grid::grid.layout(1, 2, widths = c(3, 2))))
print(tree, vp = grid::viewport(layout.pos.row = 1, layout.pos.col = 1))
print(gains, vp = grid::viewport(layout.pos.row = 1, layout.pos.col = 2))
invisible(dev.off())
cat("\nPicture:", path, "\n")
