// Dendrograms of any measure: refused as invalid, or a tree of all leaves with its heights.
#include <stdexcept>

#include "bytes.h"
#include "dendrogram.h"

using namespace moelogit;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const int atoms = bytes.integer(0, 9), slopes = bytes.integer(0, 3), p = bytes.integer(1, 3),
            classes = bytes.integer(2, 4);
  MixingMeasure measure(atoms);
  for (Atom& atom : measure) {
    const double weight = bytes.number();
    atom.log_weight = weight == 0.0 ? std::log(0.0) : weight;
    atom.gate = Eigen::VectorXd::NullaryExpr(slopes, [&] { return bytes.number(); });
    atom.expert = Eigen::MatrixXd::NullaryExpr(p, classes, [&] { return bytes.number(); });
  }
  Metric metric;
  metric.euclidean = bytes.byte() & 1;
  const Eigen::MatrixXd root = Eigen::MatrixXd::NullaryExpr(p, p, [&] { return bytes.number(); });
  metric.expert = root * root.transpose();
  metric.gate = Eigen::MatrixXd::Identity(slopes, slopes);
  try {
    const Dendrogram tree = grow_dendrogram(measure, metric);
    MOELOGIT_MUST(atoms > 0 && tree.pairs.rows() == atoms - 1);
    for (Eigen::Index s = 0; s < tree.height.size(); ++s) MOELOGIT_MUST(tree.height(s) >= 0.0);
    for (int level = 1; level <= atoms; ++level)
      MOELOGIT_MUST(static_cast<int>(tree.levels[level - 1].size()) == level);
    const Topology topology = trace_merges(tree.pairs);
    MOELOGIT_MUST(topology.order.sum() == atoms * (atoms + 1) / 2);
    MOELOGIT_MUST(topology.partition.minCoeff() == 1);
    for (const Merge& merge : closest_merges(measure, metric, bytes.integer(0, 40)))
      MOELOGIT_MUST(static_cast<int>(merge.atoms.size()) == atoms - 1);
  } catch (const std::invalid_argument&) {
    MOELOGIT_MUST(atoms == 0);
  }
  return 0;
}
