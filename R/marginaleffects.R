# Predictions, slopes and comparisons by package marginaleffects.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method marginaleffects::get_coef
get_coef.moelogit <- function(model, ...) coef(model, complete = FALSE)

#' @exportS3Method marginaleffects::set_coef
set_coef.moelogit <- function(model, coefs, ...) set_coefficients(model, coefs)

#' @exportS3Method marginaleffects::get_vcov
get_vcov.moelogit <- function(model, vcov = NULL, ...) {
  if (isFALSE(vcov)) {
    return(NULL)
  }
  chosen_covariance(model, vcov, "vcov")
}

#' @exportS3Method marginaleffects::get_predict
get_predict.moelogit <- function(model, newdata = NULL, type = "response", ...) {
  if (is.null(type) || type == "response") type <- "prob"
  type <- check_choice(type, c("prob", "link", "gate"), "type")
  offset <- zero_offset(model, nrow(newdata))
  prob <- predict(model, as.data.frame(newdata), type = type, newoffset = offset)
  row <- if (is.null(newdata$rowid)) seq_len(nrow(prob)) else newdata$rowid
  data.frame(
    rowid = rep(row, ncol(prob)),
    group = factor(rep(colnames(prob), each = nrow(prob)), levels = colnames(prob)),
    estimate = as.vector(prob)
  )
}

# nolint end

# The package uses an operator that R has since 4.4, without saying that it needs that R. It looks
# for it on the search path, where users can put it, and a package cannot.
advise_marginaleffects <- function(found = exists("%||%", envir = asNamespace("marginaleffects"))) {
  if (!found && utils::packageVersion("marginaleffects") >= "1.0.0") {
    moe_inform(
      c(
        "This version of {.pkg marginaleffects} needs R 4.4, or an operator from it.",
        i = "With an older R, run this first: {.code `%||%` <- rlang::`%||%`}"
      ),
      "marginaleffects"
    )
  }
}
