#include "ascent.h"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>

#include "coding.h"

namespace moelogit {
namespace {

constexpr double kArmijo = 1e-4;    // least share of the predicted gain
constexpr double kCurvature = 0.9;  // a step is lengthened while the slope keeps this share
constexpr int kShortenings = 8;     // trial steps before the MM step is taken instead
constexpr int kLengthenings = 6;
constexpr int kFinishingSteps = 10;  // Newton steps after convergence, at most
constexpr double kRounding = 1e-13;  // relative rounding error of the objective

struct Pair {
  VectorXd step, change;  // change of -gradient
  double rho;
};

class Climber {
 public:
  Climber(Model& model, Minorizer& minorizer, const VectorXd& start, const AscentOptions& options,
          Monitor& monitor)
      : model_(model), minorizer_(minorizer), options_(options), monitor_(monitor) {
    theta_ = start;
    evaluate(theta_, minorizer_.needs(), now_);
    minorizer_.update(now_);
    result_.trace.push_back(now_.objective);
  }

  Ascent run() {
    while (!finished()) {
      const bool moved = options_.method == Method::mm ? mm_step()
                         : newton_phase()              ? newton_step()
                                                       : quasi_newton_step();
      if (!moved) break;
      ++iteration_;
      result_.trace.push_back(now_.objective);
      if (!monitor_.proceed(iteration_, now_.objective)) {
        result_.interrupted = true;
        break;
      }
    }
    result_.theta = theta_;
    result_.loglik = now_.loglik;
    return result_;
  }

 private:
  void evaluate(const VectorXd& theta, Curvature curvature, Evaluation& out) {
    model_.evaluate(theta, curvature, out);
    ++result_.evaluations;
  }

  double threshold() const { return options_.tol * (1.0 + std::fabs(now_.objective)); }

  // The MM decrement at the current point. A metric from an earlier point may only postpone the
  // end: the last word is the metric's at this point.
  bool finished() {
    mm_direction_ = minorizer_.solve(now_.gradient);
    result_.decrement = now_.gradient.dot(mm_direction_);
    if (result_.decrement <= threshold() && !metric_is_current_) {
      refresh_metric();
      mm_direction_ = minorizer_.solve(now_.gradient);
      result_.decrement = now_.gradient.dot(mm_direction_);
    }
    result_.converged = result_.decrement <= threshold();
    if (iteration_ >= options_.max_iter || !std::isfinite(now_.objective)) return true;
    return result_.converged && options_.tol > 0.0 && !unfinished();
  }

  // Whether a Newton step is due although the MM decrement is small.
  bool unfinished() {
    if (!options_.finish || options_.method == Method::mm || !newton_possible()) return false;
    if (finishing_steps_ == 0 && !newton_) blend_ = 0.0;
    newton_ = true;
    return newton_decrement_ > threshold() && finishing_steps_++ < kFinishingSteps;
  }

  void refresh_metric() {
    evaluate(theta_, minorizer_.needs(), now_);
    minorizer_.update(now_);
    metric_is_current_ = true;
  }

  void accept(const VectorXd& theta, Evaluation& next, bool with_curvature) {
    theta_ = theta;
    std::swap(now_, next);
    if (with_curvature) minorizer_.update(now_);
    metric_is_current_ = with_curvature;
  }

  // The plain MM step; false where rounding leaves nothing to gain.
  bool mm_step() {
    if (!metric_is_current_) {
      refresh_metric();
      mm_direction_ = minorizer_.solve(now_.gradient);
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
        result_.decrement <= std::max(threshold(), kRounding * (1.0 + std::fabs(now_.objective)));
    return false;
  }

  VectorXd quasi_newton_direction() const {
    VectorXd q = now_.gradient;
    std::vector<double> alpha(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      alpha[i] = pairs_[i].rho * pairs_[i].step.dot(q);
      q -= alpha[i] * pairs_[i].change;
    }
    VectorXd d = scale_ * minorizer_.solve(q);
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      d += pairs_[i].step * (alpha[i] - pairs_[i].rho * pairs_[i].change.dot(d));
    return d;
  }

  void remember(const VectorXd& step, const VectorXd& change) {
    const double product = step.dot(change);
    if (!(product > 1e-10 * step.norm() * change.norm())) return;
    pairs_.push_back({step, change, 1.0 / product});
    if (static_cast<int>(pairs_.size()) > options_.memory) pairs_.pop_front();
    scale_ = product / change.dot(minorizer_.solve(change));
  }

  void forget() {
    pairs_.clear();
    scale_ = 1.0;
  }

  bool quasi_newton_step() {
    const VectorXd direction = pairs_.empty() ? mm_direction_ : quasi_newton_direction();
    const double slope = now_.gradient.dot(direction);
    if (!(slope > 0.0)) {
      forget();
      return mm_step();
    }
    const bool refresh = iteration_ % options_.refresh == options_.refresh - 1;
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

  bool newton_phase() {
    if (newton_) return true;
    newton_ = newton_possible() && iteration_ >= options_.newton_after;
    return newton_;
  }

  bool newton_possible() const {
    return minorizer_.factorised() && model_.shape().free_size() <= options_.newton_limit;
  }

  bool newton_step() {
    if (!metric_is_current_) refresh_metric();
    const Shape& shape = model_.shape();
    const MatrixXd metric = free_form(shape, minorizer_.gate_curvature(),
                                      [&](int k) { return minorizer_.expert_curvature(k); });
    const MatrixXd expert_ridge = model_.expert_ridge().asDiagonal();
    const MatrixXd information =
        model_.observed_information(theta_) +
        free_form(shape, model_.gate_ridge().asDiagonal(), [&](int) { return expert_ridge; });
    const VectorXd gradient = free_gradient(shape, now_.gradient);
    for (;;) {
      if (blend_ >= 1.0) {
        blend_ = 0.1;
        mm_direction_ = minorizer_.solve(now_.gradient);
        return mm_step();
      }
      const Eigen::LLT<MatrixXd> factor((1.0 - blend_) * information + blend_ * metric);
      if (factor.info() == Eigen::Success) {
        const VectorXd direction = factor.solve(gradient);
        const double slope = gradient.dot(direction);
        if (blend_ == 0.0) newton_decrement_ = slope;
        const VectorXd theta = theta_ + symmetric_coding(shape, direction);
        evaluate(theta, minorizer_.needs(), trial_);
        const double gain = trial_.objective - now_.objective;
        if (gain >= kArmijo * slope && gain >= 0.0) {
          if (gain > 0.4 * slope) blend_ = blend_ > 1e-7 ? 0.1 * blend_ : 0.0;
          accept(theta, trial_, true);
          return true;
        }
        if (0.5 * slope <= kRounding * (1.0 + std::fabs(now_.objective))) blend_ = 1.0;
      }
      blend_ = std::max(1e-4, 5.0 * blend_);
    }
  }

  Model& model_;
  Minorizer& minorizer_;
  const AscentOptions& options_;
  Monitor& monitor_;
  Ascent result_;
  VectorXd theta_, mm_direction_;
  Evaluation now_, trial_, farther_;
  std::deque<Pair> pairs_;
  double scale_ = 1.0;
  double blend_ = 1e-2;
  double newton_decrement_ =
      std::numeric_limits<double>::infinity();  // before the last Newton step
  int finishing_steps_ = 0;
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
