// Starts from posteriors, many ascents at once and refits to other records.
#include <doctest/doctest.h>

#include <stdexcept>

#include "problems.h"
#include "starts.h"

using namespace moelogit;

namespace {

class Failing : public Monitor {
 public:
  bool proceed(int iteration, double, const VectorXd*) override {
    if (iteration >= 2) throw std::runtime_error("asked to fail");
    return true;
  }
};

MatrixXd random_starts(const RandomProblem& problem, int count) {
  MatrixXd starts(problem.shape.size(), count);
  for (int s = 0; s < count; ++s) starts.col(s) = problem.theta(1.0, 50 + s);
  return starts;
}

}  // namespace

TEST_CASE("many starts give the same answers on any number of threads") {
  const RandomProblem problem(150, 3, 3, 2, 3, 0.2, 12);
  const MatrixXd starts = random_starts(problem, 5);
  Patient patient;
  const auto all = [&](int threads) {
    Team team(threads, threads);
    return ascend_all(problem, starts, AscentOptions(), team, patient);
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
  const RandomProblem problem(80, 3, 3, 3, 2, 0.2, 13);
  const Index n = problem.x.rows();
  std::mt19937 random(14);
  std::uniform_real_distribution<double> uniform(0.1, 1.0);
  MatrixXd posterior = MatrixXd::NullaryExpr(n, 3, [&] { return uniform(random); });
  posterior = VectorXd(posterior.rowwise().sum()).cwiseInverse().asDiagonal() * posterior;
  Model model = problem.model();
  const Minorizer minorizer(model);
  const VectorXd theta = start_from_posterior(model, minorizer, posterior.data(), 1);
  // H_gate Gamma = Z'C (T - 1/K), with H_gate = Z'CZ / 2 + ridge
  MatrixXd z(n, 3);
  const Standardisation scaling = RandomProblem::standardisation(2);
  z.col(0).setOnes();
  z.rightCols(2) = (problem.x.rowwise() - scaling.center.transpose()) *
                   scaling.scale.cwiseInverse().asDiagonal();
  MatrixXd curvature = 0.5 * z.transpose() * problem.weight.asDiagonal() * z;
  curvature.diagonal() += problem.gate_ridge;
  const MatrixXd residual = posterior.array() - 1.0 / 3.0;
  const MatrixXd expected = z.transpose() * problem.weight.asDiagonal() * residual;
  CHECK((curvature * problem.shape.gate(theta) - expected).cwiseAbs().maxCoeff() < 1e-8);
  // many steps: Z'C (T - Pi) = ridge Gamma, to the tolerance of the gain
  const VectorXd fitted = start_from_posterior(model, minorizer, posterior.data(), 1000);
  MatrixXd pi = (z * problem.shape.gate(fitted)).array().exp();
  pi = VectorXd(pi.rowwise().sum()).cwiseInverse().asDiagonal() * pi;
  const MatrixXd left = z.transpose() * problem.weight.asDiagonal() * (posterior - pi) -
                        MatrixXd(problem.gate_ridge.asDiagonal() * problem.shape.gate(fitted));
  CHECK(left.cwiseAbs().maxCoeff() < 0.02 * expected.cwiseAbs().maxCoeff());
}

TEST_CASE("an ascent among many is the ascent alone") {
  const RandomProblem problem(120, 3, 3, 3, 2, 0.3, 15);
  const MatrixXd starts = random_starts(problem, 3);
  Patient patient;
  const std::vector<Ascent> all =
      ascend_all(problem, starts, AscentOptions(), RandomProblem::alone(), patient);
  for (int s = 0; s < 3; ++s) {
    const Ascent alone = climb(problem, AscentOptions(), starts.col(s));
    CHECK(all[s].theta == alone.theta);
    CHECK(all[s].evaluations == alone.evaluations);
  }
}

TEST_CASE("a stop keeps the runs that began, in their order") {
  const RandomProblem problem(4000, 3, 3, 3, 2, 0.3, 16);
  const MatrixXd starts = random_starts(problem, 6);
  AscentOptions none;
  none.max_iter = 0;
  for (int threads : {1, 2}) {
    Team team(threads, threads);
    StopAt monitor(3);
    const std::vector<Ascent> runs = ascend_all(problem, starts, AscentOptions(), team, monitor);
    CHECK(runs.size() < 6);
    for (std::size_t i = 0; i < runs.size(); ++i) {
      CHECK(runs[i].trace[0] == climb(problem, none, starts.col(i)).trace[0]);
    }
  }
}

TEST_CASE("an exception of the monitor comes back to the caller") {
  const RandomProblem problem(2000, 3, 3, 3, 2, 0.3, 17);
  const MatrixXd starts = random_starts(problem, 6);
  for (int threads : {1, 2}) {
    Team team(threads, threads);
    Failing failing;
    CHECK_THROWS_AS(ascend_all(problem, starts, AscentOptions(), team, failing),
                    std::runtime_error);
  }
}

TEST_CASE("refits are ascents on the other records") {
  RandomProblem problem(100, 3, 3, 2, 3, 0.4, 18);
  const VectorXd start = problem.theta(1.0, 19);
  const VectorXd other = problem.weight.reverse();
  std::vector<Records> records(3, problem.records);
  records[1].weight = other.data();
  Patient patient;
  for (int threads : {1, 2}) {
    Team team(threads, threads);
    const std::vector<Ascent> runs =
        refit_all(problem, records, start, AscentOptions(), team, patient);
    REQUIRE(runs.size() == 3);
    CHECK(runs[0].theta == climb(problem, AscentOptions(), start).theta);
    CHECK(runs[0].theta == runs[2].theta);
    const Records own = problem.records;
    problem.records = records[1];
    CHECK(runs[1].theta == climb(problem, AscentOptions(), start).theta);
    problem.records = own;
  }
}
