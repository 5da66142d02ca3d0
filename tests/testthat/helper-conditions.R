# Prints each call and the error it stops with: the function blamed, the class and the wording.
# For expect_snapshot_output(), whose layout does not change with the version of testthat.
show_errors <- function(...) {
  calls <- as.list(substitute(list(...)))[-1L]
  env <- parent.frame()
  for (call in calls) {
    error <- tryCatch(
      {
        eval(call, env)
        stop("No error: ", deparse1(call))
      },
      moelogit_error = identity
    )
    origin <- conditionCall(error)
    kinds <- setdiff(grep("^moelogit_error_", class(error), value = TRUE), "moelogit_error")
    cat(
      "> ", deparse1(call), "\n",
      "Error in ", if (is.null(origin)) "?" else deparse1(origin[[1L]]), "() <", kinds[1L], ">\n",
      conditionMessage(error), "\n\n",
      sep = ""
    )
  }
}

# Runs `code` with another function in the place of one of the package's.
with_function <- function(name, value, code) {
  home <- environment(moelogit)
  kept <- get(name, home)
  replace <- function(f) {
    unlockBinding(name, home)
    assign(name, f, home)
    lockBinding(name, home)
  }
  on.exit(replace(kept))
  replace(value)
  force(code)
}
