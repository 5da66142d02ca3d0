#include "starts.h"

#include <algorithm>
#include <atomic>
#include <memory>

namespace moelogit {

// Per row: smaller gains do not change where an ascent leads.
constexpr double kSmallGain = 1e-6;

VectorXd start_from_posterior(Model& model, const Minorizer& minorizer, const double* posterior,
                              int steps) {
  Evaluation held;
  model.held_curvature(posterior, minorizer.needs(), held);
  Minorizer metric = minorizer;
  metric.update(held);
  VectorXd theta = VectorXd::Zero(model.shape().size());
  for (int step = 0; step < steps; ++step) {
    const VectorXd gradient = model.held_gradient(theta, posterior);
    const VectorXd move = metric.solve(gradient);
    theta += move;
    if (gradient.dot(move) <= kSmallGain * model.total_weight()) break;
  }
  return theta;
}

namespace {

// What the ascents of several threads tell each other: the last iteration of any, and whether to
// stop.
struct Exchange {
  std::atomic<bool> stop{false};
  std::atomic<int> iteration{0};
  std::atomic<double> objective{0.0};

  // Whatever `action` throws stops all.
  template <class Action>
  void guard(const Action& action) {
    try {
      action();
    } catch (...) {
      stop = true;
      throw;
    }
  }
  // While the caller's thread waits for others there is no theta.
  void ask(Monitor& monitor, const VectorXd* theta = nullptr) {
    guard([&] {
      if (!stop && !monitor.proceed(iteration, objective, theta)) stop = true;
    });
  }
};

// The monitor of one ascent, which asks that of the caller on the calling thread.
class Relay : public Monitor {
 public:
  Relay(Exchange& exchange, Monitor* monitor) : exchange_(exchange), monitor_(monitor) {}
  bool proceed(int iteration, double objective, const VectorXd* theta) override {
    exchange_.iteration = iteration;
    exchange_.objective = objective;
    if (monitor_) exchange_.ask(*monitor_, theta);
    return !exchange_.stop;
  }

 private:
  Exchange& exchange_;
  Monitor* monitor_;
};

// run(item, thread, monitor) -> Ascent for the items 0..count-1.
template <class Run>
std::vector<Ascent> run_all(int count, Team& team, Monitor& monitor, const Run& run) {
  std::vector<Ascent> runs(count);
  Exchange exchange;
  team.run(
      count,
      [&](int item, int thread) {
        if (exchange.stop) return;
        Relay relay(exchange, thread == 0 ? &monitor : nullptr);
        exchange.guard([&] { runs[item] = run(item, thread, relay); });
      },
      [&] { exchange.ask(monitor); });
  // After a stop only the runs before the first that never began are kept, so that run i is still
  // that of start i.
  runs.erase(
      std::find_if(runs.begin(), runs.end(), [](const Ascent& r) { return r.trace.empty(); }),
      runs.end());
  return runs;
}

}  // namespace

std::vector<Ascent> ascend_all(const Problem& problem, const MatrixXd& starts,
                               const AscentOptions& options, Team& team, Monitor& monitor) {
  struct Climb {
    Model model;
    Minorizer minorizer;
  };
  const int count = static_cast<int>(starts.cols());
  Model whole(problem, team);
  const Minorizer metric(whole);
  Team alone(1);
  Team& inner = count == 1 ? team : alone;
  std::vector<std::unique_ptr<Climb>> climbs(team.size());
  return run_all(count, team, monitor, [&](int item, int thread, Monitor& own) {
    std::unique_ptr<Climb>& climb = climbs[thread];
    if (!climb) climb.reset(new Climb{Model(problem, inner), metric});
    return ascend(climb->model, climb->minorizer, starts.col(item), options, own);
  });
}

std::vector<Ascent> refit_all(const Problem& problem, const std::vector<Records>& records,
                              const VectorXd& start, const AscentOptions& options, Team& team,
                              Monitor& monitor) {
  const int count = static_cast<int>(records.size());
  Team alone(1);
  Team& inner = count == 1 ? team : alone;
  return run_all(count, team, monitor, [&](int item, int, Monitor& own) {
    Problem one = problem;
    one.records = records[item];
    Model model(one, inner);
    Minorizer minorizer(model);
    return ascend(model, minorizer, start, options, own);
  });
}

}  // namespace moelogit
