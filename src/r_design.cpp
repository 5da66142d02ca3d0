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

// Weighted mean and root mean square about it (about zero when not `centered`) of a column, whose
// values are met three times in the same order: the largest, then the mean, then the squares.
class Moments {
 public:
  Moments(double total, bool centered) : total_(total), centered_(centered) {}

  void largest(double value) { largest_ = std::max(largest_, std::fabs(value)); }
  void begin_mean() {
    unit_ = unit_of(largest_);
    inverse_ = 1.0 / unit_;
  }
  void mean(double value, double weight) {
    if (centered_) mean_ += weight * (value * inverse_);
  }
  void begin_square() { mean_ /= total_; }
  void square(double value, double weight) {
    const double apart = value * inverse_ - mean_;
    square_ += weight * apart * apart;
    used_ += weight;
  }

  double center() const { return mean_ * unit_; }
  double scale() const {
    // zeros that are not stored
    return std::sqrt((square_ + (total_ - used_) * mean_ * mean_) / total_) * unit_;
  }

 private:
  double total_;
  bool centered_;
  double largest_ = 0.0, unit_ = 1.0, inverse_ = 1.0, mean_ = 0.0, square_ = 0.0, used_ = 0.0;
};

// Columns one after the other: over_column(j, body) calls body(value, weight) on each value.
template <class OverColumn>
void by_column(std::vector<Moments>& moments, const OverColumn& over_column) {
  for (std::size_t j = 0; j < moments.size(); ++j) {
    Moments& m = moments[j];
    const int column = static_cast<int>(j);
    over_column(column, [&](double value, double) { m.largest(value); });
    m.begin_mean();
    over_column(column, [&](double value, double w) { m.mean(value, w); });
    m.begin_square();
    over_column(column, [&](double value, double w) { m.square(value, w); });
  }
}

constexpr Index kRowsAtOnce = 1024;

// Calls body(column, value, weight) on every value, row by row.
template <class Body>
void over_rows(const RRowFile& x, const Rcpp::NumericVector& weight, const Body& body) {
  const Index width = x.file.width();
  std::vector<double> raw(static_cast<std::size_t>(kRowsAtOnce * width));
  for (Index first = 0; first < x.rows; first += kRowsAtOnce) {
    const Index count = std::min(kRowsAtOnce, x.rows - first);
    x.file.read(first, count, raw.data());
    Rcpp::checkUserInterrupt();
    for (Index i = 0; i < count; ++i)
      for (std::size_t j = 0; j < x.columns.size(); ++j)
        body(j, raw[i * width + x.columns[j]], weight[first + i]);
  }
}

void by_row(std::vector<Moments>& moments, const RRowFile& x, const Rcpp::NumericVector& weight) {
  over_rows(x, weight, [&](std::size_t j, double value, double) { moments[j].largest(value); });
  for (Moments& m : moments) m.begin_mean();
  over_rows(x, weight, [&](std::size_t j, double value, double w) { moments[j].mean(value, w); });
  for (Moments& m : moments) m.begin_square();
  over_rows(x, weight, [&](std::size_t j, double value, double w) { moments[j].square(value, w); });
}

}  // namespace

// Weighted mean and root mean square about it (about zero when not `centered`) of the stored
// columns of a matrix, dgCMatrix or file of rows.
// [[Rcpp::export]]
Rcpp::List core_moments(const Rcpp::RObject& x, const Rcpp::NumericVector& weight, bool centered) {
  const Moments none(Rcpp::sum(weight), centered);
  std::vector<Moments> moments;
  if (Rf_isS4(x)) {
    const RSparse sparse(x);
    check_weight(weight, sparse.rows());
    moments.assign(sparse.dim[1], none);
    by_column(moments, [&](int j, const auto& body) {
      for (int e = sparse.start[j]; e < sparse.start[j + 1]; ++e)
        body(sparse.value[e], weight[sparse.row[e]]);
    });
  } else if (RRowFile::is(x)) {
    const RRowFile file{Rcpp::List(x)};
    check_weight(weight, file.rows);
    moments.assign(file.columns.size(), none);
    by_row(moments, file, weight);
  } else {
    const Rcpp::NumericMatrix dense(x);
    const R_xlen_t n = dense.nrow();
    check_weight(weight, n);
    moments.assign(dense.ncol(), none);
    by_column(moments, [&](int j, const auto& body) {
      const double* column = dense.begin() + n * j;
      for (R_xlen_t i = 0; i < n; ++i) body(column[i], weight[i]);
    });
  }
  Rcpp::NumericVector center(moments.size()), scale(moments.size());
  for (std::size_t j = 0; j < moments.size(); ++j) {
    center[j] = moments[j].center();
    scale[j] = moments[j].scale();
  }
  return Rcpp::List::create(Rcpp::Named("center") = center, Rcpp::Named("scale") = scale);
}

// Some rows (from 1) of a file of rows, as a matrix.
// [[Rcpp::export]]
Rcpp::NumericMatrix core_read_rows(const Rcpp::List& file, const Rcpp::NumericVector& rows) {
  const RRowFile x(file);
  Rcpp::NumericMatrix out(static_cast<int>(rows.size()), static_cast<int>(x.columns.size()));
  std::vector<double> raw(static_cast<std::size_t>(x.file.width()));
  for (int i = 0; i < out.nrow(); ++i) {
    if (!(rows[i] >= 1 && rows[i] <= x.rows)) Rcpp::stop("rows must be those of the file");
    x.file.read(static_cast<Index>(rows[i]) - 1, 1, raw.data());
    for (int j = 0; j < out.ncol(); ++j) out(i, j) = raw[x.columns[j]];
  }
  return out;
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
