# What this package offers, in the same form as the baselines (methods.R). Settings are the defaults
# but for the inner folds, which leave proteins out where the test folds do.

quietly <- function(expr) suppressMessages(suppressWarnings(expr))

prob_of <- function(model, task) {
  stats::predict(model, task$new, type = "prob")
}

fit_default <- function(task) {
  list(`moelogit, k = 3` = prob_of(quietly(moelogit(task$x, task$y, k = 3)), task))
}

fit_selection <- function(task) {
  list(select_experts = prob_of(quietly(select_experts(task$x, task$y))$fit, task))
}

has_stack <- function() "stack" %in% eval(formals(getS3method("cv_moelogit", "default"))$rule)

# One cross-validation serves all rules.
fit_cv <- function(task) {
  folds <- if (task$scheme == "unseen") task$inner else 5L
  run <- function(rule) quietly(cv_moelogit(task$x, task$y, folds = folds, rule = rule))
  refit <- function(row) quietly(moelogit(task$x, task$y, k = row$k, penalty = row$penalty))
  if (!has_stack()) {
    cv <- run("1se")
    return(list(`cv, 1se` = prob_of(cv, task), `cv, min` = prob_of(refit(cv$min), task)))
  }
  cv <- run("stack")
  list(
    `cv, stack` = prob_of(cv, task), `cv, 1se` = prob_of(cv$fit, task),
    `cv, min` = prob_of(refit(cv$min), task)
  )
}

fit_bag <- function(task) {
  if (!exists("bag_moelogit")) return(NULL)
  groups <- if (task$scheme == "unseen") task[c("a", "b")]
  list(bag = prob_of(quietly(bag_moelogit(task$x, task$y, groups = groups)), task))
}

ours <- list(default = fit_default, selection = fit_selection, cv = fit_cv, bag = fit_bag)
