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

#include "runtime/engine/exception.h"
#include "runtime/engine/guarded_access.h"

namespace slipway::engine {
namespace {

// What a waiter's futex says.
enum State : uint32_t { kAsleep, kWoken, kInterrupted };

// On the waiting thread's stack, linked into its bucket while it waits.
struct Waiter {
  const void* address;
  const Thread* thread;
  Waiter* previous = nullptr;
  Waiter* next = nullptr;
  bool queued = true;  // guarded by the bucket's lock
  std::atomic<uint32_t> state{kAsleep};
};

constinit std::atomic<InterruptHook> interrupt_hook{nullptr};

// The futex that this thread sleeps on, for its signal handlers.
constinit thread_local std::atomic<uint32_t>* volatile sleeping = nullptr;

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

// Until the state changes; kAsleep when the deadline passes first.
uint32_t Sleep(Waiter& waiter, const timespec* deadline) {
  sleeping = &waiter.state;
  uint32_t state = kAsleep;
  while ((state = waiter.state.load(std::memory_order_acquire)) == kAsleep) {
    const long result =
        syscall(SYS_futex, &waiter.state, FUTEX_WAIT_BITSET_PRIVATE, kAsleep,
                deadline, nullptr, FUTEX_BITSET_MATCH_ANY);
    if (result != 0 && errno == ETIMEDOUT) break;
  }
  sleeping = nullptr;
  return state;
}

// False when it had been woken.
bool Dequeue(Bucket& bucket, Waiter& waiter) {
  std::lock_guard lock(bucket.mutex);
  if (!waiter.queued) return false;
  bucket.Remove(waiter);
  return true;
}

// Runs the hook. Does not return when that ended otherwise than by returning.
void HandleInterrupt(Bucket& bucket, Waiter& waiter) {
  uint32_t expected = kInterrupted;  // or somebody has woken it meanwhile
  waiter.state.compare_exchange_strong(expected, kAsleep);
  const InterruptHook hook = interrupt_hook.load(std::memory_order_acquire);
  if (hook == nullptr) return;
  Thread& thread = *Thread::Current();
  const Outcome outcome = hook(thread);
  if (outcome.kind == Outcome::kReturned) return;
  Dequeue(bucket, waiter);
  if (outcome.kind == Outcome::kException) ForwardException(outcome.exception);
  ExitGuest(thread, outcome.exit_value);
}

// `load` reads the value at `address`; false on a fault.
template <typename T>
WaitResult Wait(const void* address, T expected, int64_t timeout,
                bool (*load)(const void*, T&)) {
  Bucket& bucket = BucketOf(address);
  Waiter waiter{.address = address, .thread = Thread::Current()};
  {
    std::lock_guard lock(bucket.mutex);
    T value;
    if (!load(address, value)) return WaitResult::kFault;
    if (value != expected) return WaitResult::kNotEqual;
    bucket.Add(waiter);
  }
  const timespec deadline = timeout < 0 ? timespec{} : Deadline(timeout);
  while (true) {
    switch (Sleep(waiter, timeout < 0 ? nullptr : &deadline)) {
      case kWoken:
        return WaitResult::kWoken;
      case kInterrupted:
        HandleInterrupt(bucket, waiter);
        break;
      default:
        return Dequeue(bucket, waiter) ? WaitResult::kTimedOut
                                       : WaitResult::kWoken;  // just in time
    }
  }
}

// The waiter may return, and its memory go, as soon as it is woken: only
// the address is used after that, and a futex call on a stale address is
// harmless.
void Wake(Waiter& waiter) {
  std::atomic<uint32_t>* futex = &waiter.state;
  futex->store(kWoken, std::memory_order_release);
  syscall(SYS_futex, futex, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

void KeepOnly(Bucket& bucket, const Thread* thread) {
  for (Waiter* waiter = bucket.first; waiter != nullptr;) {
    Waiter* next = waiter->next;
    if (waiter->thread != thread) bucket.Remove(*waiter);
    waiter = next;
  }
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

void SetInterruptHook(InterruptHook hook) { interrupt_hook.store(hook); }

bool InterruptWait() {
  std::atomic<uint32_t>* const state = sleeping;
  if (state == nullptr) return false;
  uint32_t expected = kAsleep;
  return state->compare_exchange_strong(expected, kInterrupted) ||
         expected == kInterrupted;
}

void LockWaitersForFork() {
  for (Bucket& bucket : buckets) bucket.mutex.lock();
}

void UnlockWaitersAfterFork(bool in_child) {
  for (Bucket& bucket : buckets) {
    if (in_child) KeepOnly(bucket, Thread::Current());
    bucket.mutex.unlock();
  }
}

}  // namespace slipway::engine
