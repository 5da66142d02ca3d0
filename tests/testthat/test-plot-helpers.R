test_that("every group has a colour, a shape and a line type, the first seven different colours", {
  expect_length(unique(group_colours(7)), 7L)
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
