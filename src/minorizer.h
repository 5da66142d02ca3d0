// The quadratic minorizer of the objective (6) and its maximiser, the MM step (7), (8)
// (arXiv:2602.07997; Boehning 1992). Numbers are those of the equations in the article "How it
// works". Both curvatures bound the Hessian of the softmax, the tight one is (5):
//
//   tight  diag(p) - pp' <= 1/2 (I - 11'/K). In symmetric coding it acts as 1/2, so
//            H_gate = 1/2 Z'CZ + ridge,  H_k = 1/2 X'C diag(tau_k) X + ridge
//   loose  diag(p) - pp' <= 1/2 (3/2 I - 11'/N) on the N free columns of the reference coding: 3/4
//            on the complement of 1 and 1/4 along it, hence two factors a block
//
// With more covariates than kMaxFactorised the Gram matrices are replaced by diagonals that still
// majorize them: a p x p Cholesky factor per expert and step costs more than it gains there.
#ifndef MOELOGIT_MINORIZER_H
#define MOELOGIT_MINORIZER_H

#include <Eigen/Cholesky>
#include <vector>

#include "model.h"

namespace moelogit {

constexpr Index kMaxFactorised = 400;

class Minorizer {
 public:
  explicit Minorizer(Model& model);

  // What evaluate() must return for update().
  Curvature needs() const { return expert_diagonal_ ? Curvature::diagonal : Curvature::gram; }
  // Takes the experts' curvature at the point of the evaluation.
  void update(const Evaluation& evaluation);
  // H^{-1} gradient: added to the coefficients it is the MM step.
  VectorXd solve(const VectorXd& gradient) const;

  // H of one block in symmetric coding (tight bound): gate, or expert k.
  const MatrixXd& gate_curvature() const { return gate_.curvature; }
  const MatrixXd& expert_curvature(int k) const { return experts_[k].curvature; }
  bool factorised() const { return !gate_diagonal_ && !expert_diagonal_; }

 private:
  // H = curvature constants * Gram + ridge for one block of logits.
  struct Block {
    MatrixXd curvature;
    // Begun empty: a factor that was never computed cannot be copied.
    Eigen::LLT<MatrixXd> across{MatrixXd(0, 0)};  // on the complement of 1 (tight: everywhere)
    Eigen::LLT<MatrixXd> along{MatrixXd(0, 0)};   // on 1 (loose only)
    VectorXd diagonal_across, diagonal_along;
  };
  void factorise(const MatrixXd& gram, const VectorXd& ridge, int logits, Block& block) const;
  void factorise(const VectorXd& diagonal, const VectorXd& ridge, int logits, Block& block) const;
  void solve_block(const Block& block, const Eigen::Ref<const Coef>& gradient,
                   Eigen::Ref<Coef> step) const;

  Shape shape_;
  Bound bound_;
  VectorXd gate_ridge_, expert_ridge_;
  double jitter_;
  bool gate_diagonal_, expert_diagonal_;
  Block gate_;
  std::vector<Block> experts_;
};

}  // namespace moelogit

#endif
