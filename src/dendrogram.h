// The dendrogram of a mixing measure: the closest pair of atoms merged until one is left.
#ifndef MOELOGIT_DENDROGRAM_H_
#define MOELOGIT_DENDROGRAM_H_

#include <Eigen/Core>
#include <utility>
#include <vector>

#include "mixing_measure.h"

namespace moelogit {

// Which leaves are joined when, without heights. K leaves, K - 1 merges.
struct Topology {
  // (K - 1) x 2, the convention of R's hclust: -i is leaf i, +s the group made by row s (from 1).
  // The group that holds the smallest leaf number is in the first column.
  Eigen::MatrixXi merge;
  // The K leaves (from 1) from left to right, so that no two branches cross.
  Eigen::VectorXi order;
  // K x K; column kappa - 1 gives the atom (from 1) at level kappa that holds each leaf.
  Eigen::MatrixXi partition;
};

// Step s (from 0) merges K - s atoms to K - s - 1.
struct Dendrogram {
  // (K - 1) x 2: the positions (from 1, first below second) of the merged atoms among the K - s.
  Eigen::MatrixXi pairs;
  // K - 1 dissimilarities of the merged pairs, equation (14). The dissimilarity is Ward's, so they
  // never fall by more than rounding.
  Eigen::VectorXd height;
  // Their logarithms, which stay apart when the heights underflow.
  Eigen::VectorXd log_height;
  // levels[kappa - 1]: the kappa atoms at level kappa, ordered by their smallest leaf number.
  std::vector<MixingMeasure> levels;
};

// The pair of atoms to merge next. Pairs whose log dissimilarities differ by less than 1e-12 are
// tied. Ties go to the pair with the smaller total weight, then to the pair whose merged atom comes
// first in dictionary order (gate slopes, then the expert's coefficients by column), so that the
// order of the atoms decides only between pairs that are the same in all three.
std::pair<int, int> closest_pair(const MixingMeasure& measure,
                                 const Eigen::MatrixXd& log_dissimilarity);

// A merge that could be made: the positions of the two (from 0, first below second), their
// dissimilarity, and the atoms after it, the merged one in the first position.
struct Merge {
  std::pair<int, int> pair;
  double height;
  MixingMeasure atoms;
};

// The merges of the `count` closest pairs (all pairs, when there are fewer), the closest first, in
// the order of closest_pair(). Throws std::invalid_argument as check_measure() does.
std::vector<Merge> closest_merges(const MixingMeasure& measure, const Metric& metric, int count);

// Greedy merges from K atoms to one, arXiv:2403.01684. O(K^2) distances in all.
// Throws std::invalid_argument as check_measure() does.
Dendrogram grow_dendrogram(const MixingMeasure& measure, const Metric& metric);

// The tree that these pairs make. Each row holds two positions (from 1, the first below the second)
// among the atoms alive at that step; the merged atom takes the first position and those after the
// second move up by one. Throws std::invalid_argument when a pair is not of that kind.
Topology trace_merges(const Eigen::MatrixXi& pairs);

}  // namespace moelogit

#endif  // MOELOGIT_DENDROGRAM_H_
