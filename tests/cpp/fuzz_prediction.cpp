// Predictions of any coefficients at any rows: probabilities, summing to one, and their logarithms
// to the log-likelihood.
#include <cmath>

#include "bytes.h"
#include "coding.h"
#include "model.h"

using namespace moelogit;

namespace {

void check_rows(const MatrixXd& probability) {
  for (Index i = 0; i < probability.rows(); ++i) {
    MOELOGIT_MUST(probability.row(i).minCoeff() >= 0.0);
    MOELOGIT_MUST(probability.row(i).maxCoeff() <= 1.0);
    MOELOGIT_MUST(std::fabs(probability.row(i).sum() - 1.0) < 1e-9);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const FuzzProblem problem(bytes);
  const Shape& shape = problem.shape;
  const Index n = problem.records.expert->rows();
  const int M = shape.classes;
  VectorXd free(shape.free_size());
  for (Index j = 0; j < free.size(); ++j) free[j] = bytes.number();
  const VectorXd theta = symmetric_coding(shape, free);
  MatrixXd gate(n, shape.experts), expert(n, shape.expert_logits()), classes(n, M),
      log_classes(n, M), posterior(n, shape.experts);
  Prediction out;
  out.gate = gate.data();
  out.expert = expert.data();
  out.classes = classes.data();
  out.log_classes = log_classes.data();
  out.posterior = posterior.data();
  Team team(1);
  Model model(problem, team);
  model.predict(theta, out);
  Evaluation at;
  model.evaluate(theta, Curvature::none, at);
  if (!std::isfinite(at.loglik)) return 0;  // logits beyond what a double holds
  check_rows(gate);
  check_rows(classes);
  // where logits are so large that their differences are rounded, so are the posteriors
  MOELOGIT_MUST(posterior.allFinite());
  for (int k = 0; k < shape.experts; ++k) check_rows(expert.middleCols(k * M, M));
  MOELOGIT_MUST(log_classes.maxCoeff() <= 0.0);
  double loglik = 0.0;
  for (Index i = 0; i < n; ++i) loglik += problem.weight[i] * log_classes(i, problem.response[i]);
  // each log probability is known to the rounding of the logits it comes from
  double slack = 0.0;
  for (double w : problem.weight) slack += w;
  MOELOGIT_MUST(std::fabs(loglik - at.loglik) <= 1e-9 * (slack + std::fabs(at.loglik)));
  const VectorXd mean = model.gate_mean(theta);
  MOELOGIT_MUST(std::fabs(mean.sum() - 1.0) < 1e-9);
  return 0;
}
