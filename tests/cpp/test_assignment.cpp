// The assignment against a search of every permutation.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>
#include <stdexcept>
#include <vector>

#include "assignment.h"

namespace {

const double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

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
