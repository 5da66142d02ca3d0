// Every row is met once, in blocks that fit, and sums have the same bits on any number of threads.
#include <doctest/doctest.h>

#include <random>
#include <vector>

#include "row_pass.h"

using namespace moelogit;

TEST_CASE("every row is met once, padded to whole vectors") {
  for (Index rows : {Index(0), Index(1), Index(16), Index(257), Index(20001)}) {
    for (Index columns : {Index(1), Index(100), Index(100000)}) {
      CAPTURE(rows);
      CAPTURE(columns);
      Team team(2, 2);
      RowPass pass(rows, columns, team);
      std::vector<int> met(rows, 0);
      const double* total = pass.run(1, [&](const RowBlock& block, int thread, double* sum) {
        CHECK(thread < team.size());
        CHECK(block.rows % kRowAlign == 0);
        CHECK(block.rows - block.count < kRowAlign);
        CHECK(block.rows <= pass.block_rows());
        for (int i = 0; i < block.count; ++i) ++met[block.first + i];
        sum[0] += block.count;
      });
      CHECK(total[0] == static_cast<double>(rows));
      for (int times : met) CHECK(times == 1);
    }
  }
}

TEST_CASE("more columns mean shorter blocks") {
  Team team(1);
  CHECK(RowPass(1000, 10, team).block_rows() == 256);
  CHECK(RowPass(1000, 1000, team).block_rows() < 256);
  CHECK(RowPass(1000, 1000000, team).block_rows() == kRowAlign);
}

TEST_CASE("sums have the same bits for any number of threads, run after run") {
  const Index rows = 30000;
  std::mt19937 random(1);
  std::normal_distribution<double> normal;
  const VectorXd value = VectorXd::NullaryExpr(rows, [&] { return normal(random); });
  const auto sums = [&](RowPass& pass) {
    const double* total = pass.run(2, [&](const RowBlock& block, int, double* sum) {
      for (int i = 0; i < block.count; ++i) {
        sum[0] += value[block.first + i];
        sum[1] += std::exp(value[block.first + i]);
      }
    });
    return std::make_pair(total[0], total[1]);
  };
  Team single(1), team(3, 3);
  RowPass one(rows, 10, single), three(rows, 10, team);
  const auto expected = sums(one);
  CHECK(expected.first == doctest::Approx(value.sum()));
  for (int repeat = 0; repeat < 50; ++repeat) CHECK(sums(three) == expected);
}

TEST_CASE("a weighted Gram matrix from its upper triangle") {
  const int rows = 32, p = 8;
  std::mt19937 random(2);
  std::normal_distribution<double> normal;
  const Eigen::MatrixXd x = Eigen::MatrixXd::NullaryExpr(rows, p, [&] { return normal(random); });
  const VectorXd weight = VectorXd::NullaryExpr(rows, [&] { return std::abs(normal(random)); });
  std::vector<double> scaled(rows * p), gram(p * p, 0.0);
  add_gram(x.data(), weight.data(), rows, p, scaled.data(), gram.data());
  const Eigen::MatrixXd expected = x.transpose() * weight.asDiagonal() * x;
  CHECK((full_gram(gram.data(), p) - expected).cwiseAbs().maxCoeff() < 1e-12);
}
