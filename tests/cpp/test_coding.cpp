// Symmetric and reference coding say the same.
#include <doctest/doctest.h>

#include <random>

#include "coding.h"

using namespace moelogit;

namespace {

const Shape kShape = {3, 4, 2, 5};  // K, M, q, p

VectorXd normals(Index size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  return VectorXd::NullaryExpr(size, [&] { return normal(random); });
}

}  // namespace

TEST_CASE("symmetric coefficients sum to zero and keep the contrasts with the first logit") {
  const VectorXd free = normals(kShape.free_size(), 1);
  CHECK(kShape.free_size() == 2 * 2 + 3 * 3 * 5);
  const VectorXd theta = symmetric_coding(kShape, free);
  const ConstCoefMap gate = kShape.gate(theta), expert = kShape.expert(theta);
  CHECK(gate.rowwise().sum().norm() < 1e-14);
  Index at = 0;
  for (int k = 1; k < kShape.experts; ++k, at += kShape.gate_rows)
    CHECK((gate.col(k) - gate.col(0) - free.segment(at, kShape.gate_rows)).norm() < 1e-14);
  for (int k = 0; k < kShape.experts; ++k) {
    const int first = k * kShape.classes;
    CHECK(expert.middleCols(first, kShape.classes).rowwise().sum().norm() < 1e-14);
    for (int m = 1; m < kShape.classes; ++m, at += kShape.expert_rows)
      CHECK((expert.col(first + m) - expert.col(first) - free.segment(at, kShape.expert_rows))
                .norm() < 1e-14);
  }
  CHECK(at == kShape.free_size());
}

TEST_CASE("a gradient has the same slope along a step in both codings") {
  // A gradient of the objective lies in symmetric coding, as the coefficients do.
  const VectorXd gradient = symmetric_coding(kShape, normals(kShape.free_size(), 2));
  const VectorXd free = normals(kShape.free_size(), 3);
  CHECK(free_gradient(kShape, gradient).dot(free) ==
        doctest::Approx(gradient.dot(symmetric_coding(kShape, free))).epsilon(1e-13));
}

TEST_CASE("a quadratic form has the same value in both codings") {
  std::vector<MatrixXd> blocks;
  for (int b = 0; b < 4; ++b) {
    const Index p = b == 0 ? kShape.gate_rows : kShape.expert_rows;
    const VectorXd entries = normals(p * p, 4 + b);
    const Eigen::Map<const MatrixXd> root(entries.data(), p, p);
    blocks.push_back(root * root.transpose());
  }
  const MatrixXd form = free_form(kShape, blocks[0], [&](int k) { return blocks[1 + k]; });
  const VectorXd free = normals(kShape.free_size(), 9);
  const VectorXd theta = symmetric_coding(kShape, free);
  double value = 0.0;
  const ConstCoefMap gate = kShape.gate(theta), expert = kShape.expert(theta);
  for (int k = 0; k < kShape.experts; ++k) {
    value += gate.col(k).dot(blocks[0] * gate.col(k));
    for (int m = 0; m < kShape.classes; ++m) {
      const VectorXd column = expert.col(k * kShape.classes + m);
      value += column.dot(blocks[1 + k] * column);
    }
  }
  CHECK(free.dot(form * free) == doctest::Approx(value).epsilon(1e-13));
}

TEST_CASE("one expert has no free gate") {
  const Shape one = {1, 2, 3, 2};
  const VectorXd theta = symmetric_coding(one, VectorXd::Ones(2));
  CHECK(theta.head(3).norm() == 0.0);
  const MatrixXd form = free_form(one, MatrixXd::Identity(3, 3),
                                  [](int) { return MatrixXd(MatrixXd::Identity(2, 2)); });
  CHECK(form == MatrixXd(0.5 * MatrixXd::Identity(2, 2)));
}
