// The softmax-gated mixture of multinomial logits: penalised log-likelihood, gradient and the
// statistics of its minorizer, summed over blocks of rows.
//
//   f(m | x) = sum_k softmax_k(z' gamma_k) softmax_m(x' beta_km)                              (1)
//   F = sum_i c_i log f(y_i | x_i) - 1/2 sum_j ridge_j |row j of the coefficients|^2          (2)
//
// in symmetric coding: coefficients sum to zero over the experts, and over the classes of each
// expert. Numbers in brackets are those of the equations in the article "How it works".
#ifndef MOELOGIT_MODEL_H
#define MOELOGIT_MODEL_H

#include <Eigen/Core>
#include <vector>

#include "problem.h"
#include "row_pass.h"

namespace moelogit {

using Eigen::MatrixXd;

// What a pass over the data returns.
struct Evaluation {
  double loglik = 0.0;
  double objective = 0.0;
  VectorXd gradient;           // of the objective, symmetric coding
  std::vector<MatrixXd> gram;  // per expert: X' diag(c tau_k) X, on request
  Coef diagonal;               // p x K: diagonals that majorize them, on request instead
};

enum class Curvature { none, gram, diagonal };

// Where predict() writes, column-major; what is not wanted is nullptr. Posterior and log
// probabilities are computed in logarithms: they are there when the probabilities underflow, which
// they do below 1e-307.
struct Prediction {
  double* gate = nullptr;     // n x K
  double* expert = nullptr;   // n x KM
  double* classes = nullptr;  // n x M, none above 1
  double* log_classes =
      nullptr;                  // n x M, none above 0; with weights they sum to the log-likelihood
  double* posterior = nullptr;  // n x K, given the responses of the records
};

// One block of rows as a pass over the data sees it.
struct BlockScratch {
  std::vector<double> expert_packed, gate_packed, gate_logit, expert_logit, gate_residual,
      expert_residual, posterior, response, weight, scaled;
};

class Model {
 public:
  // The team outlives the model.
  Model(const Problem& problem, Team& team);

  const Problem& problem() const { return problem_; }
  const Shape& shape() const { return problem_.shape; }
  double total_weight() const { return total_weight_; }
  Team& team() const { return pass_.team(); }

  // One pass over the data. Reuses the buffers of `out`. Not for two threads at once: the model
  // owns scratch memory.
  void evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out);

  // Z'CZ of the gate, and the diagonal of a matrix that majorizes it.
  MatrixXd gate_gram();
  VectorXd gate_diagonal();

  // What these are made of, and observed_information(), summed over the rows: for whoever has some
  // of them.
  VectorXd sums(Sums kind, const VectorXd& theta);

  // With the posterior expert probabilities held at `posterior` (n x K, column-major), gate and
  // experts are penalised multinomial logits of their own: the surrogate (4). Its gradient, and
  // the experts' curvature as evaluate() gives it, which does not depend on theta.
  VectorXd held_gradient(const VectorXd& theta, const double* posterior);
  void held_curvature(const double* posterior, Curvature curvature, Evaluation& out) const;

  // Negative Hessian of the log-likelihood (without the ridge) in reference coding: coefficients of
  // experts 2..K of the gate, then expert by expert those of classes 2..M; covariates fastest.
  // Defined in information.cpp.
  MatrixXd observed_information(const VectorXd& theta);

  // What `out` asks for, at every row.
  void predict(const VectorXd& theta, const Prediction& out);

  // Weighted average gate probability of each expert.
  VectorXd gate_mean(const VectorXd& theta);

 private:
  bool shared() const { return problem_.shared(); }
  // Covariates, responses, weights and logits of the block.
  void load(const RowBlock& block, const Coef& gate, const Coef& expert, BlockScratch& s) const;
  // Of the gate alone: its covariates and logits.
  void load_gate(const RowBlock& block, const Coef& gate, BlockScratch& s) const;
  // The packed covariates of the block, for designs that are not packed by load().
  const double* packed_expert(const RowBlock& block, BlockScratch& s) const;
  const double* packed_gate(const RowBlock& block, BlockScratch& s) const;
  // Probabilities from the logits of the block: gate (rows x K) and expert (rows x KM), which may
  // be where the logits are.
  void softmax(const RowBlock& block, const BlockScratch& s, double* gate, double* expert) const;

  // The parts of predict(), from what softmax() left as residuals and from the logits.
  void write_probabilities(const RowBlock& block, const BlockScratch& s,
                           const Prediction& out) const;
  void write_in_logarithms(const RowBlock& block, BlockScratch& s, const Prediction& out) const;

  // sums() of the rows, wherever they are; valid until the next call.
  const double* all_sums(Sums kind, const VectorXd& theta);
  const double* value_sums(Sums kind, const VectorXd& theta);
  VectorXd information_sums(const VectorXd& theta);
  Index sum_size(Sums kind) const;
  Index information_size() const;

  // Sums over blocks that become the gradient: designs' products with the residuals in `s`.
  Index gate_sums() const;
  Index gradient_sums() const;
  void add_gradient(const RowBlock& block, const BlockScratch& s, double* sum) const;
  void finish_gradient(const VectorXd& theta, const double* sum, VectorXd& out) const;

  Problem problem_;
  double total_weight_;
  RowPass pass_, held_pass_;
  int scratch_rows_;                   // of the longest block
  std::vector<BlockScratch> scratch_;  // one per thread
  VectorXd kept_;                      // of all_sums()
};

// Adds the offset, if there is one, to the logits of a block (block.rows x columns, experts of
// `classes` columns each).
void add_offset(const Records& records, const RowBlock& block, int columns, int classes,
                double* logit);

// X' diag(c) X of a design, and the diagonal of a matrix that majorizes it.
MatrixXd weighted_gram(const Design& design, const double* weight, Team& team);
VectorXd weighted_diagonal(const Design& design, const double* weight, Team& team);

}  // namespace moelogit

#endif
