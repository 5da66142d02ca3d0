#' Pairs of yeast proteins: do they interact?
#'
#' 4,500 pairs of proteins of baker's yeast (*Saccharomyces cerevisiae*), 2,200 of them interacting,
#' with ten numeric features of each pair from the rest of the interaction network and from the
#' proteins' functional classes. Two responses describe the same rows: `interacts` (two classes) and
#' `confidence` (three).
#'
#' @section No leakage:
#' The 2,200 interacting pairs were drawn first and taken out of the network all at once. What was
#' left, the *reduced network* of 2,617 proteins and 9,655 interactions, is the only one the
#' features are computed from. So no feature depends on the link of its own pair, nor on that of any
#' other row. Rows still share proteins: use [pair_folds()] for test pairs of proteins not seen in
#' training.
#'
#' @section How the pairs were drawn:
#' The interacting pairs are 800 of the 2,455 high-confidence and 1,400 of the 9,400
#' medium-confidence interactions, at random: high confidence is over-represented. The other 2,300
#' pairs are not linked in the whole network and are of three kinds: 700 pairs of any two proteins
#' (easy); 800 pairs made by shuffling the ends of the interacting ones, so that well-connected
#' proteins alone do not give an interaction away; 800 pairs of proteins with a common neighbour in
#' the reduced network (hard). Predicted probabilities refer to this mixture, not to all pairs of a
#' cell, of which very few interact. "Not interacting" means not listed with medium or high
#' confidence; some such pairs do interact.
#'
#' @format A data frame with 4,500 rows in random order and 14 columns, without missing values.
#' Every unordered pair is there once. "Links" are interactions in the reduced network.
#' \describe{
#'   \item{idA, idB}{Character. The two proteins by systematic name (such as `"YLR197W"`), `idA`
#'     before `idB` in the alphabet.}
#'   \item{interacts}{Factor, `no` (2,300) or `yes` (2,200): listed with medium or high confidence.}
#'   \item{confidence}{Factor, `none` (2,300), `medium` (1,400) or `high` (800): confidence of the
#'     interaction as in the source, `none` where `interacts` is `no`.}
#'   \item{log_degree_min, log_degree_max}{log(1 + number of links) of the protein with fewer and
#'     the one with more links.}
#'   \item{log_common}{log(1 + number of common neighbours).}
#'   \item{log_paths3}{log(1 + s), s the sum over all paths a - u - v - b of
#'     1 / sqrt(links of u * links of v) (the degree-normalised L3 score of Kovacs et al., 2019).}
#'   \item{clustering_min, clustering_max}{Smaller and larger of the two clustering coefficients:
#'     the share, 0 to 1, of a protein's pairs of neighbours that are linked; 0 with fewer than two
#'     neighbours.}
#'   \item{same_class}{Integer, 1 if both proteins have the same known functional class, 0
#'     otherwise. The source has 13 classes from the MIPS catalogue, one of them "uncharacterized",
#'     to which proteins without annotation are added here.}
#'   \item{class_known}{Integer, number (0, 1, 2) of the proteins whose functional class is not
#'     "uncharacterized".}
#'   \item{class_enrichment}{log2 of observed over expected number of links between the functional
#'     classes of the two proteins ("uncharacterized" counts as a class), both counted by link ends
#'     and with 5 added. Expected if the links fell on ends at random (configuration model).}
#'   \item{high_share}{Share, 0 to 1, of high-confidence links among the links of both proteins,
#'     drawn towards the share in the reduced network by 4 pseudo-links.}
#' }
#' @source
#' The network `yeast` of the CRAN package igraphdata 1.0.1, which took it from the supplement of
#' von Mering et al. (2002). The script `data-raw/yeast_ppi.R` in the package's repository makes the
#' data set from it.
#'
#' @section Licence:
#' igraphdata is under CC BY-SA 4.0 with a file LICENSE that names the source of `yeast`, asks to
#' cite von Mering et al. (2002), and states no other licence for it. `yeast_ppi`, an adaptation
#' (selected pairs and numbers computed from the network), is shared under [CC BY-SA
#' 4.0](https://creativecommons.org/licenses/by-sa/4.0/), unlike the package's code. Please cite von
#' Mering et al. (2002) when using it.
#'
#' @references
#' C. von Mering, R. Krause, B. Snel, M. Cornell, S. G. Oliver, S. Fields and P. Bork (2002).
#' Comparative assessment of large-scale data sets of protein-protein interactions. *Nature* 417,
#' 399-403. \doi{10.1038/nature750}
#'
#' I. A. Kovacs et al. (2019). Network-based prediction of protein interactions. *Nature
#' Communications* 10, 1240. \doi{10.1038/s41467-019-09177-y}
#' @seealso [pair_folds()]
#' @examples
#' table(yeast_ppi$confidence)
#' aggregate(cbind(log_common, log_paths3) ~ confidence, data = yeast_ppi, FUN = mean)
"yeast_ppi"
