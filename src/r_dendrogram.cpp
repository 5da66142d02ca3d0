// Glue: mixing measures, dendrograms and assignments between R and the core.
#include <RcppEigen.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "assignment.h"
#include "dendrogram.h"
#include "mixing_measure.h"

// [[Rcpp::depends(RcppEigen)]]

namespace {

using moelogit::Atom;
using moelogit::Metric;
using moelogit::MixingMeasure;

// expert: a p x M x K array. A gate without slopes is a 0 x K matrix.
MixingMeasure read_measure(const Eigen::VectorXd& log_weight, const Eigen::MatrixXd& gate,
                           const Rcpp::NumericVector& expert) {
  const Rcpp::IntegerVector dim = expert.attr("dim");
  if (dim.size() != 3 || dim[2] != log_weight.size() || gate.cols() != log_weight.size()) {
    Rcpp::stop("log_weight, gate and expert differ in their number of atoms");
  }
  MixingMeasure out(dim[2]);
  for (int k = 0; k < dim[2]; ++k) {
    const double* start = expert.begin() + static_cast<R_xlen_t>(k) * dim[0] * dim[1];
    out[k] = {log_weight(k), gate.col(k), Eigen::Map<const Eigen::MatrixXd>(start, dim[0], dim[1])};
  }
  return out;
}

Metric read_metric(bool euclidean, const Eigen::MatrixXd& gate_gram,
                   const Eigen::MatrixXd& expert_gram) {
  Metric out;
  out.euclidean = euclidean;
  out.gate = gate_gram;
  out.expert = expert_gram;
  return out;
}

Rcpp::List write_measure(const MixingMeasure& measure) {
  const int size = static_cast<int>(measure.size());
  const Eigen::Index p = measure[0].expert.rows();
  const Eigen::Index classes = measure[0].expert.cols();
  Rcpp::NumericVector log_weight(size);
  Rcpp::NumericMatrix gate(static_cast<int>(measure[0].gate.size()), size);
  Rcpp::NumericVector expert(static_cast<R_xlen_t>(p) * classes * size);
  expert.attr("dim") =
      Rcpp::IntegerVector::create(static_cast<int>(p), static_cast<int>(classes), size);
  for (int k = 0; k < size; ++k) {
    const Atom& atom = measure[k];
    log_weight[k] = atom.log_weight;
    std::copy(atom.gate.data(), atom.gate.data() + atom.gate.size(),
              gate.begin() + static_cast<R_xlen_t>(k) * atom.gate.size());
    std::copy(atom.expert.data(), atom.expert.data() + atom.expert.size(),
              expert.begin() + static_cast<R_xlen_t>(k) * atom.expert.size());
  }
  return Rcpp::List::create(Rcpp::_["log_weight"] = log_weight, Rcpp::_["gate"] = gate,
                            Rcpp::_["expert"] = expert);
}

}  // namespace

// [[Rcpp::export]]
Rcpp::List core_grow_dendrogram(const Eigen::VectorXd& log_weight, const Eigen::MatrixXd& gate,
                                const Rcpp::NumericVector& expert, bool euclidean,
                                const Eigen::MatrixXd& gate_gram,
                                const Eigen::MatrixXd& expert_gram) {
  const MixingMeasure measure = read_measure(log_weight, gate, expert);
  const moelogit::Dendrogram tree =
      moelogit::grow_dendrogram(measure, read_metric(euclidean, gate_gram, expert_gram));
  Rcpp::List levels(tree.levels.size());
  for (std::size_t i = 0; i < tree.levels.size(); ++i) levels[i] = write_measure(tree.levels[i]);
  return Rcpp::List::create(Rcpp::_["pairs"] = tree.pairs, Rcpp::_["height"] = tree.height,
                            Rcpp::_["log_height"] = tree.log_height, Rcpp::_["levels"] = levels);
}

// A list for each merge of the `count` closest pairs: pair (from 1), height, atoms.
// [[Rcpp::export]]
Rcpp::List core_closest_merges(const Eigen::VectorXd& log_weight, const Eigen::MatrixXd& gate,
                               const Rcpp::NumericVector& expert, bool euclidean,
                               const Eigen::MatrixXd& gate_gram, const Eigen::MatrixXd& expert_gram,
                               int count) {
  const std::vector<moelogit::Merge> merges =
      moelogit::closest_merges(read_measure(log_weight, gate, expert),
                               read_metric(euclidean, gate_gram, expert_gram), count);
  Rcpp::List out(merges.size());
  for (std::size_t i = 0; i < merges.size(); ++i) {
    const moelogit::Merge& one = merges[i];
    out[i] = Rcpp::List::create(
        Rcpp::_["pair"] = Rcpp::IntegerVector::create(one.pair.first + 1, one.pair.second + 1),
        Rcpp::_["height"] = one.height, Rcpp::_["atoms"] = write_measure(one.atoms));
  }
  return out;
}

// [[Rcpp::export]]
Rcpp::List core_trace_merges(const Eigen::MatrixXi& pairs) {
  const moelogit::Topology tree = moelogit::trace_merges(pairs);
  return Rcpp::List::create(Rcpp::_["merge"] = tree.merge, Rcpp::_["order"] = tree.order,
                            Rcpp::_["partition"] = tree.partition);
}

// [[Rcpp::export]]
Eigen::MatrixXd core_dissimilarity(const Eigen::VectorXd& log_weight, const Eigen::MatrixXd& gate,
                                   const Rcpp::NumericVector& expert, bool euclidean,
                                   const Eigen::MatrixXd& gate_gram,
                                   const Eigen::MatrixXd& expert_gram) {
  const MixingMeasure measure = read_measure(log_weight, gate, expert);
  const Metric metric = read_metric(euclidean, gate_gram, expert_gram);
  moelogit::check_measure(measure, metric);
  const Eigen::Index size = log_weight.size();
  Eigen::MatrixXd out = Eigen::MatrixXd::Zero(size, size);
  for (Eigen::Index l = 1; l < size; ++l) {
    for (Eigen::Index k = 0; k < l; ++k) {
      out(k, l) = out(l, k) = moelogit::dissimilarity(measure[k], measure[l], metric);
    }
  }
  return out;
}

// [[Rcpp::export]]
Eigen::VectorXi core_assign(const Eigen::MatrixXd& cost) { return moelogit::assign(cost); }
