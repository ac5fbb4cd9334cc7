// A guest thread is a host thread: same tid, same kernel signal mask. Thread
// holds what the host keeps for it; ThreadRegistry starts and ends threads.
//
// Life of a thread: ThreadRegistry::Spawn (or AdoptMain for the first one) →
// guest code → Exit, which abandons all guest and host frames of the thread
// (engine::ExitGuest: they hold nothing that needs a destructor) and comes out
// in the host's entry function. That releases the robust futexes, frees the
// signal stack, clears and wakes the child-tid word (which lets a joiner free
// the guest's stack) and touches guest memory no more.

#ifndef SLIPWAY_RUNTIME_HOST_THREAD_H_
#define SLIPWAY_RUNTIME_HOST_THREAD_H_

#include <cstdint>
#include <mutex>
#include <vector>

#include "runtime/host/guest_memory.h"
#include "runtime/host/signals.h"
#include "runtime/host/sys_result.h"

namespace slipway::engine {
class Thread;
}

namespace slipway::host {

struct Process;

struct Thread {
  Process* process = nullptr;
  engine::Thread* engine = nullptr;
  int tid = 0;
  ThreadSignals signals;
  GuestPtr clear_child_tid;  // set_tid_address(2)
  GuestPtr robust_list;      // set_robust_list(2)

  // The calling thread's. Precondition: it is a guest thread.
  static Thread& Current() { return *current; }
  // The same, or null on a thread that never ran guest code.
  // Async-signal-safe.
  static Thread* CurrentOrNull() { return current; }
  // What they answer; the registry's to set.
  static thread_local constinit Thread* current;
};

// What thread_spawn passes, unchecked.
struct SpawnRequest {
  GuestPtr function;
  GuestPtr stack;      // its end: the first frame goes below
  uint64_t flags = 0;  // CLONE_*
  uint64_t argument = 0;
  GuestPtr parent_tid;
  uint64_t tls = 0;
  GuestPtr child_tid;
};

// Thread-safe.
class ThreadRegistry {
 public:
  // Makes the calling thread the guest's main thread. ENOMEM.
  SysStatus AdoptMain(Thread& thread);
  // Returns the new thread's tid. EINVAL for flags that do not describe a
  // thread, EAGAIN when the machine has no room for one, EFAULT for
  // parent_tid, ENOSYS when the module has no __slipway_thread_start.
  SysResult<int64_t> Spawn(Thread& parent, const SpawnRequest& request);
  // Ends the calling thread.
  [[noreturn]] void Exit(Thread& thread, int status);
  // What is to be done when a thread has left guest code for good. After that
  // the main thread ends by FinishMain, others by returning to the C library.
  void Finish(Thread& thread);
  [[noreturn]] void FinishMain(Thread& thread, int status);
  // In the child of fork: the calling thread is the only one.
  void AfterForkInChild(Thread& thread);
  // Whether tid is a live thread of this process.
  bool Contains(int tid) const;
  // How many are alive.
  size_t size() const;

  // For fork; lock order: before the address space's.
  std::mutex& mutex() const { return mutex_; }
  // Whether one is. Precondition: the lock is held.
  bool IsAlone() const { return tids_.size() == 1; }

 private:
  void Add(int tid);
  void Remove(int tid);
  SysStatus TakeSignalStack(Thread& thread);
  void GiveBackSignalStack(Thread& thread);

  mutable std::mutex mutex_;
  std::vector<int> tids_;  // ascending
  // Where threads that have ended ran their handlers, for those to come.
  std::vector<GuestStack> signal_stacks_;
};

// Marks the robust futexes of an ending thread as its owner's died, and wakes
// waiters (robust_futexes.cc). Best effort, as the list is guest memory.
void ReleaseRobustFutexes(const Thread& thread);
// The same for one futex, in memory shared with other processes, if the thread
// that owns it has ended: nobody did it for a process that a signal killed.
// Returns whether that was so. EFAULT.
SysResult<bool> ReleaseRobustFutex(const GuestMemory& memory, GuestPtr word);

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_THREAD_H_
