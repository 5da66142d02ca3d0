// Both ascents: never a decrease, the same optimum, stopped by request and by the decrement.
#include <doctest/doctest.h>

#include "problems.h"
#include "starts.h"

using namespace moelogit;

namespace {

class Patient : public Monitor {
 public:
  bool proceed(int, double) override { return true; }
};

class StopAt : public Monitor {
 public:
  explicit StopAt(int last) : last_(last) {}
  bool proceed(int iteration, double) override { return iteration < last_; }

 private:
  int last_;
};

Ascent climb(const Problem& problem, Bound bound, const AscentOptions& options,
             const VectorXd& start) {
  Model model = problem.model();
  Minorizer minorizer(model, bound, 1);
  Patient patient;
  return ascend(model, minorizer, start, options, patient);
}

}  // namespace

TEST_CASE("no ascent ever steps down, without a penalty either") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const int experts = 1 + seed % 4, classes = 2 + seed % 3;
    const double ridge = seed % 2 ? 0.0 : 0.3;
    Problem problem(25 + 10 * (seed % 5), 4, 4, experts, classes, ridge, seed);
    // every third problem is separated: the class is the sign of a covariate
    if (seed % 3 == 0)
      for (Index i = 0; i < problem.x.rows(); ++i) problem.response[i] = problem.x(i, 0) > 1.0;
    AscentOptions options;
    options.method = seed % 5 == 0 ? Method::mm : Method::accelerated;
    options.tol = seed % 7 == 0 ? 0.0 : 1e-9;
    options.max_iter = 300;
    const Bound bound = seed % 4 < 2 ? Bound::tight : Bound::loose;
    const Ascent run = climb(problem, bound, options, problem.theta(2.0, seed));
    CAPTURE(seed);
    for (std::size_t i = 1; i < run.trace.size(); ++i) CHECK(run.trace[i] >= run.trace[i - 1]);
    CHECK(run.evaluations >= static_cast<int>(run.trace.size()));
    if (ridge > 0.0 && options.method == Method::accelerated && options.tol > 0.0)
      CHECK(run.converged);
  }
}

TEST_CASE("plain and accelerated climb to the same optimum of a concave problem") {
  const Problem problem(200, 4, 4, 1, 3, 0.5, 9);
  const VectorXd zero = VectorXd::Zero(problem.shape.size());
  AscentOptions options;
  const Ascent fast = climb(problem, Bound::tight, options, zero);
  options.method = Method::mm;
  options.tol = 1e-14;
  for (Bound bound : {Bound::tight, Bound::loose}) {
    const Ascent plain = climb(problem, bound, options, zero);
    CHECK(plain.trace.back() == doctest::Approx(fast.trace.back()).epsilon(1e-12));
    CHECK((plain.theta - fast.theta).cwiseAbs().maxCoeff() < 1e-6);
    CHECK(plain.evaluations > fast.evaluations);
  }
}

TEST_CASE("the finish leaves a saddle point, where the MM decrement is zero") {
  // All experts alike: the gate has no gradient and the experts move together.
  const Problem problem(300, 3, 3, 2, 2, 0.05, 21);
  const VectorXd zero = VectorXd::Zero(problem.shape.size());
  AscentOptions options;
  options.finish = false;
  const Ascent stuck = climb(problem, Bound::tight, options, zero);
  CHECK(stuck.converged);
  // a push far too small for the decrement to notice
  const VectorXd pushed = stuck.theta + problem.theta(1e-5, 22);
  const Ascent still = climb(problem, Bound::tight, options, pushed);
  options.finish = true;
  const Ascent left = climb(problem, Bound::tight, options, pushed);
  CHECK(still.trace.back() - stuck.trace.back() < 1e-3);
  CHECK(left.trace.back() > stuck.trace.back() + 0.1);
}

TEST_CASE("a monitor stops the run, which keeps what it has") {
  const Problem problem(200, 4, 4, 3, 3, 0.1, 10);
  Model model = problem.model();
  Minorizer minorizer(model, Bound::tight, 1);
  StopAt monitor(5);
  const Ascent run = ascend(model, minorizer, problem.theta(1.0, 1), AscentOptions(), monitor);
  CHECK(run.interrupted);
  CHECK_FALSE(run.converged);
  CHECK(run.trace.size() == 6);
  Evaluation at;
  model.evaluate(run.theta, Curvature::none, at);
  CHECK(at.objective == run.trace.back());
}

TEST_CASE("many starts give the same answers on any number of threads") {
  const Problem problem(150, 3, 3, 2, 3, 0.2, 12);
  MatrixXd starts(problem.shape.size(), 5);
  for (int s = 0; s < 5; ++s) starts.col(s) = problem.theta(1.0, 50 + s);
  Patient patient;
  const auto all = [&](int threads) {
    return ascend_all(problem.shape, problem.records, problem.gate_ridge, problem.expert_ridge,
                      starts, Bound::tight, AscentOptions(), threads, patient);
  };
  const std::vector<Ascent> one = all(1), three = all(3);
  REQUIRE(one.size() == 5);
  REQUIRE(three.size() == 5);
  for (int s = 0; s < 5; ++s) {
    CHECK(one[s].theta == three[s].theta);
    CHECK(one[s].trace == three[s].trace);
  }
}

TEST_CASE("a start from posteriors is an MM step from zero, or the best fit to them") {
  const Problem problem(80, 3, 3, 3, 2, 0.2, 13);
  const Index n = problem.x.rows();
  std::mt19937 random(14);
  std::uniform_real_distribution<double> uniform(0.1, 1.0);
  MatrixXd posterior = MatrixXd::NullaryExpr(n, 3, [&] { return uniform(random); });
  posterior = VectorXd(posterior.rowwise().sum()).cwiseInverse().asDiagonal() * posterior;
  Model model = problem.model();
  const Minorizer minorizer(model, Bound::tight, 1);
  const VectorXd theta = start_from_posterior(model, minorizer, posterior.data(), 1, 1);
  // H_gate Gamma = Z'C (T - 1/K), with H_gate = Z'CZ / 2 + ridge
  MatrixXd z(n, 3);
  const Standardisation scaling = Problem::standardisation(2);
  z.col(0).setOnes();
  z.rightCols(2) = (problem.x.rowwise() - scaling.center.transpose()) *
                   scaling.scale.cwiseInverse().asDiagonal();
  MatrixXd curvature = 0.5 * z.transpose() * problem.weight.asDiagonal() * z;
  curvature.diagonal() += problem.gate_ridge;
  const MatrixXd residual = posterior.array() - 1.0 / 3.0;
  const MatrixXd expected = z.transpose() * problem.weight.asDiagonal() * residual;
  CHECK((curvature * problem.shape.gate(theta) - expected).cwiseAbs().maxCoeff() < 1e-8);
  // many steps: Z'C (T - Pi) = ridge Gamma, to the tolerance of the gain
  const VectorXd fitted = start_from_posterior(model, minorizer, posterior.data(), 1000, 1);
  MatrixXd pi = (z * problem.shape.gate(fitted)).array().exp();
  pi = VectorXd(pi.rowwise().sum()).cwiseInverse().asDiagonal() * pi;
  const MatrixXd left = z.transpose() * problem.weight.asDiagonal() * (posterior - pi) -
                        MatrixXd(problem.gate_ridge.asDiagonal() * problem.shape.gate(fitted));
  CHECK(left.cwiseAbs().maxCoeff() < 0.02 * expected.cwiseAbs().maxCoeff());
}
