// Threads: starting and ending them, futexes, scheduling, prctl. Threads of a
// guest are the kernel's, so most calls are the kernel's own, restricted to
// threads of this process.

#include <linux/futex.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "runtime/host/address_space.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/raw_syscall.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {

namespace {

using host::InterruptibleSyscall;
using host::RawSyscall;

constexpr uint64_t kRobustListHeadSize = 24;  // struct robust_list_head

// ESRCH unless tid is a thread of this process, or 0 for the caller.
SysStatus CheckOwnThread(Call& call, int32_t tid) {
  if (tid == 0 || tid == call.thread.tid ||
      call.process.threads.Contains(tid)) {
    return Done{};
  }
  return Errno{ESRCH};
}

// Which of a futex call's operands are pointers.
bool HasTimeout(int command) {
  return command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET ||
         command == FUTEX_LOCK_PI || command == FUTEX_LOCK_PI2 ||
         command == FUTEX_WAIT_REQUEUE_PI;
}
bool HasSecondWord(int command) {
  return command == FUTEX_REQUEUE || command == FUTEX_CMP_REQUEUE ||
         command == FUTEX_WAKE_OP || command == FUTEX_WAIT_REQUEUE_PI ||
         command == FUTEX_CMP_REQUEUE_PI;
}

SysResult<int64_t> SetName(Call& call, GuestPtr name) {
  SLIPWAY_TRY(const std::string full, call.process.memory.LoadString(name));
  return FromKernel(::prctl(PR_SET_NAME, full.substr(0, 15).c_str()));
}

SysResult<int64_t> GetName(Call& call, GuestPtr out) {
  char name[16] = {};
  if (::prctl(PR_GET_NAME, name) != 0) return Errno::Last();
  SLIPWAY_CHECK_OK(call.process.memory.CopyOut(out, name, sizeof(name)));
  return 0;
}

// An int that prctl stores at arg2.
SysResult<int64_t> GetInt(Call& call, int op, GuestPtr out) {
  int value = 0;
  if (::prctl(op, &value) != 0) return Errno::Last();
  SLIPWAY_CHECK_OK(call.process.memory.Store(out, value));
  return 0;
}

SysResult<int64_t> Pass(int64_t result) {
  if (result < 0) return Errno::Last();
  return result;
}

}  // namespace

SysResult<int64_t> thread_spawn(Call& call, GuestPtr func, GuestPtr stack,
                                uint64_t flags, uint64_t arg, GuestPtr ptid,
                                uint64_t tls, GuestPtr ctid) {
  return call.process.threads.Spawn(call.thread, {.function = func,
                                                  .stack = stack,
                                                  .flags = flags,
                                                  .argument = arg,
                                                  .parent_tid = ptid,
                                                  .tls = tls,
                                                  .child_tid = ctid});
}

SysResult<int64_t> exit(Call& call, int32_t status) {
  call.process.threads.Exit(call.thread, status);
}

SysResult<int64_t> exit_group(Call& call, int32_t status) {
  // The kernel does not know the guest's list, as it holds guest addresses.
  host::ReleaseRobustFutexes(call.thread);
  while (true) syscall(SYS_exit_group, status);
}

SysResult<int64_t> thread_exit_unmap(Call& call, GuestPtr addr,
                                     uint64_t length) {
  host::Thread& thread = call.thread;
  (void)call.process.address_space.Unmap(addr, length);
  if (thread.clear_child_tid.address - addr.address < length) {
    thread.clear_child_tid = {};
  }
  call.process.threads.Exit(thread, 0);
}

SysResult<int64_t> gettid(Call& call) { return call.thread.tid; }

SysResult<int64_t> set_tid_address(Call& call, GuestPtr tidptr) {
  call.thread.clear_child_tid = tidptr;
  return call.thread.tid;
}

SysResult<int64_t> set_robust_list(Call& call, GuestPtr head, uint64_t length) {
  if (length != kRobustListHeadSize) return Errno{EINVAL};
  call.thread.robust_list = head;
  return 0;
}

SysResult<int64_t> get_robust_list(Call& call, int32_t tid, GuestPtr head,
                                   GuestPtr length) {
  if (tid != 0 && tid != call.thread.tid) return Errno{EPERM};
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_CHECK_OK(memory.Store(head, call.thread.robust_list.address));
  SLIPWAY_CHECK_OK(memory.Store(length, kRobustListHeadSize));
  return 0;
}

SysResult<int64_t> robust_release(Call& call, GuestPtr word) {
  SLIPWAY_TRY(const bool released,
              host::ReleaseRobustFutex(call.process.memory, word));
  return released;
}

