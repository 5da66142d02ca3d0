#include "model.h"

#include <algorithm>

#include "kernels.h"
#include "softmax.h"

namespace moelogit {
namespace {

Index columns_in_cache(const Problem& problem) {
  const Shape& shape = problem.shape;
  const Records& records = problem.records;
  return (records.expert->packs() ? shape.expert_rows : 0) +
         (!problem.shared() && records.gate->packs() ? shape.gate_rows : 0) +
         3 * (shape.experts + shape.expert_logits());
}

// held_gradient() needs no more than covariates and logits at hand.
Index held_columns_in_cache(const Shape& shape) {
  return shape.expert_rows + shape.gate_rows + shape.expert_logits();
}

}  // namespace

Model::Model(const Problem& problem, Team& team)
    : problem_(problem),
      total_weight_(problem.elsewhere ? problem.elsewhere->total_weight()
                                      : Eigen::Map<const VectorXd>(problem.records.weight,
                                                                   problem.records.expert->rows())
                                            .sum()),
      pass_(problem.records.expert->rows(), columns_in_cache(problem), team),
      held_pass_(problem.records.expert->rows(), held_columns_in_cache(problem.shape), team),
      scratch_rows_(std::max(pass_.block_rows(), held_pass_.block_rows())),
      scratch_(team.size()) {
  const Shape& shape = problem_.shape;
  const Records& records = problem_.records;
  const Index rows = scratch_rows_;
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
  const Design& x = *problem_.records.expert;
  for (int i = 0; i < block.count; ++i) {
    s.response[i] = problem_.records.response[block.first + i];
    s.weight[i] = problem_.records.weight[block.first + i];
  }
  std::fill(s.response.begin() + block.count, s.response.begin() + block.rows, 0.0);
  std::fill(s.weight.begin() + block.count, s.weight.begin() + block.rows, 0.0);
  load_gate(block, gate, s);
  if (!shared() && x.packs()) x.pack(block, s.expert_packed.data());
  x.multiply(block, expert, s.expert_packed.data(), s.expert_logit.data());
  add_offset(problem_.records, block, problem_.shape.expert_logits(), problem_.shape.classes,
             s.expert_logit.data());
}

void Model::load_gate(const RowBlock& block, const Coef& gate, BlockScratch& s) const {
  const Design& z = *problem_.records.gate;
  std::vector<double>& packed = shared() ? s.expert_packed : s.gate_packed;
  if (z.packs()) z.pack(block, packed.data());
  z.multiply(block, gate, packed.data(), s.gate_logit.data());
}

const double* Model::packed_expert(const RowBlock& block, BlockScratch& s) const {
  if (!problem_.records.expert->packs()) {
    s.expert_packed.resize(problem_.shape.expert_rows * scratch_rows_);
    problem_.records.expert->pack(block, s.expert_packed.data());
  }
  return s.expert_packed.data();
}

const double* Model::packed_gate(const RowBlock& block, BlockScratch& s) const {
  if (shared()) return packed_expert(block, s);
  if (!problem_.records.gate->packs()) {
    s.gate_packed.resize(problem_.shape.gate_rows * scratch_rows_);
    problem_.records.gate->pack(block, s.gate_packed.data());
  }
  return s.gate_packed.data();
}

void Model::softmax(const RowBlock& block, const BlockScratch& s, double* gate,
                    double* expert) const {
  const int M = problem_.shape.classes;
  kernels().softmax(s.gate_logit.data(), block.rows, problem_.shape.experts, gate);
  for (int k = 0; k < problem_.shape.experts; ++k) {
    const Index at = static_cast<Index>(block.rows) * k * M;
    kernels().softmax(s.expert_logit.data() + at, block.rows, M, expert + at);
  }
}

Index Model::gate_sums() const {
  return problem_.records.gate->gradient_rows() * problem_.shape.experts;
}

Index Model::gradient_sums() const {
  return gate_sums() + problem_.records.expert->gradient_rows() * problem_.shape.expert_logits();
}

void Model::add_gradient(const RowBlock& block, const BlockScratch& s, double* sum) const {
  const int K = problem_.shape.experts;
  if (K > 1)
    problem_.records.gate->cross(block, shared() ? s.expert_packed.data() : s.gate_packed.data(),
                                 s.gate_residual.data(), K, sum);
  problem_.records.expert->cross(block, s.expert_packed.data(), s.expert_residual.data(),
                                 problem_.shape.expert_logits(), sum + gate_sums());
}

void Model::finish_gradient(const VectorXd& theta, const double* sum, VectorXd& out) const {
  const Shape& shape = problem_.shape;
  const Design& x = *problem_.records.expert;
  const Design& z = *problem_.records.gate;
  Coef gate = ConstCoefMap(sum, z.gradient_rows(), shape.experts);
  Coef expert = ConstCoefMap(sum + gate_sums(), x.gradient_rows(), shape.expert_logits());
  z.finish(gate);
  x.finish(expert);
  out.resize(shape.size());
  shape.gate(out) =
      gate.topRows(shape.gate_rows) - problem_.gate_ridge.asDiagonal() * shape.gate(theta);
  shape.expert(out) =
      expert.topRows(shape.expert_rows) - problem_.expert_ridge.asDiagonal() * shape.expert(theta);
}

Index Model::sum_size(Sums kind) const {
  const Index p = problem_.shape.expert_rows, q = problem_.shape.gate_rows;
  const int K = problem_.shape.experts;
  if (kind == Sums::gate_gram) return q * q;
  if (kind == Sums::gate_diagonal) return q;
  if (kind == Sums::information) return information_size();
  return 1 + gradient_sums() +
         (kind == Sums::value_gram       ? K * p * p
          : kind == Sums::value_diagonal ? K * p
                                         : 0);
}

// One accumulator: log-likelihood, gradient, curvature.
const double* Model::value_sums(Sums kind, const VectorXd& theta) {
  const Shape& shape = problem_.shape;
  const Design& x = *problem_.records.expert;
  const int K = shape.experts;
  const Index p = shape.expert_rows;
  const Coef gate = problem_.records.gate->prepare(shape.gate(theta));
  const Coef expert = x.prepare(shape.expert(theta));
  const Index curvature_at = 1 + gradient_sums();
  return pass_.run(sum_size(kind), [&](const RowBlock& block, int thread, double* sum) {
    BlockScratch& s = scratch_[thread];
    load(block, gate, expert, s);
    sum[0] += kernels().posterior(LogitBlock{
        block.rows, K, shape.classes, s.gate_logit.data(), s.expert_logit.data(), s.response.data(),
        s.weight.data(), s.gate_residual.data(), s.expert_residual.data(), s.posterior.data()});
    add_gradient(block, s, sum + 1);
    if (kind == Sums::value_diagonal) {
      x.diagonal_bound(block, s.posterior.data(), K, sum + curvature_at);
    } else if (kind == Sums::value_gram) {
      const double* packed = packed_expert(block, s);
      s.scaled.resize(p * scratch_rows_);
      for (int k = 0; k < K; ++k)
        add_gram(packed, s.posterior.data() + static_cast<Index>(k) * block.rows, block.rows,
                 static_cast<int>(p), s.scaled.data(), sum + curvature_at + k * p * p);
    }
  });
}

const double* Model::all_sums(Sums kind, const VectorXd& theta) {
  if (problem_.elsewhere) return problem_.elsewhere->sum(kind, theta, sum_size(kind));
  const Records& records = problem_.records;
  if (kind == Sums::gate_gram) {
    const MatrixXd gram = weighted_gram(*records.gate, records.weight, team());
    kept_ = Eigen::Map<const VectorXd>(gram.data(), gram.size());
  } else if (kind == Sums::gate_diagonal) {
    kept_ = weighted_diagonal(*records.gate, records.weight, team());
  } else if (kind == Sums::information) {
    kept_ = information_sums(theta);
  } else {
    return value_sums(kind, theta);
  }
  return kept_.data();
}

VectorXd Model::sums(Sums kind, const VectorXd& theta) {
  return Eigen::Map<const VectorXd>(all_sums(kind, theta), sum_size(kind));
}

MatrixXd Model::gate_gram() {
  const Index q = problem_.shape.gate_rows;
  return Eigen::Map<const MatrixXd>(all_sums(Sums::gate_gram, VectorXd()), q, q);
}

VectorXd Model::gate_diagonal() { return sums(Sums::gate_diagonal, VectorXd()); }

void Model::evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out) {
  const Shape& shape = problem_.shape;
  const int K = shape.experts;
  const Index p = shape.expert_rows;
  const double* total = all_sums(curvature == Curvature::gram       ? Sums::value_gram
                                 : curvature == Curvature::diagonal ? Sums::value_diagonal
                                                                    : Sums::value,
                                 theta);
  const double* curvature_sums = total + 1 + gradient_sums();
  out.loglik = total[0];
  out.objective = out.loglik -
                  0.5 * shape.gate(theta).rowwise().squaredNorm().dot(problem_.gate_ridge) -
                  0.5 * shape.expert(theta).rowwise().squaredNorm().dot(problem_.expert_ridge);
  finish_gradient(theta, total + 1, out.gradient);
  out.gram.clear();
  if (curvature == Curvature::gram) {
    for (int k = 0; k < K; ++k) out.gram.push_back(full_gram(curvature_sums + k * p * p, p));
  } else if (curvature == Curvature::diagonal) {
    out.diagonal = ConstCoefMap(curvature_sums, p, K);
  }
}

