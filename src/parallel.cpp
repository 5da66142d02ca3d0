#include "parallel.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <system_error>

#ifndef _WIN32
#include <signal.h>
#endif

namespace moelogit {
namespace {

// Loops of one call follow each other closely, and sleeping and waking takes longer than many of
// them. So a thread watches for the next one for a while before it sleeps.
constexpr std::chrono::microseconds kWatch(50);
constexpr std::chrono::milliseconds kWaiting(2);

template <class Done>
void watch(const Done& done) {
  const auto end = std::chrono::steady_clock::now() + kWatch;
  while (!done() && std::chrono::steady_clock::now() < end) {
  }
}

// While it lives, threads that start inherit a mask of all signals: those stay with the calling
// thread, for which R's handlers are made.
class SignalsHeld {
#ifdef _WIN32
 public:
  SignalsHeld() {}
#else
 public:
  SignalsHeld() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsHeld() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
#endif
};

}  // namespace

int hardware_threads() {
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

Team::Team(int threads, int most) : size_(std::max(1, std::min(threads, most))) {}

Team::~Team() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    over_ = true;
    ++loops_;
  }
  begun_.notify_all();
  for (std::thread& helper : helpers_) helper.join();
}

void Team::start_helpers(int wanted) {
  if (static_cast<int>(helpers_.size()) >= wanted) return;
  const SignalsHeld held;
  try {
    helpers_.reserve(wanted);
    while (static_cast<int>(helpers_.size()) < wanted) {
      const int thread = static_cast<int>(helpers_.size()) + 1;
      helpers_.emplace_back([this, thread] { help(thread); });
    }
    return;
  } catch (const std::system_error&) {
  } catch (const std::bad_alloc&) {
  }
  size_ = static_cast<int>(helpers_.size()) + 1;  // no more to be had
}

void Team::run(int count, const std::function<void(int, int)>& body,
               const std::function<void()>& waiting) {
  if (size_ == 1 || count <= 1) {
    for (int item = 0; item < count; ++item) body(item, 0);
    return;
  }
  start_helpers(std::min(size_, count) - 1);
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    body_ = &body;
    waiting_ = &waiting;
    count_ = count;
    failure_ = nullptr;
    next_ = 0;
    open_ = true;
    ++loops_;
  }
  begun_.notify_all();
  work(0);
  wait_for_helpers();
  if (failure_) std::rethrow_exception(failure_);
}

void Team::help(int thread) {
  int seen = 0;
  while (true) {
    watch([&] { return loops_.load() != seen; });
    {
      std::unique_lock<std::mutex> lock(mutex_);
      begun_.wait(lock, [&] { return loops_.load() != seen; });
      seen = loops_.load();
      if (over_) return;
      if (!open_) continue;  // too late for this loop
      ++busy_;
    }
    work(thread);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      --busy_;
    }
    ended_.notify_one();
  }
}

void Team::work(int thread) {
  try {
    for (int item = next_++; item < count_; item = next_++) (*body_)(item, thread);
  } catch (...) {
    keep_exception();
  }
}

void Team::keep_exception() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (!failure_) failure_ = std::current_exception();
  next_ = count_;
}

void Team::wait_for_helpers() {
  if (!*waiting_) watch([&] { return busy_.load() == 0; });
  std::unique_lock<std::mutex> lock(mutex_);
  open_ = false;
  while (busy_ > 0) {
    if (!*waiting_) {
      ended_.wait(lock);
      continue;
    }
    ended_.wait_for(lock, kWaiting);
    if (busy_ == 0) break;
    lock.unlock();
    try {
      (*waiting_)();
    } catch (...) {
      keep_exception();
    }
    lock.lock();
  }
}

}  // namespace moelogit
