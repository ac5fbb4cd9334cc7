#include "runtime/engine/wait.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <ctime>
#include <mutex>

#include "runtime/engine/guarded_access.h"

namespace slipway::engine {
namespace {

// On the waiting thread's stack, linked into its bucket while it waits.
struct Waiter {
  const void* address;
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
  bool queued = true;              // guarded by the bucket's lock
  std::atomic<uint32_t> woken{0};  // the futex
};

struct Bucket {
  std::mutex mutex;
  Waiter* first = nullptr;
  Waiter* last = nullptr;

  void Add(Waiter& waiter) {
    waiter.previous = last;
    (last != nullptr ? last->next : first) = &waiter;
    last = &waiter;
  }
  void Remove(Waiter& waiter) {
    (waiter.previous != nullptr ? waiter.previous->next : first) = waiter.next;
    (waiter.next != nullptr ? waiter.next->previous : last) = waiter.previous;
    waiter.queued = false;
  }
};

constexpr size_t kBuckets = 256;
constinit Bucket buckets[kBuckets];

Bucket& BucketOf(const void* address) {
  const auto key = reinterpret_cast<uintptr_t>(address) >> 2;
  return buckets[(key ^ (key >> 8) ^ (key >> 16)) % kBuckets];
}

timespec Deadline(int64_t timeout) {
  constexpr int64_t kSecond = 1'000'000'000;
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  at.tv_sec += timeout / kSecond;
  at.tv_nsec += timeout % kSecond;
  if (at.tv_nsec >= kSecond) {
    at.tv_nsec -= kSecond;
    ++at.tv_sec;
  }
  return at;
}

// Until somebody sets `woken`; false when the deadline passes first.
bool Sleep(Waiter& waiter, const timespec* deadline) {
  while (waiter.woken.load(std::memory_order_acquire) == 0) {
    const long result =
        syscall(SYS_futex, &waiter.woken, FUTEX_WAIT_BITSET_PRIVATE, 0,
                deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
    if (result != 0 && errno == ETIMEDOUT) return false;
  }
  return true;
}

// `load` reads the value at `address`; false on a fault.
template <typename T>
WaitResult Wait(const void* address, T expected, int64_t timeout,
                bool (*load)(const void*, T&)) {
  Bucket& bucket = BucketOf(address);
  Waiter waiter{.address = address};
  {
    std::lock_guard lock(bucket.mutex);
    T value;
    if (!load(address, value)) return WaitResult::kFault;
    if (value != expected) return WaitResult::kNotEqual;
    bucket.Add(waiter);
  }
  const timespec deadline = timeout < 0 ? timespec{} : Deadline(timeout);
  if (Sleep(waiter, timeout < 0 ? nullptr : &deadline)) {
    return WaitResult::kWoken;
  }
  std::lock_guard lock(bucket.mutex);
  if (!waiter.queued) return WaitResult::kWoken;  // just in time
  bucket.Remove(waiter);
  return WaitResult::kTimedOut;
}

// The waiter may return, and its memory go, as soon as `woken` is set: only
// the address is used after that, and a futex call on a stale address is
// harmless.
void Wake(Waiter& waiter) {
  std::atomic<uint32_t>* futex = &waiter.woken;
  futex->store(1, std::memory_order_release);
  syscall(SYS_futex, futex, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

}  // namespace

WaitResult Wait32(const void* address, uint32_t expected, int64_t timeout) {
  return Wait<uint32_t>(address, expected, timeout, GuardedLoad32);
}

WaitResult Wait64(const void* address, uint64_t expected, int64_t timeout) {
  return Wait<uint64_t>(address, expected, timeout, GuardedLoad64);
}

uint32_t Notify(const void* address, uint32_t count) {
  Bucket& bucket = BucketOf(address);
  std::lock_guard lock(bucket.mutex);
  uint32_t woken = 0;
  for (Waiter* waiter = bucket.first; waiter != nullptr && woken < count;) {
    Waiter* next = waiter->next;
    if (waiter->address == address) {
      bucket.Remove(*waiter);
      Wake(*waiter);
      ++woken;
    }
    waiter = next;
  }
  return woken;
}

void LockWaitersForFork() {
  for (Bucket& bucket : buckets) bucket.mutex.lock();
}

void UnlockWaitersAfterFork(bool in_child) {
  for (Bucket& bucket : buckets) {
    if (in_child) bucket.first = bucket.last = nullptr;
    bucket.mutex.unlock();
  }
}

}  // namespace slipway::engine
