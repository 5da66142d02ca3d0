// The objective against a row-by-row sum, its gradient and Hessian against numerical derivatives.
#include <doctest/doctest.h>

#include <cmath>

#include "problems.h"
#include "softmax.h"

using namespace moelogit;

namespace {

double objective_by_hand(const Problem& problem, const VectorXd& theta) {
  const Shape& s = problem.shape;
  const Index n = problem.x.rows();
  const Standardisation scaling = Problem::standardisation(s.expert_rows - 1);
  const Standardisation gate_scaling = Problem::standardisation(s.gate_rows - 1);
  double sum = 0.0;
  for (Index i = 0; i < n; ++i) {
    VectorXd x = VectorXd::Ones(s.expert_rows), z = VectorXd::Ones(s.gate_rows);
    for (Index j = 1; j < s.expert_rows; ++j)
      x[j] = (problem.x(i, j - 1) - scaling.center[j - 1]) / scaling.scale[j - 1];
    for (Index j = 1; j < s.gate_rows; ++j)
      z[j] = (problem.x(i, j - 1) - gate_scaling.center[j - 1]) / gate_scaling.scale[j - 1];
    const VectorXd gate = s.gate(theta).transpose() * z;
    VectorXd expert = s.expert(theta).transpose() * x;
    for (int c = 0; c < s.expert_logits(); ++c) expert[c] += problem.offset(i, c % s.classes);
    VectorXd tau(s.experts);
    sum += problem.weight[i] * log_posterior(gate.data(), expert.data(), 1, s.experts, s.classes,
                                             problem.response[i], tau.data());
  }
  return sum - 0.5 * s.gate(theta).rowwise().squaredNorm().dot(problem.gate_ridge) -
         0.5 * s.expert(theta).rowwise().squaredNorm().dot(problem.expert_ridge);
}

}  // namespace

TEST_CASE("objective, gradient and information") {
  unsigned seed = 0;
  for (int experts : {1, 2, 4}) {
    for (int classes : {2, 3, 5}) {
      const Index p = 2 + seed % 3, q = experts == 2 ? 1 : p;  // a gate of its own, or shared
      const Problem problem(90, p, q, experts, classes, 0.4, ++seed);
      CAPTURE(experts);
      CAPTURE(classes);
      Model model = problem.model();
      const VectorXd theta = problem.theta(0.8, seed);
      Evaluation at, ahead, behind;
      model.evaluate(theta, Curvature::gram, at);
      CHECK(at.objective == doctest::Approx(objective_by_hand(problem, theta)).epsilon(1e-12));

      // in the free coefficients
      const VectorXd gradient = free_gradient(problem.shape, at.gradient);
      MatrixXd information = model.observed_information(theta);
      const MatrixXd expert_ridge = problem.expert_ridge.asDiagonal();
      information += free_form(problem.shape, problem.gate_ridge.asDiagonal(),
                               [&](int) { return expert_ridge; });
      const double h = 1e-5;
      for (Index j = 0; j < problem.shape.free_size(); ++j) {
        VectorXd e = VectorXd::Zero(problem.shape.free_size());
        e[j] = h;
        const VectorXd step = symmetric_coding(problem.shape, e);
        model.evaluate(theta + step, Curvature::none, ahead);
        model.evaluate(theta - step, Curvature::none, behind);
        CHECK(std::abs((ahead.objective - behind.objective) / (2 * h) - gradient[j]) < 1e-6);
        const VectorXd slope =
            free_gradient(problem.shape, VectorXd((behind.gradient - ahead.gradient) / (2 * h)));
        CHECK((slope - information.col(j)).cwiseAbs().maxCoeff() < 1e-6);
      }
    }
  }
}

TEST_CASE("the number of threads changes no bit") {
  const Problem problem(3000, 6, 6, 3, 3, 1.0, 5);
  const VectorXd theta = problem.theta(1.0, 6);
  Model one = problem.model(1);
  Evaluation expected, found;
  one.evaluate(theta, Curvature::gram, expected);
  for (int threads : {2, 3}) {
    Model many = problem.model(threads);
    many.evaluate(theta, Curvature::gram, found);
    CHECK(found.objective == expected.objective);
    CHECK(found.gradient == expected.gradient);
    for (int k = 0; k < 3; ++k) CHECK(found.gram[k] == expected.gram[k]);
    CHECK(many.observed_information(theta) == one.observed_information(theta));
  }
}
