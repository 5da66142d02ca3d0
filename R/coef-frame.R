# The frame of coefficients: what says, for a fit and for a problem alike, which columns each part
# has, which of them are left out as aliased, how they are scaled, and how many experts and classes
# there are. Every conversion of coefficients takes it.

#' The frame of coefficients
#'
#' @param gate,expert Of each part a list from `part_frame()`.
#' @param classes Names of the M classes.
#' @param k Number of experts.
#' @return A list of class `"coef_frame"` with these fields.
#' @noRd
coef_frame <- function(gate, expert, classes, k) {
  structure(
    list(gate = gate, expert = expert, classes = classes, k = as.integer(k)), class = "coef_frame"
  )
}

#' @param columns Names of the coefficient rows, the intercept first when there is one.
#' @param aliased Which of them are constant or depend linearly on others, and are left out.
#' @param center,scale Of every column: standardised = (column - center) / scale; 0 and 1 for the
#'   intercept and for aliased columns.
#' @param intercept Whether the first column is an intercept.
#' @noRd
part_frame <- function(columns, aliased, center, scale, intercept) {
  list(
    columns = columns, aliased = stats::setNames(aliased, columns), center = center, scale = scale,
    intercept = intercept
  )
}

with_experts <- function(x, k) {
  x$frame$k <- as.integer(k)
  x
}

kept_columns <- function(part) part$columns[!part$aliased]

# list(center, scale) of the columns of a part that are not aliased
kept_scaling <- function(part) {
  list(center = part$center[!part$aliased], scale = part$scale[!part$aliased])
}

expert_names <- function(frame) as.character(seq_len(frame$k))

# Numbers of coefficient rows that are not aliased, classes and experts.
frame_shape <- function(frame) {
  list(
    q = sum(!frame$gate$aliased), p = sum(!frame$expert$aliased), m = length(frame$classes),
    k = frame$k
  )
}

# Of theta, the core's vector in symmetric coding.
coefficient_count <- function(frame) {
  shape <- frame_shape(frame)
  shape$q * shape$k + shape$p * shape$m * shape$k
}

# In reference coding.
free_size <- function(frame) {
  shape <- frame_shape(frame)
  (shape$k - 1) * shape$q + shape$k * (shape$m - 1) * shape$p
}

# theta -> list(gate = q x K, expert = p x M x K), standardised, columns that are not aliased
theta_to_arrays <- function(frame, theta) {
  shape <- frame_shape(frame)
  gate_size <- shape$q * shape$k
  gate <- matrix(theta[seq_len(gate_size)], shape$q, shape$k, byrow = TRUE)
  expert <- matrix(theta[-seq_len(gate_size)], shape$p, shape$m * shape$k, byrow = TRUE)
  list(gate = gate, expert = array(expert, c(shape$p, shape$m, shape$k)))
}

#' Coefficients on the original scale
#'
#' @param coef Standardised ones of the columns that are not aliased, as from `theta_to_arrays()`.
#' @return A list: `gate` (q x K) and `expert` (p x M x K) over all columns, `NA` where aliased,
#'   with the names of columns, classes and experts.
#' @noRd
original_coef <- function(frame, coef) {
  convert <- function(part, coef, dims, names) {
    out <- matrix(NA_real_, length(part$columns), prod(dims))
    rows <- matrix(coef, sum(!part$aliased))
    out[!part$aliased, ] <- unscale_rows(rows, kept_scaling(part), part$intercept)
    array(out, c(nrow(out), dims), c(list(part$columns), names))
  }
  experts <- expert_names(frame)
  list(
    gate = convert(frame$gate, coef$gate, frame$k, list(experts)),
    expert = convert(
      frame$expert, coef$expert, c(length(frame$classes), frame$k), list(frame$classes, experts)
    )
  )
}

# The other way: list(gate, expert) over all columns, such as a fit -> standardised coefficients of
# the columns that are not aliased.
standardised_coef <- function(frame, coef) {
  convert <- function(part, coef) {
    rows <- matrix(coef, length(part$columns))[!part$aliased, , drop = FALSE]
    scale_rows(rows, kept_scaling(part), part$intercept)
  }
  experts <- expert_names(frame)
  list(
    gate = structure(
      convert(frame$gate, coef$gate), dimnames = list(kept_columns(frame$gate), experts)
    ),
    expert = array(
      convert(frame$expert, coef$expert),
      c(sum(!frame$expert$aliased), length(frame$classes), frame$k),
      list(kept_columns(frame$expert), frame$classes, experts)
    )
  )
}

