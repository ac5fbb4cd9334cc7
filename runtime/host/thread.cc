#include "runtime/host/thread.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <optional>
#include <semaphore>
#include <utility>

#include "runtime/engine/invoke.h"
#include "runtime/engine/thread.h"
#include "runtime/host/address_space.h"
#include "runtime/host/death.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guarded_exchange.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/process.h"
#include "runtime/host/signal_retry.h"

namespace slipway::host {

namespace {

// Guest memory, lazily. As much as a main stack has: handlers that natively run
// on that may rely on it (Redis tests memory in one, with a buffer of 1 MiB).
constexpr uint64_t kSignalStackSize = 8 << 20;
// So many stay mapped when their threads have ended: to map and unmap one is a
// fifth of what a thread costs.
constexpr size_t kSpareSignalStacks = 16;
constexpr size_t kNativeStackSize = size_t{64} << 20;  // lazily as well
// Its stacks and its context, with their guards.
constexpr int64_t kMappingsPerThread = 12;
constexpr uint64_t kThreadFlags =
    CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD;

SysStatus MapSignalStack(Process& process, ThreadSignals& signals) {
  SLIPWAY_TRY(const GuestPtr at,
              process.address_space.Map(
                  {.address = {},
                   .length = kSignalStackSize,
                   .protection = PROT_READ | PROT_WRITE,
                   .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   .guard = AddressSpace::kPage}));
  signals.own = {.sp = at.address + AddressSpace::kPage,
                 .flags = 0,
                 .padding = 0,
                 .size = kSignalStackSize - AddressSpace::kPage};
  return Done{};
}

// A thread between its creation and its first step; the thread's own.
struct Birth {
  std::unique_ptr<Thread> thread;
  std::unique_ptr<engine::Thread> engine;
  SpawnRequest request;
  std::binary_semaphore recorded{0};  // the registry and the guest have its tid
};

engine::Outcome RunGuest(Thread& thread, const SpawnRequest& request) {
  const EntryPoints& entry = thread.process->entry;
  thread.engine->Global(entry.stack_pointer).i64 =
      static_cast<int64_t>(request.stack.address);
  object::Value values[3] = {};
  values[0].i64 = static_cast<int64_t>(request.function.address);
  values[1].i64 = static_cast<int64_t>(request.argument);
  values[2].i64 = static_cast<int64_t>(request.tls);
  SetGuestMask(thread, thread.signals.mask);
  return engine::Invoke(*thread.engine, *entry.thread_start, values);
}

// Starts with every signal blocked. Where the guest forks in it, it becomes the
// child's main thread: the C library would run what the host has for the end of
// a program, with locks that other threads of the parent held.
void* ThreadMain(void* argument) {
  std::unique_ptr<Birth> birth(static_cast<Birth*>(argument));
  const std::unique_ptr<Thread> thread = std::move(birth->thread);
  std::unique_ptr<engine::Thread> engine = std::move(birth->engine);
  const SpawnRequest request = birth->request;
  Thread::current = thread.get();
  engine->Attach();
  birth->recorded.acquire();
  birth.reset();

  const engine::Outcome outcome = RunGuest(*thread, request);
  if (outcome.kind == engine::Outcome::kTrapped ||
      outcome.kind == engine::Outcome::kException) {
    DieOfOutcome(thread->process->start.executable, outcome);
  }
  SetKernelMask(~kNeverBlocked);
  signal_pending.store(0);
  DeleteRetryTimer(*thread);
  Thread::current = nullptr;
  engine.reset();
  ThreadRegistry& threads = thread->process->threads;
  if (thread->tid == getpid()) {
    threads.FinishMain(*thread, static_cast<int>(outcome.exit_value));
  }
  threads.Finish(*thread);
  return nullptr;
}

// Returns its tid, or 0 when there is no room for it. The thread has not ended
// before `recorded` is released.
int StartNative(Birth* birth) {
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, kNativeStackSize);
  pthread_t handle;
  const int error = pthread_create(&handle, &attributes, ThreadMain, birth);
  pthread_attr_destroy(&attributes);
  if (error != 0) return 0;
  // The kernel's name of a thread's clock has the tid in it: so nobody has to
  // wait until the thread runs and tells (clock_getcpuclockid(3)).
  clockid_t clock = 0;
  if (pthread_getcpuclockid(handle, &clock) != 0) std::abort();
  return ~(clock >> 3);
}

}  // namespace

constinit thread_local Thread* Thread::current = nullptr;

// The guest may have unmapped what it did not map.
SysStatus ThreadRegistry::TakeSignalStack(Thread& thread) {
  const AddressSpace& space = thread.process->address_space;
  while (true) {
    {
      std::lock_guard lock(mutex_);
      if (signal_stacks_.empty()) break;
      thread.signals.own = signal_stacks_.back();
      signal_stacks_.pop_back();
    }
    const GuestStack& own = thread.signals.own;
    if (space.IsMapped({own.sp}, own.size)) return Done{};
  }
  return MapSignalStack(*thread.process, thread.signals);
}

