// Every set of kernels that this processor can run, against plain loops.
#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "kernels.h"
#include "softmax.h"

using moelogit::Kernels;
using moelogit::LogitBlock;

namespace {

std::vector<double> normals(int count, double size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  std::vector<double> out(count);
  for (double& value : out) value = size * normal(random);
  return out;
}

std::vector<const Kernels*> available() {
  std::vector<const Kernels*> sets;
  for (const char* name : {"portable", "avx2", "avx512"})
    if (const Kernels* found = moelogit::find_kernels(name)) sets.push_back(found);
  return sets;
}

}  // namespace

TEST_CASE("there is always a set, and no set by another name") {
  CHECK(moelogit::find_kernels("portable") != nullptr);
  CHECK(moelogit::find_kernels("avx") == nullptr);
  CHECK(moelogit::find_kernels(moelogit::kernels().name) == &moelogit::kernels());
}

TEST_CASE("the environment can ask for the portable set") {
  const char* const asked = std::getenv("MOELOGIT_PORTABLE");
  if (asked && std::string(asked) == "1")
    CHECK(std::string(moelogit::kernels().name) == "portable");
  else
    CHECK(&moelogit::kernels() == available().back());
}

TEST_CASE("a probability too small for a double is 0") {
  for (const Kernels* set : available()) {
    CAPTURE(set->name);
    std::vector<double> logit(2 * moelogit::kRowAlign, 0.0), prob(logit.size());
    for (int i = 0; i < moelogit::kRowAlign; ++i) logit[i] = -707.0 - i;
    set->softmax(logit.data(), moelogit::kRowAlign, 2, prob.data());
    CHECK(prob[0] == doctest::Approx(std::exp(-707.0)).epsilon(1e-12));
    for (int i = 2; i < moelogit::kRowAlign; ++i) CHECK(prob[i] == 0.0);
    for (int i = 0; i < moelogit::kRowAlign; ++i) CHECK(prob[moelogit::kRowAlign + i] == 1.0);
  }
}

TEST_CASE("products with coefficients and residuals") {
  for (const Kernels* set : available()) {
    CAPTURE(set->name);
    for (int p : {1, 2, 3, 7}) {
      for (int cols : {1, 2, 3, 4, 5, 9}) {
        const int rows = 48, stride = cols + 2;
        const std::vector<double> x = normals(rows * p, 1.0, 1);
        const std::vector<double> coef = normals(p * cols, 1.0, 2);
        const std::vector<double> r = normals(rows * cols, 1.0, 3);
        std::vector<double> out(rows * cols), grad(p * stride, 0.5);
        set->multiply(x.data(), rows, p, coef.data(), cols, out.data());
        set->cross(x.data(), rows, p, r.data(), cols, stride, grad.data());
        for (int c = 0; c < cols; ++c) {
          for (int i = 0; i < rows; ++i) {
            double sum = 0.0;
            for (int j = 0; j < p; ++j) sum += x[j * rows + i] * coef[j * cols + c];
            CHECK(std::abs(out[c * rows + i] - sum) < 1e-12);
          }
          for (int j = 0; j < p; ++j) {
            double sum = 0.5;
            for (int i = 0; i < rows; ++i) sum += x[j * rows + i] * r[c * rows + i];
            CHECK(std::abs(grad[j * stride + c] - sum) < 1e-12);
          }
        }
        // what lies between the columns of a wider matrix is left alone
        for (int j = 0; j < p; ++j) CHECK(grad[j * stride + cols] == 0.5);
      }
    }
  }
}

TEST_CASE("softmax to a few units in the last place, from tiny to huge logits") {
  for (const Kernels* set : available()) {
    CAPTURE(set->name);
    for (double size : {1e-12, 1.0, 30.0, 1e5}) {
      const int rows = 16, cols = 5;
      const std::vector<double> logit = normals(rows * cols, size, 4);
      std::vector<double> prob(logit.size());
      set->softmax(logit.data(), rows, cols, prob.data());
      for (int i = 0; i < rows; ++i) {
        const double norm = moelogit::log_sum_exp(logit.data() + i, rows, cols);
        double total = 0.0;
        for (int c = 0; c < cols; ++c) {
          const double exact = std::exp(logit[c * rows + i] - norm);
          CHECK(std::abs(prob[c * rows + i] - exact) <= 1e-14 + 1e-13 * exact);
          total += prob[c * rows + i];
        }
        CHECK(std::abs(total - 1.0) < 1e-14);
      }
    }
  }
}

