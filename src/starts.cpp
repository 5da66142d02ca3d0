#include "starts.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <exception>
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

}  // namespace

std::vector<Ascent> ascend_all(const Shape& shape, const Records& records,
                               const VectorXd& gate_ridge, const VectorXd& expert_ridge,
                               const MatrixXd& starts, Bound bound, const AscentOptions& options,
                               int threads, Monitor& monitor) {
  const int count = static_cast<int>(starts.cols());
  std::vector<Ascent> runs(count);
  const Model model(shape, records, gate_ridge, expert_ridge, 1);
  const Minorizer minorizer(model, bound, threads);
  const auto climb = [&](int run, Model& own_model, Minorizer& own_minorizer, Monitor& own) {
    runs[run] = ascend(own_model, own_minorizer, starts.col(run), options, own);
  };
  if (threads <= 1 || count == 1) {
    Model own_model(shape, records, gate_ridge, expert_ridge, threads);
    Minorizer own_minorizer = minorizer;
    for (int run = 0; run < count; ++run) {
      climb(run, own_model, own_minorizer, monitor);
      if (runs[run].interrupted) {
        runs.resize(run + 1);
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
      Model own_model(shape, records, gate_ridge, expert_ridge, 1);
      Minorizer own_minorizer = minorizer;
      StopFlag flag(stop);
      for (int run = next++; run < count && !stop; run = next++)
        climb(run, own_model, own_minorizer, flag);
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
  for (std::thread& worker : workers) worker.join();
  if (failure) std::rethrow_exception(failure);
  // After an interrupt the runs that never began are left out.
  runs.erase(std::remove_if(runs.begin(), runs.end(), [](const Ascent& r) { return r.trace.empty(); }),
             runs.end());
  return runs;
}

}  // namespace moelogit
