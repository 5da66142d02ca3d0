#include "mixing_measure.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace moelogit {

namespace {

// 1 / (1 + exp(log_other - log_own)): the share of one of two atoms in their merged weight.
double weight_share(double log_own, double log_other) {
  if (log_own == log_other) return 0.5;  // also when both weights are zero
  return 1.0 / (1.0 + std::exp(log_other - log_own));
}

}  // namespace

double log_add_exp(double a, double b) {
  const double high = std::max(a, b);
  const double low = std::min(a, b);
  if (low == -std::numeric_limits<double>::infinity()) return high;
  return high + std::log1p(std::exp(low - high));
}

double squared_distance(const Atom& a, const Atom& b, const Metric& metric) {
  const Eigen::VectorXd gate = a.gate - b.gate;
  const Eigen::MatrixXd expert = a.expert - b.expert;
  if (metric.euclidean) return gate.squaredNorm() + expert.squaredNorm();
  double sum = expert.cwiseProduct(metric.expert * expert).sum();
  if (gate.size() > 0) sum += gate.dot(metric.gate * gate);
  return std::max(0.0, 0.5 * sum);  // rounding of a singular Gram matrix
}

double log_joint_weight(const Atom& a, const Atom& b) {
  // log of w_a w_b / (w_a + w_b), from the lighter weight so that nothing overflows.
  const double high = std::max(a.log_weight, b.log_weight);
  const double low = std::min(a.log_weight, b.log_weight);
  if (low == -std::numeric_limits<double>::infinity()) return low;
  return low - std::log1p(std::exp(low - high));
}

double dissimilarity(const Atom& a, const Atom& b, const Metric& metric) {
  const double weight = std::exp(log_joint_weight(a, b));
  const double distance = squared_distance(a, b, metric);
  return weight > 0.0 && distance > 0.0 ? distance * weight : 0.0;  // either may overflow
}

Atom merge(const Atom& a, const Atom& b) {
  const double share_a = weight_share(a.log_weight, b.log_weight);
  const double share_b = weight_share(b.log_weight, a.log_weight);
  Atom out;
  out.log_weight = log_add_exp(a.log_weight, b.log_weight);
  out.gate = share_a * a.gate + share_b * b.gate;
  out.expert = share_a * a.expert + share_b * b.expert;
  return out;
}

void check_measure(const MixingMeasure& measure, const Metric& metric) {
  if (measure.empty()) throw std::invalid_argument("a mixing measure needs at least one atom");
  const Atom& first = measure.front();
  for (const Atom& atom : measure) {
    if (atom.gate.size() != first.gate.size() || atom.expert.rows() != first.expert.rows() ||
        atom.expert.cols() != first.expert.cols()) {
      throw std::invalid_argument("all atoms of a mixing measure need one shape");
    }
    const bool weight_ok = atom.log_weight < std::numeric_limits<double>::infinity();
    if (!weight_ok || !atom.gate.allFinite() || !atom.expert.allFinite()) {
      throw std::invalid_argument("the atoms of a mixing measure must be finite");
    }
  }
  if (metric.euclidean) return;
  const Eigen::Index p = first.expert.rows();
  const Eigen::Index slopes = first.gate.size();
  if (metric.expert.rows() != p || metric.expert.cols() != p || metric.gate.rows() != slopes ||
      metric.gate.cols() != slopes) {
    throw std::invalid_argument("the Gram matrices do not fit the atoms");
  }
  if (!metric.expert.allFinite() || !metric.gate.allFinite()) {
    throw std::invalid_argument("the Gram matrices must be finite");
  }
}

}  // namespace moelogit
