// The rows of a design matrix, standardised on the fly and read in blocks. Nothing else in the core
// knows how covariates are stored; a matrix in memory belongs to the caller and is never copied.
//
// Column j of the design is (stored_j - center_j) / scale_j. An implicit intercept is a first
// column of ones that is not stored.
#ifndef MOELOGIT_DESIGN_H
#define MOELOGIT_DESIGN_H

#include <Eigen/Core>
#include <vector>

#include "kernels.h"
#include "row_file.h"

namespace moelogit {

using Eigen::Index;
using Eigen::VectorXd;
// Coefficients and gradients: one row per covariate, one column per logit.
using Coef = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using CoefMap = Eigen::Map<Coef>;
using ConstCoefMap = Eigen::Map<const Coef>;

struct Standardisation {
  VectorXd center;  // one entry per stored column
  VectorXd scale;   // > 0
};

// Rows first .. first + count - 1, laid out with leading dimension `rows` >= count (see kernels.h).
struct RowBlock {
  Index first;
  int count;
  int rows;
};

class Design {
 public:
  virtual ~Design() {}
  Index rows() const { return rows_; }
  Index cols() const { return cols_; }
  bool has_intercept() const { return implicit_intercept_; }

  // The standardised block, rows x cols() column-major; rows beyond count are 0.
  virtual void pack(const RowBlock& block, double* out) const = 0;

  // A product with coef (cols() x C) needs the coefficients once in the form that multiply() wants.
  virtual Coef prepare(const Eigen::Ref<const Coef>& coef) const = 0;
  // logits (rows x C, column-major) of the block; `packed` is scratch of rows * cols() doubles,
  // kept for cross().
  virtual void multiply(const RowBlock& block, const Coef& prepared, double* packed,
                        double* logits) const = 0;
  // grad += block' residual, residual rows x C column-major. `packed` as multiply() left it.
  // Sums over blocks become the gradient of the standardised coefficients by finish().
  virtual void cross(const RowBlock& block, const double* packed, const double* residual,
                     int columns, double* grad) const = 0;
  virtual void finish(Eigen::Ref<Coef> grad) const = 0;
  // Rows of the accumulator that cross() fills: cols(), or one more.
  virtual Index gradient_rows() const { return cols_; }

  // Adds to bound (cols() x C, row-major) the diagonal of a matrix that majorizes
  // block' diag(weight_c) block for each weight column c (rows x C, non-negative): by
  // 2 |ab| <= a^2 + b^2 it is sum_i weight_i |x_ij| sum_l |x_il|.
  virtual void diagonal_bound(const RowBlock& block, const double* weight, int columns,
                              double* bound) const = 0;

  // The matrix multiply() needs `packed` for (dense designs).
  virtual bool packs() const = 0;

 protected:
  Design(Index rows, Index stored_cols, bool implicit_intercept)
      : rows_(rows),
        cols_(stored_cols + (implicit_intercept ? 1 : 0)),
        implicit_intercept_(implicit_intercept) {}

  Index rows_;
  Index cols_;
  bool implicit_intercept_;
};

// Designs whose blocks are written out before any product.
class PackedDesign : public Design {
 public:
  Coef prepare(const Eigen::Ref<const Coef>& coef) const override { return coef; }
  void multiply(const RowBlock& block, const Coef& prepared, double* packed,
                double* logits) const override;
  void cross(const RowBlock& block, const double* packed, const double* residual, int columns,
             double* grad) const override;
  void finish(Eigen::Ref<Coef>) const override {}
  void diagonal_bound(const RowBlock& block, const double* weight, int columns,
                      double* bound) const override;
  bool packs() const override { return true; }

 protected:
  PackedDesign(Index rows, bool implicit_intercept, const Standardisation& standardisation);

  // Writes the intercept, if it is implicit; where the other columns go.
  double* pack_intercept(const RowBlock& block, double* out) const;

  VectorXd center_;
  VectorXd inverse_scale_;
};

class DenseDesign : public PackedDesign {
 public:
  // `stored` is column-major, rows x stored_cols.
  DenseDesign(const double* stored, Index rows, Index stored_cols, bool implicit_intercept,
              const Standardisation& standardisation);

  void pack(const RowBlock& block, double* out) const override;

 private:
  const double* stored_;
};

// Some columns of the rows of a file, read again in every pass.
class FileDesign : public PackedDesign {
 public:
  // `columns`: which entries of a row, from 0; one entry of the standardisation for each.
  FileDesign(const RowFile& file, Index rows, const std::vector<int>& columns,
             bool implicit_intercept, const Standardisation& standardisation);

  void pack(const RowBlock& block, double* out) const override;

 private:
  const RowFile* file_;
  std::vector<int> columns_;
};

// Compressed sparse columns in, compressed sparse rows inside. Centring is never applied to the
// rows: it is folded into the coefficients and the gradient.
class SparseDesign : public Design {
 public:
  SparseDesign(const int* column_start, const int* row_index, const double* value, Index rows,
               Index stored_cols, bool implicit_intercept, const Standardisation& standardisation);

  void pack(const RowBlock& block, double* out) const override;
  Coef prepare(const Eigen::Ref<const Coef>& coef) const override;
  void multiply(const RowBlock& block, const Coef& prepared, double* packed,
                double* logits) const override;
  void cross(const RowBlock& block, const double* packed, const double* residual, int columns,
             double* grad) const override;
  void finish(Eigen::Ref<Coef> grad) const override;
  Index gradient_rows() const override { return cols_ + 1; }
  void diagonal_bound(const RowBlock& block, const double* weight, int columns,
                      double* bound) const override;
  bool packs() const override { return false; }

 private:
  SparseRows rows_of(const RowBlock& block) const;

  std::vector<Index> row_start_;
  std::vector<int> column_;
  std::vector<double> value_;
  VectorXd center_;
  VectorXd inverse_scale_;
};

}  // namespace moelogit

#endif
