// The linear assignment problem, for matching experts of one fit to those of another.
#ifndef MOELOGIT_ASSIGNMENT_H_
#define MOELOGIT_ASSIGNMENT_H_

#include <Eigen/Core>

namespace moelogit {

// The column (from 0) of each row in the matching of least total cost, by shortest augmenting paths
// with dual prices: Jonker and Volgenant (1987), <doi:10.1007/BF02278710>. With more rows than
// columns the rows left over get -1; with more columns than rows some columns stay free. O(r^2 c),
// r the shorter side. Throws std::invalid_argument when a cost is not finite.
Eigen::VectorXi assign(const Eigen::MatrixXd& cost);

}  // namespace moelogit

#endif  // MOELOGIT_ASSIGNMENT_H_
