// Threads for loops over independent items: the one place of the core that starts any. What an item
// computes must not depend on the thread that runs it; sums are formed afterwards, in a fixed
// order, by the caller.
#ifndef MOELOGIT_PARALLEL_H
#define MOELOGIT_PARALLEL_H

#include <atomic>
#include <condition_variable>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace moelogit {

// Threads of this machine, at least 1.
int hardware_threads();

// The calling thread and its helpers. Helpers are started by the first loop that can use them and
// joined by the destructor: a team lives as long as one call of the core, so that a process that is
// forked later finds none half alive. Where the system gives fewer threads, fewer work.
class Team {
 public:
  explicit Team(int threads, int most = hardware_threads());
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  // Threads a loop may use; `thread` below is less. It only ever falls.
  int size() const { return size_; }

  // Calls body(item, thread) for item = 0..count-1; thread 0 is the calling one. `waiting` is
  // called on it every few milliseconds while others work and it has nothing left to do. An
  // exception of either ends the loop early and is thrown here, on the calling thread, when all are
  // back. Loops of the same team do not nest, unless the outer one has a single item.
  void run(int count, const std::function<void(int, int)>& body,
           const std::function<void()>& waiting = nullptr);

 private:
  void start_helpers(int wanted);
  void help(int thread);
  void work(int thread);
  void keep_exception();
  void wait_for_helpers();

  int size_;
  std::vector<std::thread> helpers_;
  std::mutex mutex_;
  std::condition_variable begun_, ended_;

  // The loop: written under the mutex while no helper is at work.
  const std::function<void(int, int)>* body_ = nullptr;
  const std::function<void()>* waiting_ = nullptr;
  int count_ = 0;
  bool open_ = false;  // helpers may join
  bool over_ = false;  // the team ends
  std::exception_ptr failure_;
  std::atomic<int> next_{0};   // item
  std::atomic<int> loops_{0};  // begun so far; helpers watch it
  std::atomic<int> busy_{0};   // helpers at work
};

}  // namespace moelogit

#endif
