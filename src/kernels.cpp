#include "kernels.h"

#include <cstdlib>
#include <cstring>
#include <vector>

#include "simd.h"
#include "softmax.h"

// Runtime dispatch needs the target attribute and __builtin_cpu_supports(). Windows is left out:
// its GCC does not align the stack for 32-byte vectors.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(_WIN32)
#define MOELOGIT_DISPATCH 1
#else
#define MOELOGIT_DISPATCH 0
#endif

namespace moelogit {
namespace {

// Tiles are unrolled by the templates below, so that accumulators stay in registers at -O2.
template <int N>
struct Unroll {
  template <class Body>
  static MOELOGIT_INLINE void run(const Body& body) {
    Unroll<N - 1>::run(body);
    body.template at<N - 1>();
  }
};
template <>
struct Unroll<0> {
  template <class Body>
  static MOELOGIT_INLINE void run(const Body&) {}
};

template <int W, int C>
struct MultiplyStep {
  typename simd::Lanes<W>::Vec* sum;  // 2 x C
  const typename simd::Lanes<W>::Vec& x0;
  const typename simd::Lanes<W>::Vec& x1;
  const double* coef;
  template <int I>
  MOELOGIT_INLINE void at() const {
    sum[2 * I] += x0 * coef[I];
    sum[2 * I + 1] += x1 * coef[I];
  }
};

// 2 W rows by C columns of x * coef.
template <int W, int C>
MOELOGIT_INLINE void multiply_tile(const double* x, int rows, int p, const double* coef, int cols,
                                   double* out) {
  typedef typename simd::Lanes<W>::Vec Vec;
  for (int i = 0; i < rows; i += 2 * W) {
    Vec sum[2 * C] = {};
    for (int j = 0; j < p; ++j) {
      Vec x0, x1;
      simd::load<W>(x0, x + static_cast<long>(j) * rows + i);
      simd::load<W>(x1, x + static_cast<long>(j) * rows + i + W);
      Unroll<C>::run(MultiplyStep<W, C>{sum, x0, x1, coef + static_cast<long>(j) * cols});
    }
    for (int c = 0; c < C; ++c) {
      simd::store<W>(out + static_cast<long>(c) * rows + i, sum[2 * c]);
      simd::store<W>(out + static_cast<long>(c) * rows + i + W, sum[2 * c + 1]);
    }
  }
}

template <int W>
MOELOGIT_INLINE void multiply(const double* x, int rows, int p, const double* coef, int cols,
                              double* out) {
  int c = 0;
  for (; c + 4 <= cols; c += 4)
    multiply_tile<W, 4>(x, rows, p, coef + c, cols, out + static_cast<long>(c) * rows);
  const double* rest = coef + c;
  double* out_rest = out + static_cast<long>(c) * rows;
  switch (cols - c) {
    case 3:
      multiply_tile<W, 3>(x, rows, p, rest, cols, out_rest);
      break;
    case 2:
      multiply_tile<W, 2>(x, rows, p, rest, cols, out_rest);
      break;
    case 1:
      multiply_tile<W, 1>(x, rows, p, rest, cols, out_rest);
      break;
    default:
      break;
  }
}

template <int W, int P>
struct CrossStep {
  typename simd::Lanes<W>::Vec* sum;  // P x C, this column
  const typename simd::Lanes<W>::Vec* x;
  const typename simd::Lanes<W>::Vec& r;
  template <int I>
  MOELOGIT_INLINE void at() const {
    sum[I] += x[I] * r;
  }
};

template <int W, int P>
struct CrossColumns {
  typename simd::Lanes<W>::Vec* sum;
  const typename simd::Lanes<W>::Vec* x;
  const double* r;
  int rows;
  template <int C>
  MOELOGIT_INLINE void at() const {
    typename simd::Lanes<W>::Vec value;
    simd::load<W>(value, r + static_cast<long>(C) * rows);
    Unroll<P>::run(CrossStep<W, P>{sum + P * C, x, value});
  }
};

template <int W>
struct LoadStep {
  typename simd::Lanes<W>::Vec* x;
  const double* from;
  int rows;
  template <int I>
  MOELOGIT_INLINE void at() const {
    simd::load<W>(x[I], from + static_cast<long>(I) * rows);
  }
};

// P rows by C columns of x' r.
template <int W, int P, int C>
MOELOGIT_INLINE void cross_tile(const double* x, const double* r, int rows, int stride,
                                double* grad) {
  typedef typename simd::Lanes<W>::Vec Vec;
  Vec sum[P * C] = {};
  for (int i = 0; i < rows; i += W) {
    Vec xi[P];
    Unroll<P>::run(LoadStep<W>{xi, x + i, rows});
    Unroll<C>::run(CrossColumns<W, P>{sum, xi, r + i, rows});
  }
  for (int j = 0; j < P; ++j)
    for (int c = 0; c < C; ++c)
      grad[static_cast<long>(j) * stride + c] += simd::sum<W>(sum[P * c + j]);
}

template <int W, int P>
MOELOGIT_INLINE void cross_rows(const double* x, int rows, const double* r, int cols, int stride,
                                double* grad) {
  int c = 0;
  for (; c + 4 <= cols; c += 4)
    cross_tile<W, P, 4>(x, r + static_cast<long>(c) * rows, rows, stride, grad + c);
  const double* rest = r + static_cast<long>(c) * rows;
  switch (cols - c) {
    case 3:
      cross_tile<W, P, 3>(x, rest, rows, stride, grad + c);
      break;
    case 2:
      cross_tile<W, P, 2>(x, rest, rows, stride, grad + c);
      break;
    case 1:
      cross_tile<W, P, 1>(x, rest, rows, stride, grad + c);
      break;
    default:
      break;
  }
}

// Covariates at a time: P by 4 sums and what they are made from fit in the registers.
template <int W, int P>
struct CrossRest {
  static MOELOGIT_INLINE void run(const double* x, int rows, int p, const double* r, int cols,
                                  int stride, double* grad) {
    if (p == P)
      cross_rows<W, P>(x, rows, r, cols, stride, grad);
    else
      CrossRest<W, P - 1>::run(x, rows, p, r, cols, stride, grad);
  }
};
template <int W>
struct CrossRest<W, 0> {
  static MOELOGIT_INLINE void run(const double*, int, int, const double*, int, int, double*) {}
};

template <int W>
MOELOGIT_INLINE void cross(const double* x, int rows, int p, const double* r, int cols, int stride,
                           double* grad) {
  constexpr int kTile = W == 8 ? 6 : 3;
  int j = 0;
  for (; j + kTile <= p; j += kTile)
    cross_rows<W, kTile>(x + static_cast<long>(j) * rows, rows, r, cols, stride,
                         grad + static_cast<long>(j) * stride);
  CrossRest<W, kTile - 1>::run(x + static_cast<long>(j) * rows, rows, p - j, r, cols, stride,
                               grad + static_cast<long>(j) * stride);
}

// One sparse row against the logits from `c` on, W at a time, then fewer.
template <int W>
struct SparseRow {
  typedef typename simd::Lanes<W>::Vec Vec;
  static MOELOGIT_INLINE void gather(const SparseRows& x, int i, const double* coef, int cols,
                                     int c, double* row) {
    for (; c + W <= cols; c += W) {
      Vec sum, value;
      simd::load<W>(sum, row + c);
      for (std::ptrdiff_t e = x.start[i]; e < x.start[i + 1]; ++e) {
        simd::load<W>(value, coef + static_cast<std::ptrdiff_t>(x.column[e]) * cols + c);
        sum += value * x.value[e];
      }
      simd::store<W>(row + c, sum);
    }
    SparseRow<W / 2>::gather(x, i, coef, cols, c, row);
  }
  static MOELOGIT_INLINE void scatter(const SparseRows& x, int i, const double* row, int cols,
                                      int c, double* grad) {
    for (; c + W <= cols; c += W) {
      Vec value, sum;
      simd::load<W>(value, row + c);
      for (std::ptrdiff_t e = x.start[i]; e < x.start[i + 1]; ++e) {
        double* target = grad + static_cast<std::ptrdiff_t>(x.column[e]) * cols + c;
        simd::load<W>(sum, target);
        sum += value * x.value[e];
        simd::store<W>(target, sum);
      }
    }
    SparseRow<W / 2>::scatter(x, i, row, cols, c, grad);
  }
};
template <>
struct SparseRow<1> {
  static MOELOGIT_INLINE void gather(const SparseRows& x, int i, const double* coef, int cols,
                                     int c, double* row) {
    if (c == cols) return;
    for (std::ptrdiff_t e = x.start[i]; e < x.start[i + 1]; ++e)
      row[c] += x.value[e] * coef[static_cast<std::ptrdiff_t>(x.column[e]) * cols + c];
  }
  static MOELOGIT_INLINE void scatter(const SparseRows& x, int i, const double* row, int cols,
                                      int c, double* grad) {
    if (c == cols) return;
    for (std::ptrdiff_t e = x.start[i]; e < x.start[i + 1]; ++e)
      grad[static_cast<std::ptrdiff_t>(x.column[e]) * cols + c] += x.value[e] * row[c];
  }
};

template <int W>
MOELOGIT_INLINE void sparse_multiply(const SparseRows& x, const double* coef,
                                     const double* constant, int cols, int rows, double* out) {
  std::vector<double> row(cols);
  for (int i = 0; i < x.count; ++i) {
    for (int c = 0; c < cols; ++c) row[c] = constant[c];
    SparseRow<W>::gather(x, i, coef, cols, 0, row.data());
    for (int c = 0; c < cols; ++c) out[static_cast<std::ptrdiff_t>(c) * rows + i] = row[c];
  }
}

template <int W>
MOELOGIT_INLINE void sparse_cross(const SparseRows& x, const double* r, int rows, int cols,
                                  double* grad, double* sums) {
  std::vector<double> row(cols);
  for (int i = 0; i < x.count; ++i) {
    for (int c = 0; c < cols; ++c) {
      row[c] = r[static_cast<std::ptrdiff_t>(c) * rows + i];
      sums[c] += row[c];
    }
    SparseRow<W>::scatter(x, i, row.data(), cols, 0, grad);
  }
}

// Softmax of W rows; prob may be the same array as logit.
template <int W>
MOELOGIT_INLINE void softmax_rows(const double* logit, int rows, int cols, double* prob) {
  typedef typename simd::Lanes<W>::Vec Vec;
  Vec top, value;
  simd::load<W>(top, logit);
  for (int c = 1; c < cols; ++c) {
    simd::load<W>(value, logit + static_cast<long>(c) * rows);
    simd::raise_to<W>(top, value);
  }
  Vec total = {0.0};
  for (int c = 0; c < cols; ++c) {
    simd::load<W>(value, logit + static_cast<long>(c) * rows);
    value = value - top;
    simd::exp_nonpositive<W>(value);
    total += value;
    simd::store<W>(prob + static_cast<long>(c) * rows, value);
  }
  const Vec scale = 1.0 / total;
  for (int c = 0; c < cols; ++c) {
    simd::load<W>(value, prob + static_cast<long>(c) * rows);
    value *= scale;
    simd::store<W>(prob + static_cast<long>(c) * rows, value);
  }
}

template <int W>
MOELOGIT_INLINE void softmax(const double* logit, int rows, int cols, double* prob) {
  for (int i = 0; i < rows; i += W) softmax_rows<W>(logit + i, rows, cols, prob + i);
}

template <int W>
MOELOGIT_INLINE double posterior(const LogitBlock& b) {
  typedef typename simd::Lanes<W>::Vec Vec;
  const long rows = b.rows;
  const int K = b.experts, M = b.classes;
  const Vec zero = {0.0};
  Vec total = zero;
  double rare = 0.0;
  for (int i = 0; i < b.rows; i += W) {
    Vec y, c;
    simd::load<W>(y, b.response + i);
    simd::load<W>(c, b.weight + i);
    double* gate = b.gate_residual + i;      // holds pi until the end
    double* expert = b.expert_residual + i;  // holds P until the end
    double* tau = b.posterior_weight + i;    // holds pi_k P_ky until the end
    softmax_rows<W>(b.gate + i, b.rows, K, gate);
    Vec f = zero;
    for (int k = 0; k < K; ++k) {
      double* pk = expert + rows * k * M;
      softmax_rows<W>(b.expert + i + rows * k * M, b.rows, M, pk);
      Vec observed = zero;
      for (int m = 0; m < M; ++m) {
        Vec p, kept;
        simd::load<W>(p, pk + rows * m);
        simd::keep_equal<W>(kept, p, y, zero + static_cast<double>(m));
        observed += kept;
      }
      Vec pi;
      simd::load<W>(pi, gate + rows * k);
      observed *= pi;
      f += observed;
      simd::store<W>(tau + rows * k, observed);
    }
    // The share of each expert. Where the sum underflows, the rows are redone in logarithms.
    Vec share = c / f;
    bool underflow = false;
    for (int r = 0; r < W; ++r) underflow = underflow || !(f[r] > kSmallestDensity);
    if (underflow) {
      for (int r = 0; r < W; ++r) {
        if (f[r] > kSmallestDensity) continue;
        rare += c[r] * log_posterior(b.gate + i + r, b.expert + i + r, b.rows, K, M,
                                     static_cast<int>(y[r]), tau + r);
        share[r] = c[r];
        f[r] = 1.0;
      }
    }
    for (int k = 0; k < K; ++k) {
      Vec t, pi;
      simd::load<W>(t, tau + rows * k);
      t *= share;
      simd::store<W>(tau + rows * k, t);
      simd::load<W>(pi, gate + rows * k);
      pi = t - c * pi;
      simd::store<W>(gate + rows * k, pi);
      double* pk = expert + rows * k * M;
      for (int m = 0; m < M; ++m) {
        Vec p, own;
        simd::load<W>(p, pk + rows * m);
        simd::keep_equal<W>(own, t, y, zero + static_cast<double>(m));
        p = own - t * p;
        simd::store<W>(pk + rows * m, p);
      }
    }
    simd::log_positive<W>(f);
    total += c * f;
  }
  return simd::sum<W>(total) + rare;
}

#define MOELOGIT_KERNEL_SET(NAME, W, TARGET)                                                       \
  namespace NAME {                                                                                 \
  TARGET void run_multiply(const double* x, int rows, int p, const double* coef, int cols,         \
                           double* out) {                                                          \
    multiply<W>(x, rows, p, coef, cols, out);                                                      \
  }                                                                                                \
  TARGET void run_cross(const double* x, int rows, int p, const double* r, int cols, int stride,   \
                        double* grad) {                                                            \
    cross<W>(x, rows, p, r, cols, stride, grad);                                                   \
  }                                                                                                \
  TARGET void run_sparse_multiply(const SparseRows& x, const double* coef, const double* constant, \
                                  int cols, int rows, double* out) {                               \
    sparse_multiply<W>(x, coef, constant, cols, rows, out);                                        \
  }                                                                                                \
  TARGET void run_sparse_cross(const SparseRows& x, const double* r, int rows, int cols,           \
                               double* grad, double* sums) {                                       \
    sparse_cross<W>(x, r, rows, cols, grad, sums);                                                 \
  }                                                                                                \
  TARGET void run_softmax(const double* logit, int rows, int cols, double* prob) {                 \
    softmax<W>(logit, rows, cols, prob);                                                           \
  }                                                                                                \
  TARGET double run_posterior(const LogitBlock& block) { return posterior<W>(block); }             \
  const Kernels kSet = {                                                                           \
      #NAME,       run_multiply, run_cross, run_sparse_multiply, run_sparse_cross,                 \
      run_softmax, run_posterior};                                                                 \
  }

MOELOGIT_KERNEL_SET(portable, 2, )
#if MOELOGIT_DISPATCH
MOELOGIT_KERNEL_SET(avx2, 4, __attribute__((target("avx2,fma"))))
MOELOGIT_KERNEL_SET(avx512, 8, __attribute__((target("avx512f,avx512dq,avx2,fma"))))
#endif

}  // namespace

const Kernels* find_kernels(const char* name) {
  if (std::strcmp(name, "portable") == 0) return &portable::kSet;
#if MOELOGIT_DISPATCH
  if (std::strcmp(name, "avx2") == 0 && __builtin_cpu_supports("avx2") &&
      __builtin_cpu_supports("fma"))
    return &avx2::kSet;
  if (std::strcmp(name, "avx512") == 0 && __builtin_cpu_supports("avx512f") &&
      __builtin_cpu_supports("avx512dq"))
    return &avx512::kSet;
#endif
  return nullptr;
}

const Kernels& kernels() {
  static const Kernels* const best = [] {
    const char* const asked = std::getenv("MOELOGIT_PORTABLE");
    if (asked && *asked && std::strcmp(asked, "0") != 0) return &portable::kSet;
    const char* const names[] = {"avx512", "avx2"};
    for (const char* name : names)
      if (const Kernels* found = find_kernels(name)) return found;
    return &portable::kSet;
  }();
  return *best;
}

}  // namespace moelogit
