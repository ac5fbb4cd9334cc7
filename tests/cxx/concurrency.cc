// Threads, what they wait for, and atomic objects of every size.
#include <atomic>
#include <barrier>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <future>
#include <latch>
#include <mutex>
#include <numeric>
#include <semaphore>
#include <shared_mutex>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "tests/posix/check.h"

namespace {

using std::chrono::milliseconds;

template <typename Function>
void InThreads(int count, Function function) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(function, i);
  for (std::thread& thread : threads) thread.join();
}

void mutexes_exclude() {
  std::mutex mutex;
  std::recursive_mutex recursive;
  long sum = 0;
  InThreads(8, [&](int) {
    for (int k = 0; k < 1000; ++k) {
      const std::scoped_lock lock(mutex, recursive);
      const std::lock_guard again(recursive);
      ++sum;
    }
  });
  CHECK(sum == 8000);
}

void timed_mutexes_give_up() {
  std::timed_mutex mutex;
  mutex.lock();
  std::thread([&] {
    CHECK(!mutex.try_lock());
    CHECK(!mutex.try_lock_for(milliseconds(10)));
  }).join();
  mutex.unlock();
  CHECK(mutex.try_lock_for(milliseconds(10)));
  mutex.unlock();
}

void readers_share() {
  std::shared_mutex mutex;
  std::latch both(2);
  InThreads(2, [&](int) {
    const std::shared_lock lock(mutex);
    both.arrive_and_wait();
    CHECK(!mutex.try_lock());
  });
  CHECK(mutex.try_lock());
  mutex.unlock();
}

void condition_variables_wake() {
  std::mutex mutex;
  std::condition_variable condition;
  int turn = 0;
  InThreads(4, [&](int me) {
    for (int k = 0; k < 50; ++k) {
      std::unique_lock lock(mutex);
      condition.wait(lock, [&] { return turn % 4 == me; });
      ++turn;
      condition.notify_all();
    }
  });
  CHECK(turn == 200);
  std::unique_lock lock(mutex);
  CHECK(condition.wait_for(lock, milliseconds(5)) == std::cv_status::timeout);
}

void futures_bring_values_and_exceptions() {
  std::future<int> value = std::async(std::launch::async, [] { return 6 * 7; });
  std::future<void> error = std::async(
      std::launch::async, [] { throw std::runtime_error("from a thread"); });
  CHECK(value.get() == 42);
  bool thrown = false;
  try {
    error.get();
  } catch (const std::runtime_error& e) {
    thrown = e.what() == std::string("from a thread");
  }
  CHECK(thrown);
  std::promise<std::string> promise;
  std::shared_future<std::string> shared = promise.get_future().share();
  CHECK(shared.wait_for(milliseconds(1)) == std::future_status::timeout);
  promise.set_value("kept");
  CHECK(shared.get() == "kept" && shared.get() == "kept");
  std::future<int> broken;
  {
    std::promise<int> abandoned;
    broken = abandoned.get_future();
  }
  try {
    CHECK(broken.get() == 0);
    CHECK(false);
  } catch (const std::future_error& e) {
    CHECK(e.code() == std::future_errc::broken_promise);
  }
}

void call_once_calls_once() {
  std::once_flag flag;
  std::atomic<int> calls = 0, failures = 0;
  InThreads(8, [&](int) {
    try {
      std::call_once(flag, [&] {
        if (++calls < 3) throw calls.load();
      });
    } catch (int) {
      ++failures;
    }
  });
  CHECK(calls == 3 && failures == 2);
}

void threads_stop_when_asked() {
  std::atomic<int> rounds = 0;
  {
    const std::jthread thread([&](std::stop_token token) {
      while (!token.stop_requested()) {
        ++rounds;
        std::this_thread::yield();
      }
    });
    while (rounds < 3) std::this_thread::sleep_for(milliseconds(1));
  }
  CHECK(rounds >= 3);
}

void semaphores_and_barriers_count() {
  std::counting_semaphore<10> semaphore(0);
  std::thread thread([&] { semaphore.release(3); });
  for (int i = 0; i < 3; ++i) semaphore.acquire();
  thread.join();
  CHECK(!semaphore.try_acquire_for(milliseconds(1)));
  int rounds = 0;
  std::barrier barrier(4, [&]() noexcept { ++rounds; });
  InThreads(4, [&](int) {
    for (int k = 0; k < 25; ++k) barrier.arrive_and_wait();
  });
  CHECK(rounds == 25);
}

