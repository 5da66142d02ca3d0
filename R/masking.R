# Generics of other packages with the names of ours: whichever package was attached last, a fit
# finds its method, and so does what the other package made.

#' @importFrom methods setOldClass
setOldClass("moelogit")

# ICL() and relabel() are S4 generics of package modeltools, which flexmix gives on. A namespace is
# sealed when modeltools is loaded after ours, so the methods have a place of their own.
register_modeltools <- function() {
  where <- new.env(parent = topenv())
  methods::setMethod(
    modeltools::ICL, "moelogit", function(object, ...) ICL.moelogit(object, ...), where = where
  )
  methods::setMethod(
    modeltools::relabel, c("moelogit", "ANY"),
    function(object, by, ...) relabel.moelogit(object, by, ...), where = where
  )
  methods::setMethod(
    modeltools::relabel, c("moelogit", "missing"),
    function(object, by, ...) relabel.moelogit(object, ...), where = where
  )
}

#' @export
ICL.flexmix <- function(object, ...) modeltools::ICL(object, ...) # nolint: object_name_linter.

#' @export
ICL.stepFlexmix <- ICL.flexmix # nolint: object_name_linter.

#' @export
relabel.FLXdist <- function(object, order, ...) { # nolint: object_name_linter.
  if (missing(order)) modeltools::relabel(object, ...) else modeltools::relabel(object, order, ...)
}

#' @rawNamespace S3method(caret::calibration, moelogit)
#' @rawNamespace S3method(caret::calibration, list)
NULL
