# Objective against time: ascents of the package, resumed in pieces, and SQUAREM.

# Objective against time of a run, resumed in pieces; stops at the decrement or the time box.
climb <- function(problem, control, theta, piece, box) {
  rows <- list()
  spent <- 0
  iterations <- 0
  repeat {
    control$max_iter <- piece
    spent <- spent + seconds(
      run <- moelogit:::core_ascend(problem, cbind(theta), run_options(control), 1L, NULL)[[1L]]
    )
    theta <- run$theta
    iterations <- iterations + length(run$trace) - 1L
    rows[[length(rows) + 1L]] <- data.frame(
      seconds = spent, iterations = iterations, objective = tail(run$trace, 1L),
      decrement = run$decrement, converged = run$converged
    )
    if (run$converged || spent > box) break
  }
  do.call(rbind, rows)
}

# SQUAREM (Varadhan and Roland 2008, scheme S3), made monotone by falling back to the MM step.
squarem <- function(problem, control, theta, box) {
  at <- function(theta) moelogit:::core_evaluate(problem, theta, run_options(control), 1L)
  rows <- list()
  start <- proc.time()[["elapsed"]]
  now <- at(theta)
  evaluations <- 1L
  repeat {
    done <- now$decrement <= control$tol * (1 + abs(now$objective))
    spent <- proc.time()[["elapsed"]] - start
    if (done || spent > box || evaluations %% 60L == 1L) {
      rows[[length(rows) + 1L]] <- data.frame(
        seconds = spent, iterations = evaluations, objective = now$objective,
        decrement = now$decrement, converged = done
      )
    }
    if (done || spent > box) break
    second <- at(theta + now$step)
    bend <- second$step - now$step
    length <- -max(1, sqrt(sum(now$step^2) / sum(bend^2)))
    jump <- theta - 2 * length * now$step + length^2 * bend
    third <- at(jump)
    evaluations <- evaluations + 2L
    if (is.finite(third$objective) && third$objective >= second$objective) {
      theta <- jump
      now <- third
    } else {
      theta <- theta + now$step
      now <- second
    }
  }
  do.call(rbind, rows)
}
