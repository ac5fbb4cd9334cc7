// What every system-call handler receives, and the C++ types of its arguments.
//
//   SysResult<int64_t> lseek(Call& call, GuestFd fd, int64_t offset,
//                            int32_t whence);
//
// A handler validates, looks up, delegates to runtime/host, and returns a value
// or an errno; the dispatcher does the rest (rights, tracing, errno, signals).
// Declarations of all handlers: handlers.h, expanded from posix.def.

#ifndef SLIPWAY_RUNTIME_SYSCALLS_CALL_H_
#define SLIPWAY_RUNTIME_SYSCALLS_CALL_H_

#include <cstdint>

#include "runtime/host/guest_memory.h"
#include "runtime/host/process.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/thread.h"

namespace slipway::sys {

using host::Done;
using host::Errno;
using host::FromKernel;
using host::GuestFd;
using host::GuestMemory;
using host::GuestPtr;
using host::SysResult;
using host::SysStatus;

// The result of a call that answers 0 or an error.
inline SysResult<int64_t> FromStatus(const SysStatus& status) {
  if (!status.ok()) return status.error();
  return 0;
}

struct Call {
  host::Process& process;
  host::Thread& thread;
  // A handler clears it when this very call must report EINTR even to a
  // handler installed with SA_RESTART (signal(7) lists those by name; the
  // dispatcher knows them, so this is for calls where it depends).
  bool restartable = true;
  // A handler sets it when it has not made the call, as a signal came before:
  // it is made again whatever SA_RESTART says. (For calls that a window of
  // runtime/host/interruptible.h kept from being made the dispatcher knows.)
  bool not_made = false;
  // A handler sets it for a call that waits: EINTR is always an answer to it,
  // also when the signal came before.
  bool waits = false;
};

// The C++ type of each argument kind: arg::fd is GuestFd, and so on.
namespace arg {
#define POSIX_KIND(name, cpp_type, style) using name = cpp_type;
#include "posix-shim/abi/kinds.def"
#undef POSIX_KIND
}  // namespace arg

}  // namespace slipway::sys

#endif  // SLIPWAY_RUNTIME_SYSCALLS_CALL_H_
