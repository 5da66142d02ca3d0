# The site of the package in build/site, from the installed package; `make site` calls this.
# Fails when a link within the site leads nowhere.

target <- file.path(getwd(), "build", "site")
# no look-ups on the net: code links to the pages of those packages that are installed
options(pkgdown.internet = FALSE)
utils::assignInNamespace(
  "CRAN_urls", function() data.frame(Package = character(), URL = character()), "downlit"
)
pkgdown::build_site(
  ".", override = list(destination = target),
  devel = FALSE, install = FALSE, new_process = FALSE, preview = FALSE
)

# Formulas as MathML, which needs no script from the net: newer pkgdown does this by itself
tex_to_mathml <- function(page) {
  html <- paste(readLines(page, encoding = "UTF-8"), collapse = "\n")
  pattern <- paste(
    "(?s)<span class=\"math [a-z]+\">.{3,}?</span>", "\\$\\$[^$]+\\$\\$", "\\\\\\(.+?\\\\\\)",
    sep = "|"
  )
  found <- gregexpr(pattern, html, perl = TRUE)
  tex <- regmatches(html, found)[[1]]
  if (length(tex) == 0) {
    return(invisible())
  }
  display <- grepl("^(<span class=\"math display|[$])", tex)
  tex <- gsub("^(<span[^>]*>)?(\\\\[[(]|[$][$])|(\\\\[])]|[$][$])(</span>)?$", "", tex)
  for (entity in list(c("&lt;", "<"), c("&gt;", ">"), c("&amp;", "&"))) {
    tex <- gsub(entity[1], entity[2], tex, fixed = TRUE)
  }
  # one paragraph per formula
  source <- tempfile(fileext = ".md")
  tex <- gsub("\\s+", " ", trimws(tex))
  writeLines(paste0(ifelse(display, "$$", "$"), tex, ifelse(display, "$$", "$"), "\n"), source)
  result <- tempfile()
  rmarkdown::pandoc_convert(source, to = "html", output = result, options = "--mathml")
  made <- paste(readLines(result, encoding = "UTF-8"), collapse = " ")
  made <- regmatches(made, gregexpr("<math.*?</math>", made))[[1]]
  stopifnot(length(made) == length(tex))
  regmatches(html, found) <- list(made)
  writeLines(html, page, useBytes = TRUE)
}

# Pages and pictures that a page names but the site does not have, and places within a page
dead_links <- function(page) {
  html <- xml2::read_html(page)
  links <- xml2::xml_text(xml2::xml_find_all(html, "//a/@href | //img/@src | //link/@href"))
  links <- unique(links[!grepl("^([a-z]+:|//)", links) & links != ""])
  path <- utils::URLdecode(sub("[#?].*", "", links))
  place <- ifelse(grepl("#", links, fixed = TRUE), sub(".*#", "", links), "")
  file <- ifelse(path == "", page, file.path(dirname(page), path))
  file <- ifelse(dir.exists(file), file.path(file, "index.html"), file)
  dead <- !file.exists(file)
  inside <- !dead & place != "" & grepl("[.]html$", file)
  dead[inside] <- !mapply(has_place, file[inside], utils::URLdecode(place[inside]))
  links[dead]
}

has_place <- function(page, place) {
  places <- xml2::xml_text(xml2::xml_find_all(xml2::read_html(page), "//@id | //a/@name"))
  place %in% places
}

pages <- list.files(target, "[.]html$", recursive = TRUE, full.names = TRUE)
found <- 0
for (page in pages) {
  if (packageVersion("pkgdown") < "2.1.0") tex_to_mathml(page)
  dead <- dead_links(page)
  for (link in dead) cat("leads nowhere: ", link, " in ", sub(target, "", page), "\n", sep = "")
  found <- found + length(dead)
}
cat(sprintf("build/site: %d pages, %d links that lead nowhere\n", length(pages), found))
quit(status = as.integer(found > 0))
