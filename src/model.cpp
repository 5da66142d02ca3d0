#include "model.h"

#include <algorithm>

#include "kernels.h"
#include "softmax.h"

namespace moelogit {
namespace {

Index columns_in_cache(const Shape& shape, const Records& records) {
  const bool shared = records.gate == records.expert;
  return (records.expert->packs() ? shape.expert_rows : 0) +
         (!shared && records.gate->packs() ? shape.gate_rows : 0) +
         3 * (shape.experts + shape.expert_logits());
}

}  // namespace

Model::Model(const Shape& shape, const Records& records, const VectorXd& gate_ridge,
             const VectorXd& expert_ridge, int threads)
    : shape_(shape),
      records_(records),
      gate_ridge_(gate_ridge),
      expert_ridge_(expert_ridge),
      total_weight_(Eigen::Map<const VectorXd>(records.weight, records.expert->rows()).sum()),
      pass_(records.expert->rows(), columns_in_cache(shape, records), threads),
      scratch_(pass_.threads()) {
  const Index rows = pass_.block_rows();
  for (BlockScratch& s : scratch_) {
    s.expert_packed.resize(records.expert->packs() ? shape.expert_rows * rows : 0);
    s.gate_packed.resize(!shared() && records.gate->packs() ? shape.gate_rows * rows : 0);
    s.gate_logit.resize(shape.experts * rows);
    s.expert_logit.resize(shape.expert_logits() * rows);
    s.gate_residual.resize(s.gate_logit.size());
    s.expert_residual.resize(s.expert_logit.size());
    s.posterior.resize(s.gate_logit.size());
    s.response.resize(rows);
    s.weight.resize(rows);
  }
}

void Model::load(const RowBlock& block, const Coef& gate, const Coef& expert,
                 BlockScratch& s) const {
  const Design& x = *records_.expert;
  for (int i = 0; i < block.count; ++i) {
    s.response[i] = records_.response[block.first + i];
    s.weight[i] = records_.weight[block.first + i];
  }
  std::fill(s.response.begin() + block.count, s.response.begin() + block.rows, 0.0);
  std::fill(s.weight.begin() + block.count, s.weight.begin() + block.rows, 0.0);
  load_gate(block, gate, s);
  if (!shared() && x.packs()) x.pack(block, s.expert_packed.data());
  x.multiply(block, expert, s.expert_packed.data(), s.expert_logit.data());
  add_offset(records_, block, shape_.expert_logits(), shape_.classes, s.expert_logit.data());
}

void Model::load_gate(const RowBlock& block, const Coef& gate, BlockScratch& s) const {
  const Design& z = *records_.gate;
  std::vector<double>& packed = shared() ? s.expert_packed : s.gate_packed;
  if (z.packs()) z.pack(block, packed.data());
  z.multiply(block, gate, packed.data(), s.gate_logit.data());
}

const double* Model::packed_expert(const RowBlock& block, BlockScratch& s) const {
  if (!records_.expert->packs()) {
    s.expert_packed.resize(shape_.expert_rows * pass_.block_rows());
    records_.expert->pack(block, s.expert_packed.data());
  }
  return s.expert_packed.data();
}

const double* Model::packed_gate(const RowBlock& block, BlockScratch& s) const {
  if (shared()) return packed_expert(block, s);
  if (!records_.gate->packs()) {
    s.gate_packed.resize(shape_.gate_rows * pass_.block_rows());
    records_.gate->pack(block, s.gate_packed.data());
  }
  return s.gate_packed.data();
}

void Model::evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out) {
  const int K = shape_.experts, KM = shape_.expert_logits();
  const Design& x = *records_.expert;
  const Design& z = *records_.gate;
  const Index p = shape_.expert_rows;
  const Coef gate = z.prepare(shape_.gate(theta));
  const Coef expert = x.prepare(shape_.expert(theta));

  // One accumulator: log-likelihood, gate gradient, expert gradient, curvature.
  const Index gate_at = 1;
  const Index expert_at = gate_at + z.gradient_rows() * K;
  const Index curvature_at = expert_at + x.gradient_rows() * KM;
  const Index curvature_size = curvature == Curvature::gram       ? K * p * p
                               : curvature == Curvature::diagonal ? K * p
                                                                  : 0;
  const double* total =
      pass_.run(curvature_at + curvature_size, [&](const RowBlock& block, int thread, double* sum) {
        BlockScratch& s = scratch_[thread];
        load(block, gate, expert, s);
        sum[0] += kernels().posterior(LogitBlock{block.rows, K, shape_.classes, s.gate_logit.data(),
                                                 s.expert_logit.data(), s.response.data(),
                                                 s.weight.data(), s.gate_residual.data(),
                                                 s.expert_residual.data(), s.posterior.data()});
        if (K > 1)
          z.cross(block, shared() ? s.expert_packed.data() : s.gate_packed.data(),
                  s.gate_residual.data(), K, sum + gate_at);
        x.cross(block, s.expert_packed.data(), s.expert_residual.data(), KM, sum + expert_at);
        if (curvature == Curvature::diagonal) {
          x.diagonal_bound(block, s.posterior.data(), K, sum + curvature_at);
        } else if (curvature == Curvature::gram) {
          const double* packed = packed_expert(block, s);
          s.scaled.resize(p * pass_.block_rows());
          for (int k = 0; k < K; ++k)
            add_gram(packed, s.posterior.data() + static_cast<Index>(k) * block.rows, block.rows,
                     static_cast<int>(p), s.scaled.data(), sum + curvature_at + k * p * p);
        }
      });

  Coef gate_gradient = ConstCoefMap(total + gate_at, z.gradient_rows(), K);
  Coef expert_gradient = ConstCoefMap(total + expert_at, x.gradient_rows(), KM);
  z.finish(gate_gradient);
  x.finish(expert_gradient);
  const ConstCoefMap gate_coef = shape_.gate(theta), expert_coef = shape_.expert(theta);
  out.loglik = total[0];
  out.objective = out.loglik - 0.5 * gate_coef.rowwise().squaredNorm().dot(gate_ridge_) -
                  0.5 * expert_coef.rowwise().squaredNorm().dot(expert_ridge_);
  out.gradient.resize(shape_.size());
  shape_.gate(out.gradient) =
      gate_gradient.topRows(shape_.gate_rows) - gate_ridge_.asDiagonal() * gate_coef;
  shape_.expert(out.gradient) =
      expert_gradient.topRows(p) - expert_ridge_.asDiagonal() * expert_coef;
  out.gram.clear();
  if (curvature == Curvature::gram) {
    for (int k = 0; k < K; ++k) out.gram.push_back(full_gram(total + curvature_at + k * p * p, p));
  } else if (curvature == Curvature::diagonal) {
    out.diagonal = ConstCoefMap(total + curvature_at, p, K);
  }
}

