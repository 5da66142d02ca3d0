// The observed information against numerical derivatives of the gradient.
#include <doctest/doctest.h>

#include "problems.h"

using namespace moelogit;

TEST_CASE("the observed information is minus the Hessian of the log-likelihood") {
  unsigned seed = 40;
  for (int experts : {1, 2, 4}) {
    for (int classes : {2, 3, 5}) {
      const Index p = 2 + seed % 3, q = experts == 2 ? 1 : p;  // a gate of its own, or shared
      const RandomProblem problem(90, p, q, experts, classes, 0.0, ++seed);
      CAPTURE(experts);
      CAPTURE(classes);
      Model model = problem.model();
      const VectorXd theta = problem.theta(0.8, seed);
      const MatrixXd information = model.observed_information(theta);
      CHECK(information == MatrixXd(information.transpose()));
      Evaluation ahead, behind;
      const double h = 1e-5;
      for (Index j = 0; j < problem.shape.free_size(); ++j) {
        VectorXd e = VectorXd::Zero(problem.shape.free_size());
        e[j] = h;
        const VectorXd step = symmetric_coding(problem.shape, e);
        model.evaluate(theta + step, Curvature::none, ahead);
        model.evaluate(theta - step, Curvature::none, behind);
        const VectorXd slope =
            free_gradient(problem.shape, VectorXd((behind.gradient - ahead.gradient) / (2 * h)));
        CHECK((slope - information.col(j)).cwiseAbs().maxCoeff() < 1e-6);
      }
    }
  }
}

TEST_CASE("more products of covariates than a batch holds, and any number of threads") {
  const RandomProblem problem(700, 16, 16, 2, 2, 0.0, 51);  // 136 products
  const VectorXd theta = problem.theta(0.4, 52), direction = problem.theta(1.0, 53);
  Team team(2, 2);
  Model one = problem.model(), two = problem.model(team);
  const MatrixXd information = one.observed_information(theta);
  CHECK(information == two.observed_information(theta));
  Evaluation ahead, behind;
  const double h = 1e-5;
  one.evaluate(theta + h * direction, Curvature::none, ahead);
  one.evaluate(theta - h * direction, Curvature::none, behind);
  // the free coefficients of the direction: what differs from the first logit
  VectorXd free(problem.shape.free_size());
  const ConstCoefMap gate = problem.shape.gate(direction), expert = problem.shape.expert(direction);
  free << gate.col(1) - gate.col(0), expert.col(1) - expert.col(0), expert.col(3) - expert.col(2);
  const VectorXd slope =
      free_gradient(problem.shape, VectorXd((behind.gradient - ahead.gradient) / (2 * h)));
  CHECK((slope - information * free).cwiseAbs().maxCoeff() < 1e-5);
}
