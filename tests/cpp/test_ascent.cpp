// Both ascents: never a decrease, the same optimum, stopped by request and by the decrement.
#include <doctest/doctest.h>

#include <limits>

#include "problems.h"
#include "starts.h"

using namespace moelogit;

TEST_CASE("no ascent ever steps down, without a penalty either") {
  for (unsigned seed = 0; seed < 40; ++seed) {
    const int experts = 1 + seed % 4, classes = 2 + seed % 3;
    const double ridge = seed % 2 ? 0.0 : 0.3;
    RandomProblem problem(25 + 10 * (seed % 5), 4, 4, experts, classes, ridge, seed,
                          seed % 4 < 2 ? Bound::tight : Bound::loose);
    // every third problem is separated: the class is the sign of a covariate
    if (seed % 3 == 0)
      for (Index i = 0; i < problem.x.rows(); ++i) problem.response[i] = problem.x(i, 0) > 1.0;
    AscentOptions options;
    options.method = seed % 5 == 0 ? Method::mm : Method::accelerated;
    options.tol = seed % 7 == 0 ? 0.0 : 1e-9;
    options.max_iter = 300;
    const Ascent run = climb(problem, options, problem.theta(2.0, seed));
    CAPTURE(seed);
    for (std::size_t i = 1; i < run.trace.size(); ++i) CHECK(run.trace[i] >= run.trace[i - 1]);
    CHECK(run.evaluations >= static_cast<int>(run.trace.size()));
    if (ridge > 0.0 && options.method == Method::accelerated && options.tol > 0.0)
      CHECK(run.converged);
  }
}

TEST_CASE("plain and accelerated climb to the same optimum of a concave problem") {
  RandomProblem problem(200, 4, 4, 1, 3, 0.5, 9);
  const VectorXd zero = VectorXd::Zero(problem.shape.size());
  AscentOptions options;
  const Ascent fast = climb(problem, options, zero);
  options.method = Method::mm;
  options.tol = 1e-14;
  for (Bound bound : {Bound::tight, Bound::loose}) {
    problem.bound = bound;
    const Ascent plain = climb(problem, options, zero);
    CHECK(plain.trace.back() == doctest::Approx(fast.trace.back()).epsilon(1e-12));
    CHECK((plain.theta - fast.theta).cwiseAbs().maxCoeff() < 1e-6);
    CHECK(plain.evaluations > fast.evaluations);
  }
}

TEST_CASE("the finish leaves a saddle point, where the MM decrement is zero") {
  // All experts alike: the gate has no gradient and the experts move together.
  const RandomProblem problem(300, 3, 3, 2, 2, 0.05, 21);
  const VectorXd zero = VectorXd::Zero(problem.shape.size());
  AscentOptions options;
  options.finish = false;
  const Ascent stuck = climb(problem, options, zero);
  CHECK(stuck.converged);
  // a push far too small for the decrement to notice
  const VectorXd pushed = stuck.theta + problem.theta(1e-5, 22);
  const Ascent still = climb(problem, options, pushed);
  options.finish = true;
  const Ascent left = climb(problem, options, pushed);
  CHECK(still.trace.back() - stuck.trace.back() < 1e-3);
  CHECK(left.trace.back() > stuck.trace.back() + 0.1);
}

TEST_CASE("a monitor stops the run, which keeps what it has") {
  const RandomProblem problem(200, 4, 4, 3, 3, 0.1, 10);
  Model model = problem.model();
  Minorizer minorizer(model);
  StopAt monitor(5);
  const Ascent run = ascend(model, minorizer, problem.theta(1.0, 1), AscentOptions(), monitor);
  CHECK(run.interrupted);
  CHECK_FALSE(run.converged);
  CHECK(run.trace.size() == 6);
  Evaluation at;
  model.evaluate(run.theta, Curvature::none, at);
  CHECK(at.objective == run.trace.back());
}

TEST_CASE("an objective that is not finite is no optimum") {
  const RandomProblem problem(50, 3, 3, 2, 3, 0.5, 41);
  const Ascent run = climb(problem, AscentOptions(), 1e200 * problem.theta(1.0, 42));
  CHECK_FALSE(run.converged);
}

TEST_CASE("weights of sixteen orders end within a few hundred iterations, at an optimum") {
  RandomProblem problem(60, 4, 4, 5, 19, 0.5, 43);
  REQUIRE(problem.shape.free_size() > AscentOptions().newton_limit);
  std::mt19937 random(44);
  std::uniform_real_distribution<double> uniform(-8.0, 8.0);
  for (Index i = 0; i < problem.weight.size(); ++i)
    problem.weight[i] = std::pow(10.0, uniform(random));
  const Ascent run = climb(problem, AscentOptions(), problem.theta(0.5, 45));
  CHECK(run.converged);
  CHECK(run.trace.size() < 1500);
  // where another ascent gains nothing that counts
  const Ascent again = climb(problem, AscentOptions(), run.theta);
  CHECK(again.trace.back() - run.trace.back() < 1e-8 * (1.0 + std::abs(run.trace.back())));
}