VectorXd Model::held_gradient(const VectorXd& theta, const double* posterior) {
  const Shape& shape = problem_.shape;
  const Records& records = problem_.records;
  const int K = shape.experts, M = shape.classes;
  const Index n = records.expert->rows();
  const Coef gate = records.gate->prepare(shape.gate(theta));
  const Coef expert = records.expert->prepare(shape.expert(theta));
  const double* total =
      held_pass_.run(gradient_sums(), [&](const RowBlock& block, int thread, double* sum) {
        BlockScratch& s = scratch_[thread];
        load(block, gate, expert, s);
        softmax(block, s, s.gate_residual.data(), s.expert_residual.data());
        for (int k = 0; k < K; ++k) {
          double* pi = s.gate_residual.data() + static_cast<Index>(k) * block.rows;
          for (int i = 0; i < block.rows; ++i) {
            const double tau = i < block.count ? posterior[k * n + block.first + i] : 0.0;
            s.posterior[static_cast<Index>(k) * block.rows + i] = s.weight[i] * tau;
            pi[i] = s.weight[i] * (tau - pi[i]);
          }
          for (int m = 0; m < M; ++m) {
            double* prob = s.expert_residual.data() + static_cast<Index>(k * M + m) * block.rows;
            for (int i = 0; i < block.rows; ++i)
              prob[i] = s.posterior[static_cast<Index>(k) * block.rows + i] *
                        ((s.response[i] == m ? 1.0 : 0.0) - prob[i]);
          }
        }
        add_gradient(block, s, sum);
      });
  VectorXd gradient;
  finish_gradient(theta, total, gradient);
  return gradient;
}

