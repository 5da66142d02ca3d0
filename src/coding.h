// Between symmetric coding (coefficients of a block sum to zero over its logits) and reference
// coding (the first logit's coefficients are 0). Reference vectors hold the gate's experts 2..K,
// then expert by expert the classes 2..M; covariates fastest.
#ifndef MOELOGIT_CODING_H
#define MOELOGIT_CODING_H

#include <Eigen/Core>

#include "model.h"

namespace moelogit {

// A gradient with respect to symmetric coefficients, as one with respect to the free ones.
inline VectorXd free_gradient(const Shape& shape, const VectorXd& gradient) {
  VectorXd out(shape.free_size());
  Index at = 0;
  const ConstCoefMap gate = shape.gate(gradient), expert = shape.expert(gradient);
  for (int k = 1; k < shape.experts; ++k, at += shape.gate_rows)
    out.segment(at, shape.gate_rows) = gate.col(k);
  for (int c = 0; c < shape.expert_logits(); ++c) {
    if (c % shape.classes == 0) continue;
    out.segment(at, shape.expert_rows) = expert.col(c);
    at += shape.expert_rows;
  }
  return out;
}

// The other way for a linear form: the one on symmetric coefficients that has the values of `form`
// on the free ones.
inline VectorXd symmetric_form(const Shape& shape, const VectorXd& form) {
  VectorXd out = VectorXd::Zero(shape.size());
  Index at = 0;
  CoefMap gate = shape.gate(out), expert = shape.expert(out);
  for (int k = 1; k < shape.experts; ++k, at += shape.gate_rows) {
    gate.col(k) = form.segment(at, shape.gate_rows);
    gate.col(0) -= gate.col(k);
  }
  for (int c = 0; c < shape.expert_logits(); ++c) {
    const int reference = c - c % shape.classes;
    if (c == reference) continue;
    expert.col(c) = form.segment(at, shape.expert_rows);
    expert.col(reference) -= expert.col(c);
    at += shape.expert_rows;
  }
  return out;
}

// Free coefficients (or a step in them) as symmetric ones.
inline VectorXd symmetric_coding(const Shape& shape, const VectorXd& free) {
  VectorXd out = VectorXd::Zero(shape.size());
  Index at = 0;
  CoefMap gate = shape.gate(out), expert = shape.expert(out);
  for (int k = 1; k < shape.experts; ++k, at += shape.gate_rows)
    gate.col(k) = free.segment(at, shape.gate_rows);
  gate.colwise() -= VectorXd(gate.rowwise().mean());
  for (int c = 0; c < shape.expert_logits(); ++c) {
    if (c % shape.classes == 0) continue;
    expert.col(c) = free.segment(at, shape.expert_rows);
    at += shape.expert_rows;
  }
  for (int k = 0; k < shape.experts; ++k) {
    auto block = expert.middleCols(k * shape.classes, shape.classes);
    block.colwise() -= VectorXd(block.rowwise().mean());
  }
  return out;
}

// A quadratic form that is the same matrix on every logit of a block in symmetric coding
// (diagonal blocks `gate` and `expert[k]`), as a matrix on the free coefficients, where it is
// (I - 11'/N) x matrix.
template <class ExpertBlock>
MatrixXd free_form(const Shape& shape, const MatrixXd& gate, const ExpertBlock& expert) {
  MatrixXd out = MatrixXd::Zero(shape.free_size(), shape.free_size());
  Index at = 0;
  const auto fill = [&](const MatrixXd& block, int logits) {
    const Index p = block.rows();
    for (int a = 1; a < logits; ++a)
      for (int b = 1; b < logits; ++b)
        out.block(at + (a - 1) * p, at + (b - 1) * p, p, p) =
            ((a == b ? 1.0 : 0.0) - 1.0 / logits) * block;
    at += (logits - 1) * p;
  };
  if (shape.experts > 1) fill(gate, shape.experts);
  for (int k = 0; k < shape.experts; ++k) fill(expert(k), shape.classes);
  return out;
}

}  // namespace moelogit

#endif
