// Softmax in logarithms, one row at a time: exact where products of probabilities underflow.
#ifndef MOELOGIT_SOFTMAX_H
#define MOELOGIT_SOFTMAX_H

#include <cmath>

namespace moelogit {

// Below this density the fast path hands a row to log_posterior().
constexpr double kSmallestDensity = 1e-280;

// log of the sum of exp over n values, `stride` apart.
inline double log_sum_exp(const double* value, long stride, int n) {
  double top = value[0];
  for (int i = 1; i < n; ++i) top = value[i * stride] > top ? value[i * stride] : top;
  double total = 0.0;
  for (int i = 0; i < n; ++i) total += std::exp(value[i * stride] - top);
  return top + std::log(total);
}

// log f(y) of one row from its gate and expert logits (`stride` apart, expert by expert), and the
// posterior expert probabilities in tau.
inline double log_posterior(const double* gate, const double* expert, long stride, int experts,
                            int classes, int y, double* tau) {
  const double gate_norm = log_sum_exp(gate, stride, experts);
  for (int k = 0; k < experts; ++k) {
    const double* logit = expert + stride * k * classes;
    tau[k * stride] =
        gate[k * stride] - gate_norm + logit[y * stride] - log_sum_exp(logit, stride, classes);
  }
  const double log_f = log_sum_exp(tau, stride, experts);
  for (int k = 0; k < experts; ++k) tau[k * stride] = std::exp(tau[k * stride] - log_f);
  return log_f;
}

}  // namespace moelogit

#endif
