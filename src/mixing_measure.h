// The fit as a discrete measure: atoms, their dissimilarity and their merge.
//
// Sources: arXiv:2602.07997 and arXiv:2403.01684; dissimilarity and merge are equations (12) and
// (13) of the article "How it works". All weights are kept as logarithms, so a weight far below the
// smallest positive double is still a weight.
#ifndef MOELOGIT_MIXING_MEASURE_H_
#define MOELOGIT_MIXING_MEASURE_H_

#include <Eigen/Core>
#include <vector>

namespace moelogit {

// One atom w delta_(omega, b) of the mixing measure.
struct Atom {
  double log_weight;       // log w; -infinity is a weight of zero
  Eigen::VectorXd gate;    // omega, the gate slopes (q - 1; empty for a gate of intercepts)
  Eigen::MatrixXd expert;  // b, the expert's coefficients (p x M), symmetric coding over classes
};

using MixingMeasure = std::vector<Atom>;

// The quadratic form in which atoms are compared. Euclidean: |omega|^2 + |b|^2. Curvature: the
// minorizer's own, 1/2 omega' gate omega + 1/2 sum_m b_m' expert b_m.
struct Metric {
  bool euclidean = true;
  Eigen::MatrixXd gate;    // (q - 1) x (q - 1) Gram matrix of the gate slopes' columns
  Eigen::MatrixXd expert;  // p x p Gram matrix of the expert columns
};

// log(exp(a) + exp(b)), for any a and b below +infinity; symmetric in its arguments to the last
// bit.
double log_add_exp(double a, double b);

// |omega_a - omega_b|^2 + |b_a - b_b|^2 in the metric; symmetric in its arguments to the last bit.
double squared_distance(const Atom& a, const Atom& b, const Metric& metric);

// log(1 / (1/w_a + 1/w_b)); -infinity when either weight is zero.
double log_joint_weight(const Atom& a, const Atom& b);

// d(a, b) = squared_distance(a, b) / (1/w_a + 1/w_b), equation (12).
double dissimilarity(const Atom& a, const Atom& b, const Metric& metric);

// Equation (13): weights added, omega and b averaged by weight; symmetric in its arguments to the
// last bit.
Atom merge(const Atom& a, const Atom& b);

// Throws std::invalid_argument unless the measure holds an atom, all atoms have one shape, all
// numbers are finite (a log weight may be -infinity) and the metric fits the atoms.
void check_measure(const MixingMeasure& measure, const Metric& metric);

}  // namespace moelogit

#endif  // MOELOGIT_MIXING_MEASURE_H_
