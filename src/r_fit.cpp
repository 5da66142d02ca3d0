// [[Rcpp::plugins(cpp14)]]
#include "coding.h"
#include "r_problem.h"

using namespace moelogit;

namespace {

Rcpp::List as_list(const Ascent& run) {
  return Rcpp::List::create(
      Rcpp::Named("theta") =
          Rcpp::NumericVector(run.theta.data(), run.theta.data() + run.theta.size()),
      Rcpp::Named("trace") = run.trace, Rcpp::Named("loglik") = run.loglik,
      Rcpp::Named("decrement") = run.decrement, Rcpp::Named("evaluations") = run.evaluations,
      Rcpp::Named("converged") = run.converged, Rcpp::Named("interrupted") = run.interrupted);
}

VectorXd theta_of(const Rcpp::NumericVector& theta, const Shape& shape) {
  if (theta.size() != shape.size()) Rcpp::stop("theta must have %d entries", shape.size());
  return Eigen::Map<const VectorXd>(theta.begin(), theta.size());
}

}  // namespace

// Ascends from every column of `starts`; a list of runs, fewer after an interrupt.
// [[Rcpp::export]]
Rcpp::List core_ascend(const Rcpp::List& problem, const Rcpp::NumericMatrix& starts,
                       const Rcpp::List& options, int threads, const Rcpp::RObject& progress) {
  const RProblem p(problem, bound_of(options));
  if (starts.nrow() != p.shape().size()) Rcpp::stop("starts must have %d rows", p.shape().size());
  RMonitor monitor(progress);
  Team team(p.threads(threads));
  std::vector<Ascent> runs =
      ascend_all(p.get(), Eigen::Map<const MatrixXd>(starts.begin(), starts.nrow(), starts.ncol()),
                 ascent_options(options), team, monitor);
  // An interrupt may come when the last run has just ended.
  if (monitor.interrupted() && !runs.empty()) runs.back().interrupted = true;
  Rcpp::List out(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) out[i] = as_list(runs[i]);
  return out;
}

// Refits from one start: replicate b has the weights in column b of `weights` (n x B) and the
// responses in column b of `responses` (n x B, 0-based); either may have no columns, and is then
// that of the problem. A list of runs, fewer after an interrupt.
// [[Rcpp::export]]
Rcpp::List core_refit(const Rcpp::List& problem, const Rcpp::NumericVector& theta,
                      const Rcpp::NumericMatrix& weights, const Rcpp::IntegerMatrix& responses,
                      const Rcpp::List& options, int threads) {
  const RProblem p(problem, bound_of(options));
  const Index n = p.rows();
  if (weights.nrow() != n || responses.nrow() != n ||
      (weights.ncol() > 0 && responses.ncol() > 0 && weights.ncol() != responses.ncol()))
    Rcpp::stop("weights and responses must have a row per record and a column per replicate");
  for (int y : responses)
    if (y < 0 || y >= p.shape().classes) Rcpp::stop("response out of range");
  std::vector<Records> records(std::max(weights.ncol(), responses.ncol()), p.get().records);
  for (std::size_t b = 0; b < records.size(); ++b) {
    if (weights.ncol() > 0) records[b].weight = weights.begin() + n * b;
    if (responses.ncol() > 0) records[b].response = responses.begin() + n * b;
  }
  RMonitor monitor(R_NilValue);
  Team team(threads);
  const std::vector<Ascent> runs = refit_all(p.get(), records, theta_of(theta, p.shape()),
                                             ascent_options(options), team, monitor);
  Rcpp::List out(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) out[i] = as_list(runs[i]);
  return out;
}

// MM steps from zero with the posterior (n x K) held fixed, options$start_steps of them:
// coefficients.
// [[Rcpp::export]]
Rcpp::NumericVector core_start(const Rcpp::List& problem, const Rcpp::NumericMatrix& posterior,
                               const Rcpp::List& options, int threads) {
  const RProblem p(problem, bound_of(options));
  if (posterior.nrow() != p.rows() || posterior.ncol() != p.shape().experts)
    Rcpp::stop("posterior must be n x K");
  Team team(threads);
  Model model(p.get(), team);
  const Minorizer minorizer(model);
  const int steps = Rcpp::as<int>(options["start_steps"]);
  const VectorXd theta = start_from_posterior(model, minorizer, posterior.begin(), steps);
  return Rcpp::NumericVector(theta.data(), theta.data() + theta.size());
}

