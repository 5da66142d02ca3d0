# The 60 problems of starts.R and start-kinds.R.

real_sets <- function() {
  take <- function(name, response, drop = NULL) {
    data(list = name, package = "mlbench", envir = environment())
    frame <- na.omit(get(name)[setdiff(names(get(name)), drop)])
    y <- factor(frame[[response]])
    frame[[response]] <- NULL
    numeric <- vapply(frame, function(v) is.numeric(v) && sd(v) > 0, NA)
    x <- data.matrix(frame[numeric])
    rows <- if (nrow(x) > 2000) sample.int(nrow(x), 2000) else seq_len(nrow(x))
    list(x = x[rows, , drop = FALSE], y = factor(y[rows]))
  }
  list(
    Glass = take("Glass", "Type"), Vehicle = take("Vehicle", "Class"),
    Vowel = take("Vowel", "Class", "V1"), PimaIndians = take("PimaIndiansDiabetes", "diabetes"),
    Ionosphere = take("Ionosphere", "Class", c("V1", "V2")), Sonar = take("Sonar", "Class"),
    Satellite = take("Satellite", "classes", paste0("x.", setdiff(1:36, 17:20))),
    BreastCancer = {
      data("BreastCancer", package = "mlbench", envir = environment())
      frame <- na.omit(BreastCancer)
      list(x = data.matrix(frame[2:10]), y = frame$Class)
    },
    iris = list(x = as.matrix(iris[1:4]), y = iris$Species),
    waveform = {
      set.seed(3)
      wave <- mlbench::mlbench.waveform(1000)
      list(x = wave$x, y = wave$classes)
    }
  )
}

# 30 real problems (10 sets, K = 2, 3, 4) and 30 simulated ones.
problems <- function() {
  set.seed(1)
  sets <- real_sets()
  real <- do.call(c, lapply(2:4, function(k) {
    lapply(names(sets), function(name) c(sets[[name]], list(name = name, k = k)))
  }))
  shapes <- expand.grid(k = 2:4, p = c(2, 5, 10), m = c(2, 3, 5), overlap = c("low", "high"),
                        stringsAsFactors = FALSE)
  shapes <- shapes[round(seq(1, nrow(shapes), length.out = 30)), ]
  made <- lapply(seq_len(30), function(i) {
    s <- shapes[i, ]
    sim <- simulated(c(300, 1000, 2000)[i %% 3 + 1], s$p, s$k, s$m, s$overlap, seed = i)
    list(x = sim$x, y = sim$y, name = paste("simulated,", s$overlap, "overlap"), k = s$k)
  })
  c(real, made)
}
