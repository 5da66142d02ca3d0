// Softmax in logarithms, one row at a time: exact where products of probabilities underflow. The
// one place where probabilities are logged and clipped.
#ifndef MOELOGIT_SOFTMAX_H
#define MOELOGIT_SOFTMAX_H

#include <cmath>

namespace moelogit {

// Below this density the fast path hands a row to log_posterior().
constexpr double kSmallestDensity = 1e-280;

// The log of the sum of exp over n values, `stride` apart, in two parts: their sum would round the
// second away where values are large, and log probabilities with it.
struct LogSum {
  double top, rest;
  double total() const { return top + rest; }
  // Of one of the values, less the sum.
  double share(double value) const { return value - top - rest; }
};

inline LogSum log_sum(const double* value, long stride, int n) {
  double top = value[0];
  for (int i = 1; i < n; ++i) top = value[i * stride] > top ? value[i * stride] : top;
  double total = 0.0;
  for (int i = 0; i < n; ++i) total += std::exp(value[i * stride] - top);
  return {top, std::log(total)};
}

inline double log_sum_exp(const double* value, long stride, int n) {
  return log_sum(value, stride, n).total();
}

// log f(y) of one row from its gate and expert logits (`stride` apart, expert by expert), and the
// posterior expert probabilities in tau.
inline double log_posterior(const double* gate, const double* expert, long stride, int experts,
                            int classes, int y, double* tau) {
  const LogSum gate_sum = log_sum(gate, stride, experts);
  for (int k = 0; k < experts; ++k) {
    const double* logit = expert + stride * k * classes;
    tau[k * stride] =
        gate_sum.share(gate[k * stride]) + log_sum(logit, stride, classes).share(logit[y * stride]);
  }
  const LogSum log_f = log_sum(tau, stride, experts);
  for (int k = 0; k < experts; ++k) tau[k * stride] = std::exp(log_f.share(tau[k * stride]));
  return log_f.total();
}

// Logits become log probabilities, in place.
inline void log_softmax(double* logit, long stride, int n) {
  const LogSum sum = log_sum(logit, stride, n);
  for (int i = 0; i < n; ++i) logit[i * stride] = sum.share(logit[i * stride]);
}

// log f(m) of one row for all classes, `out_stride` apart. The logits become log probabilities;
// `joint` is scratch of K values, `stride` apart like the logits.
inline void log_classes(double* gate, double* expert, long stride, int experts, int classes,
                        double* joint, double* out, long out_stride) {
  log_softmax(gate, stride, experts);
  for (int k = 0; k < experts; ++k) log_softmax(expert + stride * k * classes, stride, classes);
  for (int m = 0; m < classes; ++m) {
    for (int k = 0; k < experts; ++k)
      joint[k * stride] = gate[k * stride] + expert[stride * (k * classes + m)];
    const double log_f = log_sum_exp(joint, stride, experts);
    out[m * out_stride] = log_f > 0.0 ? 0.0 : log_f;
  }
}

// A sum of products of probabilities: rounding may take it above 1.
inline double probability(double sum) { return sum > 1.0 ? 1.0 : sum; }

}  // namespace moelogit

#endif
