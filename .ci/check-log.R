# Judge the log of R CMD check: errors and warnings fail, and so does a note that is not
# explained in cran-comments.md. There, each expected note stands in a fenced block as R prints it;
# digits and kinds of quotation mark do not matter.
#   Rscript .ci/check-log.R 00check.log cran-comments.md

files <- commandArgs(TRUE)
normalise <- function(text) {
  text <- gsub("[\u2018\u2019\u201c\u201d'\"`]", "'", text)
  text <- trimws(gsub("[[:space:]]+", " ", gsub("[0-9]+", "0", text)))
  unlist(strsplit(text, ", *")) # where a list of names breaks into lines depends on its length
}

comments <- readLines(files[2], encoding = "UTF-8")
fenced <- cumsum(grepl("^```", comments)) %% 2 == 1
expected <- normalise(comments[fenced])

log <- readLines(files[1], encoding = "UTF-8")
if (!any(grepl("^\\* DONE|^Status:", log))) {
  message("R CMD check did not reach its end")
  quit(status = 1)
}
details <- tools::check_packages_in_dir_details(logs = files[1], drop_ok = TRUE)
# what is left are findings; the name of the maintainer is not one
details <- details[details$Status != "Note_to_CRAN_maintainers", ]
bad <- 0
for (i in seq_len(nrow(details))) {
  status <- details$Status[i]
  title <- sprintf("* checking %s ... %s", details$Check[i], status)
  lines <- normalise(c(title, strsplit(details$Output[i], "\n")[[1]]))
  accepted <- status == "NOTE" && all(lines %in% c(expected, "", "* DONE"))
  if (!accepted) bad <- bad + 1
  verdict <- if (accepted) "expected: " else "NOT expected: "
  cat(verdict, title, "\n", details$Output[i], "\n", sep = "")
}
cat(sprintf("%d of %d findings are not expected\n", bad, nrow(details)))
quit(status = as.integer(bad > 0))
