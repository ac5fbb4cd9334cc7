// System V semaphores, which are the host's. What SEM_UNDO promises is kept by
// the kernel, as a guest process is a host process. See semget(2), semop(2),
// semctl(2).

#include <sys/sem.h>
#include <sys/syscall.h>
#include <time.h>

#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {

namespace {

// How many semaphores the set has.
SysResult<uint64_t> CountOf(int32_t id) {
  semid_ds set;
  SLIPWAY_CHECK_OK(CallKernel(SYS_semctl, id, 0, IPC_STAT, &set));
  return uint64_t{set.sem_nsems};
}

// The size of what a command reads or writes at its argument; 0 when that is a
// number or nothing. EINVAL for unknown commands, and what IPC_STAT reports.
SysResult<uint64_t> ArgumentSize(int32_t id, int32_t cmd) {
  switch (cmd) {
    case IPC_STAT:
    case IPC_SET:
    case SEM_STAT:
    case SEM_STAT_ANY:
      return uint64_t{sizeof(semid_ds)};
    case IPC_INFO:
    case SEM_INFO:
      return uint64_t{sizeof(seminfo)};
    case GETALL:
    case SETALL: {
      SLIPWAY_TRY(const uint64_t count, CountOf(id));
      return count * sizeof(uint16_t);
    }
    case IPC_RMID:
    case GETVAL:
    case SETVAL:
    case GETPID:
    case GETNCNT:
    case GETZCNT:
      return uint64_t{0};
    default:
      return Errno{EINVAL};
  }
}

}  // namespace

SysResult<int64_t> semget(Call&, int32_t key, int32_t count, uint32_t flags) {
  return CallKernel(SYS_semget, key, count, flags);
}

SysResult<int64_t> semtimedop(Call& call, int32_t id, GuestPtr operations,
                              uint32_t count, GuestPtr timeout) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(void* const list,
              memory.ForKernel(operations, uint64_t{count} * sizeof(sembuf)));
  SLIPWAY_TRY(void* const limit,
              ForKernelOrNull(memory, timeout, sizeof(timespec)));
  return WaitInKernel(SYS_semtimedop, id, list, count, limit);
}

SysResult<int64_t> semop(Call& call, int32_t id, GuestPtr operations,
                         uint32_t count) {
  return semtimedop(call, id, operations, count, {});
}

// GETALL and SETALL: an id names one set for good, so that its count does not
// change between the two calls.
SysResult<int64_t> semctl(Call& call, int32_t id, int32_t number, int32_t cmd,
                          uint64_t arg) {
  SLIPWAY_TRY(const uint64_t size, ArgumentSize(id, cmd));
  if (size == 0) return CallKernel(SYS_semctl, id, number, cmd, arg);
  SLIPWAY_TRY(void* const argument, call.process.memory.ForKernel({arg}, size));
  return CallKernel(SYS_semctl, id, number, cmd, argument);
}

}  // namespace slipway::sys
