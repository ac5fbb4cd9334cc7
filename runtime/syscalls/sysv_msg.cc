// System V message queues, which are the host's. See msgget(2), msgop(2),
// msgctl(2).

#include <sys/msg.h>
#include <sys/syscall.h>

#include <algorithm>

#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {

namespace {

constexpr uint64_t kTypeSize = sizeof(int64_t);  // mtype, before the text
// Above what a message can have (the limit of kernel.msgmax).
constexpr uint64_t kMaxSize = INT32_MAX;

// The size of what a command of msgctl reads or writes; EINVAL for others.
SysResult<uint64_t> ArgumentSize(int32_t cmd) {
  switch (cmd) {
    case IPC_STAT:
    case IPC_SET:
    case MSG_STAT:
    case MSG_STAT_ANY:
      return uint64_t{sizeof(msqid_ds)};
    case IPC_INFO:
    case MSG_INFO:
      return uint64_t{sizeof(msginfo)};
    case IPC_RMID:
      return uint64_t{0};
    default:
      return Errno{EINVAL};
  }
}

}  // namespace

SysResult<int64_t> msgget(Call&, int32_t key, uint32_t flags) {
  return CallKernel(SYS_msgget, key, flags);
}

SysResult<int64_t> msgsnd(Call& call, int32_t id, GuestPtr message,
                          uint64_t size, uint32_t flags) {
  if (size > kMaxSize) return Errno{EINVAL};
  SLIPWAY_TRY(void* const from,
              call.process.memory.ForKernel(message, kTypeSize + size));
  return WaitInKernel(SYS_msgsnd, id, from, size, flags);
}

// Programs may say that they have room for more than they do; what counts is
// where the message that comes ends.
SysResult<int64_t> msgrcv(Call& call, int32_t id, GuestPtr message,
                          uint64_t size, int64_t type, uint32_t flags) {
  const GuestMemory& memory = call.process.memory;
  if (static_cast<int64_t>(size) < 0) return Errno{EINVAL};
  SLIPWAY_TRY(void* const to, memory.ForKernel(message, kTypeSize));
  const uint64_t room = memory.size() - message.address - kTypeSize;
  return WaitInKernel(SYS_msgrcv, id, to, std::min({size, kMaxSize, room}),
                      type, flags);
}

SysResult<int64_t> msgctl(Call& call, int32_t id, int32_t cmd, GuestPtr buf) {
  SLIPWAY_TRY(const uint64_t size, ArgumentSize(cmd));
  if (size == 0) return CallKernel(SYS_msgctl, id, cmd, nullptr);
  SLIPWAY_TRY(void* const argument, call.process.memory.ForKernel(buf, size));
  return CallKernel(SYS_msgctl, id, cmd, argument);
}

}  // namespace slipway::sys