#' theta of coefficients on the original scale
#'
#' On their way to the original scale and back coefficients lose digits where a covariate is far
#' from zero. A fit keeps the core's own, which count as long as they are what its `gate` and
#' `expert` came from.
#' @param coef A list with `gate` and `expert`, and if they come from a fit also `theta` and
#' `frame`.
#' @noRd
coef_theta <- function(frame, coef) {
  original <- unclass(coef)[c("gate", "expert")]
  kept <- length(coef$theta) == coefficient_count(frame) && identical(coef$frame, frame) &&
    identical(original_coef(frame, theta_to_arrays(frame, coef$theta)), original)
  # columns that are aliased elsewhere, but not here
  if (kept) coef$theta else centered_theta(standardised_coef(frame, lapply(original, na_to_zero)))
}

na_to_zero <- function(x) replace(x, is.na(x), 0)

# What of a fit makes another one start where it ended.
start_fields <- c("gate", "expert", "theta", "frame")

# Standardised coefficients on the original scale, and back. `scaling`: of the same rows; with an
# intercept it is the first row. A center is taken in units of its scale: what slopes are on the
# original scale may be beyond all numbers where the intercept is not.
unscale_rows <- function(coef, scaling, intercept) {
  if (intercept) coef[1L, ] <- coef[1L, ] - colSums(scaling$center / scaling$scale * coef)
  coef / scaling$scale
}

scale_rows <- function(coef, scaling, intercept) {
  if (intercept) coef[1L, ] <- coef[1L, ] + colSums(scaling$center * coef)
  coef * scaling$scale
}

#' The free logits
#'
#' @return A data frame, one row per free logit in the order of [coef.moelogit()]: `part` (`"gate"`
#'   or `"expert"`), `expert`, `class` (number; `NA` in the gate), and the first and last of its
#'   coefficients that are not aliased, `from` and `to`.
#' @noRd
free_logits <- function(frame) {
  shape <- frame_shape(frame)
  part <- rep(c("gate", "expert"), c(shape$k - 1L, shape$k * (shape$m - 1L)))
  size <- unlist(c(gate = shape$q, expert = shape$p)[part])
  to <- cumsum(size)
  data.frame(
    part = part,
    expert = c(seq_len(shape$k)[-1L], rep(seq_len(shape$k), each = shape$m - 1L)),
    class = c(rep(NA_integer_, shape$k - 1L), rep(seq_len(shape$m)[-1L], shape$k)),
    from = unname(to - size + 1L), to = unname(to)
  )
}

# Which of the coefficients that coef() gives are free: those of columns that are not aliased.
free_coefficients <- function(frame) {
  c(
    rep(!unname(frame$gate$aliased), frame$k - 1L),
    rep(!unname(frame$expert$aliased), frame$k * (length(frame$classes) - 1L))
  )
}

# Rows of x: free coefficients on standardised covariates -> on the original scale, or back.
free_to_original <- function(frame, x) recode_free(frame, x, unscale_rows)
free_to_standard <- function(frame, x) recode_free(frame, x, scale_rows)

recode_free <- function(frame, x, recode) {
  logits <- free_logits(frame)
  for (name in unique(logits$part)) {
    part <- frame[[name]]
    at <- logits$part == name
    rows <- min(logits$from[at]):max(logits$to[at])
    blocks <- matrix(x[rows, ], sum(!part$aliased))
    x[rows, ] <- recode(blocks, kept_scaling(part), part$intercept)
  }
  x
}

# A covariance matrix, likewise. Rounding may leave its halves and its variances with other signs,
# and where covariates are so small that these are infinite their mean would be no number.
recode_vcov <- function(frame, vcov, recode) {
  vcov <- recode(frame, t(recode(frame, vcov)))
  upper <- upper.tri(vcov)
  vcov[upper] <- t(vcov)[upper]
  diag(vcov) <- pmax(diag(vcov), 0)
  vcov
}

# Names of the coefficients that coef() gives, in order: list(gate, expert).
coef_names <- function(frame) {
  experts <- expert_names(frame)
  columns <- frame$gate$columns
  gate <- if (frame$k > 1L) {
    paste0("gate_", rep(experts[-1L], each = length(columns)), ":", columns)
  }
  columns <- frame$expert$columns
  block <- paste0(rep(frame$classes[-1L], each = length(columns)), ":", columns)
  expert <- paste0("expert_", rep(experts, each = length(block)), ":", block)
  list(gate = gate, expert = expert)
}

# Which coefficient each of them is, as tidy() says it.
coef_labels <- function(frame) {
  experts <- expert_names(frame)
  own <- expand.grid(
    term = frame$expert$columns, class = frame$classes[-1L], expert = experts,
    stringsAsFactors = FALSE
  )
  gate <- expand.grid(
    term = frame$gate$columns, expert = experts[-1L], stringsAsFactors = FALSE
  )
  data.frame(
    component = rep(c("gate", "expert"), c(nrow(gate), nrow(own))),
    expert = c(gate$expert, own$expert),
    class = c(rep_len(NA_character_, nrow(gate)), own$class),
    term = c(gate$term, own$term)
  )
}
