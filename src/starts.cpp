#include "starts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
#include <memory>
#include <thread>

#include "kernels.h"

namespace moelogit {

VectorXd start_from_posterior(Model& model, const Minorizer& minorizer, const double* posterior,
                              int threads) {
  const Shape& shape = model.shape();
  const Records& records = model.records();
  const int K = shape.experts, M = shape.classes;
  const Design& x = *records.expert;
  const Design& z = *records.gate;
  const Index n = x.rows(), p = shape.expert_rows;
  VectorXd gradient = VectorXd::Zero(shape.size());
  Evaluation curvature;
  curvature.diagonal.resize(p, K);

  // Z'C(T - 1/K) and, expert by expert, X'C diag(T_k) (Y - 1/M).
  RowPass pass(n, p + shape.gate_rows + shape.expert_logits(), threads);
  std::vector<std::vector<double>> packed(pass.threads()), residual(pass.threads());
  const auto accumulate = [&](const Design& design, int columns, const auto& fill) {
    Coef total = ConstCoefMap(
        pass.run(design.gradient_rows() * columns,
                 [&](const RowBlock& block, int t, double* sum) {
                   if (design.packs()) {
                     packed[t].resize(design.cols() * pass.block_rows());
                     design.pack(block, packed[t].data());
                   }
                   residual[t].assign(static_cast<Index>(columns) * pass.block_rows(), 0.0);
                   for (int i = 0; i < block.count; ++i)
                     fill(block.first + i, residual[t].data() + i, block.rows);
                   design.cross(block, packed[t].data(), residual[t].data(), columns, sum);
                 }),
        design.gradient_rows(), columns);
    design.finish(total);
    return Coef(total.topRows(design.cols()));
  };
  if (K > 1)
    shape.gate(gradient) = accumulate(z, K, [&](Index row, double* out, Index stride) {
      for (int k = 0; k < K; ++k)
        out[k * stride] = records.weight[row] * (posterior[k * n + row] - 1.0 / K);
    });
  shape.expert(gradient) = accumulate(x, K * M, [&](Index row, double* out, Index stride) {
    for (int k = 0; k < K; ++k)
      for (int m = 0; m < M; ++m)
        out[(k * M + m) * stride] = records.weight[row] * posterior[k * n + row] *
                                    ((records.response[row] == m ? 1.0 : 0.0) - 1.0 / M);
  });
  VectorXd weight(n);
  for (int k = 0; k < K; ++k) {
    for (Index i = 0; i < n; ++i) weight[i] = records.weight[i] * posterior[k * n + i];
    if (minorizer.needs() == Curvature::diagonal)
      curvature.diagonal.col(k) = weighted_diagonal(x, weight.data(), threads);
    else
      curvature.gram.push_back(weighted_gram(x, weight.data(), threads));
  }
  Minorizer metric = minorizer;
  metric.update(curvature);
  return metric.solve(gradient);
}

namespace {

// Passes the iterations of a worker on to nobody, but stops it on request.
class StopFlag : public Monitor {
 public:
  explicit StopFlag(const std::atomic<bool>& stop) : stop_(stop) {}
  bool proceed(int, double) override { return !stop_.load(std::memory_order_relaxed); }

 private:
  const std::atomic<bool>& stop_;
};

// Runs the items 0..count-1, each worker with the state of its own that `worker()` makes:
// a function(item, monitor) -> Ascent.
template <class Worker>
std::vector<Ascent> run_all(int count, int threads, Monitor& monitor, const Worker& worker) {
  std::vector<Ascent> runs(count);
  if (threads <= 1 || count == 1) {
    const auto run = worker();
    for (int item = 0; item < count; ++item) {
      runs[item] = run(item, monitor);
      if (runs[item].interrupted) {
        runs.resize(item + 1);
        break;
      }
    }
    return runs;
  }
  std::atomic<bool> stop(false);
  std::atomic<int> next(0), done(0);
  std::vector<std::thread> workers;
  const int team = std::min(threads, count);
  for (int w = 0; w < team; ++w)
    workers.emplace_back([&] {
      const auto run = worker();
      StopFlag flag(stop);
      for (int item = next++; item < count && !stop; item = next++) runs[item] = run(item, flag);
      ++done;
    });
  std::exception_ptr failure;
  while (done.load() < team) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    try {
      if (!stop.load() && !monitor.proceed(0, 0.0)) stop = true;
    } catch (...) {
      failure = std::current_exception();
      stop = true;
    }
  }
  for (std::thread& thread : workers) thread.join();
  if (failure) std::rethrow_exception(failure);
  // After an interrupt the runs that never began are left out.
  runs.erase(
      std::remove_if(runs.begin(), runs.end(), [](const Ascent& r) { return r.trace.empty(); }),
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
