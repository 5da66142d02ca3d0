// The Hessian of the log-likelihood, from the derivatives with respect to the logits of one row:
// with tau the posterior, pi the gate, r_km = [y = m] - P_km and L = log f,
//
//   d2 L / d gate_k d gate_l         = tau_k (d_kl - tau_l) - pi_k (d_kl - pi_l)
//   d2 L / d gate_k d expert_lm      = tau_k (d_kl - tau_l) r_lm
//   d2 L / d expert_km d expert_lm'  = tau_k (d_kl - tau_l) r_km r_lm' - d_kl tau_k P_km (d_mm' -
//   P_km')
#include <Eigen/Core>
#include <vector>

#include "kernels.h"
#include "model.h"

namespace moelogit {
namespace {

// A free logit: expert k of the gate (m < 0), or class m of expert k.
struct Logit {
  int k, m;
  Index at;  // of its first coefficient
};

std::vector<Logit> free_logits(const Shape& shape) {
  std::vector<Logit> logits;
  Index at = 0;
  for (int k = 1; k < shape.experts; ++k, at += shape.gate_rows) logits.push_back({k, -1, at});
  for (int k = 0; k < shape.experts; ++k)
    for (int m = 1; m < shape.classes; ++m, at += shape.expert_rows) logits.push_back({k, m, at});
  return logits;
}

}  // namespace

MatrixXd Model::observed_information(const VectorXd& theta) {
  const int K = shape_.experts, M = shape_.classes;
  const std::vector<Logit> logits = free_logits(shape_);
  const Index size = shape_.free_size();
  const Coef gate = records_.gate->prepare(shape_.gate(theta));
  const Coef expert = records_.expert->prepare(shape_.expert(theta));

  const double* total = pass_.run(size * size, [&](const RowBlock& block, int t, double* sum) {
    BlockScratch& s = scratch_[t];
    load(block, gate, expert, s);
    const Index rows = block.rows;
    kernels().posterior(LogitBlock{block.rows, K, M, s.gate_logit.data(), s.expert_logit.data(),
                                   s.response.data(), s.weight.data(), s.gate_residual.data(),
                                   s.expert_residual.data(), s.posterior.data()});
    kernels().softmax(s.gate_logit.data(), block.rows, K, s.gate_logit.data());
    for (int k = 0; k < K; ++k)
      kernels().softmax(s.expert_logit.data() + rows * k * M, block.rows, M,
                        s.expert_logit.data() + rows * k * M);
    const double* x = packed_expert(block, s);
    const double* z = packed_gate(block, s);
    const double* c = s.weight.data();
    std::vector<double> weight(rows),
        posterior(s.posterior.begin(), s.posterior.begin() + K * rows);
    for (int k = 0; k < K; ++k)
      for (Index i = 0; i < rows; ++i) posterior[k * rows + i] /= c[i] > 0.0 ? c[i] : 1.0;
    s.scaled.resize(size * pass_.block_rows());

    for (std::size_t a = 0; a < logits.size(); ++a) {
      const Logit& u = logits[a];
      const double* tau_u = posterior.data() + u.k * rows;
      for (std::size_t b = a; b < logits.size(); ++b) {
        const Logit& v = logits[b];
        const bool same = u.k == v.k;
        const double* tau_v = posterior.data() + v.k * rows;
        for (Index i = 0; i < rows; ++i) {
          const int y = static_cast<int>(s.response[i]);
          const double spread = tau_u[i] * ((same ? 1.0 : 0.0) - tau_v[i]);
          double h;
          if (v.m < 0) {
            const double pi_u = s.gate_logit[u.k * rows + i], pi_v = s.gate_logit[v.k * rows + i];
            h = spread - pi_u * ((same ? 1.0 : 0.0) - pi_v);
          } else {
            const double p_v = s.expert_logit[(v.k * M + v.m) * rows + i];
            const double r_v = (y == v.m ? 1.0 : 0.0) - p_v;
            if (u.m < 0) {
              h = spread * r_v;
            } else {
              const double p_u = s.expert_logit[(u.k * M + u.m) * rows + i];
              h = spread * ((y == u.m ? 1.0 : 0.0) - p_u) * r_v;
              if (same) h -= tau_u[i] * p_u * ((u.m == v.m ? 1.0 : 0.0) - p_v);
            }
          }
          weight[i] = -c[i] * h;
        }
        const Index columns = v.m < 0 ? shape_.gate_rows : shape_.expert_rows;
        const double* packed = v.m < 0 ? z : x;
        double* scaled = s.scaled.data() + v.at * rows;
        for (Index j = 0; j < columns; ++j)
          for (Index i = 0; i < rows; ++i) scaled[j * rows + i] = packed[j * rows + i] * weight[i];
      }
      kernels().cross(u.m < 0 ? z : x, block.rows,
                      static_cast<int>(u.m < 0 ? shape_.gate_rows : shape_.expert_rows),
                      s.scaled.data() + u.at * rows, static_cast<int>(size - u.at),
                      static_cast<int>(size), sum + u.at * size + u.at);
    }
  });
  return full_gram(total, size);
}

}  // namespace moelogit