TEST_CASE("likelihood, residuals and posteriors, also where the density underflows") {
  const int rows = 32, K = 3, M = 4;
  for (const Kernels* set : available()) {
    CAPTURE(set->name);
    for (double size : {0.5, 20.0, 2000.0}) {
      CAPTURE(size);
      const std::vector<double> gate = normals(rows * K, size, 5);
      const std::vector<double> expert = normals(rows * K * M, size, 6);
      std::vector<double> y(rows), c(rows), gate_residual(gate.size()),
          expert_residual(expert.size()), posterior(gate.size());
      for (int i = 0; i < rows; ++i) {
        y[i] = i % M;
        c[i] = i < 29 ? 0.5 + i : 0.0;  // the last rows are padding
      }
      const double loglik = set->posterior(LogitBlock{rows, K, M, gate.data(), expert.data(),
                                                      y.data(), c.data(), gate_residual.data(),
                                                      expert_residual.data(), posterior.data()});
      double sum = 0.0;
      for (int i = 0; i < rows; ++i) {
        double tau[K * rows];
        sum += c[i] *
               moelogit::log_posterior(gate.data() + i, expert.data() + i, rows, K, M, i % M, tau);
        const double gate_norm = moelogit::log_sum_exp(gate.data() + i, rows, K);
        for (int k = 0; k < K; ++k) {
          const double t = c[i] * tau[k * rows];
          const double pi = std::exp(gate[k * rows + i] - gate_norm);
          CHECK(std::abs(posterior[k * rows + i] - t) < 1e-11);
          CHECK(std::abs(gate_residual[k * rows + i] - (t - c[i] * pi)) < 1e-11);
          const double* logit = expert.data() + i + rows * k * M;
          const double norm = moelogit::log_sum_exp(logit, rows, M);
          for (int m = 0; m < M; ++m) {
            const double residual = t * ((m == i % M) - std::exp(logit[m * rows] - norm));
            CHECK(std::abs(expert_residual[(k * M + m) * rows + i] - residual) < 1e-11);
          }
        }
      }
      CHECK(loglik == doctest::Approx(sum).epsilon(1e-13));
    }
  }
}

TEST_CASE("products with sparse rows") {
  // Rows with none, one and several values; the columns of a row need no order.
  const std::vector<std::ptrdiff_t> start = {0, 2, 2, 3, 7};
  const std::vector<int> column = {1, 4, 0, 3, 0, 4, 2};
  const int rows = 16, count = 4, p = 5;
  const std::vector<double> value = normals(7, 1.0, 4);
  const moelogit::SparseRows x = {start.data(), count, column.data(), value.data()};
  for (const Kernels* set : available()) {
    CAPTURE(set->name);
    for (int cols = 1; cols <= 19; ++cols) {
      CAPTURE(cols);
      const std::vector<double> coef = normals(p * cols, 1.0, 5), constant = normals(cols, 1.0, 6);
      const std::vector<double> r = normals(rows * cols, 1.0, 7);
      std::vector<double> out(rows * cols), grad(p * cols, 0.5), sums(cols, 0.5);
      set->sparse_multiply(x, coef.data(), constant.data(), cols, rows, out.data());
      set->sparse_cross(x, r.data(), rows, cols, grad.data(), sums.data());
      for (int c = 0; c < cols; ++c) {
        std::vector<double> expected(p, 0.5);
        double total = 0.5;
        for (int i = 0; i < count; ++i) {
          double logit = constant[c];
          for (std::ptrdiff_t e = start[i]; e < start[i + 1]; ++e) {
            logit += value[e] * coef[column[e] * cols + c];
            expected[column[e]] += value[e] * r[c * rows + i];
          }
          CHECK(std::abs(out[c * rows + i] - logit) < 1e-12);
          total += r[c * rows + i];
        }
        CHECK(std::abs(sums[c] - total) < 1e-12);
        for (int j = 0; j < p; ++j) CHECK(std::abs(grad[j * cols + c] - expected[j]) < 1e-12);
      }
    }
  }
}
