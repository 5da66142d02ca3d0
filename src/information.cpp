// The Hessian of the log-likelihood, from the derivatives with respect to the logits of one row:
// with tau the posterior, pi the gate, r_km = [y = m] - P_km and L = log f,
//
//   d2 L / d gate_k d gate_l         = tau_k (d_kl - tau_l) - pi_k (d_kl - pi_l)
//   d2 L / d gate_k d expert_lm      = tau_k (d_kl - tau_l) r_lm
//   d2 L / d expert_km d expert_lm'  = tau_k (d_kl - tau_l) r_km r_lm' - d_kl tau_k P_km (d_mm' -
//   P_km')
//
// The block of two logits u and v is sum_i w_uv,i x_i x_i'. Rows enter it by a weight for each pair
// of logits and a product for each pair of covariates, so all blocks at once are one matrix
// product, products' weights, in which every pair is met once.
#include <Eigen/Core>
#include <algorithm>
#include <utility>
#include <vector>

#include "kernels.h"
#include "model.h"

namespace moelogit {
namespace {

constexpr int kBatch = 96;  // products of covariates held at once

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

// Blocks of the Hessian within one design, or between the gate's and the experts'.
struct Group {
  bool left_gate, right_gate, symmetric;
  std::vector<std::pair<int, int>> columns;  // covariates; one order only when symmetric
  std::vector<std::pair<Logit, Logit>> logits;
  Index at;  // in the accumulator: columns x logits, row-major
  Index size() const { return static_cast<Index>(columns.size() * logits.size()); }
};

std::vector<Group> groups(const Shape& shape, bool shared) {
  std::vector<Group> out;
  if (shared) {
    out.push_back({false, false, true, {}, {}, 0});
  } else {
    out.push_back({true, true, true, {}, {}, 0});
    out.push_back({true, false, false, {}, {}, 0});
    out.push_back({false, false, true, {}, {}, 0});
  }
  const std::vector<Logit> logits = free_logits(shape);
  Index at = 0;
  for (Group& g : out) {
    const int left = static_cast<int>(g.left_gate ? shape.gate_rows : shape.expert_rows);
    const int right = static_cast<int>(g.right_gate ? shape.gate_rows : shape.expert_rows);
    for (int j = 0; j < left; ++j)
      for (int l = g.symmetric ? j : 0; l < right; ++l) g.columns.push_back({j, l});
    for (std::size_t a = 0; a < logits.size(); ++a)
      for (std::size_t b = a; b < logits.size(); ++b)
        if (shared || ((logits[a].m < 0) == g.left_gate && (logits[b].m < 0) == g.right_gate))
          g.logits.push_back({logits[a], logits[b]});
    g.at = at;
    at += g.size();
  }
  return out;
}

typedef Eigen::Map<Eigen::ArrayXXd> Columns;

}  // namespace

MatrixXd Model::observed_information(const VectorXd& theta) {
  const int K = shape_.experts, M = shape_.classes, KM = shape_.expert_logits();
  const std::vector<Group> blocks = groups(shape_, shared());
  Index sums = 0, most = 0;
  for (const Group& g : blocks) {
    sums += g.size();
    most = std::max(most, static_cast<Index>(g.logits.size()));
  }
  const Index own = kBatch + most + K + 2 * KM;
  // Blocks no longer than pass_'s, whose scratch they use; longer than would keep all columns at
  // hand, because each block ends with a sum across lanes for every entry.
  RowPass pass(records_.expert->rows(),
               own / 2 + shape_.gate_rows + shape_.expert_rows + 3 * (K + KM), pass_.threads());
  const Coef gate = records_.gate->prepare(shape_.gate(theta));
  const Coef expert = records_.expert->prepare(shape_.expert(theta));

  const double* total = pass.run(sums, [&](const RowBlock& block, int t, double* sum) {
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
    s.scaled.resize(own * pass_.block_rows());
    double* space = s.scaled.data();
    const auto take = [&](Index columns) {
      double* at = space;
      space += columns * rows;
      return at;
    };
    const Columns c(s.weight.data(), rows, 1), y(s.response.data(), rows, 1);
    const Columns pi(s.gate_logit.data(), rows, K), p(s.expert_logit.data(), rows, KM);
    const Columns c_tau(s.posterior.data(), rows, K);
    Columns tau(take(K), rows, K), r(take(KM), rows, KM), tau_r(take(KM), rows, KM);
    const auto divisor = (c > 0.0).select(c, 1.0);
    for (int k = 0; k < K; ++k) {
      tau.col(k) = c_tau.col(k) / divisor.col(0);
      for (int m = 0; m < M; ++m) {
        const int km = k * M + m;
        r.col(km) = (y.col(0) == m).cast<double>() - p.col(km);
        tau_r.col(km) = tau.col(k) * r.col(km);
      }
    }
    double* weight = take(most);
    double* product = take(kBatch);
    // -c times the second derivative with respect to logits u and v.
    const auto weigh = [&](const Logit& u, const Logit& v, Eigen::Ref<Eigen::ArrayXd> w) {
      const int a = u.k, b = v.k, am = a * M + u.m, bm = b * M + v.m;
      const bool same = a == b;
      const auto ct = c_tau.col(a);
      if (v.m < 0) {
        if (same)
          w = c.col(0) * pi.col(a) * (1.0 - pi.col(a)) - ct * (1.0 - tau.col(a));
        else
          w = ct * tau.col(b) - c.col(0) * pi.col(a) * pi.col(b);
      } else if (u.m < 0) {
        if (same)
          w = -ct * (1.0 - tau.col(a)) * r.col(bm);
        else
          w = ct * tau_r.col(bm);
      } else if (!same) {
        w = c.col(0) * tau_r.col(am) * tau_r.col(bm);
      } else {
        w = -ct * ((1.0 - tau.col(a)) * r.col(am) * r.col(bm) + p.col(am) * p.col(bm));
        if (u.m == v.m) w += ct * p.col(am);
      }
    };
    for (const Group& g : blocks) {
      const int pairs = static_cast<int>(g.logits.size());
      for (int i = 0; i < pairs; ++i)
        weigh(g.logits[i].first, g.logits[i].second,
              Eigen::Map<Eigen::ArrayXd>(weight + rows * i, rows));
      const double* left = g.left_gate ? z : x;
      const double* right = g.right_gate ? z : x;
      const int count = static_cast<int>(g.columns.size());
      for (int first = 0; first < count; first += kBatch) {
        const int batch = std::min(kBatch, count - first);
        for (int i = 0; i < batch; ++i) {
          const std::pair<int, int>& jl = g.columns[first + i];
          Eigen::Map<Eigen::ArrayXd>(product + rows * i, rows) =
              Eigen::Map<const Eigen::ArrayXd>(left + rows * jl.first, rows) *
              Eigen::Map<const Eigen::ArrayXd>(right + rows * jl.second, rows);
        }
        kernels().cross(product, block.rows, batch, weight, pairs, pairs,
                        sum + g.at + static_cast<Index>(first) * pairs);
      }
    }
  });

  MatrixXd information(shape_.free_size(), shape_.free_size());
  const auto put = [&](Index a, Index b, double value) {
    information(a, b) = value;
    information(b, a) = value;
  };
  for (const Group& g : blocks) {
    const double* value = total + g.at;
    for (const auto& jl : g.columns)
      for (const auto& uv : g.logits) {
        put(uv.first.at + jl.first, uv.second.at + jl.second, *value);
        if (g.symmetric) put(uv.first.at + jl.second, uv.second.at + jl.first, *value);
        ++value;
      }
  }
  return information;
}

}  // namespace moelogit
