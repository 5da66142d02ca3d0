test_that("every group has a colour, a shape and a line type, the first seven different colours", {
  expect_length(unique(group_colours(7)), 7L)
  expect_length(unique(class_colours(10)), 10L)
  expect_length(intersect(group_colours(7), class_colours(10)), 0L)
  for (n in c(1L, 12L)) {
    expect_length(group_colours(n), n)
    expect_length(group_shapes(n), n)
    expect_length(group_linetypes(n), n)
  }
})

test_that("legend entries of experts have their share of the gate", {
  fit <- rounded_fit()
  scale <- expert_scales(fit)[[1]]
  expect_equal(scale$labels, c("1 (60 %)", "2 (40 %)"))
})

test_that("the first six colours of experts and of classes differ to the colour-blind", {
  skip_if_not_installed("colorspace")
  distance <- function(colours) {
    min(stats::dist(colorspace::coords(methods::as(colorspace::hex2RGB(colours), "LAB"))))
  }
  for (colours in list(group_colours(6), class_colours(6))) {
    for (seen in list(identity, colorspace::deutan, colorspace::protan, colorspace::tritan)) {
      expect_gt(distance(seen(colours)), 15)
    }
  }
  # In grey the first three classes differ too
  expect_gt(distance(colorspace::desaturate(class_colours(3))), 15)
})

test_that("text is wrapped after blanks, dots and dashes, and shortened", {
  expect_equal(
    wrapped(c("a short one", "Escherichia_coli strain", "abcdefghijklmnop", ""), 12),
    c("a short one", "Escherichia_\ncoli strain", "abcdefghijk\nlmnop", "")
  )
  expect_true(all(nchar(unlist(strsplit(wrapped(strrep("ab. ", 30), 9), "\n"))) <= 9))
  expect_equal(shortened(c("short", "very long indeed"), 10), c("short", "very lo..."))
})

test_that("captions have lines that fit; none is none", {
  text <- caption_text(NULL, strrep("word ", 60))
  expect_true(all(nchar(strsplit(text, "\n")[[1]]) <= 85))
  expect_null(caption_text(NULL, NULL))
})
