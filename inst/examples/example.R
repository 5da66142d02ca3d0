# Do two yeast proteins interact, and how sure are we? A mixture of experts on 4,500 pairs of
# proteins: choose the number of experts, look at them, and predict pairs that were held out.
#
# Usage: Rscript inst/examples/example.R [folder]; the picture goes to folder/example.png.

library(moelogit)
library(ggplot2)

folder <- c(commandArgs(TRUE), ".")[1]
features <- setdiff(names(yeast_ppi), c("idA", "idB", "interacts", "confidence"))
model <- reformulate(features, response = "confidence")

# ---- How many experts? One fit with too many, and its dendrogram -------------------------------

set.seed(1)
choice <- select_experts(model, data = yeast_ppi, k_max = 6)
print(choice)
print(choice$fit)

# ---- Predict pairs that were held out, of proteins seen in training and of unseen ones -----------

# The log loss of every held-out pair (its minus log probability of what was observed) under a fit
# with k experts; one expert is the plain multinomial logit.
held_out_loss <- function(folds, k) {
  unlist(lapply(folds, function(fold) {
    fit <- moelogit(model, data = yeast_ppi[fold$train, ], k = k)
    test <- yeast_ppi[fold$test, ]
    prob <- predict(fit, test, type = "prob")
    -log(prob[cbind(seq_len(nrow(test)), as.integer(test$confidence))])
  }))
}

compare <- function(type, label) {
  folds <- with(yeast_ppi, pair_folds(idA, idB, v = 5, type = type))
  one <- held_out_loss(folds, 1)
  chosen <- held_out_loss(folds, choice$k)
  standard_error <- function(x) sd(x) / sqrt(length(x))
  data.frame(
    held_out = label,
    model = c("1 expert (multinomial logit)", paste(choice$k, "experts")),
    pairs = length(one),
    log_loss = c(mean(one), mean(chosen)),
    se = c(standard_error(one), standard_error(chosen)),
    gain = c(NA, mean(one - chosen)),
    se_gain = c(NA, standard_error(one - chosen))
  )
}

losses <- rbind(
  compare("random", "pairs at random"),
  compare("unseen", "pairs of unseen proteins")
)
cat("\nMean log loss of held-out pairs (lower is better), 5 folds; gain over one expert\n\n")
print(format(losses, digits = 3), row.names = FALSE)

# ---- One picture --------------------------------------------------------------------------------

losses$model <- factor(losses$model, levels = rev(unique(losses$model)))
gain <- ggplot(losses, aes(log_loss, model)) +
  geom_pointrange(aes(xmin = log_loss - 2 * se, xmax = log_loss + 2 * se)) +
  facet_wrap(~held_out, ncol = 1) +
  labs(
    title = "Held-out pairs", subtitle = "Mean log loss \u00b1 2 standard errors; left is better",
    x = "log loss", y = NULL
  ) +
  theme_bw() +
  theme(panel.grid.minor = element_blank(), plot.title.position = "plot")

path <- file.path(folder, "example.png")
png(path, width = 2600, height = 1300, res = 220)
grid::grid.newpage()
grid::pushViewport(grid::viewport(layout = grid::grid.layout(1, 2, widths = c(3, 2))))
print(autoplot(choice), vp = grid::viewport(layout.pos.row = 1, layout.pos.col = 1))
print(gain, vp = grid::viewport(layout.pos.row = 1, layout.pos.col = 2))
invisible(dev.off())
cat("\nPicture:", path, "\n")
