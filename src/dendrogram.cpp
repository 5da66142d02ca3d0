#include "dendrogram.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace moelogit {

namespace {

constexpr double kTie = 1e-12;  // relative difference of two dissimilarities or weights that tie
constexpr double kInfinity = std::numeric_limits<double>::infinity();

double log_dissimilarity(const Atom& a, const Atom& b, const Metric& metric) {
  const double log_weight = log_joint_weight(a, b);
  if (log_weight == -kInfinity) return log_weight;
  return std::log(squared_distance(a, b, metric)) + log_weight;
}

// Dictionary order of two atoms of one shape: -1, 0 or 1.
int compare(const Atom& a, const Atom& b) {
  for (Eigen::Index i = 0; i < a.gate.size(); ++i) {
    if (a.gate(i) != b.gate(i)) return a.gate(i) < b.gate(i) ? -1 : 1;
  }
  for (Eigen::Index i = 0; i < a.expert.size(); ++i) {
    const double left = a.expert.data()[i];
    const double right = b.expert.data()[i];
    if (left != right) return left < right ? -1 : 1;
  }
  return 0;
}

// Whether the pair with these weight and merged atom goes before the best so far.
bool goes_before(const Atom& candidate, const Atom& best) {
  const double difference = candidate.log_weight - best.log_weight;
  if (difference < -kTie) return true;
  if (difference > kTie) return false;
  return compare(candidate, best) < 0;  // also when both weights are zero
}

// A living atom's name in hclust's merge matrix and the leaves below it, from left to right.
struct Group {
  int name;
  std::vector<int> leaves;
};

// K x K, infinite on the diagonal.
Eigen::MatrixXd log_dissimilarities(const MixingMeasure& atoms, const Metric& metric) {
  const int size = static_cast<int>(atoms.size());
  Eigen::MatrixXd log_d = Eigen::MatrixXd::Constant(size, size, kInfinity);
  for (int l = 1; l < size; ++l) {
    for (int k = 0; k < l; ++k) {
      log_d(k, l) = log_d(l, k) = log_dissimilarity(atoms[k], atoms[l], metric);
    }
  }
  return log_d;
}

// Merges a pair of positions; those after the second move up by one.
void merge_pair(const std::pair<int, int>& pair, MixingMeasure* atoms) {
  (*atoms)[pair.first] = merge((*atoms)[pair.first], (*atoms)[pair.second]);
  atoms->erase(atoms->begin() + pair.second);
}

void drop(Eigen::Index index, Eigen::MatrixXd* square) {
  const Eigen::Index rest = square->rows() - index - 1;
  const Eigen::Index kept = square->rows() - 1;
  square->middleRows(index, rest) = square->bottomRows(rest).eval();
  square->middleCols(index, rest) = square->rightCols(rest).eval();
  square->conservativeResize(kept, kept);
}

}  // namespace

std::pair<int, int> closest_pair(const MixingMeasure& measure,
                                 const Eigen::MatrixXd& log_dissimilarity) {
  const int size = static_cast<int>(measure.size());
  double smallest = kInfinity;
  for (int l = 1; l < size; ++l) {
    for (int k = 0; k < l; ++k) smallest = std::min(smallest, log_dissimilarity(k, l));
  }
  std::pair<int, int> best(-1, -1);
  Atom best_merged = measure[0];
  for (int l = 1; l < size; ++l) {
    for (int k = 0; k < l; ++k) {
      if (log_dissimilarity(k, l) > smallest + kTie) continue;
      const Atom merged = merge(measure[k], measure[l]);
      if (best.first < 0 || goes_before(merged, best_merged)) {
        best = {k, l};
        best_merged = merged;
      }
    }
  }
  return best;
}

std::vector<Merge> closest_merges(const MixingMeasure& measure, const Metric& metric, int count) {
  check_measure(measure, metric);
  const int size = static_cast<int>(measure.size());
  Eigen::MatrixXd log_d = log_dissimilarities(measure, metric);
  std::vector<Merge> out(std::min(count, size * (size - 1) / 2));
  for (Merge& next : out) {
    next.pair = closest_pair(measure, log_d);
    const int first = next.pair.first, second = next.pair.second;
    next.height = dissimilarity(measure[first], measure[second], metric);
    next.atoms = measure;
    merge_pair(next.pair, &next.atoms);
    log_d(first, second) = log_d(second, first) = kInfinity;
  }
  return out;
}

Dendrogram grow_dendrogram(const MixingMeasure& measure, const Metric& metric) {
  check_measure(measure, metric);
  const int leaves = static_cast<int>(measure.size());
  Dendrogram out;
  out.pairs.resize(leaves - 1, 2);
  out.height.resize(leaves - 1);
  out.log_height.resize(leaves - 1);
  out.levels.resize(leaves);
  out.levels[leaves - 1] = measure;

  MixingMeasure atoms = measure;
  Eigen::MatrixXd log_d = log_dissimilarities(atoms, metric);
  for (int step = 0; step < leaves - 1; ++step) {
    const std::pair<int, int> pair = closest_pair(atoms, log_d);
    const int first = pair.first;
    const int second = pair.second;
    out.pairs.row(step) << first + 1, second + 1;
    out.log_height(step) = log_d(first, second);
    out.height(step) = dissimilarity(atoms[first], atoms[second], metric);

    merge_pair(pair, &atoms);
    drop(second, &log_d);
    for (int other = 0; other < static_cast<int>(atoms.size()); ++other) {
      if (other == first) continue;
      log_d(first, other) = log_d(other, first) =
          log_dissimilarity(atoms[first], atoms[other], metric);
    }
    out.levels[atoms.size() - 1] = atoms;
  }
  return out;
}

Topology trace_merges(const Eigen::MatrixXi& pairs) {
  if (pairs.cols() != 2) throw std::invalid_argument("merged pairs need two columns");
  const int leaves = static_cast<int>(pairs.rows()) + 1;
  std::vector<Group> groups(leaves);
  for (int k = 0; k < leaves; ++k) groups[k] = {-(k + 1), {k + 1}};

  Topology out;
  out.merge.resize(leaves - 1, 2);
  out.order.resize(leaves);
  out.partition.resize(leaves, leaves);
  for (int step = 0; step < leaves; ++step) {
    const int level = leaves - step;
    for (int g = 0; g < level; ++g) {
      for (int leaf : groups[g].leaves) out.partition(leaf - 1, level - 1) = g + 1;
    }
    if (level == 1) break;
    // Groups stay sorted by their smallest leaf, so the first of a pair is the left one.
    const int left = pairs(step, 0) - 1;
    const int right = pairs(step, 1) - 1;
    if (left < 0 || right <= left || right >= level) {
      throw std::invalid_argument("a merged pair must be two positions among the atoms, in order");
    }
    out.merge.row(step) << groups[left].name, groups[right].name;
    groups[left].name = step + 1;
    groups[left].leaves.insert(groups[left].leaves.end(), groups[right].leaves.begin(),
                               groups[right].leaves.end());
    groups.erase(groups.begin() + right);
  }
  for (int k = 0; k < leaves; ++k) out.order(k) = groups[0].leaves[k];
  return out;
}

}  // namespace moelogit
