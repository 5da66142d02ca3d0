// The softmax-gated mixture of multinomial logits: penalised log-likelihood, gradient and the
// statistics of its minorizer, summed over blocks of rows.
//
//   f(m | x) = sum_k softmax_k(z' gamma_k) softmax_m(x' beta_km)
//   F = sum_i c_i log f(y_i | x_i) - 1/2 sum_j ridge_j |row j of the coefficients|^2
//
// in symmetric coding (coefficients sum to zero over the experts, and over the classes of each
// expert). The parameter vector is the gate (q x K, row-major) followed by the experts (p x KM,
// row-major, column k M + m).
#ifndef MOELOGIT_MODEL_H
#define MOELOGIT_MODEL_H

#include <Eigen/Core>
#include <vector>

#include "design.h"
#include "row_pass.h"

namespace moelogit {

using Eigen::MatrixXd;

struct Shape {
  int experts;        // K
  int classes;        // M
  Index gate_rows;    // q
  Index expert_rows;  // p

  int expert_logits() const { return experts * classes; }
  Index gate_size() const { return gate_rows * experts; }
  Index size() const { return gate_size() + expert_rows * expert_logits(); }
  // Free coefficients, in reference coding.
  Index free_size() const {
    return (experts - 1) * gate_rows + experts * (classes - 1) * expert_rows;
  }

  CoefMap gate(VectorXd& theta) const { return CoefMap(theta.data(), gate_rows, experts); }
  ConstCoefMap gate(const VectorXd& theta) const {
    return ConstCoefMap(theta.data(), gate_rows, experts);
  }
  CoefMap expert(VectorXd& theta) const {
    return CoefMap(theta.data() + gate_size(), expert_rows, expert_logits());
  }
  ConstCoefMap expert(const VectorXd& theta) const {
    return ConstCoefMap(theta.data() + gate_size(), expert_rows, expert_logits());
  }
};

// Records: one class each. Pointers belong to the caller and outlive the model.
struct Records {
  const Design* expert;  // n rows
  const Design* gate;    // n rows; the same object as `expert` when the covariates are the same
  const int* response;   // n class indices, 0..M-1
  const double* weight;  // n case weights, >= 0
  const double* offset;  // n x M column-major, added to the logits of every expert, or nullptr
};

// What a pass over the data returns.
struct Evaluation {
  double loglik = 0.0;
  double objective = 0.0;
  VectorXd gradient;           // of the objective, symmetric coding
  std::vector<MatrixXd> gram;  // per expert: X' diag(c tau_k) X, on request
  Coef diagonal;               // p x K: diagonals that majorize them, on request instead
};

enum class Curvature { none, gram, diagonal };

// Where predict() writes, column-major; what is not wanted is nullptr. The posterior is computed in
// logarithms: it is there when every expert's probability of the observed class underflows.
struct Prediction {
  double* gate = nullptr;       // n x K
  double* expert = nullptr;     // n x KM
  double* classes = nullptr;    // n x M
  double* posterior = nullptr;  // n x K, given the responses of the records
};

// One block of rows as evaluate() and observed_information() see it.
struct BlockScratch {
  std::vector<double> expert_packed, gate_packed, gate_logit, expert_logit, gate_residual,
      expert_residual, posterior, response, weight, scaled;
};

class Model {
 public:
  // ridge: one entry per coefficient row, >= 0.
  Model(const Shape& shape, const Records& records, const VectorXd& gate_ridge,
        const VectorXd& expert_ridge, int threads);

  const Shape& shape() const { return shape_; }
  const Records& records() const { return records_; }
  const VectorXd& gate_ridge() const { return gate_ridge_; }
  const VectorXd& expert_ridge() const { return expert_ridge_; }
  double total_weight() const { return total_weight_; }

  // One pass over the data. Reuses the buffers of `out`. Not for two threads at once: the model
  // owns scratch memory.
  void evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out);

  // Negative Hessian of the log-likelihood (without the ridge) in reference coding: coefficients of
  // experts 2..K of the gate, then expert by expert those of classes 2..M; covariates fastest.
  // Defined in information.cpp.
  MatrixXd observed_information(const VectorXd& theta);

  // What `out` asks for, at every row.
  void predict(const VectorXd& theta, const Prediction& out);

  // Weighted average gate probability of each expert.
  VectorXd gate_mean(const VectorXd& theta);

 private:
  bool shared() const { return records_.gate == records_.expert; }
  // Covariates, responses, weights and logits of the block.
  void load(const RowBlock& block, const Coef& gate, const Coef& expert, BlockScratch& s) const;
  // Of the gate alone: its covariates and logits.
  void load_gate(const RowBlock& block, const Coef& gate, BlockScratch& s) const;
  // The packed covariates of the block, for designs that are not packed by load().
  const double* packed_expert(const RowBlock& block, BlockScratch& s) const;
  const double* packed_gate(const RowBlock& block, BlockScratch& s) const;

  Shape shape_;
  Records records_;
  VectorXd gate_ridge_, expert_ridge_;
  double total_weight_;
  RowPass pass_;
  std::vector<BlockScratch> scratch_;  // one per thread
};

// Adds the offset, if there is one, to the logits of a block (block.rows x columns, experts of
// `classes` columns each).
void add_offset(const Records& records, const RowBlock& block, int columns, int classes,
                double* logit);

// X' diag(c) X of a design, and the diagonal of a matrix that majorizes it.
MatrixXd weighted_gram(const Design& design, const double* weight, int threads);
VectorXd weighted_diagonal(const Design& design, const double* weight, int threads);

}  // namespace moelogit

#endif
