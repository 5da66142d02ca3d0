#include <doctest/doctest.h>

#include "problem.h"
#include "problems.h"

using namespace moelogit;

TEST_CASE("the parts of theta lie where the shape says, and count as they should") {
  const Shape shape = {3, 4, 2, 5};
  CHECK(shape.expert_logits() == 12);
  CHECK(shape.gate_size() == 6);
  CHECK(shape.size() == 66);
  CHECK(shape.free_size() == 2 * 2 + 3 * 3 * 5);
  VectorXd theta = VectorXd::LinSpaced(shape.size(), 0.0, 65.0);
  CHECK(shape.gate(theta)(1, 0) == 3.0);     // row by row: q x K
  CHECK(shape.expert(theta)(0, 0) == 6.0);   // after the gate
  CHECK(shape.expert(theta)(1, 2) == 20.0);  // 6 + 12 + 2
  shape.expert(theta)(4, 11) = -1.0;
  CHECK(theta[65] == -1.0);
}

TEST_CASE("experts and gate share covariates when they are the same object") {
  CHECK(RandomProblem(20, 3, 3, 2, 3, 0.1, 1).shared());
  CHECK(!RandomProblem(20, 4, 2, 2, 3, 0.1, 1).shared());
}
