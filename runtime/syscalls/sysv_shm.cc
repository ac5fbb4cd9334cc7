// System V shared memory. Segments are the host's; a guest attaches them inside
// its own memory (host::AddressSpace). See shmget(2), shmop(2), shmctl(2).

#include <sys/shm.h>
#include <sys/syscall.h>

#include "runtime/host/address_space.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {

namespace {

// The size of what a command of shmctl reads or writes; EINVAL for others.
SysResult<uint64_t> ArgumentSize(int32_t cmd) {
  switch (cmd) {
    case IPC_STAT:
    case IPC_SET:
    case SHM_STAT:
    case SHM_STAT_ANY:
      return uint64_t{sizeof(shmid_ds)};
    case IPC_INFO:
      return uint64_t{sizeof(shminfo)};
    case SHM_INFO:
      return uint64_t{sizeof(shm_info)};
    case IPC_RMID:
    case SHM_LOCK:
    case SHM_UNLOCK:
      return uint64_t{0};
    default:
      return Errno{EINVAL};
  }
}

}  // namespace

// As with mmap, huge pages are none of the guest's choice: its memory is
// divided into pages of 4 KiB.
SysResult<int64_t> shmget(Call&, int32_t key, uint64_t size, uint32_t flags) {
  constexpr uint32_t kFlags = 0777 | IPC_CREAT | IPC_EXCL | SHM_NORESERVE;
  return CallKernel(SYS_shmget, key, size, flags & kFlags);
}

SysResult<int64_t> shmat(Call& call, int32_t id, GuestPtr addr,
                         uint32_t flags) {
  SLIPWAY_TRY(const GuestPtr at,
              call.process.address_space.Attach(id, addr, flags));
  return static_cast<int64_t>(at.address);
}

SysResult<int64_t> shmdt(Call& call, GuestPtr addr) {
  SLIPWAY_CHECK_OK(call.process.address_space.Detach(addr));
  return 0;
}

SysResult<int64_t> shmctl(Call& call, int32_t id, int32_t cmd, GuestPtr buf) {
  SLIPWAY_TRY(const uint64_t size, ArgumentSize(cmd));
  if (size == 0) return CallKernel(SYS_shmctl, id, cmd, nullptr);
  SLIPWAY_TRY(void* const argument, call.process.memory.ForKernel(buf, size));
  return CallKernel(SYS_shmctl, id, cmd, argument);
}

}  // namespace slipway::sys
