// Dendrograms against searches of every possibility.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include "dendrogram.h"
#include "measures.h"

using moelogit::Atom;
using moelogit::Dendrogram;
using moelogit::kInfinity;
using moelogit::Metric;
using moelogit::MixingMeasure;
using moelogit::point;
using moelogit::random_measure;

TEST_CASE("merges are what an exhaustive search finds, and the levels keep weight and mean") {
  std::mt19937 random(20);
  for (int repeat = 0; repeat < 50; ++repeat) {
    const int size = 2 + repeat % 7;
    const MixingMeasure measure = random_measure(size, repeat % 3, 1 + repeat % 2, 3, &random);
    const Metric metric;
    const Dendrogram tree = moelogit::grow_dendrogram(measure, metric);
    for (int step = 0; step < size - 1; ++step) {
      const MixingMeasure& level = tree.levels[size - step - 1];
      double closest = kInfinity;
      for (std::size_t l = 1; l < level.size(); ++l) {
        for (std::size_t k = 0; k < l; ++k) {
          closest = std::min(closest, moelogit::dissimilarity(level[k], level[l], metric));
        }
      }
      CHECK(tree.height(step) == doctest::Approx(closest).epsilon(1e-12));
    }
    double total = 0.0;
    Eigen::MatrixXd mean = Eigen::MatrixXd::Zero(measure[0].expert.rows(), 3);
    for (const Atom& atom : measure) {
      total += std::exp(atom.log_weight);
      mean += std::exp(atom.log_weight) * atom.expert;
    }
    const Atom& root = tree.levels[0][0];
    CHECK(std::exp(root.log_weight) == doctest::Approx(total));
    CHECK((root.expert - mean / total).cwiseAbs().maxCoeff() < 1e-13);
    const moelogit::Topology topology = moelogit::trace_merges(tree.pairs);
    for (int level = 1; level <= size; ++level) {
      CHECK(static_cast<int>(tree.levels[level - 1].size()) == level);
      CHECK(topology.partition.col(level - 1).minCoeff() == 1);
      CHECK(topology.partition.col(level - 1).maxCoeff() == level);
    }
    std::vector<int> order(topology.order.data(), topology.order.data() + size);
    std::sort(order.begin(), order.end());
    for (int k = 0; k < size; ++k) CHECK(order[k] == k + 1);
  }
}

TEST_CASE("below the smallest double the heights are zero, and still the closest pair is found") {
  const MixingMeasure tiny = {point(0.0, 0.0, 0.0), point(-2000.0, 1.0, 0.0),
                              point(-2000.0, 1.5, 0.0)};
  const Dendrogram tree = moelogit::grow_dendrogram(tiny, Metric());
  CHECK(tree.pairs(0, 0) == 2);
  CHECK(tree.pairs(0, 1) == 3);
  CHECK(tree.height(0) == 0.0);
  CHECK(tree.log_height(0) == doctest::Approx(-2000.0 + std::log(0.125)));
}

TEST_CASE("heights never fall: the dissimilarity is Ward's") {
  std::mt19937 random(31);
  for (int repeat = 0; repeat < 100; ++repeat) {
    Metric metric;
    metric.euclidean = repeat % 2 == 0;
    const Eigen::MatrixXd root = Eigen::MatrixXd::Random(3, 2);
    metric.expert = root * root.transpose();  // singular
    metric.gate = Eigen::MatrixXd::Identity(2, 2);
    const Dendrogram tree = moelogit::grow_dendrogram(random_measure(8, 2, 3, 3, &random), metric);
    for (int step = 1; step < 7; ++step) {
      CHECK(tree.height(step) >= tree.height(step - 1) * (1.0 - 1e-12));
    }
  }
}

TEST_CASE("the tree of given pairs") {
  Eigen::MatrixXi pairs(3, 2);
  pairs << 2, 4, 1, 3, 1, 2;  // leaves 2 and 4, then 1 and 3, then both
  const moelogit::Topology tree = moelogit::trace_merges(pairs);
  CHECK(tree.merge == (Eigen::MatrixXi(3, 2) << -2, -4, -1, -3, 2, 1).finished());
  CHECK(tree.order == Eigen::Vector4i(1, 3, 2, 4));
  CHECK(tree.partition.col(0) == Eigen::Vector4i(1, 1, 1, 1));
  CHECK(tree.partition.col(1) == Eigen::Vector4i(1, 2, 1, 2));
  CHECK(tree.partition.col(2) == Eigen::Vector4i(1, 2, 3, 2));
  CHECK(tree.partition.col(3) == Eigen::Vector4i(1, 2, 3, 4));
  CHECK(moelogit::trace_merges(Eigen::MatrixXi(0, 2)).order(0) == 1);
  pairs(0, 1) = 5;
  CHECK_THROWS_AS(moelogit::trace_merges(pairs), std::invalid_argument);
  CHECK_THROWS_AS(moelogit::trace_merges(Eigen::MatrixXi::Ones(1, 2)), std::invalid_argument);
}

TEST_CASE("one atom is a tree without merges") {
  const Dendrogram tree = moelogit::grow_dendrogram({point(0.0, 1.0, 1.0)}, Metric());
  CHECK(tree.pairs.rows() == 0);
  CHECK(tree.height.size() == 0);
  CHECK(tree.levels.size() == 1);
}

TEST_CASE("what ties up to rounding ties") {
  // 0.2 - 0.1 is a little more than 0.6 - 0.5
  const MixingMeasure measure = {point(0.0, 0.0, 0.5), point(0.0, 0.0, 0.1), point(0.0, 0.0, 0.6),
                                 point(0.0, 0.0, 0.2)};
  const Metric metric;
  REQUIRE(moelogit::dissimilarity(measure[0], measure[2], metric) <
          moelogit::dissimilarity(measure[1], measure[3], metric));
  const Dendrogram tree = moelogit::grow_dendrogram(measure, metric);
  CHECK(tree.pairs(0, 0) == 2);
  CHECK(tree.pairs(0, 1) == 4);
}

TEST_CASE("ties: the lighter pair first, whatever the order of the atoms") {
  // Two pairs at the same dissimilarity; the far one is lighter and wider.
  const double wide = std::sqrt(0.35 / 0.15);
  MixingMeasure measure = {point(std::log(0.35), 0.0, 0.0), point(std::log(0.35), 1.0, 0.0),
                           point(std::log(0.15), 10.0, 0.0), point(std::log(0.15), 10.0 + wide, 0)};
  std::vector<int> order = {0, 1, 2, 3};
  do {
    MixingMeasure shuffled;
    for (int k : order) shuffled.push_back(measure[k]);
    const Dendrogram tree = moelogit::grow_dendrogram(shuffled, Metric());
    for (int side = 0; side < 2; ++side) CHECK(order[tree.pairs(0, side) - 1] >= 2);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_CASE("malformed measures are refused") {
  CHECK_THROWS_AS(moelogit::grow_dendrogram({}, Metric()), std::invalid_argument);
  CHECK_THROWS_AS(moelogit::grow_dendrogram({point(std::nan(""), 0.0, 0.0)}, Metric()),
                  std::invalid_argument);
  Metric curvature;
  curvature.euclidean = false;
  CHECK_THROWS_AS(moelogit::grow_dendrogram({point(0.0, 0.0, 0.0)}, curvature),
                  std::invalid_argument);
}
