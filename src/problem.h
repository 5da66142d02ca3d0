// What is fitted: the size of the model, the records and the penalty.
#ifndef MOELOGIT_PROBLEM_H
#define MOELOGIT_PROBLEM_H

#include <Eigen/Core>
#include <stdexcept>

#include "design.h"

namespace moelogit {

// The parameter vector is the gate (q x K, row-major) followed by the experts (p x KM, row-major,
// column k M + m).
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

// Records: one class each. Pointers belong to the caller and outlive whatever reads them.
struct Records {
  const Design* expert;  // n rows
  const Design* gate;    // n rows; the same object as `expert` when the covariates are the same
  const int* response;   // n class indices, 0..M-1
  const double* weight;  // n case weights, >= 0
  const double* offset;  // n x M column-major, added to the logits of every expert, or nullptr
};

// The sums over rows that an ascent is made of, of Model::sums(): log-likelihood and gradient,
// alone or with a curvature of the experts; the curvatures of the gate; the observed information.
enum class Sums { value, value_gram, value_diagonal, gate_gram, gate_diagonal, information };

// Thrown where sums that others make are not to be had any more.
struct Abandoned : std::runtime_error {
  Abandoned() : std::runtime_error("the rows elsewhere are not to be had") {}
};

// Rows on other machines, which give sums of theirs.
class RowsElsewhere {
 public:
  virtual ~RowsElsewhere() {}
  virtual double total_weight() const = 0;
  // `size` sums over all rows, valid until the next call; may throw Abandoned. Asked by the thread
  // alone that has called the core.
  virtual const double* sum(Sums kind, const VectorXd& theta, Index size) = 0;
};

// Curvature bound of the softmax, see minorizer.h.
enum class Bound { tight, loose };

class Constraint;  // constraint.h

// The objective, equation (2): of these records, with one ridge (>= 0) per coefficient row.
struct Problem {
  Shape shape;
  Records records;
  VectorXd gate_ridge;    // q
  VectorXd expert_ridge;  // p
  Bound bound;
  RowsElsewhere* elsewhere = nullptr;      // then `records` has none, only designs without rows
  const Constraint* constraint = nullptr;  // of all coefficients; the caller's, as the records

  // The experts and the gate see the same covariates.
  bool shared() const { return records.gate == records.expert; }
};

}  // namespace moelogit

#endif
