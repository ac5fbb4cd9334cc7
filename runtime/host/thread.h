// A guest thread is a host thread: same tid, same kernel signal mask. Thread
// holds what the host keeps for it; ThreadRegistry starts and ends threads.
//
// Life of a thread: ThreadRegistry::Spawn (or AdoptMain for the first one) →
// guest code → Exit, which abandons all guest and host frames of the thread
// (they hold nothing that needs a destructor: handlers release their locks
// before they return, and exit is a handler of its own) and comes out in the
// host's entry function, which releases the robust futexes, clears and wakes
// the child-tid word and touches guest memory no more.

#ifndef SLIPWAY_RUNTIME_HOST_THREAD_H_
#define SLIPWAY_RUNTIME_HOST_THREAD_H_

#include <atomic>
#include <cstdint>

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
  // Set between entering and leaving the dispatcher: a signal that arrives
  // meanwhile is delivered when the call returns.
  std::atomic<bool> in_host = false;
  ThreadSignals signals;
  GuestPtr clear_child_tid;  // set_tid_address(2)
  GuestPtr robust_list;      // set_robust_list(2)
  void* exit_target = nullptr;  // jmp_buf of the host's entry function

  // The calling thread's. Precondition: it is a guest thread.
  static Thread& Current();
  // The same, or null on a thread that never ran guest code.
  static Thread* CurrentOrNull();
};

// What thread_spawn passes, unchecked.
struct SpawnRequest {
  GuestPtr function;
  GuestPtr stack;   // its end: the first frame goes below
  uint64_t flags = 0;  // CLONE_*
  uint64_t argument = 0;
  GuestPtr parent_tid;
  uint64_t tls = 0;
  GuestPtr child_tid;
};

// Thread-safe.
class ThreadRegistry {
 public:
  // Makes the calling thread the guest's main thread.
  void AdoptMain(Process& process, engine::Thread* engine);
  // Returns the new thread's tid. EINVAL for flags that do not describe a
  // thread, EAGAIN, EFAULT for parent_tid.
  SysResult<int64_t> Spawn(Thread& parent, const SpawnRequest& request);
  // Ends the calling thread.
  [[noreturn]] void Exit(Thread& thread, int status);
  // In the child of fork: the calling thread is the only one.
  void AfterForkInChild(Thread& thread);
  // Whether tid is a live thread of this process.
  bool Contains(int tid) const;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_THREAD_H_
