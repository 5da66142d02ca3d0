#include "starts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

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

// What workers and the calling thread tell each other: the last iteration of any worker, and
// whether to stop.
struct Exchange {
  std::atomic<bool> stop{false};
  std::atomic<int> iteration{0};
  std::atomic<double> objective{0.0};
};

class Worker : public Monitor {
 public:
  explicit Worker(Exchange& exchange) : exchange_(exchange) {}
  bool proceed(int iteration, double objective) override {
    exchange_.iteration = iteration;
    exchange_.objective = objective;
    return !exchange_.stop;
  }

 private:
  Exchange& exchange_;
};

// Runs the items 0..count-1, each worker with the state of its own that `prepare()` makes:
// a function(item, monitor) -> Ascent.
template <class Prepare>
std::vector<Ascent> run_all(int count, int threads, Monitor& monitor, const Prepare& prepare) {
  std::vector<Ascent> runs(count);
  if (threads <= 1 || count == 1) {
    const auto run = prepare();
    for (int item = 0; item < count; ++item) {
      runs[item] = run(item, monitor);
      if (runs[item].interrupted) {
        runs.resize(item + 1);
        break;
      }
    }
    return runs;
  }
  Exchange exchange;
  std::atomic<int> next(0), done(0);
  std::vector<std::thread> workers;
  const int team = std::min(threads, count);
  for (int w = 0; w < team; ++w)
    workers.emplace_back([&] {
      const auto run = prepare();
      Worker worker(exchange);
      for (int item = next++; item < count && !exchange.stop; item = next++)
        runs[item] = run(item, worker);
      ++done;
    });
  std::exception_ptr failure;
  while (done.load() < team) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    try {
      if (!exchange.stop && !monitor.proceed(exchange.iteration, exchange.objective))
        exchange.stop = true;
    } catch (...) {
      failure = std::current_exception();
      exchange.stop = true;
    }
  }
  for (std::thread& thread : workers) thread.join();
  if (failure) std::rethrow_exception(failure);
  // After an interrupt only the runs before the first that never began are kept, so that run i is
  // still that of start i.
  runs.erase(
      std::find_if(runs.begin(), runs.end(), [](const Ascent& r) { return r.trace.empty(); }),
      runs.end());
  return runs;
}

}  // namespace

std::vector<Ascent> ascend_all(const Problem& problem, const MatrixXd& starts,
                               const AscentOptions& options, int threads, Monitor& monitor) {
  const int count = static_cast<int>(starts.cols());
  const Minorizer metric(Model(problem, 1), threads);
  return run_all(count, threads, monitor, [&] {
    auto model = std::make_shared<Model>(problem, count == 1 ? threads : 1);
    auto minorizer = std::make_shared<Minorizer>(metric);
    return [&, model, minorizer](int item, Monitor& own) {
      return ascend(*model, *minorizer, starts.col(item), options, own);
    };
  });
}

std::vector<Ascent> refit_all(const Problem& problem, const std::vector<Records>& records,
                              const VectorXd& start, const AscentOptions& options, int threads,
                              Monitor& monitor) {
  const int count = static_cast<int>(records.size());
  const int inner = count == 1 ? threads : 1;
  return run_all(count, threads, monitor, [&] {
    return [&](int item, Monitor& own) {
      Problem one = problem;
      one.records = records[item];
      Model model(one, inner);
      Minorizer minorizer(model, inner);
      return ascend(model, minorizer, start, options, own);
    };
  });
}

}  // namespace moelogit
