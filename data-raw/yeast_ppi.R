# Makes data/yeast_ppi.rda. Run from the root of the package: Rscript data-raw/yeast_ppi.R
#
# Where the data come from: the network `yeast` of the CRAN package igraphdata 1.0.1, which took it
# from the supplement of C. von Mering, R. Krause, B. Snel, M. Cornell, S. G. Oliver, S. Fields, P.
# Bork (2002). Comparative assessment of large-scale data sets of protein-protein interactions.
# Nature 417, 399-403. doi:10.1038/nature750 igraphdata is under "CC BY-SA 4.0 + file LICENSE"; that
# file lists no other licence for `yeast`: it names the source above and asks to cite the paper.
# data/yeast_ppi.rda is an adaptation (pairs and numbers computed from the network) and is shared
# under CC BY-SA 4.0.
#
# No leakage: the interacting pairs that become rows are first taken out of the network, all at
# once; what is left is the only network the features see. So no feature of any row knows the label
# of any row, its own included.

needed <- c("igraph", "igraphdata", "Matrix")
missing_packages <- needed[!vapply(needed, requireNamespace, logical(1), quietly = TRUE)]
if (length(missing_packages) > 0) {
  stop(
    "This script needs the CRAN package(s) ", paste(missing_packages, collapse = ", "),
    ". Install them with install.packages(c(\"", paste(missing_packages, collapse = "\", \""),
    "\")) and run it again.",
    call. = FALSE
  )
}
if (!file.exists("data-raw/pair-features.R")) {
  stop("Run this script from the root of the package: Rscript data-raw/yeast_ppi.R", call. = FALSE)
}
source("data-raw/pair-features.R")

rows <- c(high = 800, medium = 1400, uniform = 700, matched = 800, neighbours = 800)
set.seed(2002, kind = "Mersenne-Twister", normal.kind = "Inversion", sample.kind = "Rejection")

# ---- the network ---------------------------------------------------------------------------------

data("yeast", package = "igraphdata", envir = environment())
network <- igraph::upgrade_graph(yeast)
protein <- igraph::V(network)$name
class <- igraph::V(network)$Class
class[is.na(class)] <- "U" # not in the annotation files: uncharacterized, as class U
class <- factor(class)
edges <- igraph::as_edgelist(network, names = FALSE)
edge_confidence <- igraph::E(network)$Confidence

to_adjacency <- function(edges) {
  Matrix::sparseMatrix(c(edges[, 1], edges[, 2]), c(edges[, 2], edges[, 1]),
    x = 1, dims = rep(length(protein), 2)
  )
}

# ---- the pairs -----------------------------------------------------------------------------------

held_out <- c(
  sample(which(edge_confidence == "high"), rows[["high"]]),
  sample(which(edge_confidence == "medium"), rows[["medium"]])
)
interacting <- edges[held_out, ]
all_links <- to_adjacency(edges)
links <- to_adjacency(edges[-held_out, ])
high_links <- to_adjacency(edges[-held_out, ][edge_confidence[-held_out] == "high", ])

# The pairs already taken, then the first `size` candidates that are no link of the whole network,
# no self-pair and not yet taken.
take_unlinked <- function(candidates, size, taken = NULL) {
  first <- pmin(candidates[, 1], candidates[, 2])
  candidates <- cbind(first, pmax(candidates[, 1], candidates[, 2]), deparse.level = 0)
  keep <- candidates[, 1] != candidates[, 2] & all_links[candidates] == 0
  pairs <- rbind(taken, candidates[keep, , drop = FALSE])
  pairs <- pairs[!duplicated(pairs), , drop = FALSE]
  wanted <- NROW(taken) + size
  if (nrow(pairs) < wanted) stop("Too few candidates for non-interacting pairs.")
  pairs[seq_len(wanted), , drop = FALSE]
}

# Three kinds of non-interacting pairs, from easy to hard: any two proteins; the ends of the
# interacting pairs shuffled, so that the proteins are as well-connected and as well-studied as
# those of interacting pairs; two proteins with a common neighbour.
uniform <- matrix(sample(length(protein), 4 * rows[["uniform"]], replace = TRUE), ncol = 2)
matched <- matrix(sample(interacting), ncol = 2)
two_steps <- which(as.matrix(Matrix::triu(links %*% links, 1)) > 0, arr.ind = TRUE)
two_steps <- two_steps[order(two_steps[, 1], two_steps[, 2]), ]
neighbours <- unname(two_steps[sample(nrow(two_steps), 3 * rows[["neighbours"]]), ])

silent <- take_unlinked(uniform, rows[["uniform"]])
silent <- take_unlinked(matched, rows[["matched"]], silent)
silent <- take_unlinked(neighbours, rows[["neighbours"]], silent)

pairs <- rbind(interacting, silent)
confidence <- c(edge_confidence[held_out], rep("none", nrow(silent)))
shuffled <- sample(nrow(pairs))
pairs <- pairs[shuffled, ]
confidence <- factor(confidence[shuffled], levels = c("none", "medium", "high"))
swap <- protein[pairs[, 1]] > protein[pairs[, 2]]
a <- ifelse(swap, pairs[, 2], pairs[, 1])
b <- ifelse(swap, pairs[, 1], pairs[, 2])

# ---- the features --------------------------------------------------------------------------------

stop_if_linked(links, a, b)
degree <- Matrix::rowSums(links)
cluster <- clustering(links)
known <- class != "U"

yeast_ppi <- data.frame(
  idA = protein[a],
  idB = protein[b],
  interacts = factor(ifelse(confidence == "none", "no", "yes"), levels = c("no", "yes")),
  confidence = confidence,
  log_degree_min = log1p(pmin(degree[a], degree[b])),
  log_degree_max = log1p(pmax(degree[a], degree[b])),
  log_common = log1p(common_neighbours(links, a, b)),
  log_paths3 = log1p(paths_of_three(links, a, b)),
  clustering_min = pmin(cluster[a], cluster[b]),
  clustering_max = pmax(cluster[a], cluster[b]),
  same_class = as.integer(known[a] & class[a] == class[b]),
  class_known = known[a] + known[b],
  class_enrichment = class_enrichment(links, class, a, b),
  high_share = marked_share(links, high_links, a, b),
  stringsAsFactors = FALSE
)

stopifnot(
  !anyNA(yeast_ppi), nrow(yeast_ppi) == sum(rows),
  !anyDuplicated(yeast_ppi[c("idA", "idB")]), all(yeast_ppi$idA < yeast_ppi$idB)
)
dir.create("data", showWarnings = FALSE)
save(yeast_ppi, file = "data/yeast_ppi.rda", compress = "xz", version = 2)
