#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "simd.h"

using namespace moelogit;

namespace {

// Lane by lane as written, from and to unaligned memory.
template <int W>
void check_lanes() {
  std::vector<double> a(W + 1), b(W + 1), out(W + 1);
  for (int i = 0; i <= W; ++i) {
    a[i] = i - 1.5;
    b[i] = 2.0 - 1.25 * i;
  }
  typename simd::Lanes<W>::Vec x, y, kept = {};
  simd::load<W>(x, a.data() + 1);
  simd::load<W>(y, b.data() + 1);
  double total = 0.0;
  for (int i = 1; i <= W; ++i) total += a[i];
  CHECK(simd::sum<W>(x) == doctest::Approx(total));
  simd::keep_equal<W>(kept, y, x, x);
  simd::store<W>(out.data() + 1, kept);
  for (int i = 1; i <= W; ++i) CHECK(out[i] == b[i]);
  simd::keep_equal<W>(kept, y, x, y);
  simd::store<W>(out.data() + 1, kept);
  for (int i = 1; i <= W; ++i) CHECK(out[i] == (a[i] == b[i] ? b[i] : 0.0));
  simd::raise_to<W>(x, y);
  simd::store<W>(out.data() + 1, x);
  for (int i = 1; i <= W; ++i) CHECK(out[i] == std::fmax(a[i], b[i]));
}

// The largest error of a function in units in the last place of the exact value, over a grid of
// arguments. `exact` is in long double.
template <int W, class Function, class Exact>
double most_ulps(double from, double to, Function function, Exact exact) {
  double most = 0.0;
  const int steps = 40000;
  for (int i = 0; i <= steps; ++i) {
    const double at = from + (to - from) * i / steps;
    typename simd::Lanes<W>::Vec x = typename simd::Lanes<W>::Vec{} + at;
    function(x);
    const long double wanted = exact(static_cast<long double>(at));
    const double size = std::fabs(static_cast<double>(wanted));
    const double unit = std::nextafter(size, INFINITY) - size;
    for (int lane = 0; lane < W; ++lane)
      most = std::fmax(most, static_cast<double>(std::fabs(x[lane] - wanted)) / unit);
  }
  return most;
}

template <int W>
void check_accuracy() {
  typedef typename simd::Lanes<W>::Vec Vec;
  const auto exp = [](Vec& x) { simd::exp_nonpositive<W>(x); };
  const auto log = [](Vec& x) { simd::log_positive<W>(x); };
  const auto exact_exp = [](long double x) { return std::exp(x); };
  const auto exact_log = [](long double x) { return std::log(x); };
  CHECK(most_ulps<W>(-2.0, 0.0, exp, exact_exp) < 1.5);
  CHECK(most_ulps<W>(-707.0, -2.0, exp, exact_exp) < 1.5);
  CHECK(most_ulps<W>(1e-300, 1e-3, log, exact_log) < 1.5);
  CHECK(most_ulps<W>(1.5, 1e6, log, exact_log) < 1.5);
}

}  // namespace

TEST_CASE("exponential and logarithm are right to about one unit in the last place") {
  check_accuracy<2>();
  check_accuracy<4>();
  check_accuracy<8>();
}

TEST_CASE("vectors of every width load, add, compare and store lane by lane") {
  check_lanes<2>();
  check_lanes<4>();
  check_lanes<8>();
}
