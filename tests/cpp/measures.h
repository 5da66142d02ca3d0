// Mixing measures for the tests of the core.
#ifndef MOELOGIT_TESTS_MEASURES_H
#define MOELOGIT_TESTS_MEASURES_H

#include <limits>
#include <random>

#include "mixing_measure.h"

namespace moelogit {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// An atom of one gate slope and one expert coefficient per class (two classes, opposite signs).
inline Atom point(double log_weight, double omega, double b) {
  Atom out;
  out.log_weight = log_weight;
  out.gate = Eigen::VectorXd::Constant(1, omega);
  out.expert = (Eigen::MatrixXd(1, 2) << b, -b).finished();
  return out;
}

inline MixingMeasure random_measure(int size, int slopes, int p, int classes,
                                    std::mt19937* random) {
  std::normal_distribution<double> normal;
  MixingMeasure out(size);
  for (Atom& atom : out) {
    atom.log_weight = normal(*random);
    atom.gate = Eigen::VectorXd::NullaryExpr(slopes, [&] { return normal(*random); });
    atom.expert = Eigen::MatrixXd::NullaryExpr(p, classes, [&] { return normal(*random); });
  }
  return out;
}

}  // namespace moelogit

#endif  // MOELOGIT_TESTS_MEASURES_H
