// Threads: creating and joining, mutexes, and a queue between two threads.

#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>

#include "tests/bench/cxx/rows.h"

namespace {

void RunThread(long n) {
  long sum = 0;
  while (n-- > 0) std::thread([&sum, n] { sum += n; }).join();
  Use(sum);
}

void RunMutex(long n) {
  std::mutex mutex;
  Use(mutex);
  long sum = 0;
  while (n-- > 0) {
    const std::lock_guard lock(mutex);
    sum += n;
  }
  Use(sum);
}

class Queue {
 public:
  void Push(long value) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return values_.size() < 64; });
    values_.push(value);
    changed_.notify_one();
  }

  long Pop() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !values_.empty(); });
    const long value = values_.front();
    values_.pop();
    changed_.notify_one();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<long> values_;
};

void RunQueue(long n) {
  Queue queue;
  std::thread producer([&queue, n] {
    for (long i = 0; i < n; ++i) queue.Push(i);
  });
  long sum = 0;
  for (long i = 0; i < n; ++i) sum += queue.Pop();
  producer.join();
  MUST(sum == n * (n - 1) / 2);
}

}  // namespace

const struct row thread_rows[] = {
    {"thread-create-join", nullptr, RunThread, nullptr},
    {"mutex", nullptr, RunMutex, nullptr},
    {"queue-of-two-threads", nullptr, RunQueue, nullptr},
    {nullptr, nullptr, nullptr, nullptr},
};
