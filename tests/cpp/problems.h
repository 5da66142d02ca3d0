// Random problems for the tests of the core, and monitors for their ascents.
#ifndef MOELOGIT_TESTS_PROBLEMS_H
#define MOELOGIT_TESTS_PROBLEMS_H

#include <memory>
#include <random>
#include <vector>

#include "ascent.h"
#include "coding.h"

namespace moelogit {

// Standard normal covariates (some zeros), standardised on the fly with an implicit intercept; the
// gate sees the first q - 1 of the expert's p - 1 columns. Owns what a model points to.
struct RandomProblem : Problem {
  MatrixXd x;
  std::unique_ptr<Design> expert_design, gate_design;
  std::vector<int> response;
  VectorXd weight;
  MatrixXd offset;

  // `ridge` on the gate, twice that on the experts.
  RandomProblem(Index n, Index p, Index q, int experts, int classes, double ridge, unsigned seed,
                Bound kind = Bound::tight) {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    x = MatrixXd::NullaryExpr(
        n, p - 1, [&] { return uniform(random) < 0.3 ? 0.0 : 3.0 * normal(random) + 1.0; });
    expert_design.reset(new DenseDesign(x.data(), n, p - 1, true, standardisation(p - 1)));
    if (q != p)
      gate_design.reset(new DenseDesign(x.data(), n, q - 1, true, standardisation(q - 1)));
    for (Index i = 0; i < n; ++i) response.push_back(static_cast<int>(classes * uniform(random)));
    weight = VectorXd::NullaryExpr(n, [&] { return 2.0 * uniform(random); });
    weight[0] = 0.0;
    offset = MatrixXd::NullaryExpr(n, classes, [&] { return 0.3 * normal(random); });
    gate_ridge = VectorXd::Constant(q, ridge);
    expert_ridge = VectorXd::Constant(p, 2.0 * ridge);
    shape = {experts, classes, q, p};
    records = {expert_design.get(), gate_design ? gate_design.get() : expert_design.get(),
               response.data(), weight.data(), offset.data()};
    bound = kind;
  }

  static Standardisation standardisation(Index columns) {
    return {VectorXd::Constant(columns, 0.7), VectorXd::LinSpaced(columns, 2.0, 3.0)};
  }

  Model model(Team& team = alone()) const { return Model(*this, team); }
  static Team& alone() {
    static Team one(1);
    return one;
  }

  // Random coefficients in symmetric coding.
  VectorXd theta(double size, unsigned seed) const {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    return symmetric_coding(
        shape, VectorXd::NullaryExpr(shape.free_size(), [&] { return size * normal(random); }));
  }
};

class Patient : public Monitor {
 public:
  bool proceed(int, double, const VectorXd*) override { return true; }
};

class StopAt : public Monitor {
 public:
  explicit StopAt(int last) : last_(last) {}
  bool proceed(int iteration, double, const VectorXd*) override { return iteration < last_; }

 private:
  int last_;
};

inline Ascent climb(const RandomProblem& problem, const AscentOptions& options,
                    const VectorXd& start) {
  Model model = problem.model();
  Minorizer minorizer(model);
  Patient patient;
  return ascend(model, minorizer, start, options, patient);
}

}  // namespace moelogit

#endif  // MOELOGIT_TESTS_PROBLEMS_H
