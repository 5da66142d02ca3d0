#include "constraint.h"

#include <Eigen/QR>

#include "coding.h"

namespace moelogit {

Constraint::Constraint(const Shape& shape, const MatrixXd& left, const VectorXd& value)
    : left_(left) {
  const Index r = left.cols();
  MatrixXd equations(shape.size(), r);
  for (Index i = 0; i < r; ++i) equations.col(i) = symmetric_form(shape, left.col(i));
  const Eigen::HouseholderQR<MatrixXd> qr(equations);
  normals_ = qr.householderQ() * MatrixXd::Identity(shape.size(), r);
  value_ =
      qr.matrixQR().topLeftCorner(r, r).triangularView<Eigen::Upper>().transpose().solve(value);
}

VectorXd Constraint::project(const VectorXd& theta) const {
  return theta - normals_ * (normals_.transpose() * theta - value_);
}

VectorXd Constraint::along(const VectorXd& gradient) const {
  return gradient - normals_ * (normals_.transpose() * gradient);
}

MatrixXd Constraint::directions() const {
  const Index size = left_.rows(), rest = size - left_.cols();
  const Eigen::HouseholderQR<MatrixXd> qr(left_);
  return qr.householderQ() * MatrixXd::Identity(size, size).rightCols(rest);
}

}  // namespace moelogit