TEST_CASE("the finish goes on where the observed information is nearly singular") {
  for (unsigned seed = 0; seed < 6; ++seed) {
    CAPTURE(seed);
    RandomProblem problem(100, 3, 3, 3, 4, 1e-6, 60 + seed);
    std::mt19937 random(70 + seed);
    std::uniform_real_distribution<double> uniform(-4.0, 4.0);
    for (Index i = 0; i < problem.weight.size(); ++i)
      problem.weight[i] = std::pow(10.0, uniform(random));
    const Ascent run = climb(problem, AscentOptions(), problem.theta(1.0, seed));
    REQUIRE(run.converged);
    const Ascent again = climb(problem, AscentOptions(), run.theta);
    CHECK(again.trace.back() - run.trace.back() < 2e-9 * (1.0 + std::abs(run.trace.back())));
  }
}

TEST_CASE("the finish goes on while it gains, and what it cannot end has not converged") {
  for (const double ridge : {1e-3, 1e-6})
    for (unsigned seed = 0; seed < 6; ++seed) {
      CAPTURE(ridge);
      CAPTURE(seed);
      // heavy rows that are separated: the maximum is far away, along a flat ridge
      RandomProblem problem(60, 6, 6, 3, 3, ridge, 100 + seed);
      for (Index i = 0; i < problem.x.rows(); ++i) {
        problem.response[i] = (problem.x(i, 0) > 1.0) + (problem.x(i, 1) > 2.0);
        problem.weight[i] = i % 3 == 0 ? 1e8 : static_cast<double>(i % 3);
      }
      const Ascent run = climb(problem, AscentOptions(), problem.theta(1.0, seed));
      const Ascent again = climb(problem, AscentOptions(), run.theta);
      const double gain = again.trace.back() - run.trace.back();
      if (ridge > 1e-4) CHECK(run.converged);
      // the objective is known to the rounding of the heavy rows' terms, which nearly cancel
      const double rounding = problem.weight.sum() * std::numeric_limits<double>::epsilon();
      if (run.converged) CHECK(gain <= 1e-8 * (1.0 + std::abs(run.trace.back())) + rounding);
    }
}

namespace {

// The sums of two problems, and of nobody after `answers` of them.
class TwoHalves : public RowsElsewhere {
 public:
  TwoHalves(const RandomProblem& a, const RandomProblem& b, int answers)
      : a_(a.model()), b_(b.model()), answers_(answers) {}
  double total_weight() const override { return a_.total_weight() + b_.total_weight(); }
  const double* sum(Sums kind, const VectorXd& theta, Index size) override {
    if (answers_-- == 0) throw Abandoned();
    sums_ = a_.sums(kind, theta) + b_.sums(kind, theta);
    REQUIRE(sums_.size() == size);
    return sums_.data();
  }

 private:
  Model a_, b_;
  int answers_;
  VectorXd sums_;
};

}  // namespace

TEST_CASE("an ascent on sums from elsewhere is that on the rows, and ends where they do") {
  for (Index q : {3, 4})
    for (Bound bound : {Bound::tight, Bound::loose}) {
      const auto problem = [&] { return RandomProblem(200, 4, q, 3, 3, 0.1, 31, bound); };
      const RandomProblem whole = problem();
      RandomProblem first = problem(), second = problem();
      first.weight.tail(90).setZero();
      second.weight.head(110).setZero();
      const DenseDesign expert(nullptr, 0, 3, true, RandomProblem::standardisation(3));
      const DenseDesign gate(nullptr, 0, q - 1, true, RandomProblem::standardisation(q - 1));
      Problem elsewhere = whole;
      elsewhere.records = {&expert, q == 4 ? &expert : &gate, nullptr, nullptr, nullptr};
      const VectorXd start = whole.theta(0.5, 32);
      const Ascent expected = climb(whole, AscentOptions(), start);
      const auto climb_there = [&](int answers) {
        TwoHalves halves(first, second, answers);
        elsewhere.elsewhere = &halves;
        Patient patient;
        return ascend_all(elsewhere, start, AscentOptions(), RandomProblem::alone(), patient);
      };
      const Ascent found = climb_there(-1)[0];
      REQUIRE(found.converged);
      CHECK(found.trace.back() == doctest::Approx(expected.trace.back()).epsilon(1e-10));
      CHECK((found.theta - expected.theta).cwiseAbs().maxCoeff() < 1e-6);
      const Ascent ended = climb_there(6)[0];
      CHECK(ended.interrupted);
      CHECK(ended.trace.size() >= 2);
      CHECK(ended.trace.back() < found.trace.back());
      Model at = whole.model();
      Evaluation there;
      at.evaluate(ended.theta, Curvature::none, there);
      CHECK(there.objective == doctest::Approx(ended.trace.back()).epsilon(1e-12));
      CHECK(climb_there(1).empty());
      CHECK_THROWS_AS(climb_there(0), Abandoned);
    }
}
