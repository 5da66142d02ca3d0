# Where the code can be broken by one small change, and how. A site is a row of a data frame:
# `file`, `line`, `from`, `to` (columns of what is replaced), `by` (what replaces it), `what`.

swaps <- c(
  ">" = "<", "<" = ">", ">=" = "<", "<=" = ">", "==" = "!=", "!=" = "==", "+" = "-", "-" = "+",
  "*" = "/", "/" = "*", "&&" = "||", "||" = "&&", "&" = "|", "|" = "&", "+=" = "-=", "-=" = "+=",
  min = "max", max = "min", pmin = "pmax", pmax = "pmin", any = "all", all = "any",
  which.min = "which.max", which.max = "which.min", floor = "ceiling", head = "tail", tail = "head",
  rowSums = "rowMeans", "std::min" = "std::max", "std::max" = "std::min",
  "TRUE" = "FALSE", "FALSE" = "TRUE", "true" = "false", "false" = "true"
)

# 0 becomes 1, whole numbers one more, others twice; what is tiny, a tolerance, ten thousand times.
other_number <- function(text) {
  suffix <- sub("^[-+.0-9e]*", "", text)
  value <- suppressWarnings(as.numeric(sub("[A-Za-z]+$", "", text)))
  if (is.na(value)) {
    return(NA_character_)
  }
  changed <- if (value == round(value) && abs(value) < 1e6) {
    value + 1
  } else if (abs(value) < 1e-3) {
    value * 1e4
  } else {
    value * 2
  }
  out <- format(changed, digits = 15L)
  if (grepl("[.e]", text) && !grepl("[.e]", out)) out <- paste0(out, ".0")
  paste0(out, suffix)
}

new_sites <- function(file, line, from, to, by, what) {
  data.frame(file = rep_len(file, length(line)), line, from, to, by, what)
}

r_sites <- function(file) {
  tokens <- utils::getParseData(parse(file, keep.source = TRUE))
  tokens <- tokens[tokens$line1 == tokens$line2, ]
  children <- table(tokens$parent)
  leaf <- tokens[tokens$terminal, ]
  operands <- as.integer(children[as.character(leaf$parent)])
  symbols <- leaf$token == "SYMBOL_FUNCTION_CALL" | leaf$token == "NUM_CONST"
  operator <- !symbols & !leaf$token %in% c("STR_CONST", "COMMENT", "SYMBOL", "SYMBOL_PACKAGE")
  swapped <- (symbols | operator) & leaf$text %in% names(swaps) & !leaf$token %in% "'?'"
  binary <- swapped & (symbols | operands == 3L)
  number <- leaf$token == "NUM_CONST" & !swapped
  sign <- leaf$text %in% c("-", "!") & operands == 2L
  numbers <- vapply(leaf$text[number], other_number, "", USE.NAMES = FALSE)
  at <- function(rows, by, what) {
    new_sites(file, leaf$line1[rows], leaf$col1[rows], leaf$col2[rows], by, what)
  }
  rbind(
    at(binary, unname(swaps[leaf$text[binary]]), sprintf("swapped %s", leaf$text[binary])),
    at(number, numbers, rep_len("number", sum(number))),
    at(sign, rep_len("", sum(sign)), rep_len("dropped sign", sum(sign))),
    r_terms(file, tokens)
  )
}

# `a + b` and `a - b` lose b.
r_terms <- function(file, tokens) {
  plus <- tokens[tokens$text %in% c("+", "-") & tokens$terminal, ]
  out <- lapply(seq_len(nrow(plus)), function(i) {
    siblings <- tokens[tokens$parent == plus$parent[i] & tokens$token != "COMMENT", ]
    siblings <- siblings[order(siblings$col1), ]
    if (nrow(siblings) == 3L && all(siblings$line1 == plus$line1[i])) {
      new_sites(file, plus$line1[i], plus$col1[i], siblings$col2[3L], "", "dropped term")
    }
  })
  do.call(rbind, out)
}

cpp_sites <- function(file) {
  lines <- readLines(file)
  # comments and strings are not code: blanked, so that columns stay
  blank <- function(text) strrep(" ", nchar(text))
  code <- vapply(lines, function(line) {
    for (pattern in c("\"([^\"\\\\]|\\\\.)*\"", "//.*$")) {
      hit <- regmatches(line, gregexpr(pattern, line))
      regmatches(line, gregexpr(pattern, line)) <- lapply(hit, blank)
    }
    if (grepl("^ *#|static_assert|\\btemplate\\b", line)) "" else line
  }, "", USE.NAMES = FALSE)
  find <- function(pattern, what, by) {
    found <- gregexpr(pattern, code, perl = TRUE)
    line <- rep(seq_along(code), vapply(found, function(f) sum(f > 0L), 0L))
    from <- unlist(lapply(found, function(f) f[f > 0L]))
    text <- unlist(regmatches(code, found))
    if (length(line) > 0L) {
      new_sites(file, line, from, from + nchar(text) - 1L, by(text), paste(what, text))
    }
  }
  rbind(
    find("(?<= )([<>]=?|[!=]=|[-+*/]=?|&&|\\|\\|)(?= )|std::(min|max)(?=\\()|\\b(true|false)\\b",
         "swapped", function(text) unname(swaps[text])),
    find("(?<![\\w.])[0-9]+(\\.[0-9]+)?(e-?[0-9]+)?(?![\\w.])", "number",
         function(text) vapply(text, other_number, "")),
    find(" [-+] [\\w.]+(\\([^()]*\\))?(?=[;,)]| [-+] )", "dropped term",
         function(text) rep_len("", length(text)))
  )
}

#' All sites of the tree
#'
#' Left out: generated files, and the numbers of pictures, which set how they look.
all_sites <- function() {
  r_files <- setdiff(list.files("R", "[.]R$", full.names = TRUE), "R/RcppExports.R")
  cpp_files <- setdiff(list.files("src", "[.](cpp|h)$", full.names = TRUE), "src/RcppExports.cpp")
  sites <- do.call(rbind, c(lapply(r_files, r_sites), lapply(cpp_files, cpp_sites)))
  sites <- sites[!is.na(sites$by), ]
  looks <- grepl("autoplot", sites$file) & grepl("^number", sites$what)
  sites[!looks, ]
}
