#include "r_problem.h"

namespace moelogit {
namespace {

VectorXd vector_of(const Rcpp::NumericVector& v) {
  return Eigen::Map<const VectorXd>(v.begin(), v.size());
}

void check_interrupt(void*) { R_CheckUserInterrupt(); }

}  // namespace

RSparse::RSparse(const Rcpp::RObject& matrix) {
  if (!matrix.inherits("dgCMatrix")) Rcpp::stop("a sparse design must be a dgCMatrix");
  const Rcpp::S4 slots(matrix);
  start = slots.slot("p");
  row = slots.slot("i");
  dim = slots.slot("Dim");
  value = slots.slot("x");
  const auto check = [](bool holds, const char* what) {
    if (!holds) Rcpp::stop("invalid dgCMatrix: %s", what);
  };
  check(dim.size() == 2 && dim[0] >= 0 && dim[1] >= 0, "Dim must be two numbers, not negative");
  check(start.size() == cols() + 1 && start[0] == 0,
        "p must begin with 0 and have ncol + 1 entries");
  for (Index j = 0; j < cols(); ++j) check(start[j] <= start[j + 1], "p must not decrease");
  check(start[cols()] <= row.size() && start[cols()] <= value.size(),
        "i and x must have an entry for each that p counts");
  for (int e = 0; e < start[cols()]; ++e)
    check(row[e] >= 0 && row[e] < rows(), "i must be a row, counted from 0");
}

RRowFile::RRowFile(const Rcpp::List& list)
    : rows(static_cast<Index>(Rcpp::as<double>(list["rows"]))),
      file(Rcpp::as<std::string>(list["path"]), rows, Rcpp::as<int>(list["width"])),
      columns(Rcpp::as<std::vector<int>>(list["columns"])) {
  for (int& column : columns) {
    if (column < 1 || column > file.width()) Rcpp::stop("columns must be entries of a row");
    --column;
  }
}

RDesign::RDesign(const Rcpp::List& design) : x_(Rcpp::as<Rcpp::RObject>(design["x"])) {
  const bool implicit = Rcpp::as<bool>(design["implicit"]);
  const Standardisation standardisation = {vector_of(design["center"]), vector_of(design["scale"])};
  const auto check = [&](Index cols) {
    if (standardisation.center.size() != cols || standardisation.scale.size() != cols)
      Rcpp::stop("center and scale must have one entry per column");
  };
  if (Rf_isS4(x_)) {
    const RSparse sparse(x_);
    check(sparse.cols());
    design_.reset(new SparseDesign(sparse.start.begin(), sparse.row.begin(), sparse.value.begin(),
                                   sparse.rows(), sparse.cols(), implicit, standardisation));
  } else if (RRowFile::is(x_)) {
    file_.reset(new RRowFile(Rcpp::List(x_)));
    check(static_cast<Index>(file_->columns.size()));
    design_.reset(
        new FileDesign(file_->file, file_->rows, file_->columns, implicit, standardisation));
  } else if (x_.inherits("moelogit_part_columns")) {
    design_.reset(
        new DenseDesign(nullptr, 0, standardisation.center.size(), implicit, standardisation));
  } else {
    const Rcpp::NumericMatrix dense(x_);
    x_ = dense;
    check(dense.ncol());
    design_.reset(
        new DenseDesign(dense.begin(), dense.nrow(), dense.ncol(), implicit, standardisation));
  }
}

const double* RRowsElsewhere::sum(Sums kind, const VectorXd& theta, Index size) {
  const Rcpp::RObject sums =
      sum_(static_cast<int>(kind), Rcpp::NumericVector(theta.data(), theta.data() + theta.size()));
  if (sums.isNULL()) throw Abandoned();
  last_ = Rcpp::NumericVector(sums);
  if (last_.size() != size) Rcpp::stop("there must be %d sums", size);
  return last_.begin();
}

RProblem::RProblem(const Rcpp::List& problem, Bound bound)
    : expert_(new RDesign(Rcpp::as<Rcpp::List>(problem["expert"]))),
      gate_(Rf_isNull(problem["gate"]) ? nullptr
                                       : new RDesign(Rcpp::as<Rcpp::List>(problem["gate"]))),
      response_(Rcpp::as<Rcpp::IntegerVector>(problem["response"])),
      weight_(Rcpp::as<Rcpp::NumericVector>(problem["weight"])) {
  const Design& x = expert_->get();
  const Design& z = gate_ ? gate_->get() : x;
  const Rcpp::List frame = problem["frame"];
  const int classes = Rf_length(frame["classes"]);
  const double* offset = nullptr;
  if (!Rf_isNull(problem["offset"])) {
    offset_ = Rcpp::as<Rcpp::NumericVector>(problem["offset"]);
    if (offset_.size() != x.rows() * classes) Rcpp::stop("offset must be n x M");
    offset = offset_.begin();
  }
  const Rcpp::List ridge = problem["ridge"];
  problem_ = {{Rcpp::as<int>(frame["k"]), classes, z.cols(), x.cols()},
              {&x, &z, response_.begin(), weight_.begin(), offset},
              vector_of(ridge["gate"]),
              vector_of(ridge["expert"]),
              bound};
  if (problem.containsElementNamed("sum") && !Rf_isNull(problem["sum"])) {
    elsewhere_.reset(new RRowsElsewhere(Rcpp::as<Rcpp::Function>(problem["sum"]), weight_[0]));
    problem_.elsewhere = elsewhere_.get();
  } else if (z.rows() != x.rows() || response_.size() != x.rows() || weight_.size() != x.rows())
    Rcpp::stop("designs, response and weights must have the same number of rows");
  if (problem_.gate_ridge.size() != z.cols() || problem_.expert_ridge.size() != x.cols())
    Rcpp::stop("ridge must have one entry per coefficient row");
  for (int y : response_)
    if (y < 0 || y >= classes) Rcpp::stop("response out of range");
  if (problem.containsElementNamed("fixed") && !Rf_isNull(problem["fixed"])) {
    const Rcpp::List fixed = problem["fixed"];
    const Rcpp::NumericMatrix left = fixed["left"];
    const Rcpp::NumericVector value = fixed["value"];
    if (left.nrow() != shape().free_size() || left.ncol() > left.nrow() ||
        value.size() != left.ncol())
      Rcpp::stop("left must be free coefficients x equations, value one per equation");
    constraint_.reset(
        new Constraint(shape(), Eigen::Map<const MatrixXd>(left.begin(), left.nrow(), left.ncol()),
                       vector_of(value)));
    problem_.constraint = constraint_.get();
  }
}

AscentOptions ascent_options(const Rcpp::List& options) {
  AscentOptions out;
  out.method = Rcpp::as<std::string>(options["method"]) == "mm" ? Method::mm : Method::accelerated;
  out.tol = Rcpp::as<double>(options["tol"]);
  out.max_iter = Rcpp::as<int>(options["max_iter"]);
  out.finish = Rcpp::as<bool>(options["finish"]);
  out.newton_limit = Rcpp::as<int>(options["newton_limit"]);
  return out;
}

Bound bound_of(const Rcpp::List& options) {
  return Rcpp::as<std::string>(options["curvature"]) == "loose" ? Bound::loose : Bound::tight;
}

bool RMonitor::proceed(int iteration, double objective, const VectorXd* theta) {
  const Clock::time_point now = Clock::now();
  if (now < next_) return true;
  next_ = now + std::chrono::milliseconds(200);
  if (!progress_.isNULL()) {
    const Rcpp::Function report(progress_);
    const Rcpp::RObject at =
        theta ? Rcpp::wrap(Rcpp::NumericVector(theta->data(), theta->data() + theta->size()))
              : R_NilValue;
    const Rcpp::RObject go_on = report(iteration, objective, at);
    if (Rf_isLogical(go_on) && !Rf_asLogical(go_on)) interrupted_ = true;
  }
  if (R_ToplevelExec(check_interrupt, nullptr) != TRUE) interrupted_ = true;
  return !interrupted_;
}

}  // namespace moelogit
