// The objective against a row-by-row sum, its gradient against numerical derivatives, predictions.
#include <doctest/doctest.h>

#include <cmath>

#include "model.h"
#include "problems.h"
#include "softmax.h"

using namespace moelogit;

namespace {

double objective_by_hand(const RandomProblem& problem, const VectorXd& theta) {
  const Shape& s = problem.shape;
  const Index n = problem.x.rows();
  const Standardisation scaling = RandomProblem::standardisation(s.expert_rows - 1);
  const Standardisation gate_scaling = RandomProblem::standardisation(s.gate_rows - 1);
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

TEST_CASE("the objective and its gradient") {
  unsigned seed = 0;
  for (int experts : {1, 2, 4}) {
    for (int classes : {2, 3, 5}) {
      const Index p = 2 + seed % 3, q = experts == 2 ? 1 : p;  // a gate of its own, or shared
      const RandomProblem problem(90, p, q, experts, classes, 0.4, ++seed);
      CAPTURE(experts);
      CAPTURE(classes);
      Model model = problem.model();
      const VectorXd theta = problem.theta(0.8, seed);
      Evaluation at, ahead, behind;
      model.evaluate(theta, Curvature::gram, at);
      CHECK(at.objective == doctest::Approx(objective_by_hand(problem, theta)).epsilon(1e-12));

      // in the free coefficients
      const VectorXd gradient = free_gradient(problem.shape, at.gradient);
      const double h = 1e-5;
      for (Index j = 0; j < problem.shape.free_size(); ++j) {
        VectorXd e = VectorXd::Zero(problem.shape.free_size());
        e[j] = h;
        const VectorXd step = symmetric_coding(problem.shape, e);
        model.evaluate(theta + step, Curvature::none, ahead);
        model.evaluate(theta - step, Curvature::none, behind);
        CHECK(std::abs((ahead.objective - behind.objective) / (2 * h) - gradient[j]) < 1e-6);
      }
    }
  }
}

TEST_CASE("the number of threads changes no bit") {
  const RandomProblem problem(3000, 6, 6, 3, 3, 1.0, 5);
  const VectorXd theta = problem.theta(1.0, 6);
  Model one = problem.model();
  Evaluation expected, found;
  one.evaluate(theta, Curvature::gram, expected);
  for (int threads : {2, 3}) {
    Team team(threads, threads);
    Model many = problem.model(team);
    many.evaluate(theta, Curvature::gram, found);
    CHECK(found.objective == expected.objective);
    CHECK(found.gradient == expected.gradient);
    for (int k = 0; k < 3; ++k) CHECK(found.gram[k] == expected.gram[k]);
  }
}

TEST_CASE("predictions multiply, sum to one and give the log-likelihood") {
  const RandomProblem problem(70, 3, 1, 3, 4, 0.5, 31);
  const VectorXd theta = problem.theta(1.5, 32);
  const Index n = problem.x.rows();
  const int K = 3, M = 4;
  MatrixXd gate(n, K), expert(n, K * M), classes(n, M), posterior(n, K);
  Prediction out;
  out.gate = gate.data();
  out.expert = expert.data();
  out.classes = classes.data();
  out.posterior = posterior.data();
  Model model = problem.model();
  model.predict(theta, out);
  double loglik = 0.0;
  for (Index i = 0; i < n; ++i) {
    const int y = problem.response[i];
    CHECK(gate.row(i).sum() == doctest::Approx(1.0).epsilon(1e-14));
    CHECK(posterior.row(i).sum() == doctest::Approx(1.0).epsilon(1e-14));
    for (int m = 0; m < M; ++m) {
      double f = 0.0;
      for (int k = 0; k < K; ++k) f += gate(i, k) * expert(i, k * M + m);
      CHECK(std::abs(classes(i, m) - f) < 1e-14);
    }
    for (int k = 0; k < K; ++k)
      CHECK(posterior(i, k) ==
            doctest::Approx(gate(i, k) * expert(i, k * M + y) / classes(i, y)).epsilon(1e-12));
    loglik += problem.weight[i] * std::log(classes(i, y));
  }
  Evaluation at;
  model.evaluate(theta, Curvature::none, at);
  CHECK(at.loglik == doctest::Approx(loglik).epsilon(1e-12));
  const VectorXd mean = gate.transpose() * problem.weight / problem.weight.sum();
  CHECK((model.gate_mean(theta) - mean).cwiseAbs().maxCoeff() < 1e-14);
}

TEST_CASE("the gradient of the surrogate touches the objective's at its own posteriors") {
  const RandomProblem problem(90, 3, 1, 3, 3, 0.5, 33);
  const VectorXd theta = problem.theta(1.0, 34);
  MatrixXd posterior(problem.x.rows(), 3);
  Prediction out;
  out.posterior = posterior.data();
  Model model = problem.model();
  model.predict(theta, out);
  Evaluation at, held;
  for (Curvature curvature : {Curvature::gram, Curvature::diagonal}) {
    model.evaluate(theta, curvature, at);
    CHECK((model.held_gradient(theta, posterior.data()) - at.gradient).cwiseAbs().maxCoeff() <
          1e-11);
    model.held_curvature(posterior.data(), curvature, held);
    if (curvature == Curvature::diagonal)
      CHECK((held.diagonal - at.diagonal).cwiseAbs().maxCoeff() < 1e-11);
    else
      for (int k = 0; k < 3; ++k) CHECK((held.gram[k] - at.gram[k]).cwiseAbs().maxCoeff() < 1e-11);
  }
}

TEST_CASE("log probabilities sum to the log-likelihood where probabilities are 0") {
  RandomProblem problem(60, 3, 3, 3, 4, 0.5, 35);
  problem.offset *= 1000.0;  // standard deviation 300
  const VectorXd theta = problem.theta(1.0, 36);
  const Index n = problem.x.rows();
  MatrixXd log_classes(n, 4), classes(n, 4);
  Prediction out;
  out.log_classes = log_classes.data();
  out.classes = classes.data();
  Model model = problem.model();
  model.predict(theta, out);
  Evaluation at;
  model.evaluate(theta, Curvature::none, at);
  double loglik = 0.0;
  for (Index i = 0; i < n; ++i) loglik += problem.weight[i] * log_classes(i, problem.response[i]);
  CHECK(loglik == doctest::Approx(at.loglik).epsilon(1e-13));
  CHECK(classes.minCoeff() == 0.0);
  CHECK(classes.maxCoeff() <= 1.0);
  CHECK(log_classes.maxCoeff() <= 0.0);
  for (Index i = 0; i < n; ++i)
    for (int m = 0; m < 4; ++m)
      CHECK(std::abs(classes(i, m) - std::exp(log_classes(i, m))) <=
            1e-12 * classes(i, m) + 1e-306);
}
