# Robust covariances by package sandwich. Most of its functions need only the scores and the bread
# (estfun.R); what they take from linear models is here.

# nolint start: object_name_linter. Names and arguments are those of the package.

#' @exportS3Method sandwich::vcovHC
vcovHC.moelogit <- function(x, type = c("HC0", "HC", "HC1"), ...) {
  check_no_dots(...)
  known <- c("HC0", "HC", "HC1")
  if (!is.character(type) || !all(type %in% known)) {
    moe_abort(
      c(
        "{.arg type} must be one of {.or {.val {known}}}.",
        x = describe(type),
        i = "The others divide residuals by leverages, which only one linear predictor has."
      ),
      "argument"
    )
  }
  out <- stats::vcov(x, type = "sandwich", complete = FALSE)
  if (type[1L] == "HC1") out * x$n / (x$n - x$df) else out
}

#' @exportS3Method sandwich::vcovBS
vcovBS.moelogit <- function(x, cluster = NULL, R = 250, ...) {
  check_no_dots(...)
  if (!is.null(cluster)) {
    moe_abort(
      c(
        "The bootstrap draws rows, not clusters.",
        i = "Use {.code sandwich::vcovCL(fit, cluster = )} for errors by cluster."
      ),
      "argument"
    )
  }
  stats::vcov(bootstrap(x, R = R, progress = FALSE), complete = FALSE)
}

#' @exportS3Method sandwich::vcovHAC
vcovHAC.moelogit <- function(x, ...) {
  moe_abort(
    c(
      "There is no covariance for rows in the order of time.",
      i = "Use {.code sandwich::vcovCL(fit, cluster = )} or {.code sandwich::vcovPL()}."
    ),
    "vcov"
  )
}

# nolint end
