// A fuzzer's bytes as numbers and as a problem; what must hold, or the fuzzer stops.
#ifndef MOELOGIT_TESTS_BYTES_H
#define MOELOGIT_TESTS_BYTES_H

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <vector>

#include "problem.h"

namespace moelogit {

#define MOELOGIT_MUST(condition)                                                   \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (false)

class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : at_(data), end_(data + size) {}
  // 0 when there are no more.
  int byte() { return at_ < end_ ? *at_++ : 0; }
  // low..high
  int integer(int low, int high) { return low + byte() % (high - low + 1); }
  // Of either sign, often 0, from 2^-40 to 2^40 in steps.
  double number() {
    const int size = byte();
    const double value = std::ldexp(1.0 + byte() / 256.0, size % 81 - 40);
    return size < 40 ? 0.0 : size % 2 ? value : -value;
  }

 private:
  const std::uint8_t* at_;
  const std::uint8_t* end_;
};

// A small problem of any kind: dense or sparse, gate of its own or shared, weights of 0, offsets.
struct FuzzProblem : Problem {
  std::vector<double> value, weight, offset;
  std::vector<int> start, row, response;
  std::unique_ptr<Design> expert_design, gate_design;

  explicit FuzzProblem(Bytes& bytes) {
    const int n = bytes.integer(1, 20), p = bytes.integer(1, 3), K = bytes.integer(1, 4),
              M = bytes.integer(2, 5), kind = bytes.byte();
    Standardisation scaling = {VectorXd::Zero(p), VectorXd::Ones(p)};
    for (int j = 0; j < p; ++j) {
      scaling.center[j] = bytes.number();
      scaling.scale[j] = std::fabs(bytes.number()) + 1e-6;
    }
    if (kind & 1) {
      start.push_back(0);
      for (int j = 0; j < p; ++j) {
        for (int i = 0; i < n; ++i) {
          const double x = bytes.number();
          if (x == 0.0) continue;
          row.push_back(i);
          value.push_back(x);
        }
        start.push_back(static_cast<int>(row.size()));
      }
      expert_design.reset(
          new SparseDesign(start.data(), row.data(), value.data(), n, p, kind & 2, scaling));
    } else {
      for (int i = 0; i < n * p; ++i) value.push_back(bytes.number());
      expert_design.reset(new DenseDesign(value.data(), n, p, kind & 2, scaling));
    }
    if (kind & 4 && !(kind & 1)) {
      const Standardisation first = {scaling.center.head(1), scaling.scale.head(1)};
      gate_design.reset(new DenseDesign(value.data(), n, 1, true, first));
    }
    for (int i = 0; i < n; ++i) response.push_back(bytes.integer(0, M - 1));
    for (int i = 0; i < n; ++i) weight.push_back(kind & 8 ? std::fabs(bytes.number()) : 1.0);
    weight[0] += 1e-8;
    if (kind & 16)
      for (int i = 0; i < n * M; ++i) offset.push_back(bytes.number());
    const Design* gate = gate_design ? gate_design.get() : expert_design.get();
    shape = {K, M, gate->cols(), expert_design->cols()};
    records = {expert_design.get(), gate, response.data(), weight.data(),
               offset.empty() ? nullptr : offset.data()};
    gate_ridge = VectorXd::Constant(shape.gate_rows, std::fabs(bytes.number()));
    expert_ridge = VectorXd::Constant(shape.expert_rows, std::fabs(bytes.number()));
    bound = kind & 32 ? Bound::loose : Bound::tight;
  }
};

}  // namespace moelogit

#endif  // MOELOGIT_TESTS_BYTES_H
