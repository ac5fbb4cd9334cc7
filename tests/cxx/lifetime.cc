// When objects begin and end: statics, thread-local ones, memory, coroutines.
#include <algorithm>
#include <atomic>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <memory>
#include <memory_resource>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/posix/check.h"

namespace {

std::atomic<int> g_allocations;

}  // namespace

void* operator new(size_t size) {
  ++g_allocations;
  void* block = malloc(size ? size : 1);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void operator delete(void* block) noexcept { free(block); }
void operator delete(void* block, size_t) noexcept { free(block); }

namespace {

std::string& Order() {
  static std::string order;
  return order;
}
struct Registers {
  explicit Registers(const char* name) { Order() += name; }
};
Registers g_first("1");
Registers g_second("2");
__attribute__((init_priority(500))) Registers g_early("0");
inline Registers g_inline("3");

void statics_are_built_in_order() { CHECK(Order() == "0123"); }

std::atomic<int> g_built;
struct Slow {
  Slow() {
    usleep(20000);
    ++g_built;
  }
  int value = 5;
};
const Slow& TheSlow() {
  static const Slow slow;
  return slow;
}

void a_static_is_built_once_by_many_threads() {
  std::vector<std::thread> threads;
  std::atomic<int> sum = 0;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&sum] { sum += TheSlow().value; });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(g_built == 1 && sum == 80);
}

int g_tries;
int Fails() {
  if (++g_tries < 3) throw g_tries;
  return g_tries;
}
int Retried() {
  static const int value = Fails();
  return value;
}

void a_static_whose_initialiser_throws_is_tried_again() {
  int caught = 0;
  for (int i = 0; i < 2; ++i) {
    try {
      Retried();
    } catch (int) {
      ++caught;
    }
  }
  CHECK(caught == 2 && Retried() == 3 && Retried() == 3);
}

std::atomic<int> g_thread_objects;
std::string g_ended;
struct PerThread {
  PerThread() : number(++g_thread_objects) {}
  ~PerThread() { g_ended += name; }
  int number;
  char name = '?';
};
thread_local PerThread t_one;
thread_local PerThread t_two;

void thread_local_objects_are_each_threads_own() {
  t_one.name = 'm';
  const int before = g_thread_objects;
  std::thread([] {
    t_one.name = 'a';
    t_two.name = 'b';
  }).join();
  CHECK(g_thread_objects == before + 2);
  CHECK(g_ended == "ba" && t_one.name == 'm');
}

void one_may_be_built_while_another_ends() {
  struct Late {
    ~Late() { g_ended += 'L'; }
    int touched = 0;
  };
  struct Early {
    ~Early() {
      thread_local Late late;
      late.touched = 1;
      g_ended += 'E';
    }
    int touched = 0;
  };
  g_ended.clear();
  std::thread([] {
    thread_local Early early;
    early.touched = 1;
  }).join();
  CHECK(g_ended == "EL");
}

void replaced_operators_are_used_by_the_library() {
  const int before = g_allocations;
  {
    const std::vector<int> numbers(1000);
    const std::string text(1000, 'x');
    CHECK(numbers.size() == text.size());
  }
  CHECK(g_allocations >= before + 2);
}

void memory_that_is_not_there_throws() {
  volatile size_t most = std::numeric_limits<size_t>::max() / 4;
  bool thrown = false;
  try {
    void* volatile block = ::operator new(most);
    ::operator delete(block);
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  CHECK(thrown);
  CHECK(::operator new(most, std::nothrow) == nullptr);
  thrown = false;
  try {
    volatile size_t count = most * 2;
    int* volatile numbers = new int[count];
    delete[] numbers;
  } catch (const std::bad_alloc&) {
    thrown = true;
  }
  CHECK(thrown);
}

struct alignas(256) Aligned {
  char bytes[300];
};

void alignment_is_kept() {
  for (int i = 0; i < 10; ++i) {
    const auto object = std::make_unique<Aligned>();
    CHECK(reinterpret_cast<uintptr_t>(object.get()) % 256 == 0);
    const std::unique_ptr<Aligned[]> several(new Aligned[3]);
    CHECK(reinterpret_cast<uintptr_t>(several.get()) % 256 == 0);
  }
}

void memory_resources_hand_out_blocks() {
  std::pmr::monotonic_buffer_resource resource;
  std::pmr::vector<std::pmr::string> texts(&resource);
  for (int i = 0; i < 100; ++i) texts.emplace_back(50, 'a' + i % 26);
  CHECK(texts.size() == 100 && texts[27] == std::pmr::string(50, 'b'));
}

void shared_pointers_count_across_threads() {
  auto value = std::make_shared<int>(5);
  const std::weak_ptr<int> weak = value;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([value] {
      for (int k = 0; k < 1000; ++k) {
        const std::shared_ptr<int> copy = value;
        CHECK(*copy == 5);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  threads.clear();
  CHECK(value.use_count() == 1);
  value.reset();
  CHECK(weak.expired());
}

struct Generator {
  struct promise_type {
    int value = 0;
    Generator get_return_object() {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int next) {
      value = next;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { throw; }
  };
  std::optional<int> Next() {
    handle.resume();
    if (handle.done()) return std::nullopt;
    return handle.promise().value;
  }
  std::coroutine_handle<promise_type> handle;
};

Generator Count(int limit, std::string name) {
  for (int i = 0; i < limit; ++i) co_yield i;
  if (name == "throws") throw std::runtime_error(name);
}

void coroutines_go_on_where_they_stopped() {
  Generator count = Count(3, "ends");
  CHECK(count.Next() == 0);
  Generator other = Count(3, "throws");
  CHECK(other.Next() == 0 && count.Next() == 1 && count.Next() == 2);
  CHECK(count.Next() == std::nullopt);
  count.handle.destroy();
  CHECK(other.Next() == 1 && other.Next() == 2);
  bool thrown = false;
  try {
    other.Next();
  } catch (const std::runtime_error&) {
    thrown = true;
  }
  CHECK(thrown);
  other.handle.destroy();
}

int Compare(const void* a, const void* b) {
  const int left = *static_cast<const int*>(a);
  const int right = *static_cast<const int*>(b);
  if (left < 0) throw std::out_of_range("negative");
  return left < right ? -1 : left > right;
}

void a_comparison_in_libc_may_throw() {
  int numbers[] = {5, 3, 9, 1};
  qsort(numbers, 4, sizeof(int), Compare);
  CHECK(std::is_sorted(numbers, numbers + 4));
  int worse[] = {-5, -3, -9, -1};
  bool thrown = false;
  try {
    qsort(worse, 4, sizeof(int), Compare);
  } catch (const std::out_of_range&) {
    thrown = true;
  }
  CHECK(thrown);
}

}  // namespace

int main() {
  CASE(statics_are_built_in_order);
  CASE(a_static_is_built_once_by_many_threads);
  CASE(a_static_whose_initialiser_throws_is_tried_again);
  CASE(thread_local_objects_are_each_threads_own);
  CASE(one_may_be_built_while_another_ends);
  CASE(replaced_operators_are_used_by_the_library);
  CASE(memory_that_is_not_there_throws);
  CASE(alignment_is_kept);
  CASE(memory_resources_hand_out_blocks);
  CASE(shared_pointers_count_across_threads);
  CASE(coroutines_go_on_where_they_stopped);
  CASE(a_comparison_in_libc_may_throw);
}
