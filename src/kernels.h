// The inner loops on one block of rows, compiled once for each instruction set and chosen at run
// time. A block holds `rows` rows (a multiple of kRowAlign), column-major with leading dimension
// `rows`. Coefficients and gradients are row-major: one row per covariate, one column per logit.
#ifndef MOELOGIT_KERNELS_H
#define MOELOGIT_KERNELS_H

#include <cstddef>

namespace moelogit {

constexpr int kRowAlign = 16;

// One block's logits and what is derived from them. Expert logits are ordered expert by expert:
// column k * classes + m. All arrays have leading dimension `rows`.
struct LogitBlock {
  int rows;
  int experts;
  int classes;
  const double* gate;        // rows x K
  const double* expert;      // rows x KM
  const double* response;    // rows: class index 0..M-1, as a double
  const double* weight;      // rows: case weight, 0 for padding
  double* gate_residual;     // rows x K:  c (tau - pi)
  double* expert_residual;   // rows x KM: c tau_k (Y - P_k)
  double* posterior_weight;  // rows x K:  c tau
};

// Rows of a sparse matrix: row i holds value[e] in column[e] for e = start[i] .. start[i + 1] - 1.
struct SparseRows {
  const std::ptrdiff_t* start;
  int count;
  const int* column;
  const double* value;
};

struct Kernels {
  const char* name;
  // out (rows x cols) = x (rows x p) * coef (p x cols, row-major)
  void (*multiply)(const double* x, int rows, int p, const double* coef, int cols, double* out);
  // grad (p x cols, row-major, rows `stride` apart) += x' r, r rows x cols
  void (*cross)(const double* x, int rows, int p, const double* r, int cols, int stride,
                double* grad);
  // The same for sparse rows: out (rows x cols) = constant + x * coef
  void (*sparse_multiply)(const SparseRows& x, const double* coef, const double* constant, int cols,
                          int rows, double* out);
  // grad (row-major, `cols` to a row) += x' r, sums += the column sums of r
  void (*sparse_cross)(const SparseRows& x, const double* r, int rows, int cols, double* grad,
                       double* sums);
  // Softmax over `cols` columns: prob = exp(logit) / sum.
  void (*softmax)(const double* logit, int rows, int cols, double* prob);
  // Fills the residuals and weights of the block; returns sum of c log f.
  double (*posterior)(const LogitBlock& block);
};

// The best set for this processor; the portable one where the environment variable
// MOELOGIT_PORTABLE was set (to anything but 0) when it was first asked for.
const Kernels& kernels();

// The set by name ("portable", "avx2", "avx512"), or nullptr where it cannot run. For tests.
const Kernels* find_kernels(const char* name);

}  // namespace moelogit

#endif
