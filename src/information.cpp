// The Hessian of the log-likelihood, from the derivatives with respect to the logits of one row:
// with tau the posterior, pi the gate, r_km = [y = m] - P_km and L = log f,
//
//   d2 L / d gate_k d gate_l         = tau_k (d_kl - tau_l) - pi_k (d_kl - pi_l)
//   d2 L / d gate_k d expert_lm      = tau_k (d_kl - tau_l) r_lm
//   d2 L / d expert_km d expert_lm'  = tau_k (d_kl - tau_l) r_km r_lm'
//                                      - d_kl tau_k P_km (d_mm' - P_km')
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

// What the derivatives of a block are made of: a column per expert or logit.
struct Terms {
  int classes;
  Columns weight, pi, probability, c_tau;  // c, pi, P and c tau
  Columns tau, residual, tau_residual;     // tau, r and tau r
};

// Doubles per row that terms_of() takes from `space`.
Index term_columns(const Shape& shape) { return shape.experts + 2 * shape.expert_logits(); }

// From a block after Kernels::posterior() and its softmax, which has replaced the logits.
Terms terms_of(const Shape& shape, Index rows, BlockScratch& s, double* space) {
  const int K = shape.experts, M = shape.classes, KM = shape.expert_logits();
  Terms t{M,
          Columns(s.weight.data(), rows, 1),
          Columns(s.gate_logit.data(), rows, K),
          Columns(s.expert_logit.data(), rows, KM),
          Columns(s.posterior.data(), rows, K),
          Columns(space, rows, K),
          Columns(space + rows * K, rows, KM),
          Columns(space + rows * (K + KM), rows, KM)};
  const Columns y(s.response.data(), rows, 1);
  const auto divisor = (t.weight > 0.0).select(t.weight, 1.0);
  for (int k = 0; k < K; ++k) {
    t.tau.col(k) = t.c_tau.col(k) / divisor.col(0);
    for (int m = 0; m < M; ++m) {
      const int km = k * M + m;
      t.residual.col(km) = (y.col(0) == m).cast<double>() - t.probability.col(km);
      t.tau_residual.col(km) = t.tau.col(k) * t.residual.col(km);
    }
  }
  return t;
}

// -c times the second derivative with respect to logits u and v, u not after v.
void second_derivative(const Terms& t, const Logit& u, const Logit& v,
                       Eigen::Ref<Eigen::ArrayXd> out) {
  const int a = u.k, b = v.k, am = a * t.classes + u.m, bm = b * t.classes + v.m;
  const bool same = a == b;
  const auto c = t.weight.col(0), ct = t.c_tau.col(a);
  const auto& p = t.probability;
  const auto& r = t.residual;
  if (v.m < 0) {
    if (same)
      out = c * t.pi.col(a) * (1.0 - t.pi.col(a)) - ct * (1.0 - t.tau.col(a));
    else
      out = ct * t.tau.col(b) - c * t.pi.col(a) * t.pi.col(b);
  } else if (u.m < 0) {
    if (same)
      out = -ct * (1.0 - t.tau.col(a)) * r.col(bm);
    else
      out = ct * t.tau_residual.col(bm);
  } else if (!same) {
    out = c * t.tau_residual.col(am) * t.tau_residual.col(bm);
  } else {
    out = -ct * ((1.0 - t.tau.col(a)) * r.col(am) * r.col(bm) + p.col(am) * p.col(bm));
    if (u.m == v.m) out += ct * p.col(am);
  }
}

// Adds a block's part of a group: products' weights. `weight` and `product` are scratch of
// g.logits.size() and kBatch columns, `left` and `right` the packed covariates.
void add_group(const Group& g, const Terms& t, int rows, const double* left, const double* right,
               double* weight, double* product, double* sum) {
  const int pairs = static_cast<int>(g.logits.size());
  for (int i = 0; i < pairs; ++i)
    second_derivative(t, g.logits[i].first, g.logits[i].second,
                      Eigen::Map<Eigen::ArrayXd>(weight + static_cast<Index>(rows) * i, rows));
  const auto column = [&](const double* x, int j) {
    return Eigen::Map<const Eigen::ArrayXd>(x + static_cast<Index>(rows) * j, rows);
  };
  const int count = static_cast<int>(g.columns.size());
  for (int first = 0; first < count; first += kBatch) {
    const int batch = std::min(kBatch, count - first);
    for (int i = 0; i < batch; ++i) {
      const std::pair<int, int>& jl = g.columns[first + i];
      Eigen::Map<Eigen::ArrayXd>(product + static_cast<Index>(rows) * i, rows) =
          column(left, jl.first) * column(right, jl.second);
    }
    kernels().cross(product, rows, batch, weight, pairs, pairs,
                    sum + g.at + static_cast<Index>(first) * pairs);
  }
}

// Both triangles from the sums of all groups.
MatrixXd assemble(const std::vector<Group>& blocks, const double* total, Index size) {
  MatrixXd information(size, size);
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

}  // namespace

Index Model::information_size() const {
  const Group last = groups(problem_.shape, shared()).back();
  return last.at + last.size();
}

MatrixXd Model::observed_information(const VectorXd& theta) {
  const Shape& shape = problem_.shape;
  return assemble(groups(shape, shared()), all_sums(Sums::information, theta), shape.free_size());
}

VectorXd Model::information_sums(const VectorXd& theta) {
  const Shape& shape = problem_.shape;
  const std::vector<Group> blocks = groups(shape, shared());
  const Index sums = information_size();
  Index most = 0;
  for (const Group& g : blocks) most = std::max(most, static_cast<Index>(g.logits.size()));
  const Index own = kBatch + most + term_columns(shape);
  // Blocks no longer than pass_'s, whose scratch they use; longer than would keep all columns at
  // hand, because each block ends with a sum across lanes for every entry.
  RowPass pass(
      problem_.records.expert->rows(),
      own / 2 + shape.gate_rows + shape.expert_rows + 3 * (shape.experts + shape.expert_logits()),
      team());
  const Coef gate = problem_.records.gate->prepare(shape.gate(theta));
  const Coef expert = problem_.records.expert->prepare(shape.expert(theta));
  const double* total = pass.run(sums, [&](const RowBlock& block, int thread, double* sum) {
    BlockScratch& s = scratch_[thread];
    load(block, gate, expert, s);
    kernels().posterior(LogitBlock{block.rows, shape.experts, shape.classes, s.gate_logit.data(),
                                   s.expert_logit.data(), s.response.data(), s.weight.data(),
                                   s.gate_residual.data(), s.expert_residual.data(),
                                   s.posterior.data()});
    softmax(block, s, s.gate_logit.data(), s.expert_logit.data());
    const double* x = packed_expert(block, s);
    const double* z = packed_gate(block, s);
    s.scaled.resize(own * scratch_rows_);
    double* space = s.scaled.data();
    const Terms t = terms_of(shape, block.rows, s, space);
    double* weight = space + term_columns(shape) * block.rows;
    double* product = weight + most * block.rows;
    for (const Group& g : blocks)
      add_group(g, t, block.rows, g.left_gate ? z : x, g.right_gate ? z : x, weight, product, sum);
  });
  return Eigen::Map<const VectorXd>(total, sums);
}

}  // namespace moelogit
