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
  check_no_dots(...)
  check_fit(object)
  part <- check_choice(part, c("all", "gate", "expert"), "part")
  coding <- check_choice(coding, c("reference", "symmetric"), "coding")
  coefs <- object[c("gate", "expert")]
  if (coding == "reference" || part == "all") {
    coefs <- exact_fixed(object, reference_coding(coefs))
  }
  if (part != "all") {
    return(coefs[[part]])
  }
  names <- coef_names(object$frame)
  out <- c(coefs$gate[, -1L], coefs$expert[, -1L, ])
  names(out) <- c(names$gate, names$expert)
  if (complete) out else out[!is.na(out)]
}

# Fixed coefficients are what they are fixed at, to the last digit.
exact_fixed <- function(object, coefs) {
  table <- object$fixed
  for (i in seq_len(NROW(table))) {
    row <- match(table$term[i], rownames(coefs[[table$component[i]]]))
    if (table$component[i] == "gate") {
      coefs$gate[row, table$expert[i]] <- table$value[i]
    } else {
      coefs$expert[row, table$class[i], table$expert[i]] <- table$value[i]
    }
  }
  coefs
}

# The part, the column and the term of the formula (of a matrix: the column) of each element of
# coef().
coefficient_terms <- function(object) {
  labels <- coef_labels(object$frame)
  data.frame(
    part = labels$component, column = labels$term,
    term = unlist(lapply(c("gate", "expert"), function(part) {
      own <- column_terms(object, part)
      rep(own, sum(labels$component == part) / length(own))
    }))
  )
}

column_terms <- function(object, part) {
  terms <- object$terms[[part]]
  if (is.null(terms)) {
    return(object$columns[[part]])
  }
  c("(Intercept)", attr(terms, "term.labels"))[object$assign[[part]] + 1L]
}
