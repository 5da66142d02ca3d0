// Atoms, their dissimilarity and their merge, against arithmetic done by hand.
#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>

#include "measures.h"
#include "mixing_measure.h"

using moelogit::Atom;
using moelogit::kInfinity;
using moelogit::Metric;
using moelogit::MixingMeasure;
using moelogit::point;

TEST_CASE("log_add_exp keeps what exp would lose") {
  CHECK(moelogit::log_add_exp(std::log(2.0), std::log(3.0)) == doctest::Approx(std::log(5.0)));
  CHECK(moelogit::log_add_exp(-2000.0, -2000.0) == doctest::Approx(-2000.0 + std::log(2.0)));
  CHECK(moelogit::log_add_exp(-kInfinity, -3.0) == -3.0);
  CHECK(moelogit::log_add_exp(-kInfinity, -kInfinity) == -kInfinity);
}

TEST_CASE("dissimilarity and merge, by hand") {
  const Atom a = point(std::log(0.25), 1.0, 2.0);
  const Atom b = point(std::log(0.75), 3.0, -1.0);
  const Metric euclidean;
  // (2^2 + 3^2 + 3^2) / (4 + 4/3)
  CHECK(moelogit::dissimilarity(a, b, euclidean) == doctest::Approx(22.0 * 3.0 / 16.0));
  Metric curvature;
  curvature.euclidean = false;
  curvature.gate = Eigen::MatrixXd::Constant(1, 1, 2.0);
  curvature.expert = Eigen::MatrixXd::Constant(1, 1, 0.5);
  // 1/2 (2 * 4 + 0.5 * 9 + 0.5 * 9) / (4 + 4/3)
  CHECK(moelogit::dissimilarity(a, b, curvature) == doctest::Approx(8.5 * 3.0 / 16.0));
  const Atom merged = moelogit::merge(a, b);
  CHECK(std::abs(merged.log_weight) < 1e-15);
  CHECK(merged.gate(0) == doctest::Approx(2.5));
  CHECK(merged.expert(0, 0) == doctest::Approx(-0.25));
  CHECK(merged.expert(0, 1) == doctest::Approx(0.25));
}

TEST_CASE("weights of 1e-300 and far below") {
  const Metric metric;
  const Atom heavy = point(0.0, 0.0, 0.0);
  const Atom light = point(std::log(1e-300), 1.0, 0.0);
  CHECK(moelogit::dissimilarity(heavy, light, metric) == doctest::Approx(1e-300).epsilon(1e-10));
  const Atom two = moelogit::merge(light, point(std::log(3e-300), 5.0, 0.0));
  CHECK(two.log_weight == doctest::Approx(std::log(4e-300)));
  CHECK(two.gate(0) == doctest::Approx(4.0));
  // A weight of exactly zero neither moves its neighbour nor makes a NaN.
  const Atom with_nothing = moelogit::merge(heavy, point(-kInfinity, 7.0, 7.0));
  CHECK(with_nothing.log_weight == 0.0);
  CHECK(with_nothing.gate(0) == 0.0);
  CHECK(moelogit::merge(point(-kInfinity, 2.0, 0.0), point(-kInfinity, 4.0, 0.0)).gate(0) == 3.0);
}

TEST_CASE("atoms in one place are not apart, however heavy") {
  CHECK(moelogit::dissimilarity(point(1e4, 1.0, 2.0), point(1e4, 1.0, 2.0), Metric()) == 0.0);
}

TEST_CASE("no order of the two shows, to the last bit") {
  std::mt19937 random(3);
  const Metric metric;
  for (int repeat = 0; repeat < 100; ++repeat) {
    const MixingMeasure two = moelogit::random_measure(2, 3, 2, 3, &random);
    CHECK(moelogit::dissimilarity(two[0], two[1], metric) ==
          moelogit::dissimilarity(two[1], two[0], metric));
    const Atom one = moelogit::merge(two[0], two[1]), other = moelogit::merge(two[1], two[0]);
    CHECK(one.log_weight == other.log_weight);
    CHECK(one.gate == other.gate);
    CHECK(one.expert == other.expert);
  }
}

TEST_CASE("a measure is refused that is empty, of two shapes or not finite") {
  const Metric metric;
  CHECK_NOTHROW(moelogit::check_measure({point(-kInfinity, 0.0, 0.0)}, metric));
  CHECK_THROWS_AS(moelogit::check_measure({}, metric), std::invalid_argument);
  Atom wide = point(0.0, 0.0, 0.0);
  wide.expert.resize(1, 3);
  wide.expert.setZero();
  CHECK_THROWS_AS(moelogit::check_measure({point(0.0, 0.0, 0.0), wide}, metric),
                  std::invalid_argument);
  for (double bad : {kInfinity, std::nan("")}) {
    CHECK_THROWS_AS(moelogit::check_measure({point(bad, 0.0, 0.0)}, metric), std::invalid_argument);
    CHECK_THROWS_AS(moelogit::check_measure({point(0.0, bad, 0.0)}, metric), std::invalid_argument);
    CHECK_THROWS_AS(moelogit::check_measure({point(0.0, 0.0, bad)}, metric), std::invalid_argument);
  }
}
