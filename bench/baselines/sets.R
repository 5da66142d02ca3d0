# The data of the comparison with baselines, each as a list: `x`, a numeric matrix; `y`, a factor;
# for pairs also their members `a` and `b`; `schemes` of its folds; `kind`, "protein" or "other".

new_set <- function(x, y, kind, a = NULL, b = NULL) {
  x <- as.matrix(x)
  storage.mode(x) <- "double"
  list(x = x, y = droplevels(factor(y)), a = a, b = b, kind = kind,
       schemes = c("random", if (!is.null(a)) "unseen"))
}

some_rows <- function(n, size) {
  set.seed(1)
  sort(sample.int(n, min(n, size)))
}

yeast_pairs <- function(response) {
  features <- setdiff(names(yeast_ppi), c("idA", "idB", "interacts", "confidence"))
  new_set(yeast_ppi[features], yeast_ppi[[response]], "protein", yeast_ppi$idA, yeast_ppi$idB)
}

coelution <- function(folder) {
  d <- utils::read.csv(file.path(folder, "ppi_coelution_scott.csv"))
  new_set(d[setdiff(names(d), c("idA", "idB", "y"))], d$y, "protein", d$idA, d$idB)
}

# Missing values: the mean of the column, and a column for each experiment that says where.
cofractionation <- function(folder) {
  d <- utils::read.csv(gzfile(file.path(folder, "ppi_human_cofractionation.csv.gz")))
  d <- d[some_rows(nrow(d), 6000), ]
  x <- as.matrix(d[setdiff(names(d), c("idA", "idB", "y"))])
  experiment <- sub("_.*", "", colnames(x))
  absent <- vapply(unique(experiment), function(e) {
    as.double(rowSums(is.na(x[, experiment == e])) > 0)
  }, numeric(nrow(x)))
  colnames(absent) <- paste0("without_", unique(experiment))
  for (j in seq_len(ncol(x))) x[is.na(x[, j]), j] <- mean(x[, j], na.rm = TRUE)
  new_set(cbind(x, absent), d$y, "protein", d$idA, d$idB)
}

uci <- function(folder, file) {
  d <- utils::read.csv(file.path(folder, file))
  new_set(d[setdiff(names(d), c("name", "class"))], d$class, "protein")
}

from_mlbench <- function(name, response, leave_out = NULL, rows = Inf) {
  frame <- new.env()
  utils::data(list = name, package = "mlbench", envir = frame)
  d <- frame[[name]]
  d <- d[some_rows(nrow(d), rows), ]
  x <- d[setdiff(names(d), c(response, leave_out))]
  x[] <- lapply(x, function(v) if (is.factor(v)) as.numeric(v) else v)
  new_set(x, d[[response]], "other")
}

#' All sets that are there, as functions that read them
#'
#' @param folder Where the shared data are.
all_sets <- function(folder = Sys.getenv("MOELOGIT_DATA", "../shared/data")) {
  sets <- list(
    `yeast pairs, 3 classes` = function() yeast_pairs("confidence"),
    `yeast pairs, 2 classes` = function() yeast_pairs("interacts")
  )
  if (dir.exists(folder)) {
    sets <- c(sets, list(
      `co-elution` = function() coelution(folder),
      `co-fractionation` = function() cofractionation(folder),
      `UCI yeast` = function() uci(folder, "uci_yeast.csv"),
      `UCI E. coli` = function() uci(folder, "uci_ecoli.csv")
    ))
  } else {
    message("No folder ", folder, ": its four sets are left out.")
  }
  if (requireNamespace("mlbench", quietly = TRUE)) {
    sets <- c(sets, list(
      Vehicle = function() from_mlbench("Vehicle", "Class"),
      Glass = function() from_mlbench("Glass", "Type"),
      Pima = function() from_mlbench("PimaIndiansDiabetes", "diabetes"),
      Vowel = function() from_mlbench("Vowel", "Class", "V1"),
      DNA = function() from_mlbench("DNA", "Class"),
      Letters = function() from_mlbench("LetterRecognition", "lettr", rows = 5000)
    ))
  } else {
    message("mlbench is not installed: its six sets are left out.")
  }
  sets
}

#' Folds of a set: stratified by class, or with both proteins of each test pair unseen
#'
#' @return A list of `list(train = , test = )` row numbers.
scheme_folds <- function(set, scheme, v = 5, rows = seq_along(set$y)) {
  if (scheme == "unseen") {
    return(lapply(pair_folds(set$a[rows], set$b[rows], v), lapply, function(at) rows[at]))
  }
  id <- integer(length(rows))
  id[order(set$y[rows], stats::runif(length(rows)))] <- rep_len(sample.int(v), length(rows))
  lapply(seq_len(v), function(j) list(train = rows[id != j], test = rows[id == j]))
}
