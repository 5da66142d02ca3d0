library(testthat)
library(moelogit)

test_check("moelogit")
