// Random problems for the tests of the core.
#ifndef MOELOGIT_TESTS_PROBLEMS_H
#define MOELOGIT_TESTS_PROBLEMS_H

#include <memory>
#include <random>
#include <vector>

#include "coding.h"
#include "model.h"

namespace moelogit {

// Standard normal covariates (some zeros), standardised on the fly with an implicit intercept; the
// gate sees the first q - 1 of the expert's p - 1 columns. Owns what a model points to.
struct Problem {
  MatrixXd x;
  std::unique_ptr<Design> expert, gate;
  std::vector<int> response;
  VectorXd weight, gate_ridge, expert_ridge;
  MatrixXd offset;
  Shape shape;
  Records records;

  Problem(Index n, Index p, Index q, int experts, int classes, double ridge, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    x = MatrixXd::NullaryExpr(
        n, p - 1, [&] { return uniform(random) < 0.3 ? 0.0 : 3.0 * normal(random) + 1.0; });
    expert.reset(new DenseDesign(x.data(), n, p - 1, true, standardisation(p - 1)));
    if (q != p) gate.reset(new DenseDesign(x.data(), n, q - 1, true, standardisation(q - 1)));
    for (Index i = 0; i < n; ++i) response.push_back(static_cast<int>(classes * uniform(random)));
    weight = VectorXd::NullaryExpr(n, [&] { return 2.0 * uniform(random); });
    weight[0] = 0.0;
    offset = MatrixXd::NullaryExpr(n, classes, [&] { return 0.3 * normal(random); });
    gate_ridge = VectorXd::Constant(q, ridge);
    expert_ridge = VectorXd::Constant(p, 2.0 * ridge);
    shape = {experts, classes, q, p};
    records = {expert.get(), gate ? gate.get() : expert.get(), response.data(), weight.data(),
               offset.data()};
  }

  static Standardisation standardisation(Index columns) {
    return {VectorXd::Constant(columns, 0.7), VectorXd::LinSpaced(columns, 2.0, 3.0)};
  }

  Model model(int threads = 1) const {
    return Model(shape, records, gate_ridge, expert_ridge, threads);
  }

  // Random coefficients in symmetric coding.
  VectorXd theta(double size, unsigned seed) const {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    return symmetric_coding(
        shape, VectorXd::NullaryExpr(shape.free_size(), [&] { return size * normal(random); }));
  }
};

}  // namespace moelogit

#endif  // MOELOGIT_TESTS_PROBLEMS_H
