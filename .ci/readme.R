# Runs the blocks ```r of README.md, all in one session, and writes their output below each
# expression as "#> ". A block that must not be run here is written ```R. The table of baselines is
# written too, from bench/results.
#   Rscript .ci/readme.R          renews README.md
#   Rscript .ci/readme.R check    fails when that would change it

lines <- readLines("README.md", encoding = "UTF-8")
session <- new.env(parent = globalenv())
options(width = 80, cli.num_colors = 1)

# The code of a block, each expression followed by what it prints
run_block <- function(code) {
  code <- code[!startsWith(code, "#>")]
  expressions <- parse(text = code, keep.source = TRUE)
  refs <- attr(expressions, "srcref")
  ends <- vapply(refs, function(ref) ref[3], 0L)
  starts <- c(1L, ends[-length(ends)] + 1L)
  unlist(Map(function(expression, start, end) {
    output <- utils::capture.output({
      result <- withVisible(eval(expression, session))
      if (result$visible) print(result$value)
    })
    c(code[start:end], if (length(output) > 0) trimws(paste("#>", output), "right"))
  }, as.list(expressions), starts, ends))
}

fences <- which(startsWith(lines, "```"))
opening <- fences[c(TRUE, FALSE)]
closing <- fences[c(FALSE, TRUE)]
renewed <- character()
done <- 0L
for (i in which(lines[opening] == "```r")) {
  block <- run_block(lines[seq(opening[i] + 1L, closing[i] - 1L)])
  renewed <- c(renewed, lines[seq(done + 1L, opening[i])], block)
  done <- closing[i] - 1L
}
source("bench/baselines/readme.R")
renewed <- with_baselines(c(renewed, lines[-seq_len(done)]))

same <- identical(renewed, lines)
if (identical(commandArgs(TRUE), "check")) {
  cat(if (same) "README.md is current\n" else "README.md is not current: Rscript .ci/readme.R\n")
  quit(status = as.integer(!same))
}
if (!same) writeLines(renewed, "README.md")
