// Portable vector arithmetic: W doubles at a time, through the compiler's vector extension.
//
// Only exp, log and max are written here; + - * / are the compiler's own. Vectors are passed by
// reference because a 32- or 64-byte vector by value has a different ABI on each instruction set.
#ifndef MOELOGIT_SIMD_H
#define MOELOGIT_SIMD_H

#define MOELOGIT_INLINE inline __attribute__((always_inline))

namespace moelogit {
namespace simd {

// Vec: register type. Mem: the same doubles in memory, any alignment. Bits/Mask: their bit
// patterns.
template <int W>
struct Lanes;

#define MOELOGIT_LANES(W, BYTES)                                                   \
  template <>                                                                      \
  struct Lanes<W> {                                                                \
    typedef double Vec __attribute__((vector_size(BYTES)));                        \
    typedef double Mem __attribute__((vector_size(BYTES), aligned(8), may_alias)); \
    typedef unsigned long long Bits __attribute__((vector_size(BYTES)));           \
  };
MOELOGIT_LANES(2, 16)
MOELOGIT_LANES(4, 32)
MOELOGIT_LANES(8, 64)
#undef MOELOGIT_LANES

template <int W>
MOELOGIT_INLINE void load(typename Lanes<W>::Vec& v, const double* from) {
  v = *reinterpret_cast<const typename Lanes<W>::Mem*>(from);
}

template <int W>
MOELOGIT_INLINE void store(double* to, const typename Lanes<W>::Vec& v) {
  *reinterpret_cast<typename Lanes<W>::Mem*>(to) = v;
}

template <int W>
MOELOGIT_INLINE double sum(const typename Lanes<W>::Vec& v) {
  double total = 0.0;
  for (int i = 0; i < W; ++i) total += v[i];
  return total;
}

// a = max(a, b), lane by lane.
template <int W>
MOELOGIT_INLINE void raise_to(typename Lanes<W>::Vec& a, const typename Lanes<W>::Vec& b) {
  typedef typename Lanes<W>::Bits Bits;
  const Bits less = (Bits)(a < b);
  a = (typename Lanes<W>::Vec)((less & (Bits)b) | (~less & (Bits)a));
}

// keep = value where a == b, 0 elsewhere.
template <int W>
MOELOGIT_INLINE void keep_equal(typename Lanes<W>::Vec& keep, const typename Lanes<W>::Vec& value,
                                const typename Lanes<W>::Vec& a, const typename Lanes<W>::Vec& b) {
  typedef typename Lanes<W>::Bits Bits;
  keep = (typename Lanes<W>::Vec)((Bits)(a == b) & (Bits)value);
}

// x = exp(x) for x <= 0, to about one unit in the last place; arguments below -708 give 0.
// exp(x) = 2^n exp(r), r = x - n log 2 in [-log(2)/2, log(2)/2], Taylor polynomial of degree 13.
template <int W>
MOELOGIT_INLINE void exp_nonpositive(typename Lanes<W>::Vec& x) {
  typedef typename Lanes<W>::Vec Vec;
  typedef typename Lanes<W>::Bits Bits;
  const Vec zero = {0.0};
  const double round_magic = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to an integer
  const Vec lowest = zero - 708.0;
  const Bits vanishes = (Bits)(x < lowest);
  raise_to<W>(x, lowest);
  const Vec shifted = x * 1.4426950408889634074 + round_magic;
  const Vec n = shifted - round_magic;
  const Vec r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  Vec p = zero + 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  p = p * r + 1.0;
  p = p * r + 1.0;
  x = (Vec)(((Bits)p + ((Bits)shifted << 52)) & ~vanishes);
}

// x = log(x) for positive, normal x. log(x) = e log 2 + 2 atanh((m - 1) / (m + 1)), with
// m in (sqrt(1/2), sqrt(2)] the significand.
template <int W>
MOELOGIT_INLINE void log_positive(typename Lanes<W>::Vec& x) {
  typedef typename Lanes<W>::Vec Vec;
  typedef typename Lanes<W>::Bits Bits;
  const Vec zero = {0.0};
  const Vec one = zero + 1.0;
  const Bits bits = (Bits)x;
  Vec m = (Vec)((bits & 0x000fffffffffffffULL) | (Bits)one);
  // The exponent as a double: its bits under the significand of 2^52.
  Vec e = (Vec)((bits >> 52) | 0x4330000000000000ULL) - (4503599627370496.0 + 1023.0);
  const Vec halve = (Vec)((Bits)(m > zero + 1.4142135623730950488) & (Bits)one);
  m = m - 0.5 * halve * m;
  e = e + halve;
  const Vec s = (m - 1.0) / (m + 1.0);
  const Vec z = s * s;
  Vec p = zero + 2.0 / 23.0;
  p = p * z + 2.0 / 21.0;
  p = p * z + 2.0 / 19.0;
  p = p * z + 2.0 / 17.0;
  p = p * z + 2.0 / 15.0;
  p = p * z + 2.0 / 13.0;
  p = p * z + 2.0 / 11.0;
  p = p * z + 2.0 / 9.0;
  p = p * z + 2.0 / 7.0;
  p = p * z + 2.0 / 5.0;
  p = p * z + 2.0 / 3.0;
  x = e * 6.93147180369123816490e-01 + (s * (2.0 + z * p) + e * 1.90821492927058770002e-10);
}

}  // namespace simd
}  // namespace moelogit

#endif