// Words are handed to the kernel at their host address, which identifies them
// among threads; shared mappings identify them among processes.
SysResult<int64_t> futex(Call& call, GuestPtr addr, int32_t op, uint32_t val,
                         uint64_t timeout_or_val2, GuestPtr addr2,
                         uint32_t val3) {
  const GuestMemory& memory = call.process.memory;
  const int command = op & FUTEX_CMD_MASK;
  if (command == FUTEX_FD) return Errno{ENOSYS};
  SLIPWAY_TRY(void* const word, memory.ForKernel(addr, sizeof(uint32_t)));
  void* second = nullptr;
  if (HasSecondWord(command)) {
    SLIPWAY_TRY(second, memory.ForKernel(addr2, sizeof(uint32_t)));
  }
  timespec timeout;
  uint64_t fourth = timeout_or_val2;
  if (HasTimeout(command) && timeout_or_val2 != 0) {
    SLIPWAY_TRY(timeout, memory.Load<timespec>({timeout_or_val2}));
    fourth = reinterpret_cast<uint64_t>(&timeout);
    call.restartable = false;
  }
  call.waits = command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET;
  // Never sleeps.
  if (command == FUTEX_WAKE || command == FUTEX_WAKE_BITSET) {
    return FromKernel(RawSyscall(SYS_futex, word, op, val, 0, 0, val3));
  }
  return FromKernel(
      InterruptibleSyscall(SYS_futex, word, op, val, fourth, second, val3));
}

SysResult<int64_t> sched_yield(Call&) { return Pass(::sched_yield()); }

SysResult<int64_t> sched_setaffinity(Call& call, int32_t tid, uint64_t size,
                                     GuestPtr mask) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(void* const set, call.process.memory.ForKernel(mask, size));
  return Pass(syscall(SYS_sched_setaffinity, tid, size, set));
}

SysResult<int64_t> sched_getaffinity(Call& call, int32_t tid, uint64_t size,
                                     GuestPtr mask) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(void* const set, call.process.memory.ForKernel(mask, size));
  return Pass(syscall(SYS_sched_getaffinity, tid, size, set));
}

SysResult<int64_t> sched_setscheduler(Call& call, int32_t tid, int32_t policy,
                                      GuestPtr param) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(const sched_param value,
              call.process.memory.Load<sched_param>(param));
  return Pass(syscall(SYS_sched_setscheduler, tid, policy, &value));
}

SysResult<int64_t> sched_getscheduler(Call& call, int32_t tid) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  return Pass(syscall(SYS_sched_getscheduler, tid));
}

SysResult<int64_t> sched_setparam(Call& call, int32_t tid, GuestPtr param) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(const sched_param value,
              call.process.memory.Load<sched_param>(param));
  return Pass(syscall(SYS_sched_setparam, tid, &value));
}

SysResult<int64_t> sched_getparam(Call& call, int32_t tid, GuestPtr param) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(param, sizeof(sched_param)));
  return Pass(syscall(SYS_sched_getparam, tid, out));
}

SysResult<int64_t> sched_get_priority_max(Call&, int32_t policy) {
  return Pass(::sched_get_priority_max(policy));
}

SysResult<int64_t> sched_get_priority_min(Call&, int32_t policy) {
  return Pass(::sched_get_priority_min(policy));
}

SysResult<int64_t> sched_rr_get_interval(Call& call, int32_t tid,
                                         GuestPtr interval) {
  SLIPWAY_CHECK_OK(CheckOwnThread(call, tid));
  SLIPWAY_TRY(void* const out,
              call.process.memory.ForKernel(interval, sizeof(timespec)));
  return Pass(syscall(SYS_sched_rr_get_interval, tid, out));
}

SysResult<int64_t> getcpu(Call& call, GuestPtr cpu, GuestPtr node, GuestPtr) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(void* const cpu_out,
              ForKernelOrNull(memory, cpu, sizeof(uint32_t)));
  SLIPWAY_TRY(void* const node_out,
              ForKernelOrNull(memory, node, sizeof(uint32_t)));
  return Pass(syscall(SYS_getcpu, cpu_out, node_out, nullptr));
}

SysResult<int64_t> membarrier(Call&, int32_t cmd, uint32_t flags, int32_t cpu) {
  return Pass(syscall(SYS_membarrier, cmd, flags, cpu));
}

SysResult<int64_t> prctl(Call& call, int32_t op, uint64_t arg2, uint64_t arg3,
                         uint64_t arg4, uint64_t arg5) {
  switch (op) {
    case PR_SET_NAME:
      return SetName(call, {arg2});
    case PR_GET_NAME:
      return GetName(call, {arg2});
    case PR_GET_PDEATHSIG:
    case PR_GET_CHILD_SUBREAPER:
      return GetInt(call, op, {arg2});
    case PR_SET_PDEATHSIG:
    case PR_SET_DUMPABLE:
    case PR_GET_DUMPABLE:
    case PR_SET_CHILD_SUBREAPER:
    case PR_SET_NO_NEW_PRIVS:
    case PR_GET_NO_NEW_PRIVS:
    case PR_SET_TIMERSLACK:
    case PR_GET_TIMERSLACK:
    case PR_SET_THP_DISABLE:
    case PR_GET_THP_DISABLE:
      return Pass(::prctl(op, arg2, arg3, arg4, arg5));
    default:
      return Errno{EINVAL};
  }
}

}  // namespace slipway::sys
