// Logarithms of sums where exponentials overflow, underflow or cancel.
#include <doctest/doctest.h>

#include <cmath>
#include <initializer_list>

#include "softmax.h"

using namespace moelogit;

TEST_CASE("the log of a sum of exponentials, at any size and stride") {
  const double value[] = {1.0, 99.0, 2.0, 99.0, 3.0, 99.0};
  const double direct = std::log(std::exp(1.0) + std::exp(2.0) + std::exp(3.0));
  CHECK(log_sum_exp(value, 2, 3) == doctest::Approx(direct).epsilon(1e-15));
  for (double shift = -1e5; shift <= 1e5; shift += 2e5) {
    const double shifted[] = {shift + 1.0, shift + 2.0, shift + 3.0};
    CHECK(log_sum_exp(shifted, 1, 3) - shift == doctest::Approx(direct).epsilon(1e-10));
  }
  CHECK(log_sum_exp(value, 1, 1) == 1.0);
}

TEST_CASE("the posterior of one row, by hand") {
  // two experts of two classes
  const double gate[] = {0.0, std::log(3.0)};
  const double expert[] = {std::log(4.0), 0.0, 0.0, 0.0};
  double tau[2];
  const double f = 0.25 * 0.8 + 0.75 * 0.5;
  CHECK(log_posterior(gate, expert, 1, 2, 2, 0, tau) == doctest::Approx(std::log(f)));
  CHECK(tau[0] == doctest::Approx(0.2 / f));
  CHECK(tau[1] == doctest::Approx(0.375 / f));
}

TEST_CASE("the posterior is there where every expert's probability underflows") {
  const double gate[] = {0.0, 0.0};
  const double expert[] = {-2000.0, 0.0, -2001.0, 0.0};
  double tau[2];
  const double log_f = log_posterior(gate, expert, 1, 2, 2, 0, tau);
  CHECK(log_f == doctest::Approx(-2000.0 + std::log(0.5 * (1.0 + std::exp(-1.0)))));
  CHECK(tau[0] == doctest::Approx(1.0 / (1.0 + std::exp(-1.0))));
  CHECK(std::abs(tau[0] + tau[1] - 1.0) < 1e-15);
}

TEST_CASE("log probabilities of the classes, far below what a probability can hold") {
  double gate[] = {0.0, std::log(3.0)};
  double expert[] = {0.0, -1000.0, 0.0, -1001.0};
  double joint[2], out[2];
  log_classes(gate, expert, 1, 2, 2, joint, out, 1);
  CHECK(out[1] == doctest::Approx(-1000.0 + std::log(0.25 + 0.75 * std::exp(-1.0))));
  CHECK(out[0] == 0.0);
  CHECK(gate[0] == doctest::Approx(std::log(0.25)));
}

TEST_CASE("equal logits are equally likely, however large") {
  for (double size : {1.0, 1e10, 1e20, -1e20}) {
    double gate[] = {size, size};
    double expert[] = {size, size, -size, -size};
    double tau[2], out[2];
    CHECK(log_posterior(gate, expert, 1, 2, 2, 0, tau) == doctest::Approx(std::log(0.5)));
    CHECK(tau[0] == doctest::Approx(0.5));
    log_classes(gate, expert, 1, 2, 2, tau, out, 1);
    CHECK(out[1] == doctest::Approx(std::log(0.5)));
  }
}

TEST_CASE("no probability is above 1") {
  CHECK(probability(1.0 + 1e-15) == 1.0);
  CHECK(probability(0.3) == 0.3);
  CHECK(std::isnan(probability(std::nan(""))));
}
