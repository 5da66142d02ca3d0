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

}  // namespace

TEST_CASE("vectors of every width load, add, compare and store lane by lane") {
  check_lanes<2>();
  check_lanes<4>();
  check_lanes<8>();
}
