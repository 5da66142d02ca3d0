// From a guess of the posterior expert probabilities to coefficients, and many ascents at once.
#ifndef MOELOGIT_STARTS_H
#define MOELOGIT_STARTS_H

#include <vector>

#include "ascent.h"

namespace moelogit {

// MM steps from zero coefficients with the posterior expert probabilities held at `posterior`
// (n x K, column-major, rows summing to 1), at most `steps`: one for a rough start, many for the
// coefficients that fit the posteriors best. Columns that are all alike give a symmetric point,
// from which no ascent can leave: the caller must break the symmetry.
VectorXd start_from_posterior(Model& model, const Minorizer& minorizer, const double* posterior,
                              int steps);

// Ascends from every column of `starts` (coefficients x number of starts), several at a time. The
// answer does not depend on the number of threads. `monitor` is asked on the calling thread: once
// an iteration of its own ascents, and every few milliseconds while it waits for others.
std::vector<Ascent> ascend_all(const Problem& problem, const MatrixXd& starts,
                               const AscentOptions& options, Team& team, Monitor& monitor);

// Ascends from one start on each of several sets of records in place of the problem's; otherwise as
// above.
std::vector<Ascent> refit_all(const Problem& problem, const std::vector<Records>& records,
                              const VectorXd& start, const AscentOptions& options, Team& team,
                              Monitor& monitor);

}  // namespace moelogit

#endif
