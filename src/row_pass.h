// One pass over the rows: blocks of rows, grouped into chunks, each chunk summed by one thread into
// an accumulator of its own, the accumulators added in order. The grouping depends on the problem
// alone, so the sums are the same to the last bit for any number of threads and wherever the rows
// are kept. Rows on other machines: see RowsElsewhere.
#ifndef MOELOGIT_ROW_PASS_H
#define MOELOGIT_ROW_PASS_H

#include <Eigen/Core>
#include <algorithm>
#include <vector>

#include "design.h"
#include "kernels.h"
#include "parallel.h"

namespace moelogit {

class RowPass {
 public:
  // `columns`: doubles per row of a block that should stay in the second-level cache.
  RowPass(Index rows, Index columns, Team& team) : rows_(rows), team_(&team), block_rows_(256) {
    const Index fits = kCacheBytes / (8 * std::max<Index>(1, columns));
    while (block_rows_ > fits && block_rows_ > kRowAlign) block_rows_ /= 2;
    blocks_ = (rows + block_rows_ - 1) / block_rows_;
  }

  int block_rows() const { return block_rows_; }
  Team& team() const { return *team_; }

  // Calls body(block, thread, accumulator) on every block; returns the sum of the accumulators,
  // valid until the next run.
  template <class Body>
  const double* run(Index size, const Body& body) {
    const Index memory_limit = std::max<Index>(1, kAccumulatorDoubles / std::max<Index>(1, size));
    const int chunks =
        static_cast<int>(std::max<Index>(1, std::min<Index>({kMaxChunks, memory_limit, blocks_})));
    accumulators_.assign(static_cast<std::size_t>(chunks) * size, 0.0);
    team_->run(chunks, [&](int chunk, int thread) {
      const Index first = blocks_ * chunk / chunks, last = blocks_ * (chunk + 1) / chunks;
      for (Index b = first; b < last; ++b) {
        const Index row = b * block_rows_;
        const int count = static_cast<int>(std::min<Index>(block_rows_, rows_ - row));
        const int aligned = (count + kRowAlign - 1) / kRowAlign * kRowAlign;
        body(RowBlock{row, count, aligned}, thread, accumulators_.data() + chunk * size);
      }
    });
    Eigen::Map<VectorXd> total(accumulators_.data(), size);
    for (int chunk = 1; chunk < chunks; ++chunk)
      total += Eigen::Map<const VectorXd>(accumulators_.data() + chunk * size, size);
    return accumulators_.data();
  }

 private:
  static constexpr Index kCacheBytes = Index(192) << 10;
  static constexpr Index kAccumulatorDoubles = Index(4) << 20;  // 32 MiB in all
  static constexpr Index kMaxChunks = 32;

  Index rows_, blocks_;
  Team* team_;
  int block_rows_;
  std::vector<double> accumulators_;
};

// Weighted Gram matrices of packed blocks (rows x p): adds packed' diag(weight) packed to the upper
// triangle of gram (p x p, row-major). `scaled` is scratch of rows * p doubles.
inline void add_gram(const double* packed, const double* weight, int rows, int p, double* scaled,
                     double* gram) {
  constexpr int kGroup = 6;
  for (Index j = 0; j < p; ++j)
    for (int i = 0; i < rows; ++i) scaled[j * rows + i] = packed[j * rows + i] * weight[i];
  for (int j = 0; j < p; j += kGroup)
    kernels().cross(packed + static_cast<Index>(j) * rows, rows, std::min(kGroup, p - j),
                    scaled + static_cast<Index>(j) * rows, p - j, p,
                    gram + static_cast<Index>(j) * p + j);
}

inline Eigen::MatrixXd full_gram(const double* upper, Index p) {
  Eigen::MatrixXd full = ConstCoefMap(upper, p, p);
  full.triangularView<Eigen::StrictlyLower>() = full.transpose();
  return full;
}

}  // namespace moelogit

#endif