// Kept only where the guest's memory has no limit that would count it.
void ThreadRegistry::GiveBackSignalStack(Thread& thread) {
  GuestStack& own = thread.signals.own;
  if (!own.enabled()) return;
  AddressSpace& space = thread.process->address_space;
  const bool limited = space.Limit(RLIMIT_AS).rlim_cur != RLIM_INFINITY;
  {
    std::lock_guard lock(mutex_);
    if (!limited && signal_stacks_.size() < kSpareSignalStacks) {
      signal_stacks_.push_back(std::exchange(own, {.flags = SS_DISABLE}));
      return;
    }
  }
  (void)space.Unmap({own.sp - AddressSpace::kPage}, kSignalStackSize);
  own.flags = SS_DISABLE;
}

SysStatus ThreadRegistry::AdoptMain(Thread& thread) {
  SLIPWAY_CHECK_OK(MapSignalStack(*thread.process, thread.signals));
  thread.tid = gettid();
  std::lock_guard lock(mutex_);
  Add(thread.tid);
  Thread::current = &thread;
  return Done{};
}

SysResult<int64_t> ThreadRegistry::Spawn(Thread& parent,
                                         const SpawnRequest& request) {
  Process& process = *parent.process;
  if ((request.flags & kThreadFlags) != kThreadFlags) return Errno{EINVAL};
  if (process.entry.thread_start == nullptr) return Errno{ENOSYS};
  if ((request.flags & CLONE_PARENT_SETTID) != 0) {
    SLIPWAY_CHECK_OK(process.memory.Store<int32_t>(request.parent_tid, 0));
  }
  process.address_space.NoteHostMappings(kMappingsPerThread);
  auto engine = engine::Thread::Create(process.store);
  if (!engine.ok()) return Errno{EAGAIN};

  auto birth = std::make_unique<Birth>();
  birth->thread = std::make_unique<Thread>();
  birth->engine = *std::move(engine);
  birth->request = request;
  Thread& child = *birth->thread;
  child.process = &process;
  child.engine = birth->engine.get();
  child.engine->set_host_data(&child);
  child.signals.mask = parent.signals.mask;
  if ((request.flags & CLONE_CHILD_CLEARTID) != 0) {
    child.clear_child_tid = request.child_tid;
  }
  if (!TakeSignalStack(child).ok()) return Errno{EAGAIN};

  process.files.SetShared();
  process.address_space.SetShared();
  BlockSignals block;
  std::unique_lock lock(mutex_);
  const int tid = StartNative(birth.get());
  if (tid == 0) {
    lock.unlock();
    GiveBackSignalStack(child);
    return Errno{EAGAIN};
  }
  child.tid = tid;
  Add(tid);
  if ((request.flags & CLONE_PARENT_SETTID) != 0) {
    (void)process.memory.Store<int32_t>(request.parent_tid, tid);
  }
  birth.release()->recorded.release();  // the thread's from now on
  return tid;
}

void ThreadRegistry::Exit(Thread& thread, int status) {
  SetKernelMask(~kNeverBlocked);
  engine::ExitGuest(*thread.engine, status);
}

void ThreadRegistry::Finish(Thread& thread) {
  ReleaseRobustFutexes(thread);
  GiveBackSignalStack(thread);
  {
    std::lock_guard lock(mutex_);
    Remove(thread.tid);
  }
  if (thread.clear_child_tid.is_null()) return;
  const SysResult<void*> word = thread.process->memory.ForKernel(
      thread.clear_child_tid, sizeof(uint32_t));
  if (!word.ok()) return;
  std::optional<uint32_t> seen = 0;
  for (uint32_t expected = 0;; expected = *seen) {
    seen = GuardedCompareExchange(*word, expected, 0);
    if (!seen) return;  // as Linux: a bad address is ignored
    if (*seen == expected) break;
  }
  syscall(SYS_futex, *word, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

// Ends the thread alone: with others left, the process goes on without its
// first thread, as Linux has it. The C library is not told, so that it does
// not take the end of the next thread for the end of the process.
void ThreadRegistry::FinishMain(Thread& thread, int status) {
  SetKernelMask(~kNeverBlocked);
  Finish(thread);
  while (true) syscall(SYS_exit, status);
}

void ThreadRegistry::AfterForkInChild(Thread& thread) {
  thread.tid = gettid();
  thread.robust_list = {};
  thread.signals.has_timer = false;
  thread.signals.timer_armed = false;
  thread.signals.held_mask.store(0);
  signal_pending.store(0);
  tids_.assign(1, thread.tid);
}

void ThreadRegistry::Add(int tid) {
  tids_.insert(std::upper_bound(tids_.begin(), tids_.end(), tid), tid);
}

void ThreadRegistry::Remove(int tid) {
  const auto [begin, end] = std::equal_range(tids_.begin(), tids_.end(), tid);
  tids_.erase(begin, end);
}

bool ThreadRegistry::Contains(int tid) const {
  std::lock_guard lock(mutex_);
  return std::binary_search(tids_.begin(), tids_.end(), tid);
}

size_t ThreadRegistry::size() const {
  std::lock_guard lock(mutex_);
  return tids_.size();
}

}  // namespace slipway::host
