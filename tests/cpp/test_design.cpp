// Dense and sparse storage and a file are three ways to the same design.
#include <doctest/doctest.h>

#include <Eigen/Eigenvalues>
#include <random>
#include <vector>

#include "design.h"
#include "problems.h"
#include "temporary_file.h"

using moelogit::Coef;
using moelogit::DenseDesign;
using moelogit::Design;
using moelogit::FileDesign;
using moelogit::Index;
using moelogit::RowBlock;
using moelogit::RowFile;
using moelogit::SparseDesign;
using moelogit::Standardisation;

namespace {

struct Both {
  Eigen::MatrixXd x;
  Standardisation standardisation;
  std::vector<int> start, row;
  std::vector<double> value;

  Both(Index n, Index p) {
    std::mt19937 random(11);
    std::normal_distribution<double> normal;
    x = Eigen::MatrixXd::NullaryExpr(n, p, [&] { return normal(random); });
    x = (x.array().abs() > 1.0).select(x, 0.0);
    standardisation = {Eigen::VectorXd::LinSpaced(p, -0.5, 0.7),
                       Eigen::VectorXd::LinSpaced(p, 0.4, 2.0)};
    for (Index j = 0; j < p; ++j) {
      start.push_back(static_cast<int>(row.size()));
      for (Index i = 0; i < n; ++i) {
        if (x(i, j) == 0.0) continue;
        row.push_back(static_cast<int>(i));
        value.push_back(x(i, j));
      }
    }
    start.push_back(static_cast<int>(row.size()));
  }
  DenseDesign dense(bool intercept) const {
    return DenseDesign(x.data(), x.rows(), x.cols(), intercept, standardisation);
  }
  SparseDesign sparse(bool intercept) const {
    return SparseDesign(start.data(), row.data(), value.data(), x.rows(), x.cols(), intercept,
                        standardisation);
  }
  // The design itself, written out.
  Eigen::MatrixXd standardised(bool intercept) const {
    Eigen::MatrixXd out(x.rows(), x.cols() + intercept);
    out.col(0).setOnes();
    out.rightCols(x.cols()) = (x.rowwise() - standardisation.center.transpose()) *
                              standardisation.scale.cwiseInverse().asDiagonal();
    return out;
  }
};

}  // namespace

TEST_CASE("packed rows, products, gradients and bounds agree with the matrix written out") {
  const Both both(70, 5);
  for (bool intercept : {false, true}) {
    const Eigen::MatrixXd x = both.standardised(intercept);
    const DenseDesign dense = both.dense(intercept);
    const SparseDesign sparse = both.sparse(intercept);
    const Index p = x.cols();
    const int columns = 3;
    std::mt19937 random(12);
    std::normal_distribution<double> normal;
    const Coef coef = Coef::NullaryExpr(p, columns, [&] { return normal(random); });
    for (const RowBlock& block : {RowBlock{0, 32, 32}, RowBlock{32, 38, 48}}) {
      const Eigen::MatrixXd rows = x.middleRows(block.first, block.count);
      Eigen::MatrixXd residual = Eigen::MatrixXd::Zero(block.rows, columns);
      residual.topRows(block.count) =
          Eigen::MatrixXd::NullaryExpr(block.count, columns, [&] { return normal(random); });
      const Eigen::MatrixXd weight = residual.cwiseAbs();
      for (const Design* design :
           {static_cast<const Design*>(&dense), static_cast<const Design*>(&sparse)}) {
        CHECK(design->cols() == p);
        Eigen::MatrixXd packed(block.rows, p), logits(block.rows, columns);
        design->pack(block, packed.data());
        CHECK((packed.topRows(block.count) - rows).cwiseAbs().maxCoeff() < 1e-14);
        CHECK(packed.bottomRows(block.rows - block.count).cwiseAbs().sum() == 0.0);
        design->multiply(block, design->prepare(coef), packed.data(), logits.data());
        CHECK((logits.topRows(block.count) - rows * coef).cwiseAbs().maxCoeff() < 1e-13);
        Coef grad = Coef::Zero(design->gradient_rows(), columns);
        design->cross(block, packed.data(), residual.data(), columns, grad.data());
        design->finish(grad);
        const Eigen::MatrixXd expected = rows.transpose() * residual.topRows(block.count);
        CHECK((grad.topRows(p) - expected).cwiseAbs().maxCoeff() < 1e-12);
        // the diagonal majorizes the weighted Gram matrix
        Coef bound = Coef::Zero(p, columns);
        design->diagonal_bound(block, weight.data(), columns, bound.data());
        for (int c = 0; c < columns; ++c) {
          const Eigen::MatrixXd gap =
              Eigen::MatrixXd(bound.col(c).asDiagonal()) -
              rows.transpose() * weight.col(c).head(block.count).asDiagonal() * rows;
          const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> eigen(gap);
          CHECK(eigen.eigenvalues().minCoeff() > -1e-10);
        }
      }
    }
  }
}

