#include <algorithm>
#include <cmath>

#include "r_problem.h"

using namespace moelogit;

namespace {

// A power of two near the largest absolute value of a column: in that unit no square overflows or
// vanishes, and all else is the same to the last bit.
double unit_of(double largest) {
  return largest > 0.0 ? std::ldexp(1.0, std::max(-1000, std::min(1000, std::ilogb(largest))))
                       : 1.0;
}

void check_weight(const Rcpp::NumericVector& weight, Index rows) {
  if (weight.size() != rows) Rcpp::stop("weight must have one entry per row");
}

}  // namespace

// Weighted mean and root mean square about it (about zero when not `centered`) of the stored
// columns of a matrix or dgCMatrix.
// [[Rcpp::export]]
Rcpp::List core_moments(const Rcpp::RObject& x, const Rcpp::NumericVector& weight, bool centered) {
  const double total = Rcpp::sum(weight);
  const auto moments = [&](int cols, const auto& over_column) {
    Rcpp::NumericVector center(cols), scale(cols);
    for (int j = 0; j < cols; ++j) {
      double largest = 0.0, mean = 0.0, used = 0.0, square = 0.0;
      over_column(j, [&](double value, double) { largest = std::max(largest, std::fabs(value)); });
      const double unit = unit_of(largest), inverse = 1.0 / unit;
      if (centered) {
        over_column(j, [&](double value, double w) { mean += w * (value * inverse); });
        mean /= total;
      }
      over_column(j, [&](double value, double w) {
        const double apart = value * inverse - mean;
        square += w * apart * apart;
        used += w;
      });
      square += (total - used) * mean * mean;  // zeros that are not stored
      center[j] = mean * unit;
      scale[j] = std::sqrt(square / total) * unit;
    }
    return Rcpp::List::create(Rcpp::Named("center") = center, Rcpp::Named("scale") = scale);
  };
  if (Rf_isS4(x)) {
    const RSparse sparse(x);
    check_weight(weight, sparse.rows());
    return moments(sparse.dim[1], [&](int j, const auto& body) {
      for (int e = sparse.start[j]; e < sparse.start[j + 1]; ++e)
        body(sparse.value[e], weight[sparse.row[e]]);
    });
  }
  const Rcpp::NumericMatrix dense(x);
  const R_xlen_t n = dense.nrow();
  check_weight(weight, n);
  return moments(dense.ncol(), [&](int j, const auto& body) {
    const double* column = dense.begin() + n * j;
    for (R_xlen_t i = 0; i < n; ++i) body(column[i], weight[i]);
  });
}

// X' diag(weight) X of a standardised design.
// [[Rcpp::export]]
Rcpp::NumericMatrix core_gram(const Rcpp::List& design, const Rcpp::NumericVector& weight,
                              int threads) {
  const RDesign d(design);
  check_weight(weight, d.get().rows());
  Team team(threads);
  const MatrixXd gram = weighted_gram(d.get(), weight.begin(), team);
  return Rcpp::NumericMatrix(static_cast<int>(gram.rows()), static_cast<int>(gram.cols()),
                             gram.data());
}
