# How the code is laid out, checked:
#   no circle of files in R/ that call each other; no name defined twice; no function over 60 lines
#   of R or 80 of C++; no file of R/ over 400 lines; a test file for every file of R/ and of the
#   core;
#   every file has a place in ARCHITECTURE.md, and what that names exists.
# Prints each finding and the number of circles, and fails when there is any.
# A call to one of our generics counts as one to the file of the generic, not of its methods.

limits <- c(r_function = 60, cpp_function = 80, r_file = 400)
untested <- c("RcppExports.R", "moelogit-package.R")

# The top-level definitions of one file: name, first and last line, names they use
read_definitions <- function(file) {
  code <- parse(file, keep.source = TRUE)
  lines <- attr(code, "srcref")
  lapply(seq_along(code), function(i) {
    statement <- code[[i]]
    assigned <- is.call(statement) && identical(statement[[1]], quote(`<-`))
    value <- if (assigned) statement[[3]] else statement
    list(
      file = basename(file),
      name = if (assigned) paste(deparse(statement[[2]]), collapse = "") else NA_character_,
      is_function = is.call(value) && identical(value[[1]], quote(`function`)),
      first = lines[[i]][1],
      last = lines[[i]][3],
      uses = codetools::findGlobals(eval(call("function", NULL, value)))
    )
  })
}

# One row per call from a file to another: from, to, name
file_calls <- function(definitions) {
  names <- vapply(definitions, function(d) d$name, "")
  files <- vapply(definitions, function(d) d$file, "")
  home <- tapply(files, names, function(x) if (length(unique(x)) == 1) x[1] else NA_character_)
  calls <- do.call(rbind, lapply(definitions, function(d) {
    used <- intersect(d$uses, names(home))
    data.frame(from = rep(d$file, length(used)), to = unname(home[used]), name = used)
  }))
  unique(calls[!is.na(calls$to) & calls$from != calls$to, ])
}

# The strongly connected groups of more than one file
find_circles <- function(calls, files) {
  reach <- matrix(FALSE, length(files), length(files), dimnames = list(files, files))
  reach[cbind(calls$from, calls$to)] <- TRUE
  for (via in files) reach <- reach | outer(reach[, via], reach[via, ], `&`)
  mutual <- reach & t(reach)
  groups <- lapply(files, function(file) files[mutual[file, ]])
  unique(groups[lengths(groups) > 1])
}

show_circle <- function(circle, calls) {
  inside <- calls[calls$from %in% circle & calls$to %in% circle, ]
  edges <- aggregate(name ~ from + to, inside, paste, collapse = ", ")
  paste0(
    "circle: ", paste(circle, collapse = ", "), "\n",
    paste0("  ", edges$from, " calls in ", edges$to, ": ", edges$name, collapse = "\n")
  )
}

# The text of a file with comments, literals and preprocessor lines blanked, lines kept
bare_cpp <- function(file) {
  text <- paste(readLines(file), collapse = "\n")
  hidden <- paste(
    "//[^\n]*", "(?s:/\\*.*?\\*/)", '"(?:[^"\\\\\n]|\\\\.)*"', "'(?:[^'\\\\\n]|\\\\.)'",
    "(?m:^[ \t]*#(?:[^\n\\\\]|\\\\\n|\\\\.)*)",
    sep = "|"
  )
  found <- gregexpr(hidden, text, perl = TRUE)
  regmatches(text, found) <- lapply(regmatches(text, found), function(x) gsub("[^\n]", " ", x))
  text
}

# A brace opens a function when what stands before it, since the last ; { } or blank line, has
# parentheses; otherwise a namespace, a type or a value. What is inside a function is part of it.
cpp_functions <- function(file) {
  text <- bare_cpp(file)
  at <- gregexpr("[{};]", text)[[1]]
  marks <- regmatches(text, list(at))[[1]]
  heads <- substring(text, c(1, at[-length(at)] + 1), at - 1)
  heads <- sub("^\\s*", "", sub("(?s).*\n[ \t]*\n", "", heads, perl = TRUE))
  line <- function(position) nchar(gsub("[^\n]", "", substring(text, 1, position))) + 1
  level <- cumsum((marks == "{") - (marks == "}"))
  opening <- which(marks == "{" & grepl("(", heads, fixed = TRUE))
  found <- NULL
  end <- 0
  for (i in opening) {
    if (i <= end) next
    end <- i + which(level[-seq_len(i)] < level[i])[1]
    found <- rbind(found, data.frame(
      name = sub("\\s*\\(.*", "", gsub("\\s+", " ", heads[i])),
      first = line(at[i] - nchar(heads[i])),
      lines = line(at[end]) - line(at[i] - nchar(heads[i])) + 1
    ))
  }
  found
}