void threads_have_identities() {
  const std::thread::id mine = std::this_thread::get_id();
  std::thread::id other;
  std::thread thread([&] { other = std::this_thread::get_id(); });
  const std::thread::id told = thread.get_id();
  thread.join();
  CHECK(other == told && other != mine && thread.get_id() == std::thread::id());
  CHECK(std::thread::hardware_concurrency() > 0);
  try {
    thread.join();
    CHECK(false);
  } catch (const std::system_error& e) {
    CHECK(e.code() == std::errc::invalid_argument ||
          e.code() == std::errc::no_such_process);
  }
}

struct Three {
  char bytes[3];
};
struct Sixteen {
  uint64_t low, high;
};
struct Large {
  uint64_t words[5];
};

template <typename T>
void Counts() {
  std::atomic<T> counter = 0;
  InThreads(4, [&](int) {
    for (int k = 0; k < 1000; ++k) counter.fetch_add(1);
  });
  CHECK(counter == static_cast<T>(4000));
  T expected = static_cast<T>(1);
  CHECK(!counter.compare_exchange_strong(expected, 0));
  CHECK(counter.compare_exchange_strong(expected, 7) && counter == T{7});
}

template <typename T>
void Exchanges(T one, T two) {
  std::atomic<T> object(one);
  const T before = object.exchange(two);
  CHECK(memcmp(&before, &one, sizeof(T)) == 0);
  T expected = two;
  CHECK(object.compare_exchange_strong(expected, one));
  const T now = object.load();
  CHECK(memcmp(&now, &one, sizeof(T)) == 0);
}

void atomic_objects_have_any_size() {
  Counts<uint8_t>();
  Counts<uint16_t>();
  Counts<uint32_t>();
  Counts<uint64_t>();
  Counts<unsigned __int128>();
  Exchanges<Three>({{1, 2, 3}}, {{4, 5, 6}});
  Exchanges<Sixteen>({1, 2}, {3, 4});
  Exchanges<Large>({{1, 2, 3, 4, 5}}, {{6, 7, 8, 9, 10}});
  Exchanges<double>(1.5, 2.5);
  CHECK(std::atomic<uint64_t>::is_always_lock_free);
}

void atomic_floats_and_references_add() {
  std::atomic<double> sum = 0;
  int plain = 0;
  InThreads(4, [&](int) {
    for (int k = 0; k < 1000; ++k) {
      sum.fetch_add(0.5);
      std::atomic_ref(plain).fetch_add(1);
    }
  });
  CHECK(sum == 2000.0 && plain == 4000);
}

template <typename T>
void WaitsFor() {
  std::atomic<T> value = 0;
  std::thread thread([&] {
    value.wait(0);
    value = 2;
    value.notify_all();
  });
  std::this_thread::sleep_for(milliseconds(2));
  value = 1;
  value.notify_one();
  value.wait(1);
  CHECK(value == T{2});
  thread.join();
}

void atomic_objects_wait() {
  WaitsFor<uint8_t>();
  WaitsFor<uint16_t>();
  WaitsFor<int>();
  WaitsFor<uint64_t>();
  std::atomic_flag flag;
  std::thread thread([&] {
    flag.test_and_set();
    flag.notify_all();
  });
  flag.wait(false);
  CHECK(flag.test());
  thread.join();
}

void shared_pointers_are_atomic_objects() {
  std::shared_ptr<int> shared = std::make_shared<int>(0);
  InThreads(4, [&](int) {
    for (int k = 0; k < 500; ++k) {
      std::shared_ptr<int> seen = std::atomic_load(&shared);
      while (!std::atomic_compare_exchange_weak(
          &shared, &seen, std::make_shared<int>(*seen + 1))) {
      }
    }
  });
  CHECK(*shared == 2000);
}

}  // namespace

int main() {
  CASE(mutexes_exclude);
  CASE(timed_mutexes_give_up);
  CASE(readers_share);
  CASE(condition_variables_wake);
  CASE(futures_bring_values_and_exceptions);
  CASE(call_once_calls_once);
  CASE(threads_stop_when_asked);
  CASE(semaphores_and_barriers_count);
  CASE(threads_have_identities);
  CASE(atomic_objects_have_any_size);
  CASE(atomic_floats_and_references_add);
  CASE(atomic_objects_wait);
  CASE(shared_pointers_are_atomic_objects);
}
