# When the package is loaded. What other packages need to work with a fit is in files named after
# them: methods for their generics are registered when they are loaded, none of them is needed.

.onLoad <- function(libname, pkgname) {
  # marginaleffects takes models of other packages whose class is in this option
  known <- getOption("marginaleffects_model_classes")
  options(marginaleffects_model_classes = union(known, "moelogit"))
  if (isNamespaceLoaded("parsnip")) register_parsnip()
  setHook(packageEvent("parsnip", "onLoad"), function(...) register_parsnip())
}
