#include "starts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include "kernels.h"

namespace moelogit {

// Per row: smaller gains do not change where an ascent leads.
constexpr double kSmallGain = 1e-6;

VectorXd start_from_posterior(Model& model, const Minorizer& minorizer, const double* posterior,
                              int steps, int threads) {
  const Shape& shape = model.shape();
  const Records& records = model.records();
  const int K = shape.experts, M = shape.classes;
  const Design& x = *records.expert;
  const Design& z = *records.gate;
  const Index n = x.rows(), p = shape.expert_rows;
  VectorXd weight(n);
  Evaluation curvature;
  curvature.diagonal.resize(p, K);
  for (int k = 0; k < K; ++k) {
    for (Index i = 0; i < n; ++i) weight[i] = records.weight[i] * posterior[k * n + i];
    if (minorizer.needs() == Curvature::diagonal)
      curvature.diagonal.col(k) = weighted_diagonal(x, weight.data(), threads);
    else
      curvature.gram.push_back(weighted_gram(x, weight.data(), threads));
  }
  Minorizer metric = minorizer;
  metric.update(curvature);

  // design' residual, the residuals made from the softmax of each group of `width` logits by
  // fill(row, probabilities, stride).
  RowPass pass(n, p + shape.gate_rows + shape.expert_logits(), threads);
  std::vector<std::vector<double>> packed(pass.threads()), logit(pass.threads());
  const auto residual_sums = [&](const Design& design, const Eigen::Ref<const Coef>& coef,
                                 int width, bool offset, const auto& fill) {
    const Coef prepared = design.prepare(coef);
    const int columns = static_cast<int>(coef.cols());
    Coef total = ConstCoefMap(
        pass.run(design.gradient_rows() * columns,
                 [&](const RowBlock& block, int t, double* sum) {
                   if (design.packs()) {
                     packed[t].resize(design.cols() * pass.block_rows());
                     design.pack(block, packed[t].data());
                   }
                   logit[t].resize(static_cast<Index>(columns) * pass.block_rows());
                   design.multiply(block, prepared, packed[t].data(), logit[t].data());
                   if (offset) add_offset(records, block, columns, width, logit[t].data());
                   for (int c = 0; c < columns; c += width) {
                     double* group = logit[t].data() + static_cast<Index>(c) * block.rows;
                     kernels().softmax(group, block.rows, width, group);
                   }
                   for (int i = 0; i < block.count; ++i)
                     fill(block.first + i, logit[t].data() + i, block.rows);
                   for (int c = 0; c < columns; ++c)
                     for (int i = block.count; i < block.rows; ++i)
                       logit[t][static_cast<Index>(c) * block.rows + i] = 0.0;
                   design.cross(block, packed[t].data(), logit[t].data(), columns, sum);
                 }),
        design.gradient_rows(), columns);
    design.finish(total);
    return Coef(total.topRows(design.cols()));
  };

  VectorXd theta = VectorXd::Zero(shape.size()), gradient = theta;
  for (int step = 0; step < steps; ++step) {
    const ConstCoefMap gate = shape.gate(static_cast<const VectorXd&>(theta));
    const ConstCoefMap expert = shape.expert(static_cast<const VectorXd&>(theta));
    if (K > 1)
      shape.gate(gradient) =
          residual_sums(z, gate, K, false,
                        [&](Index row, double* prob, Index stride) {
                          for (int k = 0; k < K; ++k)
                            prob[k * stride] =
                                records.weight[row] * (posterior[k * n + row] - prob[k * stride]);
                        }) -
          model.gate_ridge().asDiagonal() * gate;
    shape.expert(gradient) =
        residual_sums(x, expert, M, true,
                      [&](Index row, double* prob, Index stride) {
                        for (int k = 0; k < K; ++k)
                          for (int m = 0; m < M; ++m) {
                            double& value = prob[(k * M + m) * stride];
                            value = records.weight[row] * posterior[k * n + row] *
                                    ((records.response[row] == m ? 1.0 : 0.0) - value);
                          }
                      }) -
        model.expert_ridge().asDiagonal() * expert;
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

std::vector<Ascent> ascend_all(const Shape& shape, const Records& records,
                               const VectorXd& gate_ridge, const VectorXd& expert_ridge,
                               const MatrixXd& starts, Bound bound, const AscentOptions& options,
                               int threads, Monitor& monitor) {
  const int count = static_cast<int>(starts.cols());
  const Model first(shape, records, gate_ridge, expert_ridge, 1);
  const Minorizer metric(first, bound, threads);
  return run_all(count, threads, monitor, [&] {
    const int inner = count == 1 ? threads : 1;
    auto model = std::make_shared<Model>(shape, records, gate_ridge, expert_ridge, inner);
    auto minorizer = std::make_shared<Minorizer>(metric);
    return [&, model, minorizer](int item, Monitor& own) {
      return ascend(*model, *minorizer, starts.col(item), options, own);
    };
  });
}

std::vector<Ascent> refit_all(const Shape& shape, const std::vector<Records>& records,
                              const VectorXd& gate_ridge, const VectorXd& expert_ridge,
                              const VectorXd& start, Bound bound, const AscentOptions& options,
                              int threads, Monitor& monitor) {
  const int count = static_cast<int>(records.size());
  const int inner = count == 1 ? threads : 1;
  return run_all(count, threads, monitor, [&] {
    return [&](int item, Monitor& own) {
      Model model(shape, records[item], gate_ridge, expert_ridge, inner);
      Minorizer minorizer(model, bound, inner);
      return ascend(model, minorizer, start, options, own);
    };
  });
}

}  // namespace moelogit
