# Real data for the selection study: a list of matrices `x` and factors `y`. Those that are not in a
# package are read from the folder that MOELOGIT_DATA names, and left out with a message where it
# does not.

study_sets <- function(folder = Sys.getenv("MOELOGIT_DATA", "data-real")) {
  take <- function(name, response, drop = NULL, most = 3000) {
    data(list = name, package = "mlbench", envir = environment())
    as_set(get(name), response, drop, most)
  }
  read <- function(file, response, drop = NULL, most = 3000) {
    path <- file.path(folder, file)
    if (!file.exists(path)) {
      message("Left out, not in ", folder, ": ", file)
      return(NULL)
    }
    as_set(read.csv(path), response, drop, most)
  }
  set.seed(1)
  sets <- list(
    Vehicle = take("Vehicle", "Class"), Glass = take("Glass", "Type"),
    Vowel = take("Vowel", "Class", "V1"), Pima = take("PimaIndiansDiabetes", "diabetes"),
    Ionosphere = take("Ionosphere", "Class", c("V1", "V2")), Sonar = take("Sonar", "Class"),
    yeast_ppi = as_set(moelogit::yeast_ppi, "confidence", c("idA", "idB", "interacts"), 3000),
    yeast = read("uci_yeast.csv", "class", "name"),
    coelution = read("ppi_coelution_scott.csv", "y", c("idA", "idB")),
    Satellite = take("Satellite", "classes", most = 1500), DNA = take("DNA", "Class", most = 1500)
  )
  Filter(Negate(is.null), sets)
}

# Numbers, and factors of two levels as 0 and 1; rows without missing values, at most `most` of
# them.
as_set <- function(frame, response, drop, most) {
  frame <- na.omit(frame[setdiff(names(frame), drop)])
  y <- factor(frame[[response]])
  frame[[response]] <- NULL
  frame[] <- lapply(frame, function(v) if (is.numeric(v)) v else as.integer(factor(v)))
  x <- data.matrix(frame[vapply(frame, sd, 0) > 0])
  rows <- if (nrow(x) > most) sort(sample.int(nrow(x), most)) else seq_len(nrow(x))
  list(x = x[rows, , drop = FALSE], y = factor(y[rows]))
}

# A fold of each row, the classes spread evenly over the folds.
even_folds <- function(y, folds) {
  fold <- integer(length(y))
  order <- order(y, runif(length(y)))
  fold[order] <- rep_len(seq_len(folds), length(y))
  fold
}
