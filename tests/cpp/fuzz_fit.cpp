// Ascents of any problem: no step down, and nothing but numbers where it began with numbers.
#include "bytes.h"
#include "coding.h"
#include "starts.h"

using namespace moelogit;

namespace {

class Patient : public Monitor {
 public:
  bool proceed(int, double, const VectorXd*) override { return true; }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  AscentOptions options;
  options.max_iter = bytes.integer(0, 40);
  options.method = bytes.byte() & 1 ? Method::mm : Method::accelerated;
  options.tol = bytes.byte() & 1 ? 0.0 : 1e-9;
  const int threads = bytes.integer(1, 2);
  const FuzzProblem problem(bytes);
  MatrixXd starts(problem.shape.size(), 2);
  for (int s = 0; s < 2; ++s) {
    VectorXd free(problem.shape.free_size());
    for (Index j = 0; j < free.size(); ++j) free[j] = std::ldexp(bytes.number(), -38);
    starts.col(s) = symmetric_coding(problem.shape, free);
  }
  Patient patient;
  Team team(threads, threads);
  for (const Ascent& run : ascend_all(problem, starts, options, team, patient)) {
    for (std::size_t i = 1; i < run.trace.size(); ++i)
      MOELOGIT_MUST(run.trace[i] >= run.trace[i - 1]);
    if (!std::isfinite(run.trace[0])) {
      MOELOGIT_MUST(!run.converged);
      continue;
    }
    MOELOGIT_MUST(std::isfinite(run.trace.back()));
    MOELOGIT_MUST(run.theta.allFinite());
  }
  return 0;
}
