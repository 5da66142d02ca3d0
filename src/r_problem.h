// What R hands over, as the core's types. Only the glue (r_*.cpp) includes this.
#ifndef MOELOGIT_R_PROBLEM_H
#define MOELOGIT_R_PROBLEM_H

#include <Rcpp.h>

#include <chrono>
#include <memory>

#include "constraint.h"
#include "starts.h"

namespace moelogit {

// The slots of a dgCMatrix. Stops where they contradict each other: an index out of range would be
// read outside the data.
struct RSparse {
  explicit RSparse(const Rcpp::RObject& matrix);
  Index rows() const { return dim[0]; }
  Index cols() const { return dim[1]; }

  Rcpp::IntegerVector start, row, dim;
  Rcpp::NumericVector value;
};

// A file of rows from R, see R/row-file.R: a list with `path`, `rows`, `width` and `columns` (which
// entries of a row, from 1).
struct RRowFile {
  explicit RRowFile(const Rcpp::List& file);
  static bool is(const Rcpp::RObject& x) { return x.inherits("moelogit_row_file"); }

  Index rows;
  RowFile file;
  std::vector<int> columns;  // from 0
};

// A design from R: a list with `x` (double matrix, dgCMatrix, file of rows, or columns elsewhere),
// `implicit` (an intercept that is not stored), `center` and `scale` (one entry per stored column).
// Keeps the R objects alive.
class RDesign {
 public:
  explicit RDesign(const Rcpp::List& design);
  const Design& get() const { return *design_; }

 private:
  Rcpp::RObject x_;
  std::unique_ptr<RRowFile> file_;
  std::unique_ptr<Design> design_;
};

// The R function(kind, theta) that gives the sums of rows that are elsewhere, or NULL when they are
// not to be had.
class RRowsElsewhere : public RowsElsewhere {
 public:
  RRowsElsewhere(const Rcpp::Function& sum, double weight) : sum_(sum), weight_(weight) {}
  double total_weight() const override { return weight_; }
  const double* sum(Sums kind, const VectorXd& theta, Index size) override;

 private:
  Rcpp::Function sum_;
  double weight_;
  Rcpp::NumericVector last_;
};

// What is read of the list that new_problem() of R/problem.R makes: expert, gate (a design each;
// gate NULL when it is the same), response (0-based classes), weight, offset (n x M or NULL), frame
// (its k and classes), ridge (list: gate, expert), sum (see RRowsElsewhere; then `weight` is that
// of all rows, and there are none here). Keeps the R objects alive.
class RProblem {
 public:
  explicit RProblem(const Rcpp::List& problem, Bound bound = Bound::tight);
  const Problem& get() const { return problem_; }
  const Shape& shape() const { return problem_.shape; }
  Index rows() const { return problem_.records.expert->rows(); }
  // Threads that may ask for sums: R has one.
  int threads(int wanted) const { return elsewhere_ ? 1 : wanted; }

 private:
  std::unique_ptr<RDesign> expert_, gate_;
  std::unique_ptr<RRowsElsewhere> elsewhere_;
  Rcpp::IntegerVector response_;
  Rcpp::NumericVector weight_, offset_;
  std::unique_ptr<Constraint> constraint_;
  Problem problem_;
};

AscentOptions ascent_options(const Rcpp::List& options);
Bound bound_of(const Rcpp::List& options);

// Asks R for interrupts, and reports to an R function(iteration, objective) if there is one, which
// stops the run by returning FALSE; both by the clock and only from the main thread.
class RMonitor : public Monitor {
 public:
  explicit RMonitor(const Rcpp::RObject& progress) : progress_(progress) {}
  bool proceed(int iteration, double objective, const VectorXd* theta) override;
  bool interrupted() const { return interrupted_; }

 private:
  using Clock = std::chrono::steady_clock;
  Rcpp::RObject progress_;
  Clock::time_point next_ = Clock::now();
  bool interrupted_ = false;
};

}  // namespace moelogit

#endif
