// Two bodies of one parallel loop run on two threads at the same time and write one variable: with a lock, or, as
// planted_race, without.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>

#include "pipelines/core/threads.h"

namespace {

#ifdef LITHE_PLANTED_RACE
struct Lock {
  void lock() {}
  void unlock() {}
};
#else
using Lock = std::mutex;
#endif

}  // namespace

int main() {
  lithe::set_threads(2);
  Lock lock;
  int shared = 0;
  std::atomic<int> arrived{0};
  lithe::parallel_for(2, [&](int64_t) {
    // Relaxed, so that this meeting orders nothing; bounded, should one thread get both bodies.
    arrived.fetch_add(1, std::memory_order_relaxed);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (arrived.load(std::memory_order_relaxed) < 2 && std::chrono::steady_clock::now() < give_up) {
      std::this_thread::yield();
    }
    const std::lock_guard<Lock> guard(lock);
    ++shared;
  });
  std::printf("%d\n", shared);
  return 0;
}
