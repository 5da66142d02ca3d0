# Criteria that choose the number of experts, from the levels of a path or of a sweep.

selection_criteria <- c(
  "effective", "evidence", "slope", "aic", "bic", "icl", "dsc", "dsc_rescaled", "dsc_raw"
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
  add_criteria(table, n, value("entropy"))
}

# The criteria of a path: all that they need is in the columns of the table.
add_criteria <- function(table, n, entropy) {
  deviance <- -2 * table$loglik
  df <- table$df
  cbind(table, data.frame(
    weight = evidence_weight(table$evidence),
    effective = deviance + 3 * table$edf,
    slope = deviance + 2 * slope_penalty(table$loglik, df, n) * df,
    likelihood_criteria(table$loglik, df, n, entropy),
    dsc = dsc(table$height, table$loglik, n, "rescaled", omega = sqrt(n)),
    dsc_rescaled = dsc(table$height_merged, table$loglik_merged, n, "rescaled"),
    dsc_raw = dsc(table$height_merged, table$loglik_merged, n, "raw"),
    row.names = NULL
  ))
}

# The posterior of the number of experts when every number is as likely as any other before.
evidence_weight <- function(evidence) {
  weight <- exp(evidence - max(evidence, na.rm = TRUE))
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
  value <- table[[criterion]] * if (criterion == "evidence") -1 else 1
  k <- table$k[which.min(value)]
  if (length(k) == 0L) k <- max(table$k) # "dsc" of a path that has one level
  if (criterion == "dsc" && isTRUE(table$bic[1L] < table$bic[k])) 1L else k
}
