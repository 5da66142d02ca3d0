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

TEST_CASE("neither bound lies below the curvature where the softmax bends most") {
  // Intercepts alone, with offsets that make two classes equally likely and the others impossible.
  for (Bound bound : {Bound::tight, Bound::loose}) {
    for (int classes : {2, 3, 5}) {
      CAPTURE(classes);
      RandomProblem problem(40, 1, 1, 1, classes, 0.0, 7, bound);
      for (Index i = 0; i < 40; ++i)
        for (int m = 0; m < classes; ++m) problem.offset(i, m) = m < classes - 2 ? -600.0 : 0.0;
      for (int& y : problem.response) y = classes - 1;
      Model model = problem.model();
      Minorizer minorizer(model);
      const VectorXd zero = VectorXd::Zero(problem.shape.size());
      Evaluation at;
      model.evaluate(zero, minorizer.needs(), at);
      minorizer.update(at);
      // along this direction the objective bends by 1/2 per unit of weight
      VectorXd direction = zero;
      problem.shape.expert(direction)(0, classes - 2) = -1.0;
      problem.shape.expert(direction)(0, classes - 1) = 1.0;
      const double reach = direction.dot(minorizer.solve(direction));
      const double bend = 0.5 * model.total_weight();
      CHECK(reach <= direction.squaredNorm() / bend * (1.0 + 1e-9));
      // that the objective does bend so much
      const double h = 1e-3;
      Evaluation ahead, behind;
      model.evaluate(h * direction, Curvature::none, ahead);
      model.evaluate(-h * direction, Curvature::none, behind);
      const double second = (2.0 * at.objective - ahead.objective - behind.objective) / (h * h);
      CHECK(second == doctest::Approx(bend * direction.squaredNorm()).epsilon(1e-5));
    }
  }
}
