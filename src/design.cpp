#include "design.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "kernels.h"

#if defined(__GNUC__)
#define MOELOGIT_PREFETCH(address) __builtin_prefetch(address)
#else
#define MOELOGIT_PREFETCH(address) ((void)0)
#endif

namespace moelogit {
namespace {

constexpr int kCacheLine = 8;  // doubles

}  // namespace

PackedDesign::PackedDesign(Index rows, bool implicit_intercept,
                           const Standardisation& standardisation)
    : Design(rows, standardisation.center.size(), implicit_intercept),
      center_(standardisation.center),
      inverse_scale_(standardisation.scale.cwiseInverse()) {}

double* PackedDesign::pack_intercept(const RowBlock& block, double* out) const {
  if (!implicit_intercept_) return out;
  std::fill(out, out + block.count, 1.0);
  std::fill(out + block.count, out + block.rows, 0.0);
  return out + block.rows;
}

DenseDesign::DenseDesign(const double* stored, Index rows, Index, bool implicit_intercept,
                         const Standardisation& standardisation)
    : PackedDesign(rows, implicit_intercept, standardisation), stored_(stored) {}

void DenseDesign::pack(const RowBlock& block, double* out) const {
  out = pack_intercept(block, out);
  for (Index j = 0; j < center_.size(); ++j, out += block.rows) {
    const double* column = stored_ + j * rows_ + block.first;
    const double center = center_[j], inverse = inverse_scale_[j];
    for (int i = 0; i < block.count; ++i) out[i] = (column[i] - center) * inverse;
    std::fill(out + block.count, out + block.rows, 0.0);
    // The next block's rows: each column is a stream too short for the processor to foresee.
    if (block.first + 2 * block.count <= rows_)
      for (int i = 0; i < block.count; i += kCacheLine) MOELOGIT_PREFETCH(column + block.count + i);
  }
}

FileDesign::FileDesign(const RowFile& file, Index rows, const std::vector<int>& columns,
                       bool implicit_intercept, const Standardisation& standardisation)
    : PackedDesign(rows, implicit_intercept, standardisation), file_(&file), columns_(columns) {}

void FileDesign::pack(const RowBlock& block, double* out) const {
  out = pack_intercept(block, out);
  const Index width = file_->width(), p = center_.size();
  const std::unique_ptr<double[]> raw(new double[static_cast<std::size_t>(block.count * width)]);
  file_->read(block.first, block.count, raw.get());
  // A few rows at a time, so that what is read across stays in the first-level cache.
  for (int first = 0; first < block.count; first += kRowAlign) {
    const int last = std::min(block.count, first + kRowAlign);
    for (Index j = 0; j < p; ++j) {
      const double* value = raw.get() + columns_[j];
      const double center = center_[j], inverse = inverse_scale_[j];
      double* column = out + j * block.rows;
      for (int i = first; i < last; ++i) column[i] = (value[i * width] - center) * inverse;
    }
  }
  for (Index j = 0; j < p; ++j)
    std::fill(out + j * block.rows + block.count, out + (j + 1) * block.rows, 0.0);
}

void PackedDesign::multiply(const RowBlock& block, const Coef& prepared, double* packed,
                            double* logits) const {
  kernels().multiply(packed, block.rows, static_cast<int>(cols_), prepared.data(),
                     static_cast<int>(prepared.cols()), logits);
}

void PackedDesign::cross(const RowBlock& block, const double* packed, const double* residual,
                         int columns, double* grad) const {
  kernels().cross(packed, block.rows, static_cast<int>(cols_), residual, columns, columns, grad);
}

void PackedDesign::diagonal_bound(const RowBlock& block, const double* weight, int columns,
                                  double* bound) const {
  const Index p = cols_;
  std::vector<double> packed(static_cast<std::size_t>(p) * block.rows);
  pack(block, packed.data());
  for (double& value : packed) value = std::fabs(value);
  std::vector<double> row_sum(block.rows, 0.0);
  for (Index j = 0; j < p; ++j)
    for (int i = 0; i < block.rows; ++i) row_sum[i] += packed[j * block.rows + i];
  std::vector<double> weighted(static_cast<std::size_t>(columns) * block.rows);
  for (int c = 0; c < columns; ++c)
    for (int i = 0; i < block.rows; ++i)
      weighted[c * block.rows + i] = weight[c * block.rows + i] * row_sum[i];
  kernels().cross(packed.data(), block.rows, static_cast<int>(p), weighted.data(), columns, columns,
                  bound);
}

SparseDesign::SparseDesign(const int* column_start, const int* row_index, const double* value,
                           Index rows, Index stored_cols, bool implicit_intercept,
                           const Standardisation& standardisation)
    : Design(rows, stored_cols, implicit_intercept),
      row_start_(rows + 1, 0),
      column_(column_start[stored_cols]),
      value_(column_start[stored_cols]),
      center_(standardisation.center),
      inverse_scale_(standardisation.scale.cwiseInverse()) {
  const int nonzeros = column_start[stored_cols];
  for (int e = 0; e < nonzeros; ++e) ++row_start_[row_index[e] + 1];
  for (Index i = 0; i < rows; ++i) row_start_[i + 1] += row_start_[i];
  std::vector<Index> next(row_start_.begin(), row_start_.end() - 1);
  for (Index j = 0; j < stored_cols; ++j)
    for (int e = column_start[j]; e < column_start[j + 1]; ++e) {
      const Index at = next[row_index[e]]++;
      column_[at] = static_cast<int>(j);
      value_[at] = value[e];
    }
}

SparseRows SparseDesign::rows_of(const RowBlock& block) const {
  return {row_start_.data() + block.first, block.count, column_.data(), value_.data()};
}

void SparseDesign::pack(const RowBlock& block, double* out) const {
  if (implicit_intercept_) {
    std::fill(out, out + block.count, 1.0);
    std::fill(out + block.count, out + block.rows, 0.0);
    out += block.rows;
  }
  for (Index j = 0; j < center_.size(); ++j) {
    std::fill(out + j * block.rows, out + j * block.rows + block.count,
              -center_[j] * inverse_scale_[j]);
    std::fill(out + j * block.rows + block.count, out + (j + 1) * block.rows, 0.0);
  }
  for (int i = 0; i < block.count; ++i)
    for (Index e = row_start_[block.first + i]; e < row_start_[block.first + i + 1]; ++e)
      out[static_cast<Index>(column_[e]) * block.rows + i] +=
          value_[e] * inverse_scale_[column_[e]];
}

// Rows 0..cols-1: coefficients of the stored values, the intercept (if any) replaced by zeros.
// Last row: the constant of every logit.
Coef SparseDesign::prepare(const Eigen::Ref<const Coef>& coef) const {
  const Index shift = implicit_intercept_ ? 1 : 0;
  Coef prepared(center_.size() + 1, coef.cols());
  prepared.row(center_.size()).setZero();
  for (Index j = 0; j < center_.size(); ++j) {
    prepared.row(j) = coef.row(j + shift) * inverse_scale_[j];
    prepared.row(center_.size()) -= center_[j] * prepared.row(j);
  }
  if (implicit_intercept_) prepared.row(center_.size()) += coef.row(0);
  return prepared;
}

void SparseDesign::multiply(const RowBlock& block, const Coef& prepared, double*,
                            double* logits) const {
  const int columns = static_cast<int>(prepared.cols());
  const double* constant = prepared.data() + center_.size() * columns;
  kernels().sparse_multiply(rows_of(block), prepared.data(), constant, columns, block.rows, logits);
  for (int c = 0; c < columns; ++c)
    std::fill(logits + static_cast<Index>(c) * block.rows + block.count,
              logits + static_cast<Index>(c + 1) * block.rows, 0.0);
}

// The accumulator holds one row per stored column and, last, the column sums of the residuals.
void SparseDesign::cross(const RowBlock& block, const double*, const double* residual, int columns,
                         double* grad) const {
  const Index shift = implicit_intercept_ ? 1 : 0;
  kernels().sparse_cross(rows_of(block), residual, block.rows, columns, grad + shift * columns,
                         grad + cols_ * columns);
}

void SparseDesign::finish(Eigen::Ref<Coef> grad) const {
  const Index shift = implicit_intercept_ ? 1 : 0;
  for (Index j = 0; j < center_.size(); ++j)
    grad.row(j + shift) = (grad.row(j + shift) - center_[j] * grad.row(cols_)) * inverse_scale_[j];
  if (implicit_intercept_) grad.row(0) = grad.row(cols_);
}

// |x_ij| is bounded by (|stored_ij| + |center_j|) / scale_j, so that zeros cost nothing.
void SparseDesign::diagonal_bound(const RowBlock& block, const double* weight, int columns,
                                  double* bound) const {
  const Index shift = implicit_intercept_ ? 1 : 0;
  const VectorXd offset = center_.cwiseAbs().cwiseProduct(inverse_scale_);
  const double constant = offset.sum() + static_cast<double>(shift);
  std::vector<double> total(columns, 0.0), row(columns);
  for (int i = 0; i < block.count; ++i) {
    double row_sum = constant;
    for (Index e = row_start_[block.first + i]; e < row_start_[block.first + i + 1]; ++e)
      row_sum += std::fabs(value_[e]) * inverse_scale_[column_[e]];
    for (int c = 0; c < columns; ++c) {
      row[c] = weight[static_cast<Index>(c) * block.rows + i] * row_sum;
      total[c] += row[c];
    }
    for (Index e = row_start_[block.first + i]; e < row_start_[block.first + i + 1]; ++e) {
      double* target = bound + (column_[e] + shift) * columns;
      const double value = std::fabs(value_[e]) * inverse_scale_[column_[e]];
      for (int c = 0; c < columns; ++c) target[c] += value * row[c];
    }
  }
  for (int c = 0; c < columns; ++c) {
    if (implicit_intercept_) bound[c] += total[c];
    for (Index j = 0; j < center_.size(); ++j)
      bound[(j + shift) * columns + c] += offset[j] * total[c];
  }
}

}  // namespace moelogit
