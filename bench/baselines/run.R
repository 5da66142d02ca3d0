# Held-out scores of baselines and of this package, one row a set, scheme, seed of the folds, fold
# and method, appended to bench/results/baselines.csv; what is there already is skipped.
#
# Usage: Rscript bench/baselines/run.R <purpose> <families> [sets] [schemes] [seeds]
#   purpose: "tune" (folds that choices of this package may be made on) or "report"
#   families: "baselines", "ours", or names from methods.R and ours.R, with commas between
#   sets, schemes: regular expressions; seeds: 1, 2, or "1,2", the default
# MOELOGIT_DATA: the folder of the shared data; MOELOGIT_RESULTS: another file for the rows.

suppressPackageStartupMessages(library(moelogit))
for (file in c("sets", "methods", "ours")) source(file.path("bench/baselines", paste0(file, ".R")))
arguments <- c(commandArgs(TRUE), rep("", 5L))
purpose <- match.arg(arguments[1L], c("tune", "report"))
families <- unlist(lapply(strsplit(arguments[2L], ",")[[1L]], function(name) {
  switch(name, baselines = names(baselines), ours = names(ours), name)
}))
sets <- all_sets()
sets <- sets[grepl(arguments[3L], names(sets))]
seeds <- if (nzchar(arguments[5L])) strsplit(arguments[5L], ",")[[1L]] else 1:2
results <- Sys.getenv("MOELOGIT_RESULTS", "bench/results/baselines.csv")

cell_key <- function(set, scheme, purpose, seed, fold, family) {
  paste(set, scheme, purpose, seed, fold, family, sep = "|")
}

done <- function() {
  if (!file.exists(results)) return(character())
  old <- utils::read.csv(results, colClasses = "character")
  unique(cell_key(old$set, old$scheme, old$purpose, old$seed, old$fold, old$family))
}

scores_of <- function(prob, y) {
  prob <- floored(full_prob(prob, levels(y)))
  measured <- calibration(prob, y = y, replicates = 0L)$scores
  measured[c("accuracy", "log_loss", "brier", "ece")]
}

new_task <- function(set, scheme, fold, seed) {
  set.seed(seed)
  inner <- scheme_folds(set, scheme, 5L, fold$train)
  local <- function(rows) match(rows, fold$train)
  list(
    x = set$x[fold$train, ], y = set$y[fold$train], a = set$a[fold$train], b = set$b[fold$train],
    new = set$x[fold$test, ], scheme = scheme,
    inner = lapply(inner, function(own) lapply(own, local))
  )
}

# One family on one fold: a data frame of a row a method; a failure is a row without scores.
run_family <- function(family, task, y, seed) {
  set.seed(seed)
  start <- proc.time()
  prob <- tryCatch(c(baselines, ours)[[family]](task), error = function(e) {
    message(family, ": ", conditionMessage(e))
    stats::setNames(list(NULL), family)
  })
  used <- sum((proc.time() - start)[c("user.self", "user.child")])
  if (is.null(prob)) return(NULL)
  do.call(rbind, lapply(names(prob), function(method) {
    scores <- if (is.null(prob[[method]])) {
      data.frame(accuracy = NA, log_loss = NA, brier = NA, ece = NA)
    } else {
      scores_of(prob[[method]], y)
    }
    data.frame(family = family, method = method, scores, seconds = used)
  }))
}

append_rows <- function(rows) {
  rows[vapply(rows, is.double, NA)] <- lapply(rows[vapply(rows, is.double, NA)], signif, 6L)
  utils::write.table(rows, results, sep = ",", row.names = FALSE, append = file.exists(results),
                     col.names = !file.exists(results), qmethod = "double")
}

known <- done()
for (seed in as.integer(seeds)) for (name in names(sets)) {
  set <- sets[[name]]()
  for (scheme in set$schemes[grepl(arguments[4L], set$schemes)]) {
    base <- 10000L * (purpose == "report") + 100L * seed
    set.seed(base)
    folds <- scheme_folds(set, scheme)
    for (fold in seq_along(folds)) {
      for (family in families) {
        if (cell_key(name, scheme, purpose, seed, fold, family) %in% known) next
        task <- new_task(set, scheme, folds[[fold]], base + fold)
        rows <- run_family(family, task, set$y[folds[[fold]]$test], base + fold)
        if (is.null(rows)) next
        append_rows(cbind(
          set = name, kind = set$kind, scheme = scheme, purpose = purpose, seed = seed, fold = fold,
          n_train = length(task$y), n_test = nrow(task$new), rows, row.names = NULL
        ))
      }
    }
  }
}
