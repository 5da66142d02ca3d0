// Coefficients held at values: every ascent stays on the plane of the equations, never steps down,
// and ends where no direction along the plane leads higher.
#include <doctest/doctest.h>

#include "constraint.h"
#include "problems.h"

using namespace moelogit;

namespace {

VectorXd normals(Index size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  return VectorXd::NullaryExpr(size, [&] { return normal(random); });
}

// `count` of the free coefficients, and one equation of several of them.
MatrixXd some_equations(const Shape& shape, int count, unsigned seed) {
  MatrixXd left = MatrixXd::Zero(shape.free_size(), count + 1);
  for (int i = 0; i < count; ++i) left(2 * i + 1, i) = 1.0 + i;
  left.col(count) = normals(shape.free_size(), seed);
  return left;
}

// The free coefficients of theta.
VectorXd free_of(const Shape& shape, const VectorXd& theta) {
  VectorXd out(shape.free_size());
  for (Index i = 0; i < out.size(); ++i)
    out[i] = symmetric_form(shape, VectorXd::Unit(out.size(), i)).dot(theta);
  return out;
}

}  // namespace

TEST_CASE("a form on the free coefficients has the same value in symmetric coding") {
  const Shape shape = {3, 4, 2, 5};
  const VectorXd form = normals(shape.free_size(), 1), free = normals(shape.free_size(), 2);
  CHECK(symmetric_form(shape, form).dot(symmetric_coding(shape, free)) ==
        doctest::Approx(form.dot(free)).epsilon(1e-13));
}

TEST_CASE("projections meet the equations, and directions lie along them") {
  const Shape shape = {3, 3, 2, 3};
  const MatrixXd left = some_equations(shape, 4, 3);
  const VectorXd value = normals(5, 4);
  const Constraint constraint(shape, left, value);
  const VectorXd theta = symmetric_coding(shape, normals(shape.free_size(), 5));
  const VectorXd there = constraint.project(theta);
  CHECK((left.transpose() * free_of(shape, there) - value).norm() < 1e-12);
  CHECK((constraint.project(there) - there).norm() < 1e-12);
  CHECK(shape.gate(there).rowwise().sum().norm() < 1e-13);
  // the way there is orthogonal to the plane
  CHECK(constraint.along(theta - there).norm() < 1e-12);
  const MatrixXd directions = constraint.directions();
  CHECK(directions.cols() == shape.free_size() - 5);
  CHECK((left.transpose() * directions).norm() < 1e-12);
  CHECK((directions.transpose() * directions -
         MatrixXd::Identity(directions.cols(), directions.cols()))
            .norm() < 1e-12);
}

TEST_CASE("an ascent stays on the plane, never steps down, and ends at its highest point") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const int experts = 1 + seed % 4, classes = 2 + seed % 3;
    // plain steps take long where the penalty is small
    const double ridge = seed % 5 && seed % 2 ? 0.02 : 0.3;
    const Index q = seed % 3 ? 4 : 3;
    RandomProblem problem(60 + 20 * (seed % 5), 4, q, experts, classes, ridge, seed,
                          seed % 4 < 2 ? Bound::tight : Bound::loose);
    const MatrixXd left = some_equations(problem.shape, 1, seed);
    const VectorXd value = normals(2, seed + 1);
    const Constraint constraint(problem.shape, left, value);
    problem.constraint = &constraint;
    AscentOptions options;
    options.method = seed % 5 == 0 ? Method::mm : Method::accelerated;
    if (options.method == Method::mm) options.tol = 1e-13;
    const Ascent run = climb(problem, options, problem.theta(1.0, seed));
    CAPTURE(seed);
    for (std::size_t i = 1; i < run.trace.size(); ++i) CHECK(run.trace[i] >= run.trace[i - 1]);
    CHECK(run.converged);
    const VectorXd error = left.transpose() * free_of(problem.shape, run.theta) - value;
    CHECK(error.norm() < 1e-9 * (1.0 + run.theta.norm()));
    Model model = problem.model();
    Evaluation at;
    model.evaluate(run.theta, Curvature::none, at);
    CHECK(at.objective == run.trace.back());
    const VectorXd slope =
        constraint.directions().transpose() * free_gradient(problem.shape, at.gradient);
    CHECK(slope.norm() < 2e-3);
    // and not only for lack of slope: the equations keep it from going higher
    CHECK(at.gradient.norm() > 10.0 * slope.norm());
  }
}

TEST_CASE("a plain step along the plane gains at least half its decrement") {
  for (Bound bound : {Bound::tight, Bound::loose}) {
    for (unsigned seed = 0; seed < 12; ++seed) {
      CAPTURE(seed);
      RandomProblem problem(60, 3, 3, 1 + seed % 3, 3, 0.1, seed, bound);
      const Constraint constraint(problem.shape, some_equations(problem.shape, 2, seed),
                                  normals(3, seed));
      problem.constraint = &constraint;
      AscentOptions options;
      options.method = Method::mm;
      VectorXd theta = problem.theta(1.0, seed);
      for (int step = 0; step < 8; ++step) {
        options.max_iter = 0;
        const Ascent before = climb(problem, options, theta);
        options.max_iter = 1;
        const Ascent after = climb(problem, options, theta);
        const double gain = after.trace.back() - before.trace.back();
        CHECK(gain >= 0.5 * before.decrement - 1e-12 * (1.0 + std::abs(before.trace.back())));
        theta = after.theta;
      }
    }
  }
}

TEST_CASE("a covariate held at zero is one left out") {
  for (Index p : {Index(4), kMaxFactorised + 5}) {
    RandomProblem held(80, p, p, 1, 3, 0.5, 11);
    // the same rows, without the last covariate
    RandomProblem smaller(80, p - 1, p - 1, 1, 3, 0.5, 11);
    smaller.x = held.x.leftCols(p - 2);
    Standardisation standardisation = RandomProblem::standardisation(p - 1);
    standardisation.center.conservativeResize(p - 2);
    standardisation.scale.conservativeResize(p - 2);
    smaller.expert_design.reset(
        new DenseDesign(smaller.x.data(), 80, p - 2, true, standardisation));
    smaller.records = held.records;
    smaller.records.expert = smaller.records.gate = smaller.expert_design.get();
    MatrixXd left = MatrixXd::Zero(held.shape.free_size(), 2);
    left(p - 1, 0) = left(2 * p - 1, 1) = 1.0;
    const Constraint constraint(held.shape, left, VectorXd::Zero(2));
    held.constraint = &constraint;
    AscentOptions options;
    options.tol = 1e-13;
    const Ascent one = climb(held, options, held.theta(0.1, 12));
    const Ascent other = climb(smaller, options, VectorXd::Zero(smaller.shape.size()));
    CAPTURE(p);
    CHECK(one.converged);
    CHECK(one.trace.back() == doctest::Approx(other.trace.back()).epsilon(1e-9));
  }
}

TEST_CASE("with all coefficients held nothing moves") {
  RandomProblem problem(50, 3, 3, 2, 3, 0.1, 31);
  const Index free = problem.shape.free_size();
  const VectorXd value = normals(free, 32);
  const Constraint constraint(problem.shape, MatrixXd::Identity(free, free), value);
  problem.constraint = &constraint;
  const Ascent run = climb(problem, AscentOptions(), problem.theta(1.0, 33));
  CHECK(run.converged);
  CHECK((free_of(problem.shape, run.theta) - value).norm() < 1e-12);
  CHECK(run.trace.size() == 1);
}
