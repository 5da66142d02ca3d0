#include "assignment.h"

#include <limits>
#include <stdexcept>
#include <vector>

namespace moelogit {

namespace {

// assign() for at least as many columns as rows.
Eigen::VectorXi assign_wide(const Eigen::MatrixXd& cost) {
  const int rows = static_cast<int>(cost.rows());
  const int cols = static_cast<int>(cost.cols());
  Eigen::VectorXd row_price = Eigen::VectorXd::Zero(rows);
  Eigen::VectorXd col_price = Eigen::VectorXd::Zero(cols + 1);
  // Column `cols` is a stand-in that holds the row being added.
  std::vector<int> row_of(cols + 1, -1);

  for (int row = 0; row < rows; ++row) {
    std::vector<double> slack(cols, std::numeric_limits<double>::infinity());
    std::vector<int> previous(cols, cols);
    std::vector<bool> reached(cols + 1, false);
    int col = cols;
    row_of[col] = row;
    while (row_of[col] >= 0) {
      reached[col] = true;
      const int current = row_of[col];
      int nearest = -1;
      for (int j = 0; j < cols; ++j) {
        if (reached[j]) continue;
        const double reduced = cost(current, j) - row_price(current) - col_price(j);
        if (reduced < slack[j]) {
          slack[j] = reduced;
          previous[j] = col;
        }
        if (nearest < 0 || slack[j] < slack[nearest]) nearest = j;
      }
      const double step = slack[nearest];
      for (int j = 0; j <= cols; ++j) {
        if (reached[j]) {
          row_price(row_of[j]) += step;
          col_price(j) -= step;
        } else {
          slack[j] -= step;
        }
      }
      col = nearest;
    }
    while (col != cols) {  // flip the path back to the new row
      row_of[col] = row_of[previous[col]];
      col = previous[col];
    }
  }

  Eigen::VectorXi out(rows);
  for (int j = 0; j < cols; ++j) {
    if (row_of[j] >= 0) out(row_of[j]) = j;
  }
  return out;
}

}  // namespace

Eigen::VectorXi assign(const Eigen::MatrixXd& cost) {
  if (!cost.allFinite()) throw std::invalid_argument("the costs of an assignment must be finite");
  if (cost.rows() <= cost.cols()) return assign_wide(cost);
  const Eigen::VectorXi row_of = assign_wide(cost.transpose());
  Eigen::VectorXi out = Eigen::VectorXi::Constant(cost.rows(), -1);
  for (Eigen::Index j = 0; j < row_of.size(); ++j) out(row_of(j)) = static_cast<int>(j);
  return out;
}

}  // namespace moelogit