void Model::held_curvature(const double* posterior, Curvature curvature, Evaluation& out) const {
  const Design& x = *problem_.records.expert;
  const Index n = x.rows(), p = problem_.shape.expert_rows;
  const int K = problem_.shape.experts;
  const Eigen::Map<const VectorXd> weight(problem_.records.weight, n);
  out.gram.clear();
  out.diagonal.resize(p, K);
  for (int k = 0; k < K; ++k) {
    const VectorXd share = weight.cwiseProduct(Eigen::Map<const VectorXd>(posterior + k * n, n));
    if (curvature == Curvature::diagonal)
      out.diagonal.col(k) = weighted_diagonal(x, share.data(), team());
    else
      out.gram.push_back(weighted_gram(x, share.data(), team()));
  }
}

void Model::predict(const VectorXd& theta, const Prediction& out) {
  const Coef gate = problem_.records.gate->prepare(problem_.shape.gate(theta));
  const Coef expert = problem_.records.expert->prepare(problem_.shape.expert(theta));
  pass_.run(0, [&](const RowBlock& block, int thread, double*) {
    BlockScratch& s = scratch_[thread];
    load(block, gate, expert, s);
    if (out.gate || out.expert || out.classes) {
      softmax(block, s, s.gate_residual.data(), s.expert_residual.data());
      write_probabilities(block, s, out);
    }
    if (out.posterior || out.log_classes) write_in_logarithms(block, s, out);
  });
}

