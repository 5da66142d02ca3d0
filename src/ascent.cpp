#include "ascent.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "coding.h"
#include "constraint.h"

namespace moelogit {
namespace {

constexpr double kArmijo = 1e-4;    // least share of the predicted gain
constexpr double kCurvature = 0.9;  // a step is lengthened while the slope keeps this share
constexpr int kShortenings = 8;     // trial steps before the MM step is taken instead
constexpr int kLengthenings = 6;
constexpr int kFinishingSteps = 50;    // Newton steps after convergence; they go on while so many
constexpr int kMostFinishing = 1000;   // gain more than the threshold, but not for longer than this
constexpr double kRounding = 1e-13;    // relative rounding error of the objective
constexpr double kNewtonAfter = 3.0;   // times the cost of a Newton step
constexpr int kBeyond = 4;             // times newton_limit coefficients: Newton steps come late
constexpr double kPatience = 5.0;      // so many times later
constexpr double kLeastBlend = 1e-10;  // of the MM curvature with the observed information
constexpr double kSlow = 0.5;          // a decrement that falls less in an iteration is slow

struct Pair {
  VectorXd step, change;  // change of -gradient
  double rho;
};

// Cost of a Newton step in evaluations, from counts of operations: of the observed information
// against products, exponentials and curvature of an evaluation. Both are taken per row, so that a
// row counted twice and a weight of 2 lead the same way.
double newton_cost(const Shape& shape) {
  const double logits = shape.experts + shape.expert_logits(), p = shape.expert_rows,
               free = shape.free_size(), free_logits = free / p;
  const double evaluation = logits * (2.0 * p + 30.0);
  const double information = 0.25 * free * (free + free_logits);
  return 3.0 + information / evaluation;
}

class Climber {
 public:
  Climber(Model& model, Minorizer& minorizer, const VectorXd& start, const AscentOptions& options,
          Monitor& monitor)
      : model_(model),
        minorizer_(minorizer),
        options_(options),
        monitor_(monitor),
        constraint_(model.problem().constraint) {
    theta_ = constraint_ ? constraint_->project(start) : start;
    newton_cost_ = newton_cost(model_.shape());
  }

  Ascent run() {
    try {
      climb();
    } catch (const Abandoned&) {
      result_.interrupted = true;
    }
    result_.theta = theta_;
    result_.loglik = now_.loglik;
    return result_;
  }

 private:
  void climb() {
    evaluate(theta_, minorizer_.needs(), now_);
    update_metric();
    result_.trace.push_back(now_.objective);
    while (!finished()) {
      const bool moved = options_.method == Method::mm ? mm_step()
                         : newton_due()                ? newton_step()
                                                       : quasi_newton_step();
      if (!moved) break;
      ++iteration_;
      result_.trace.push_back(now_.objective);
      if (!monitor_.proceed(iteration_, now_.objective, &theta_)) {
        result_.interrupted = true;
        break;
      }
    }
  }

  void evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out) {
    model_.evaluate(theta, curvature, out);
    if (constraint_) out.gradient = constraint_->along(out.gradient);
    ++result_.evaluations;
  }

  void update_metric() {
    minorizer_.update(now_);
    if (!constraint_) return;
    const MatrixXd& normals = constraint_->normals();
    across_.resize(normals.rows(), normals.cols());
    for (Index i = 0; i < normals.cols(); ++i) across_.col(i) = minorizer_.solve(normals.col(i));
    across_factor_.compute(normals.transpose() * across_);
  }

  // H^{-1} v of the minorizer, along the constraint.
  VectorXd mm_solve(const VectorXd& v) const {
    VectorXd out = minorizer_.solve(v);
    if (constraint_)
      out -= across_ * across_factor_.solve(constraint_->normals().transpose() * out);
    return out;
  }

  // A linear or a quadratic form on the free coefficients, as one on the directions in which they
  // may move; and a step in these as one of all coefficients.
  VectorXd reduced(const VectorXd& gradient) const {
    const VectorXd free = free_gradient(model_.shape(), gradient);
    return constraint_ ? VectorXd(directions_.transpose() * free) : free;
  }
  MatrixXd reduced_form(const MatrixXd& form) const {
    return constraint_ ? MatrixXd(directions_.transpose() * form * directions_) : form;
  }
  VectorXd expanded(const VectorXd& step) const {
    return symmetric_coding(model_.shape(), constraint_ ? VectorXd(directions_ * step) : step);
  }

  double threshold() const { return options_.tol * (1.0 + std::fabs(now_.objective)); }

  // The MM decrement at the current point. A metric from an earlier point may only postpone the
  // end: the last word is the metric's at this point.
  bool finished() {
    mm_direction_ = mm_solve(now_.gradient);
    result_.decrement = now_.gradient.dot(mm_direction_);
    if (result_.decrement <= threshold() && !metric_is_current_) {
      refresh_metric();
      mm_direction_ = mm_solve(now_.gradient);
      result_.decrement = now_.gradient.dot(mm_direction_);
    }
    result_.converged = std::isfinite(now_.objective) && result_.decrement <= threshold();
    if (iteration_ >= options_.max_iter || !std::isfinite(now_.objective)) {
      if (rising()) result_.converged = false;
      return true;
    }
    return result_.converged && options_.tol > 0.0 && !unfinished();
  }

