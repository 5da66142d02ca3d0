# Tables of coefficients by package texreg, whose generic is of S4.

register_texreg <- function() {
  methods::setMethod(
    texreg::extract, "moelogit", texreg_columns, where = new.env(parent = topenv())
  )
}

# The names of coef() tell experts and classes apart.
texreg_columns <- function(model, ...) {
  table <- tidy(model, ...)
  used <- !is.na(table$estimate)
  gof <- c(
    Experts = model$k, `Log Likelihood` = model$loglik, AIC = stats::AIC(model),
    BIC = stats::BIC(model), `Num. obs.` = model$nobs
  )
  texreg::createTexreg(
    coef.names = names(coef(model))[used], coef = table$estimate[used],
    se = table$std.error[used], pvalues = table$p.value[used],
    gof.names = names(gof), gof = unname(gof),
    gof.decimal = !names(gof) %in% c("Experts", "Num. obs.")
  )
}
