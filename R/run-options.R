#' What a run of the core needs to know
#'
#' The control holds what users set; this is what the core reads, in every call the same fields.
#'
#' @param control From [moelogit_control()].
#' @param max_iter At most so many iterations, and never more than the control allows.
#' @param finish Whether Newton steps make sure of the optimum once the decrement is small enough.
#' @param newton_limit Most free coefficients for Newton steps.
#' @param start_steps MM steps that turn posteriors into coefficients.
#' @return A list of `method`, `curvature`, `tol`, `max_iter`, `finish`, `newton_limit`,
#'   `start_steps`.
#' @noRd
run_options <- function(control, max_iter = control$max_iter, finish = TRUE, newton_limit = 250L,
                        start_steps = 1L) {
  c(
    control[c("method", "curvature", "tol")],
    list(
      max_iter = as.integer(min(max_iter, control$max_iter)), finish = finish,
      newton_limit = as.integer(newton_limit), start_steps = as.integer(start_steps)
    )
  )
}
