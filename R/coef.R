#' Coefficients of a mixture of experts
#'
#' In reference coding, R's habit: the first expert of the gate and the first class of every expert
#' are 0 and left out. The vector's names are `gate_2:x` for the coefficient of column `x` in the
#' gate of expert 2, and `expert_1:b:x` for that of class `b` in expert 1.
#'
#' @param object A fit of class `"moelogit"`.
#' @param part `"all"`: a vector of the (K - 1) q + K (M - 1) p free coefficients, in the order of
#'   `vcov()`; `"gate"`: the q x K matrix; `"expert"`: the p x M x K array.
#' @param coding For the matrix and the array: `"reference"`, or `"symmetric"`, in which
#'   coefficients sum to zero over experts, and over the classes of each expert.
#' @param complete Whether the vector holds `NA` for columns that are linearly dependent.
#' @param ... Not used.
#' @return A named numeric vector, matrix or array, on the scale of the covariates.
#' @examples
#' set.seed(1)
#' fit <- moelogit(Species ~ Sepal.Length | Sepal.Width, data = iris, k = 2)
#' coef(fit)
#' coef(fit, "gate")
#' coef(fit, "expert")[, , "1"]
#' @export
coef.moelogit <- function(object, part = c("all", "gate", "expert"),
                          coding = c("reference", "symmetric"), complete = TRUE, ...) {
  check_fit(object)
  part <- check_choice(part, c("all", "gate", "expert"), "part")
  coding <- check_choice(coding, c("reference", "symmetric"), "coding")
  coefs <- object[c("gate", "expert")]
  if (coding == "reference" || part == "all") coefs <- reference_coding(coefs)
  if (part != "all") {
    return(coefs[[part]])
  }
  names <- coef_names(object$frame)
  out <- c(coefs$gate[, -1L], coefs$expert[, -1L, ])
  names(out) <- c(names$gate, names$expert)
  if (complete) out else out[!is.na(out)]
}