void Model::predict(const VectorXd& theta, const Prediction& out) {
  const int K = shape_.experts, M = shape_.classes, KM = shape_.expert_logits();
  const Index n = records_.expert->rows();
  const Coef gate = records_.gate->prepare(shape_.gate(theta));
  const Coef expert = records_.expert->prepare(shape_.expert(theta));
  pass_.run(0, [&](const RowBlock& block, int thread, double*) {
    BlockScratch& s = scratch_[thread];
    load(block, gate, expert, s);
    const Index rows = block.rows;
    if (out.posterior)
      for (int i = 0; i < block.count; ++i) {
        log_posterior(s.gate_logit.data() + i, s.expert_logit.data() + i, rows, K, M,
                      static_cast<int>(s.response[i]), s.posterior.data() + i);
        for (int k = 0; k < K; ++k)
          out.posterior[k * n + block.first + i] = s.posterior[k * rows + i];
      }
    if (!out.gate && !out.expert && !out.classes) return;
    kernels().softmax(s.gate_logit.data(), block.rows, K, s.gate_residual.data());
    for (int k = 0; k < K; ++k)
      kernels().softmax(s.expert_logit.data() + rows * k * M, block.rows, M,
                        s.expert_residual.data() + rows * k * M);
    for (int i = 0; i < block.count; ++i) {
      const Index row = block.first + i;
      if (out.gate)
        for (int k = 0; k < K; ++k) out.gate[k * n + row] = s.gate_residual[k * rows + i];
      if (out.expert)
        for (int c = 0; c < KM; ++c) out.expert[c * n + row] = s.expert_residual[c * rows + i];
      if (out.classes)
        for (int m = 0; m < M; ++m) {
          double f = 0.0;
          for (int k = 0; k < K; ++k)
            f += s.gate_residual[k * rows + i] * s.expert_residual[(k * M + m) * rows + i];
          out.classes[m * n + row] = f;
        }
    }
  });
}

VectorXd Model::gate_mean(const VectorXd& theta) {
  const int K = shape_.experts;
  const Coef gate = records_.gate->prepare(shape_.gate(theta));
  const double* total = pass_.run(K, [&](const RowBlock& block, int thread, double* sum) {
    BlockScratch& s = scratch_[thread];
    load_gate(block, gate, s);
    kernels().softmax(s.gate_logit.data(), block.rows, K, s.posterior.data());
    for (int k = 0; k < K; ++k)
      for (int i = 0; i < block.count; ++i)
        sum[k] += records_.weight[block.first + i] * s.posterior[k * block.rows + i];
  });
  return Eigen::Map<const VectorXd>(total, K) / total_weight_;
}

void add_offset(const Records& records, const RowBlock& block, int columns, int classes,
                double* logit) {
  if (!records.offset) return;
  const Index n = records.expert->rows();
  for (int c = 0; c < columns; ++c) {
    const double* offset = records.offset + (c % classes) * n + block.first;
    for (int i = 0; i < block.count; ++i)
      logit[static_cast<Index>(c) * block.rows + i] += offset[i];
  }
}

MatrixXd weighted_gram(const Design& design, const double* weight, int threads) {
  const Index p = design.cols();
  RowPass pass(design.rows(), 2 * p, threads);
  std::vector<std::vector<double>> packed(pass.threads()), scaled(pass.threads()),
      c(pass.threads());
  const double* total = pass.run(p * p, [&](const RowBlock& block, int t, double* sum) {
    packed[t].resize(p * pass.block_rows());
    scaled[t].resize(p * pass.block_rows());
    c[t].assign(pass.block_rows(), 0.0);
    std::copy(weight + block.first, weight + block.first + block.count, c[t].begin());
    design.pack(block, packed[t].data());
    add_gram(packed[t].data(), c[t].data(), block.rows, static_cast<int>(p), scaled[t].data(), sum);
  });
  return full_gram(total, p);
}

VectorXd weighted_diagonal(const Design& design, const double* weight, int threads) {
  const Index p = design.cols();
  RowPass pass(design.rows(), p, threads);
  std::vector<std::vector<double>> c(pass.threads());
  const double* total = pass.run(p, [&](const RowBlock& block, int t, double* sum) {
    c[t].assign(pass.block_rows(), 0.0);
    std::copy(weight + block.first, weight + block.first + block.count, c[t].begin());
    design.diagonal_bound(block, c[t].data(), 1, sum);
  });
  return Eigen::Map<const VectorXd>(total, p);
}

}  // namespace moelogit
