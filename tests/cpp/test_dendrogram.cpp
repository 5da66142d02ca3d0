// Atoms, their merge, the dendrogram and the assignment, against arithmetic done by hand and
// against searches of every possibility.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "assignment.h"
#include "dendrogram.h"
#include "mixing_measure.h"

using moelogit::Atom;
using moelogit::Dendrogram;
using moelogit::Metric;
using moelogit::MixingMeasure;

namespace {

const double kInfinity = std::numeric_limits<double>::infinity();

// An atom of one gate slope and one expert coefficient per class (two classes, opposite signs).
Atom point(double log_weight, double omega, double b) {
  Atom out;
  out.log_weight = log_weight;
  out.gate = Eigen::VectorXd::Constant(1, omega);
  out.expert = (Eigen::MatrixXd(1, 2) << b, -b).finished();
  return out;
}

MixingMeasure random_measure(int size, int slopes, int p, int classes, std::mt19937* random) {
  std::normal_distribution<double> normal;
  MixingMeasure out(size);
  for (Atom& atom : out) {
    atom.log_weight = normal(*random);
    atom.gate = Eigen::VectorXd::NullaryExpr(slopes, [&] { return normal(*random); });
    atom.expert = Eigen::MatrixXd::NullaryExpr(p, classes, [&] { return normal(*random); });
  }
  return out;
}

}  // namespace

TEST_CASE("log_add_exp keeps what exp would lose") {
  CHECK(moelogit::log_add_exp(std::log(2.0), std::log(3.0)) == doctest::Approx(std::log(5.0)));
  CHECK(moelogit::log_add_exp(-2000.0, -2000.0) == doctest::Approx(-2000.0 + std::log(2.0)));
  CHECK(moelogit::log_add_exp(-kInfinity, -3.0) == -3.0);
  CHECK(moelogit::log_add_exp(-kInfinity, -kInfinity) == -kInfinity);
}

TEST_CASE("dissimilarity and merge, by hand") {
  const Atom a = point(std::log(0.25), 1.0, 2.0);
  const Atom b = point(std::log(0.75), 3.0, -1.0);
  const Metric euclidean;
  // (2^2 + 3^2 + 3^2) / (4 + 4/3)
  CHECK(moelogit::dissimilarity(a, b, euclidean) == doctest::Approx(22.0 * 3.0 / 16.0));
  Metric curvature;
  curvature.euclidean = false;
  curvature.gate = Eigen::MatrixXd::Constant(1, 1, 2.0);
  curvature.expert = Eigen::MatrixXd::Constant(1, 1, 0.5);
  // 1/2 (2 * 4 + 0.5 * 9 + 0.5 * 9) / (4 + 4/3)
  CHECK(moelogit::dissimilarity(a, b, curvature) == doctest::Approx(8.5 * 3.0 / 16.0));
  const Atom merged = moelogit::merge(a, b);
  CHECK(std::abs(merged.log_weight) < 1e-15);
  CHECK(merged.gate(0) == doctest::Approx(2.5));
  CHECK(merged.expert(0, 0) == doctest::Approx(-0.25));
  CHECK(merged.expert(0, 1) == doctest::Approx(0.25));
}

TEST_CASE("weights of 1e-300 and far below") {
  const Metric metric;
  const Atom heavy = point(0.0, 0.0, 0.0);
  const Atom light = point(std::log(1e-300), 1.0, 0.0);
  CHECK(moelogit::dissimilarity(heavy, light, metric) == doctest::Approx(1e-300).epsilon(1e-10));
  const Atom two = moelogit::merge(light, point(std::log(3e-300), 5.0, 0.0));
  CHECK(two.log_weight == doctest::Approx(std::log(4e-300)));
  CHECK(two.gate(0) == doctest::Approx(4.0));
  // Below the smallest double the heights are zero, and still the closest pair is found.
  const MixingMeasure tiny = {point(0.0, 0.0, 0.0), point(-2000.0, 1.0, 0.0),
                              point(-2000.0, 1.5, 0.0)};
  const Dendrogram tree = moelogit::grow_dendrogram(tiny, metric);
  CHECK(tree.pairs(0, 0) == 2);
  CHECK(tree.pairs(0, 1) == 3);
  CHECK(tree.height(0) == 0.0);
  CHECK(tree.log_height(0) == doctest::Approx(-2000.0 + std::log(0.125)));
  // A weight of exactly zero neither moves its neighbour nor makes a NaN.
  const Atom with_nothing = moelogit::merge(heavy, point(-kInfinity, 7.0, 7.0));
  CHECK(with_nothing.log_weight == 0.0);
  CHECK(with_nothing.gate(0) == 0.0);
  CHECK(moelogit::merge(point(-kInfinity, 2.0, 0.0), point(-kInfinity, 4.0, 0.0)).gate(0) == 3.0);
}

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

TEST_CASE("the assignment costs what the best permutation costs") {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  for (int repeat = 0; repeat < 200; ++repeat) {
    const int rows = 1 + repeat % 6;
    const int cols = 1 + (repeat / 6) % 6;
    const Eigen::MatrixXd cost =
        Eigen::MatrixXd::NullaryExpr(rows, cols, [&] { return std::round(3.0 * normal(random)); });
    const Eigen::VectorXi found = moelogit::assign(cost);
    double total = 0.0;
    std::vector<bool> used(cols, false);
    int matched = 0;
    for (int i = 0; i < rows; ++i) {
      if (found(i) < 0) continue;
      CHECK_FALSE(used[found(i)]);
      used[found(i)] = true;
      total += cost(i, found(i));
      ++matched;
    }
    CHECK(matched == std::min(rows, cols));
    const Eigen::MatrixXd wide = rows <= cols ? cost : Eigen::MatrixXd(cost.transpose());
    std::vector<int> order(wide.cols());
    std::iota(order.begin(), order.end(), 0);
    double best = kInfinity;
    do {
      double sum = 0.0;
      for (int i = 0; i < wide.rows(); ++i) sum += wide(i, order[i]);
      best = std::min(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    CHECK(total == doctest::Approx(best));
  }
  CHECK_THROWS_AS(moelogit::assign(Eigen::MatrixXd::Constant(1, 1, kInfinity)),
                  std::invalid_argument);
  CHECK(moelogit::assign(Eigen::MatrixXd(0, 3)).size() == 0);
  CHECK(moelogit::assign(Eigen::MatrixXd(2, 0)).maxCoeff() == -1);
}