  // Whether the finishing steps still gain what counts.
  bool rising() const {
    return finishing_steps_ > 0 && now_.objective - finishing_from_ > threshold();
  }

  // Whether a Newton step is due although the MM decrement is small: not when the decrement in
  // the observed information itself, which is positive definite then, is small as well.
  bool unfinished() {
    if (!options_.finish || options_.method == Method::mm || !newton_possible()) return false;
    if (held_ && held_blend_ == 0.0 &&
        now_.gradient.dot(metric_solve(now_.gradient)) <= threshold())
      return false;
    if (finishing_steps_ % kFinishingSteps == 0) {
      const bool first = finishing_steps_ == 0;
      if (!first && !rising()) return false;
      if (finishing_steps_ == kMostFinishing) {
        result_.converged = false;
        return false;
      }
      finishing_from_ = now_.objective;
    }
    blend_ = 0.0;
    ++finishing_steps_;
    return true;
  }

  void refresh_metric() {
    evaluate(theta_, minorizer_.needs(), now_);
    update_metric();
    metric_is_current_ = true;
  }

  void accept(const VectorXd& theta, Evaluation& next, bool with_curvature) {
    theta_ = theta;
    std::swap(now_, next);
    if (with_curvature) update_metric();
    metric_is_current_ = with_curvature;
  }

  // The plain MM step; false where rounding leaves nothing to gain.
  bool mm_step() {
    if (!metric_is_current_) {
      refresh_metric();
      mm_direction_ = mm_solve(now_.gradient);
    }
    const VectorXd theta = theta_ + mm_direction_;
    evaluate(theta, minorizer_.needs(), trial_);
    if (!(trial_.objective >= now_.objective)) return stalled();
    accept(theta, trial_, true);
    return true;
  }

  // No step ascends in floating point: at the optimum as far as the objective can tell.
  bool stalled() {
    result_.converged =
        std::isfinite(now_.objective) &&
        result_.decrement <= std::max(threshold(), kRounding * (1.0 + std::fabs(now_.objective)));
    return false;
  }

  // H^{-1} v in the metric of the phase.
  VectorXd metric_solve(const VectorXd& v) const {
    if (!held_) return mm_solve(v);
    return expanded(factor_.solve(reduced(v)));
  }

  VectorXd quasi_newton_direction() const {
    VectorXd q = now_.gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * pairs_[i].step.dot(q);
      q -= alpha[i] * pairs_[i].change;
    }
    VectorXd d = scale_ * metric_solve(q);
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      d += pairs_[i].step * (alpha[i] - pairs_[i].rho * pairs_[i].change.dot(d));
    return d;
  }

  void remember(const VectorXd& step, const VectorXd& change) {
    const double product = step.dot(change);
    if (!(product > 1e-10 * step.norm() * change.norm())) return;
    pairs_.push_back({step, change, 1.0 / product});
    if (static_cast<int>(pairs_.size()) > options_.memory) pairs_.pop_front();
    if (!held_) scale_ = product / change.dot(mm_solve(change));
  }

  void forget() {
    pairs_.clear();
    scale_ = 1.0;
  }

  bool quasi_newton_step() {
    const VectorXd direction = pairs_.empty() && !held_ ? mm_direction_ : quasi_newton_direction();
    const double slope = now_.gradient.dot(direction);
    if (!(slope > 0.0)) {
      forget();
      held_ = false;
      return mm_step();
    }
    const bool refresh = !held_ && iteration_ % options_.refresh == options_.refresh - 1;
    const Curvature curvature = refresh ? minorizer_.needs() : Curvature::none;
    double length = 1.0;
    VectorXd theta;
    bool ascended = false;
    for (int trial = 0; trial < kShortenings && !ascended; ++trial) {
      theta = theta_ + length * direction;
      evaluate(theta, curvature, trial_);
      const double gain = trial_.objective - now_.objective;
      ascended = gain >= kArmijo * length * slope && gain >= 0.0;
      if (!ascended) {
        // The maximiser of the parabola through what is known, kept within [0.1, 0.5] of the step.
        const double best = 0.5 * slope * length * length / (slope * length - gain);
        length = std::isfinite(best) ? std::min(0.5 * length, std::max(0.1 * length, best))
                                     : 0.1 * length;
      }
    }
    if (!ascended) {
      forget();
      held_ = false;
      return mm_step();
    }
    for (int trial = 0; trial < kLengthenings && length >= 1.0; ++trial) {
      if (trial_.gradient.dot(direction) <= kCurvature * slope) break;
      const VectorXd farther = theta_ + 2.0 * length * direction;
      evaluate(farther, curvature, farther_);
      if (!(farther_.objective > trial_.objective)) break;
      length *= 2.0;
      theta = farther;
      std::swap(trial_, farther_);
    }
    const VectorXd step = theta - theta_;
    const VectorXd change = now_.gradient - trial_.gradient;
    accept(theta, trial_, refresh);
    remember(step, change);
    return true;
  }