void Model::write_probabilities(const RowBlock& block, const BlockScratch& s,
                                const Prediction& out) const {
  const int K = problem_.shape.experts, M = problem_.shape.classes;
  const Index n = problem_.records.expert->rows(), rows = block.rows;
  for (int i = 0; i < block.count; ++i) {
    const Index row = block.first + i;
    if (out.gate)
      for (int k = 0; k < K; ++k) out.gate[k * n + row] = s.gate_residual[k * rows + i];
    if (out.expert)
      for (int c = 0; c < K * M; ++c) out.expert[c * n + row] = s.expert_residual[c * rows + i];
    if (out.classes)
      for (int m = 0; m < M; ++m) {
        double f = 0.0;
        for (int k = 0; k < K; ++k)
          f += s.gate_residual[k * rows + i] * s.expert_residual[(k * M + m) * rows + i];
        out.classes[m * n + row] = probability(f);
      }
  }
}

void Model::write_in_logarithms(const RowBlock& block, BlockScratch& s,
                                const Prediction& out) const {
  const int K = problem_.shape.experts, M = problem_.shape.classes;
  const Index n = problem_.records.expert->rows(), rows = block.rows;
  for (int i = 0; i < block.count; ++i) {
    double* gate = s.gate_logit.data() + i;
    double* expert = s.expert_logit.data() + i;
    double* scratch = s.posterior.data() + i;
    if (out.posterior) {
      log_posterior(gate, expert, rows, K, M, static_cast<int>(s.response[i]), scratch);
      for (int k = 0; k < K; ++k) out.posterior[k * n + block.first + i] = scratch[k * rows];
    }
    if (out.log_classes)
      log_classes(gate, expert, rows, K, M, scratch, out.log_classes + block.first + i, n);
  }
}

VectorXd Model::gate_mean(const VectorXd& theta) {
  const int K = problem_.shape.experts;
  const Coef gate = problem_.records.gate->prepare(problem_.shape.gate(theta));
  const double* total = pass_.run(K, [&](const RowBlock& block, int thread, double* sum) {
    BlockScratch& s = scratch_[thread];
    load_gate(block, gate, s);
    kernels().softmax(s.gate_logit.data(), block.rows, K, s.posterior.data());
    for (int k = 0; k < K; ++k)
      for (int i = 0; i < block.count; ++i)
        sum[k] += problem_.records.weight[block.first + i] * s.posterior[k * block.rows + i];
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

MatrixXd weighted_gram(const Design& design, const double* weight, Team& team) {
  const Index p = design.cols();
  RowPass pass(design.rows(), 2 * p, team);
  std::vector<std::vector<double>> packed(team.size()), scaled(team.size()), c(team.size());
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

VectorXd weighted_diagonal(const Design& design, const double* weight, Team& team) {
  const Index p = design.cols();
  RowPass pass(design.rows(), p, team);
  std::vector<std::vector<double>> c(team.size());
  const double* total = pass.run(p, [&](const RowBlock& block, int t, double* sum) {
    c[t].assign(pass.block_rows(), 0.0);
    std::copy(weight + block.first, weight + block.first + block.count, c[t].begin());
    design.diagonal_bound(block, c[t].data(), 1, sum);
  });
  return Eigen::Map<const VectorXd>(total, p);
}

}  // namespace moelogit
