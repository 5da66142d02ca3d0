# Random mixing measures, and the definitions of the dendrogram written once more in plain R,
# with none of the package's functions: products instead of logarithms, all pairs at every level.

random_measure <- function(k = sample(2:7, 1L), slopes = sample(0:3, 1L), p = sample(1:4, 1L),
                           m = sample(2:4, 1L), gram = TRUE) {
  x <- cbind(1, matrix(rnorm(50L * (p - 1L)), 50L))
  z <- matrix(rnorm(50L * slopes), 50L)
  mixing_measure(
    rnorm(k, sd = 1.5),
    gate = matrix(rnorm(slopes * k), slopes, k), expert = array(rnorm(p * m * k), c(p, m, k)),
    gram = if (gram) list(expert = crossprod(x) / 50, gate = cov(z) * 49 / 50)
  )
}

reference_distance <- function(a, b, gram) {
  if (is.null(gram)) {
    return(sum((a$gate - b$gate)^2) + sum((a$expert - b$expert)^2))
  }
  form <- function(v, s) sum(diag(t(v) %*% s %*% v)) / 2
  form(a$expert - b$expert, gram$expert) + form(cbind(a$gate - b$gate), gram$gate)
}

reference_atoms <- function(measure) {
  lapply(seq_along(measure$log_weight), function(k) {
    list(
      weight = exp(measure$log_weight[[k]]), gate = unname(measure$gate[, k]),
      expert = matrix(measure$expert[, , k], dim(measure$expert)[1L])
    )
  })
}

# list(height, members): heights from K down, and at each level the leaves of every atom
reference_dendrogram <- function(measure, gram = NULL) {
  atoms <- reference_atoms(measure)
  members <- as.list(seq_along(atoms))
  height <- numeric(0L)
  levels <- list(list(atoms = atoms, members = members))
  while (length(atoms) > 1L) {
    pairs <- utils::combn(length(atoms), 2L)
    apart <- apply(pairs, 2L, function(pair) {
      a <- atoms[[pair[1L]]]
      b <- atoms[[pair[2L]]]
      reference_distance(a, b, gram) / (1 / a$weight + 1 / b$weight)
    })
    pair <- pairs[, which.min(apart)]
    a <- atoms[[pair[1L]]]
    b <- atoms[[pair[2L]]]
    total <- a$weight + b$weight
    atoms[[pair[1L]]] <- list(
      weight = total, gate = (a$weight * a$gate + b$weight * b$gate) / total,
      expert = (a$weight * a$expert + b$weight * b$expert) / total
    )
    members[[pair[1L]]] <- sort(unlist(members[pair]))
    atoms <- atoms[-pair[2L]]
    members <- members[-pair[2L]]
    height <- c(height, min(apart))
    levels <- c(list(list(atoms = atoms, members = members)), levels)
  }
  list(height = height, levels = levels)
}

# The measure with its experts in another order
permute_experts <- function(measure, order) {
  mixing_measure(
    unname(measure$log_weight)[order],
    gate = measure$gate[, order, drop = FALSE],
    expert = measure$expert[, , order, drop = FALSE], gram = measure$gram
  )
}