too_long <- function(file, name, first, lines, limit) {
  long <- !is.na(lines) & lines > limit
  sprintf("%s:%d: %s has %d lines, more than %d", file, first, name, lines, limit)[long]
}

long_r_functions <- function(definitions) {
  unlist(lapply(Filter(function(d) d$is_function, definitions), function(d) {
    lines <- d$last - d$first + 1
    too_long(file.path("R", d$file), d$name, d$first, lines, limits[["r_function"]])
  }))
}

long_cpp_functions <- function(files) {
  unlist(lapply(files, function(file) {
    found <- cpp_functions(file)
    too_long(rep(file, NROW(found)), found$name, found$first, found$lines, limits[["cpp_function"]])
  }))
}

# Names with two definitions: the file that comes last by its name would hold for both.
twice_defined <- function(definitions) {
  names <- vapply(definitions, `[[`, "", "name")
  files <- vapply(definitions, `[[`, "", "file")
  again <- !is.na(names) & names %in% names[duplicated(names)]
  sprintf("R/%s: %s has several definitions", files[again], names[again])
}

long_files <- function(files) {
  lines <- vapply(files, function(file) length(readLines(file)), 0L)
  long <- lines > limits[["r_file"]]
  sprintf("%s has %d lines, more than %d", files, lines, limits[["r_file"]])[long]
}

# sources without the test file that `pattern` makes of their name
without_test <- function(sources, pattern) {
  tests <- sprintf(pattern, unique(tools::file_path_sans_ext(basename(sources))))
  sprintf("there is no %s", tests[!file.exists(tests)])
}

# Files that no word of the map stands for; functions and files in it that are not there. A name in
# capitals stands for one of the reader's.
map_findings <- function(map, definitions, files, tests) {
  words <- unique(unlist(regmatches(map, gregexpr("(?<=`)[^`]+(?=`)", map, perl = TRUE))))
  patterns <- utils::glob2rx(sub("[.](R|cpp|h)$", "", words[grepl("^[A-Za-z_*.-]+$", words)]))
  stems <- tools::file_path_sans_ext(basename(files))
  placed <- vapply(stems, function(stem) any(vapply(patterns, grepl, NA, stem)), NA)
  called <- sub("[(].*", "", grep("^[A-Za-z_.]+[(][^*]*[)]$", words, value = TRUE))
  called <- called[!grepl("[A-Z]{3}", called)]
  code <- paste(unlist(lapply(c(files, tests), readLines)), collapse = "\n")
  defined <- vapply(definitions, `[[`, "", "name")
  known <- vapply(called, function(name) {
    name %in% defined || grepl(paste0("\\b", name, "\\("), code)
  }, NA)
  named <- unique(unlist(regmatches(map, gregexpr("\\b(R|src)/[a-z_-]+[.](R|cpp|h)\\b", map))))
  c(
    sprintf("ARCHITECTURE.md has no place for %s", files[!placed]),
    sprintf("ARCHITECTURE.md names %s(), which there is not", called[!known]),
    sprintf("ARCHITECTURE.md names %s, which there is not", named[!file.exists(named)])
  )
}

r_files <- list.files("R", "[.]R$", full.names = TRUE)
cpp_files <- setdiff(list.files("src", "[.](cpp|h)$", full.names = TRUE), "src/RcppExports.cpp")
test_files <- list.files("tests/testthat", "^(helper|test)", full.names = TRUE)
core_files <- cpp_files[!startsWith(basename(cpp_files), "r_")]

definitions <- unlist(lapply(r_files, read_definitions), recursive = FALSE)
calls <- file_calls(definitions)
circles <- find_circles(calls, basename(r_files))
findings <- c(
  vapply(circles, show_circle, "", calls),
  twice_defined(definitions),
  long_r_functions(definitions),
  long_cpp_functions(cpp_files),
  long_files(setdiff(r_files, "R/RcppExports.R")),
  without_test(r_files[!basename(r_files) %in% untested], "tests/testthat/test-%s.R"),
  without_test(core_files, "tests/cpp/test_%s.cpp"),
  map_findings(readLines("ARCHITECTURE.md"), definitions, c(r_files, core_files), test_files)
)

for (finding in findings) cat(finding, "\n", sep = "")
cat(sprintf(
  "%d files, %d circles, %d findings\n",
  length(r_files) + length(cpp_files), length(circles), length(findings)
))
quit(status = as.integer(length(findings) > 0))
