#include "minorizer.h"

namespace moelogit {
namespace {

// Constants of a bound on N + 1 logits: curvature on the complement of 1 and along 1, and what is
// left of the symmetric ridge along 1 in reference coding.
struct Constants {
  double across, along, ridge_along;
};

Constants constants(Bound bound, int logits) {
  if (bound == Bound::tight) return {0.5, 0.5, 1.0};
  return {0.75, 0.25, 1.0 / logits};
}

}  // namespace

Minorizer::Minorizer(Model& model)
    : shape_(model.shape()),
      bound_(model.problem().bound),
      gate_ridge_(model.problem().gate_ridge),
      expert_ridge_(model.problem().expert_ridge),
      // Keeps an expert without rows factorisable when there is no ridge; a larger H still
      // minorizes.
      jitter_(1e-12 * model.total_weight()),
      gate_diagonal_(shape_.gate_rows > kMaxFactorised),
      expert_diagonal_(shape_.expert_rows > kMaxFactorised),
      experts_(shape_.experts) {
  if (shape_.experts == 1) {
    gate_diagonal_ = false;
    return;
  }
  if (gate_diagonal_)
    factorise(model.gate_diagonal(), gate_ridge_, shape_.experts, gate_);
  else
    factorise(model.gate_gram(), gate_ridge_, shape_.experts, gate_);
}

void Minorizer::update(const Evaluation& evaluation) {
  for (int k = 0; k < shape_.experts; ++k) {
    if (expert_diagonal_)
      factorise(VectorXd(evaluation.diagonal.col(k)), expert_ridge_, shape_.classes, experts_[k]);
    else
      factorise(evaluation.gram[k], expert_ridge_, shape_.classes, experts_[k]);
  }
}

void Minorizer::factorise(const MatrixXd& gram, const VectorXd& ridge, int logits,
                          Block& block) const {
  const Constants c = constants(bound_, logits);
  block.curvature = c.across * gram;
  block.curvature.diagonal() += ridge;
  block.curvature.diagonal().array() += jitter_;
  block.across.compute(block.curvature);
  if (bound_ == Bound::loose) {
    MatrixXd along = c.along * gram;
    along.diagonal() += c.ridge_along * ridge;
    along.diagonal().array() += jitter_;
    block.along.compute(along);
  }
}

void Minorizer::factorise(const VectorXd& diagonal, const VectorXd& ridge, int logits,
                          Block& block) const {
  const Constants c = constants(bound_, logits);
  block.diagonal_across = (c.across * diagonal + ridge).array() + jitter_;
  block.diagonal_along = (c.along * diagonal + c.ridge_along * ridge).array() + jitter_;
}

void Minorizer::solve_block(const Block& block, const Eigen::Ref<const Coef>& gradient,
                            Eigen::Ref<Coef> step) const {
  const bool diagonal = block.diagonal_across.size() > 0;
  if (bound_ == Bound::tight) {
    if (diagonal)
      step = block.diagonal_across.cwiseInverse().asDiagonal() * gradient;
    else
      step = block.across.solve(MatrixXd(gradient));
    return;
  }
  // Reference coding: columns 1..N are free; their mean is the part along 1.
  const Index free = gradient.cols() - 1;
  const MatrixXd g = gradient.rightCols(free);
  const VectorXd mean = g.rowwise().mean();
  const MatrixXd rest = g.colwise() - mean;
  MatrixXd free_step;
  if (diagonal)
    free_step = (block.diagonal_across.cwiseInverse().asDiagonal() * rest).colwise() +
                VectorXd(mean.cwiseQuotient(block.diagonal_along));
  else
    free_step = block.across.solve(rest).colwise() + VectorXd(block.along.solve(mean));
  step.col(0).setZero();
  step.rightCols(free) = free_step;
  const VectorXd center = step.rowwise().mean();
  step.colwise() -= center;
}

VectorXd Minorizer::solve(const VectorXd& gradient) const {
  VectorXd step = VectorXd::Zero(gradient.size());
  if (shape_.experts > 1) solve_block(gate_, shape_.gate(gradient), shape_.gate(step));
  const int M = shape_.classes;
  for (int k = 0; k < shape_.experts; ++k)
    solve_block(experts_[k], shape_.expert(gradient).middleCols(k * M, M),
                shape_.expert(step).middleCols(k * M, M));
  return step;
}

}  // namespace moelogit
