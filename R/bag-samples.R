#' Bootstrap samples of rows, of groups of rows, or of pairs by their members
#'
#' @param count Number of samples.
#' @param groups As in [bag_moelogit()].
#' @return A list of `list(train =, test =)` row numbers of the design; `train` repeats rows as
#' drawn.
#' @noRd
bootstrap_samples <- function(count, groups, design) {
  groups <- check_groups(groups, design)
  positive <- positive_rows(design)
  samples <- lapply(seq_len(count), function(b) draw_sample(groups, design$n))
  samples <- lapply(samples, lapply, intersect_repeated, positive)
  empty <- vapply(samples, function(one) any(lengths(one) == 0L), NA)
  if (any(empty)) {
    moe_abort(
      c(
        "Every bootstrap sample needs rows that are drawn and rows that are left out.",
        x = "Not so in {sum(empty)} of {count} sample{?s}.",
        i = "There are too few rows or {.arg groups}."
      ),
      "groups"
    )
  }
  samples
}

intersect_repeated <- function(rows, among) rows[rows %in% among]

# Rows with positive weight.
positive_rows <- function(design) {
  row <- if (is.null(design$row)) seq_along(design$weights) else design$row
  unique(row[design$weights > 0])
}

# `groups`: an n x 1 or n x 2 matrix of codes 1, 2, ...
draw_sample <- function(groups, n) {
  size <- max(groups)
  times <- tabulate(sample.int(size, replace = TRUE), size)
  drawn <- matrix(times[groups], n)
  list(
    train = rep(seq_len(n), apply(drawn, 1L, prod)),
    test = which(rowSums(drawn) == 0L)
  )
}

# As codes, a column for each member, of the rows that are in the design.
check_groups <- function(groups, design) {
  if (is.null(groups)) {
    return(matrix(seq_len(design$n)))
  }
  left_out <- as.integer(design$na_action)
  n <- design$n + length(left_out)
  parts <- if (is.list(groups)) as.list(groups) else list(groups)
  right <- length(parts) %in% 1:2 && all(vapply(parts, function(part) {
    is.atomic(part) && length(part) == n && !anyNA(part)
  }, NA))
  if (!right) {
    moe_abort(
      c(
        "{.arg groups} must be a vector, or a list of two, with a value for each of the {n} \\
         row{?s} \\
         of the data and none missing.",
        x = describe(groups)
      ),
      "groups"
    )
  }
  labels <- lapply(parts, as.character)
  codes <- vapply(labels, match, integer(n), unique(unlist(labels)))
  codes <- matrix(codes, n)[setdiff(seq_len(n), left_out), , drop = FALSE]
  matrix(match(codes, unique(as.vector(codes))), nrow(codes))
}