// Objective, gradient, the MM step and its decrement at theta.
// [[Rcpp::export]]
Rcpp::List core_evaluate(const Rcpp::List& problem, const Rcpp::NumericVector& theta,
                         const Rcpp::List& options, int threads) {
  const RProblem p(problem, bound_of(options));
  Team team(threads);
  Model model(p.get(), team);
  Minorizer minorizer(model);
  Evaluation at;
  model.evaluate(theta_of(theta, p.shape()), minorizer.needs(), at);
  minorizer.update(at);
  const VectorXd step = minorizer.solve(at.gradient);
  const auto wrap = [](const VectorXd& v) {
    return Rcpp::NumericVector(v.data(), v.data() + v.size());
  };
  return Rcpp::List::create(
      Rcpp::Named("objective") = at.objective, Rcpp::Named("loglik") = at.loglik,
      Rcpp::Named("gradient") = wrap(at.gradient), Rcpp::Named("step") = wrap(step),
      Rcpp::Named("decrement") = at.gradient.dot(step));
}

// What is asked for in `what`, at the rows of the problem: "gate" (n x K), "expert" (n x KM) and
// "class" (n x M) probabilities, "logclass" (n x M), the logarithms of these, finite where they
// underflow, "posterior" (n x K) given the responses. A list of these names.
// [[Rcpp::export]]
Rcpp::List core_predict(const Rcpp::List& problem, const Rcpp::NumericVector& theta,
                        const Rcpp::CharacterVector& what, int threads) {
  const RProblem p(problem);
  const int n = static_cast<int>(p.rows());
  Rcpp::List out(what.size());
  out.names() = what;
  Prediction to;
  for (R_xlen_t i = 0; i < what.size(); ++i) {
    const std::string kind = Rcpp::as<std::string>(what[i]);
    const auto matrix = [&](int columns) {
      Rcpp::NumericMatrix values(n, columns);
      out[i] = values;
      return values.begin();
    };
    if (kind == "gate")
      to.gate = matrix(p.shape().experts);
    else if (kind == "expert")
      to.expert = matrix(p.shape().expert_logits());
    else if (kind == "class")
      to.classes = matrix(p.shape().classes);
    else if (kind == "logclass")
      to.log_classes = matrix(p.shape().classes);
    else if (kind == "posterior")
      to.posterior = matrix(p.shape().experts);
    else
      Rcpp::stop("nothing is called '%s'", kind);
  }
  Team team(threads);
  Model(p.get(), team).predict(theta_of(theta, p.shape()), to);
  return out;
}

// Weighted average gate probability of each expert (K), without the n x K probabilities.
// [[Rcpp::export]]
Rcpp::NumericVector core_gate_mean(const Rcpp::List& problem, const Rcpp::NumericVector& theta,
                                   int threads) {
  const RProblem p(problem);
  Team team(threads);
  const VectorXd mean = Model(p.get(), team).gate_mean(theta_of(theta, p.shape()));
  return Rcpp::NumericVector(mean.data(), mean.data() + mean.size());
}

// Negative Hessian of the log-likelihood in reference coding (see Model::observed_information).
// [[Rcpp::export]]
Rcpp::NumericMatrix core_information(const Rcpp::List& problem, const Rcpp::NumericVector& theta,
                                     int threads) {
  const RProblem p(problem);
  Team team(threads);
  const MatrixXd information =
      Model(p.get(), team).observed_information(theta_of(theta, p.shape()));
  return Rcpp::NumericMatrix(static_cast<int>(information.rows()),
                             static_cast<int>(information.cols()), information.data());
}

// Sums over the rows of the problem at theta, as RRowsElsewhere asks for them.
// [[Rcpp::export]]
Rcpp::NumericVector core_sums(const Rcpp::List& problem, int kind, const Rcpp::NumericVector& theta,
                              int threads) {
  if (kind < 0 || kind > static_cast<int>(Sums::information)) Rcpp::stop("no sums of that kind");
  const RProblem p(problem);
  const Sums what = static_cast<Sums>(kind);
  const bool of_gate = what == Sums::gate_gram || what == Sums::gate_diagonal;
  Team team(threads);
  Model model(p.get(), team);
  const VectorXd sums = model.sums(what, of_gate ? VectorXd() : theta_of(theta, p.shape()));
  return Rcpp::NumericVector(sums.data(), sums.data() + sums.size());
}
