# Criteria that choose the number of experts, from the levels of a path or of a sweep.

selection_criteria <- c(
  "tempered", "effective", "slope", "aic", "bic", "icl", "dsc", "dsc_rescaled", "dsc_raw"
)

# One row a level of a polished_path(); `n`: sum of the weights.
selection_table <- function(path, n) {
  value <- function(name) level_values(path, name)
  table <- data.frame(
    k = seq_along(path$fits),
    height = c(NA, rev(path$height)),
    height_merged = unname(c(NA, path$published$heights)),
    loglik_merged = path$loglik_merged,
    loglik = value("loglik"), df = value("df"), edf = value("edf"), evidence = value("evidence"),
    row.names = NULL
  )
  add_criteria(table, n, value("entropy"), value("complexity"))
}

# The criteria of a path: all that they need is in the columns of the table.
add_criteria <- function(table, n, entropy, complexity) {
  deviance <- -2 * table$loglik
  df <- table$df
  tempered <- -2 * (table$evidence + (1 - temper) * complexity)
  cbind(table, data.frame(
    weight = criterion_weight(tempered), tempered = tempered, effective = deviance + 3 * table$edf,
    slope = deviance + 2 * slope_penalty(table$loglik, df, n) * df,
    likelihood_criteria(table$loglik, df, n, entropy),
    dsc = dsc(table$height, table$loglik, n, "rescaled", omega = sqrt(n)),
    dsc_rescaled = dsc(table$height_merged, table$loglik_merged, n, "rescaled"),
    dsc_raw = dsc(table$height_merged, table$loglik_merged, n, "raw"),
    row.names = NULL
  ))
}

# Share of the complexity that the default criterion counts: Laplace's approximation sees one
# optimum of many, and the other ones add evidence. From the tuning samples and folds of the study.
temper <- 0.8

# Posterior weights of the numbers, all as likely before. Log evidences differ too much between
# levels when the model is not the truth, and of one truth from sample to sample: `weight_power`
# of the difference gives sets that hold the number as often as they say in the tuning samples of
# the study.
weight_power <- 0.7

criterion_weight <- function(tempered) {
  weight <- exp(-weight_power * (tempered - min(tempered, na.rm = TRUE)) / 2)
  weight / sum(weight, na.rm = TRUE)
}

likelihood_criteria <- function(loglik, df, n, entropy) {
  deviance <- -2 * loglik
  bic <- deviance + log(n) * df
  data.frame(aic = deviance + 2 * df, bic = bic, icl = bic + 2 * entropy, row.names = NULL)
}

# The penalty per free coefficient. Of the last three gains the least, because the other ones may be
# those of experts that are there; the bounds keep a path that ends too early from choosing too few.
slope_penalty <- function(loglik, df, n) {
  done <- !is.na(loglik)
  gain <- diff(loglik[done]) / diff(df[done])
  max(1, min(4 * min(utils::tail(gain, 3L), Inf), log(log(max(n, 3)))))
}

choose_level <- function(table, criterion) {
  k <- table$k[which.min(table[[criterion]])]
  if (length(k) == 0L) k <- max(table$k) # "dsc" of a path that has one level
  if (criterion == "dsc" && isTRUE(table$bic[1L] < table$bic[k])) 1L else k
}
