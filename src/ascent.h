// Ascent of the objective by minorization-maximization, plain or accelerated; every accepted step
// raises the objective. Numbers are those of the equations in the article "How it works".
//
// Plain: theta <- theta + H^{-1} g, the MM step (7), (8), which ascends by (9).
// Accelerated: a quasi-Newton ascent (limited-memory BFGS) whose initial metric is the MM curvature
// H, (11) (Lange 1995 takes the same route). Both stop by the decrement (10). Where the number of
// coefficients allows it, Newton steps follow, in the metric (1 - t) J + t H between the observed
// information J and H: t = 1 is the MM step, which always ascends, t = 0 is Newton's. J costs as
// much as several evaluations, so the metric of a Newton step serves the quasi-Newton iterations
// after it, until they have cost as much and are slow. Where a trial step does not ascend, the MM
// step is taken. Where the MM decrement is small enough, Newton steps make sure: along a flat
// direction the decrement is small far from the optimum, and at a saddle point it is zero.
//
// Where the problem has a constraint, the start is moved to the closest point that meets it, and
// every step is that of its metric along the constraint.
#ifndef MOELOGIT_ASCENT_H
#define MOELOGIT_ASCENT_H

#include <vector>

#include "minorizer.h"
#include "model.h"

namespace moelogit {

enum class Method { accelerated, mm };

struct AscentOptions {
  Method method = Method::accelerated;
  double tol = 1e-9;  // on the MM decrement g' H^{-1} g, relative to 1 + |F|
  int max_iter = 10000;
  int memory = 40;           // pairs of the limited-memory update
  int refresh = 10;          // iterations between updates of the metric
  Index newton_limit = 250;  // most free coefficients for an early Newton phase; with up to four
                             // times as many it begins late, and ends the ascent
  bool finish = true;        // Newton steps after the decrement is small enough
};

// Called once an iteration on the thread that runs the ascent, with where it is; returning false
// stops it.
class Monitor {
 public:
  virtual ~Monitor() {}
  virtual bool proceed(int iteration, double objective, const VectorXd* theta) = 0;
};

struct Ascent {
  VectorXd theta;
  std::vector<double> trace;  // objective at the start and after every iteration
  double loglik = 0.0;
  double decrement = 0.0;
  int evaluations = 0;
  bool converged = false;
  bool interrupted = false;
};

Ascent ascend(Model& model, Minorizer& minorizer, const VectorXd& start,
              const AscentOptions& options, Monitor& monitor);

}  // namespace moelogit

#endif
