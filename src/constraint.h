// Coefficients held at values: linear equations on the free coefficients (reference coding) that
// every iterate of an ascent meets. A step d then solves the step's equations on the plane A d = 0:
// in a metric H that is d = H^{-1} g - H^{-1} A' (A H^{-1} A')^{-1} A H^{-1} g, so the minorizer's
// maximiser on the plane still ascends.
#ifndef MOELOGIT_CONSTRAINT_H
#define MOELOGIT_CONSTRAINT_H

#include "problem.h"

namespace moelogit {

using Eigen::MatrixXd;

class Constraint {
 public:
  // Equation i: column i of `left` (free_size x r, linearly independent) times the free
  // coefficients is value[i].
  Constraint(const Shape& shape, const MatrixXd& left, const VectorXd& value);

  // The closest coefficients, in symmetric coding, that meet the equations.
  VectorXd project(const VectorXd& theta) const;
  // The part of a gradient along which coefficients may move.
  VectorXd along(const VectorXd& gradient) const;
  // Orthonormal normals of the plane in symmetric coding, size x r.
  const MatrixXd& normals() const { return normals_; }
  // Orthonormal directions of the free coefficients along it, free_size x (free_size - r).
  MatrixXd directions() const;

 private:
  MatrixXd left_, normals_;
  VectorXd value_;  // of normals' theta
};

}  // namespace moelogit

#endif