TEST_CASE("some columns of a file are those of a matrix to the last bit") {
  const Both both(300, 5);
  const std::vector<int> columns = {3, 0, 4};
  Eigen::MatrixXd some(300, 3);
  Standardisation standardisation = {Eigen::VectorXd(3), Eigen::VectorXd(3)};
  for (int j = 0; j < 3; ++j) {
    some.col(j) = both.x.col(columns[j]);
    standardisation.center[j] = both.standardisation.center[columns[j]];
    standardisation.scale[j] = both.standardisation.scale[columns[j]];
  }
  const moelogit::TemporaryFile temporary("design-columns");
  temporary.write(both.x);
  const RowFile file(temporary.path(), 300, 5);
  for (bool intercept : {false, true}) {
    const DenseDesign dense(some.data(), 300, 3, intercept, standardisation);
    const FileDesign design(file, 300, columns, intercept, standardisation);
    CHECK(design.rows() == 300);
    CHECK(design.cols() == dense.cols());
    for (const RowBlock& block : {RowBlock{0, 256, 256}, RowBlock{256, 44, 48}}) {
      Eigen::MatrixXd expected(block.rows, dense.cols()), found(block.rows, dense.cols());
      dense.pack(block, expected.data());
      design.pack(block, found.data());
      CHECK(found == expected);
    }
  }
}

TEST_CASE("a model of rows in a file is that of rows in memory to the last bit") {
  for (Index q : {4, 6}) {
    moelogit::RandomProblem memory(700, 6, q, 3, 3, 0.5, 21);
    const moelogit::TemporaryFile temporary("design-model");
    temporary.write(memory.x);
    const RowFile file(temporary.path(), 700, 5);
    const FileDesign expert(file, 700, {0, 1, 2, 3, 4}, true, memory.standardisation(5));
    const FileDesign gate(file, 700, {0, 1, 2}, true, memory.standardisation(3));
    moelogit::Problem problem = memory;
    problem.records.expert = &expert;
    problem.records.gate = q == 6 ? &expert : &gate;
    const moelogit::VectorXd theta = memory.theta(0.5, 22);
    for (int threads : {1, 3}) {
      moelogit::Team team(threads, threads);
      moelogit::Model one(memory, team), other(problem, team);
      moelogit::Evaluation expected, found;
      one.evaluate(theta, moelogit::Curvature::gram, expected);
      other.evaluate(theta, moelogit::Curvature::gram, found);
      CHECK(found.objective == expected.objective);
      CHECK(found.gradient == expected.gradient);
      CHECK(found.gram == expected.gram);
      one.evaluate(theta, moelogit::Curvature::diagonal, expected);
      other.evaluate(theta, moelogit::Curvature::diagonal, found);
      CHECK(found.diagonal == expected.diagonal);
      CHECK(other.gate_mean(theta) == one.gate_mean(theta));
      CHECK(other.observed_information(theta) == one.observed_information(theta));
    }
  }
}
