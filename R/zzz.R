# When the package is loaded. What other packages need to work with a fit is in files named after
# them. Methods for their generics are registered when they are loaded; none of them is needed.

.onLoad <- function(libname, pkgname) {
  # marginaleffects takes models of other packages whose class is in this option
  known <- getOption("marginaleffects_model_classes")
  options(marginaleffects_model_classes = union(known, "moelogit"))
  when_loaded("modeltools", register_modeltools)
  when_loaded("parsnip", register_parsnip)
  when_loaded("texreg", register_texreg)
  when_loaded("ggeffects", register_ggeffects)
  when_loaded("performance", register_performance)
  when_loaded("marginaleffects", advise_marginaleffects)
}

# Does something now, if the package is loaded, or else when it will be.
when_loaded <- function(package, action) {
  if (isNamespaceLoaded(package)) action()
  setHook(packageEvent(package, "onLoad"), function(...) action())
}