  bool newton_possible() const {
    const Index free = model_.shape().free_size();
    const Index held = constraint_ ? constraint_->normals().cols() : 0;
    return minorizer_.factorised() && held < free && free <= kBeyond * options_.newton_limit;
  }

  double newton_begins() const {
    const bool beyond = model_.shape().free_size() > options_.newton_limit;
    return kNewtonAfter * newton_cost_ * (beyond ? kPatience : 1.0);
  }

  // Newton steps begin after a few times their own cost in quasi-Newton iterations. The factor of
  // one is then the metric of further quasi-Newton iterations, until these have cost as much as it
  // did and are slow.
  bool newton_due() {
    if (!newton_possible()) return false;
    if (result_.converged) return true;
    if (!held_) return newton_ || iteration_ >= newton_begins();
    ++since_newton_;
    if (since_newton_ <= newton_cost_) return false;
    const double decrement = now_.gradient.dot(metric_solve(now_.gradient));
    return since_newton_ > kNewtonAfter * newton_cost_ ||
           decrement > newton_decrement_ * std::pow(kSlow, since_newton_);
  }

  bool newton_step() {
    newton_ = true;
    held_ = false;
    forget();
    if (constraint_ && directions_.size() == 0) directions_ = constraint_->directions();
    const Shape& shape = model_.shape();
    const MatrixXd metric = reduced_form(free_form(
        shape, minorizer_.gate_curvature(), [&](int k) { return minorizer_.expert_curvature(k); }));
    const MatrixXd expert_ridge = model_.problem().expert_ridge.asDiagonal();
    const MatrixXd information =
        reduced_form(model_.observed_information(theta_) +
                     free_form(shape, model_.problem().gate_ridge.asDiagonal(),
                               [&](int) { return expert_ridge; }));
    const VectorXd gradient = reduced(now_.gradient);
    // Near the end, in flat directions, already a small share of the MM curvature holds steps back.
    const double least = result_.converged ? kLeastBlend : 1e-4;
    for (; blend_ < 1.0; blend_ = std::max(least, 5.0 * blend_)) {
      factor_.compute((1.0 - blend_) * information + blend_ * metric);
      if (factor_.info() != Eigen::Success) continue;
      const VectorXd direction = factor_.solve(gradient);
      const double slope = gradient.dot(direction);
      const VectorXd step = expanded(direction);
      const VectorXd theta = theta_ + step;
      evaluate(theta, minorizer_.needs(), trial_);
      const double gain = trial_.objective - now_.objective;
      if (gain >= kArmijo * slope && gain >= 0.0) {
        const VectorXd change = now_.gradient - trial_.gradient;
        accept(theta, trial_, true);
        held_ = true;
        held_blend_ = blend_;
        newton_decrement_ = slope;
        since_newton_ = 0;
        remember(step, change);
        if (gain > 0.4 * slope) blend_ = blend_ > 1e-7 ? 0.1 * blend_ : 0.0;
        return true;
      }
      if (0.5 * slope <= kRounding * (1.0 + std::fabs(now_.objective))) {
        if (result_.converged) return false;
        break;
      }
    }
    blend_ = 0.1;
    return mm_step();
  }

  Model& model_;
  Minorizer& minorizer_;
  const AscentOptions& options_;
  Monitor& monitor_;
  const Constraint* constraint_;  // nullptr: none
  MatrixXd across_;               // H^{-1} times its normals
  Eigen::LLT<MatrixXd> across_factor_{MatrixXd(0, 0)};
  MatrixXd directions_;  // made when Newton steps begin
  Ascent result_;
  VectorXd theta_, mm_direction_;
  Evaluation now_, trial_, farther_;
  std::deque<Pair> pairs_;
  double scale_ = 1.0;
  double blend_ = 1e-2;                          // of the next Newton step
  Eigen::LLT<MatrixXd> factor_{MatrixXd(0, 0)};  // of the last one
  bool held_ = false;                            // whether that is the metric
  double held_blend_ = 0.0, newton_decrement_ = 0.0;
  int since_newton_ = 0;
  double newton_cost_;
  int finishing_steps_ = 0;
  double finishing_from_ = 0.0;  // the objective before the last kFinishingSteps of them began
  int iteration_ = 0;
  bool metric_is_current_ = true;
  bool newton_ = false;
};

}  // namespace

Ascent ascend(Model& model, Minorizer& minorizer, const VectorXd& start,
              const AscentOptions& options, Monitor& monitor) {
  return Climber(model, minorizer, start, options, monitor).run();
}

}  // namespace moelogit
