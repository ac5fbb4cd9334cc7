// POSIX message queues, which are the host's. A queue is a descriptor: closing,
// duplicating and polling it need nothing here. See mq_overview(7).

#include <fcntl.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <string>

#include "runtime/host/descriptor_table.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/kernel_call.h"
#include "runtime/syscalls/kernel_pointer.h"

namespace slipway::sys {

namespace {

using host::FdKind;

// The kernel's struct mq_attr has four more, reserved, words than POSIX names.
constexpr size_t kAttributesSize = 8 * sizeof(int64_t);
// What the C library sends itself through a socket (NOTIFY_COOKIE_LEN).
constexpr size_t kCookieSize = 32;
// No queue has longer messages.
constexpr uint64_t kMaxSize = INT32_MAX;

// SIGEV_THREAD: the kernel writes `cookie` to a socket of the guest's, on which
// the guest's C library waits.
SysResult<int64_t> NotifyThread(Call& call, int queue, sigevent event) {
  const GuestPtr from{reinterpret_cast<uint64_t>(event.sigev_value.sival_ptr)};
  char cookie[kCookieSize];
  SLIPWAY_CHECK_OK(call.process.memory.CopyIn(cookie, from, sizeof(cookie)));
  SLIPWAY_TRY(event.sigev_signo,
              call.process.files.Socket(GuestFd{event.sigev_signo}));
  event.sigev_value.sival_ptr = cookie;
  return CallKernel(SYS_mq_notify, queue, &event);
}

}  // namespace

SysResult<int64_t> mq_open(Call& call, GuestPtr name, uint32_t flags,
                           uint32_t mode, GuestPtr attributes) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const std::string text, memory.LoadString(name));
  SLIPWAY_TRY(void* const attr,
              ForKernelOrNull(memory, attributes, kAttributesSize));
  SLIPWAY_CHECK_OK(call.process.files.CheckRoom());
  SLIPWAY_TRY(const int64_t fd,
              CallKernel(SYS_mq_open, text.c_str(), flags, mode, attr));
  return call.process.files.Adopt(static_cast<int>(fd),
                                  {FdKind::kMessageQueue});
}

SysResult<int64_t> mq_unlink(Call& call, GuestPtr name) {
  SLIPWAY_TRY(const std::string text, call.process.memory.LoadString(name));
  return CallKernel(SYS_mq_unlink, text.c_str());
}

SysResult<int64_t> mq_timedsend(Call& call, GuestFd queue, GuestPtr message,
                                uint64_t size, uint32_t priority,
                                GuestPtr deadline) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int fd, call.process.files.Host(queue));
  if (size > kMaxSize) return Errno{EMSGSIZE};
  SLIPWAY_TRY(void* const from, memory.ForKernel(message, size));
  SLIPWAY_TRY(void* const until,
              ForKernelOrNull(memory, deadline, sizeof(timespec)));
  return WaitInKernel(SYS_mq_timedsend, fd, from, size, priority, until);
}

// As with msgrcv, the room that a program says it has may be exaggerated.
SysResult<int64_t> mq_timedreceive(Call& call, GuestFd queue, GuestPtr message,
                                   uint64_t size, GuestPtr priority,
                                   GuestPtr deadline) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int fd, call.process.files.Host(queue));
  SLIPWAY_TRY(void* const to, memory.ForKernel(message, 0));
  const uint64_t room = memory.size() - message.address;
  SLIPWAY_TRY(void* const priority_out,
              ForKernelOrNull(memory, priority, sizeof(uint32_t)));
  SLIPWAY_TRY(void* const until,
              ForKernelOrNull(memory, deadline, sizeof(timespec)));
  return WaitInKernel(SYS_mq_timedreceive, fd, to,
                      std::min({size, kMaxSize, room}), priority_out, until);
}

SysResult<int64_t> mq_notify(Call& call, GuestFd queue, GuestPtr event) {
  SLIPWAY_TRY(const int fd, call.process.files.Host(queue));
  if (event.is_null()) return CallKernel(SYS_mq_notify, fd, nullptr);
  SLIPWAY_TRY(const sigevent wanted, call.process.memory.Load<sigevent>(event));
  if (wanted.sigev_notify == SIGEV_THREAD) {
    return NotifyThread(call, fd, wanted);
  }
  return CallKernel(SYS_mq_notify, fd, &wanted);
}

SysResult<int64_t> mq_getsetattr(Call& call, GuestFd queue, GuestPtr attributes,
                                 GuestPtr old_attributes) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int fd, call.process.files.Host(queue));
  SLIPWAY_TRY(void* const in,
              ForKernelOrNull(memory, attributes, kAttributesSize));
  SLIPWAY_TRY(void* const out,
              ForKernelOrNull(memory, old_attributes, kAttributesSize));
  return CallKernel(SYS_mq_getsetattr, fd, in, out);
}

}  // namespace slipway::sys
