// Every item once, on any number of threads; exceptions come back; a fork finds nothing half alive.
#include <doctest/doctest.h>

#include <chrono>
#include <new>
#include <stdexcept>
#include <string>

#include "parallel.h"

#ifndef _WIN32
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

using moelogit::Team;

namespace {

// The sum of 0..count-1, each item on a thread of the team.
int sum_items(Team& team, int count) {
  std::atomic<int> sum(0);
  team.run(count, [&](int item, int thread) {
    if (thread < team.size()) sum += item;
  });
  return sum;
}

void rest(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

}  // namespace

TEST_CASE("every item is run once, loop after loop") {
  for (int threads : {1, 2, 5}) {
    Team team(threads, threads);
    for (int repeat = 0; repeat < 300; ++repeat) {
      const int count = repeat % 40;
      std::vector<std::atomic<int>> met(count);
      for (auto& one : met) one = 0;
      team.run(count, [&](int item, int) { ++met[item]; });
      for (const auto& one : met) CHECK(one == 1);
      if (repeat % 100 == 99) rest(2);  // helpers sleep meanwhile
    }
  }
}

TEST_CASE("a team is no larger than asked for, nor than the machine, nor empty") {
  CHECK(Team(1000000).size() == moelogit::hardware_threads());
  CHECK(Team(3, 2).size() == 2);
  CHECK(Team(0).size() == 1);
  CHECK(Team(-5).size() == 1);
}

TEST_CASE("items are shared among threads") {
  Team team(2, 2);
  std::atomic<int> waiting(0);
  // each of two items waits for the other one to begin
  team.run(2, [&](int, int) {
    ++waiting;
    while (waiting < 2) std::this_thread::yield();
  });
  CHECK(waiting == 2);
}

TEST_CASE("an exception of any thread is thrown on the calling one, and the team goes on") {
  for (int threads : {1, 2, 4}) {
    Team team(threads, threads);
    for (int bad = 0; bad < 30; ++bad) {
      const auto body = [&](int item, int) {
        if (item == bad) throw std::runtime_error(std::to_string(item));
      };
      CHECK_THROWS_WITH_AS(team.run(30, body), std::to_string(bad).c_str(), std::runtime_error);
    }
    CHECK_THROWS_AS(team.run(8, [](int, int) { throw std::bad_alloc(); }), std::bad_alloc);
    CHECK(sum_items(team, 10) == 45);
  }
}

TEST_CASE("the calling thread is asked while others work, and what it throws ends the loop") {
  Team team(2, 2);
  std::atomic<bool> stop(false);
  std::atomic<int> begun(0);
  // the helper works until told to stop; the calling thread has its item done at once
  const auto body = [&](int, int thread) {
    ++begun;
    while (begun < 2) std::this_thread::yield();
    while (thread != 0 && !stop) rest(1);
  };
  int asked = 0;
  const auto main_thread = std::this_thread::get_id();
  team.run(2, body, [&] {
    CHECK((std::this_thread::get_id() == main_thread));
    if (++asked == 3) stop = true;
  });
  CHECK(asked >= 3);
  stop = false;
  begun = 0;
  CHECK_THROWS_AS(team.run(2, body,
                           [&] {
                             stop = true;
                             throw std::logic_error("enough");
                           }),
                  std::logic_error);
}

TEST_CASE("a loop of one item may hold a loop of the same team") {
  Team team(3, 3);
  int sum = 0;
  team.run(1, [&](int, int) { sum = sum_items(team, 100); });
  CHECK(sum == 4950);
}

#ifndef _WIN32

namespace {

// What a child process returned; its exit code, or -1 when it was killed or hung for 20 s.
template <class Child>
int in_child(const Child& child) {
  const pid_t pid = fork();
  if (pid == 0) _exit(child());
  for (int wait = 0; wait < 2000; ++wait, rest(10)) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  return -1;
}

}  // namespace

TEST_CASE("a forked child has threads of its own") {
  {
    Team team(2, 2);
    sum_items(team, 100);
  }
  const auto child = [] {
    Team team(2, 2);
    return sum_items(team, 100) == 4950 ? 0 : 1;
  };
  CHECK(in_child(child) == 0);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("where there is no room for more threads those there are do all") {
  const auto child = [] {
    const rlimit none = {1 << 20, 1 << 20};  // no room for a stack, but for a few kept for reuse
    setrlimit(RLIMIT_AS, &none);
    Team team(64, 64);
    const bool right = sum_items(team, 100) == 4950;
    return right && team.size() < 64 ? 0 : 1;
  };
  CHECK(in_child(child) == 0);
}
#endif

#endif
