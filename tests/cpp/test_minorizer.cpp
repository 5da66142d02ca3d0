// The minorizer's promise: the MM step gains at least half the decrement, from any point.
#include <doctest/doctest.h>

#include "minorizer.h"
#include "problems.h"

using namespace moelogit;

TEST_CASE("F(new) - F(old) >= 1/2 g' H^-1 g for both bounds") {
  unsigned seed = 100;
  for (Bound bound : {Bound::tight, Bound::loose}) {
    for (double ridge : {0.0, 0.5}) {
      for (int repeat = 0; repeat < 12; ++repeat) {
        const int experts = 1 + repeat % 4, classes = 2 + repeat % 3;
        const Index p = 2 + repeat % 4, q = repeat % 2 ? p : Index(1);
        const RandomProblem problem(60, p, q, experts, classes, ridge, ++seed, bound);
        Model model = problem.model();
        Minorizer minorizer(model);
        VectorXd theta = problem.theta(repeat % 3, seed);
        Evaluation at, next;
        for (int step = 0; step < 8; ++step) {
          model.evaluate(theta, minorizer.needs(), at);
          minorizer.update(at);
          const VectorXd move = minorizer.solve(at.gradient);
          const double decrement = at.gradient.dot(move);
          CHECK(decrement >= 0.0);
          // the step stays in symmetric coding
          CHECK(problem.shape.expert(move).leftCols(classes).rowwise().sum().norm() < 1e-10);
          theta += move;
          model.evaluate(theta, Curvature::none, next);
          const double slack = 1e-12 * (1.0 + std::abs(at.objective));
          CHECK(next.objective - at.objective >= 0.5 * decrement - slack);
        }
      }
    }
  }
}

TEST_CASE("with many covariates the metric is a diagonal, and keeps the promise") {
  const Index p = kMaxFactorised + 5;
  for (Bound bound : {Bound::tight, Bound::loose}) {
    const RandomProblem problem(300, p, p, 2, 3, 1.0, 3, bound);
    Model model = problem.model();
    Minorizer minorizer(model);
    CHECK_FALSE(minorizer.factorised());
    CHECK(minorizer.needs() == Curvature::diagonal);
    VectorXd theta = problem.theta(0.1, 4);
    Evaluation at, next;
    for (int step = 0; step < 3; ++step) {
      model.evaluate(theta, minorizer.needs(), at);
      minorizer.update(at);
      const VectorXd move = minorizer.solve(at.gradient);
      theta += move;
      model.evaluate(theta, Curvature::none, next);
      CHECK(next.objective - at.objective >= 0.5 * at.gradient.dot(move) - 1e-9);
    }
  }
}
