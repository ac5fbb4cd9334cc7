// fcntl and ioctl: one table row per command that a guest may use. See
// fcntl(2), ioctl_tty(2).

#include <asm/ioctls.h>
#include <asm/termbits.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>

#include "runtime/host/descriptor_table.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/interface_control.h"
#include "runtime/syscalls/kernel_call.h"

namespace slipway::sys {
namespace {

constexpr size_t kValue = 0;  // the argument is a number, not a pointer

// A command that the kernel may see as it is.
struct Command {
  int number;
  size_t size;  // bytes the argument points to, or kValue
  bool waits = false;
};

constexpr Command kFcntlCommands[] = {
    {F_GETFD, kValue},
    {F_SETFD, kValue},
    {F_GETFL, kValue},
    {F_SETFL, kValue},
    {F_GETLK, sizeof(struct flock)},
    {F_SETLK, sizeof(struct flock)},
    {F_SETLKW, sizeof(struct flock), true},
    {F_OFD_GETLK, sizeof(struct flock)},
    {F_OFD_SETLK, sizeof(struct flock)},
    {F_OFD_SETLKW, sizeof(struct flock), true},
    {F_GETOWN, kValue},
    {F_GETOWN_EX, sizeof(f_owner_ex)},
    {F_GETSIG, kValue},
    {F_SETSIG, kValue},
    {F_GETPIPE_SZ, kValue},
    {F_SETPIPE_SZ, kValue},
    {F_GET_SEALS, kValue},
    {F_ADD_SEALS, kValue},
    {F_GET_RW_HINT, sizeof(uint64_t)},
    {F_SET_RW_HINT, sizeof(uint64_t)},
    {F_GET_FILE_RW_HINT, sizeof(uint64_t)},
    {F_SET_FILE_RW_HINT, sizeof(uint64_t)},
};

constexpr size_t kTermios = sizeof(termios);  // the kernel's, not libc's
constexpr size_t kTermios2 = sizeof(termios2);
constexpr size_t kWindowSize = 8;

// Not TIOCSTI and what else would let a guest type commands into the terminal
// it was started from.
constexpr Command kIoctlRequests[] = {
    {FIOCLEX, kValue},
    {FIONCLEX, kValue},
    {FIONBIO, sizeof(int)},
    {FIOASYNC, sizeof(int)},
    {FIONREAD, sizeof(int)},
    {TIOCOUTQ, sizeof(int)},
    {SIOCATMARK, sizeof(int)},
    {TCGETS, kTermios},
    {TCSETS, kTermios},
    {TCSETSW, kTermios, true},
    {TCSETSF, kTermios, true},
    {static_cast<int>(TCGETS2), kTermios2},
    {TCSETS2, kTermios2},
    {TCSETSW2, kTermios2, true},
    {TCSETSF2, kTermios2, true},
    {TCSBRK, kValue, true},
    {TCSBRKP, kValue, true},
    {TCXONC, kValue},
    {TCFLSH, kValue},
    {TIOCGWINSZ, kWindowSize},
    {TIOCSWINSZ, kWindowSize},
    {TIOCGPGRP, sizeof(int)},
    {TIOCSPGRP, sizeof(int)},
    {TIOCGSID, sizeof(int)},
    {TIOCNOTTY, kValue},
    {TIOCEXCL, kValue},
    {TIOCNXCL, kValue},
    {TIOCPKT, sizeof(int)},
    {static_cast<int>(TIOCGPKT), sizeof(int)},
    {TIOCSPTLCK, sizeof(int)},
    {static_cast<int>(TIOCGPTLCK), sizeof(int)},
    {static_cast<int>(TIOCGPTN), sizeof(int)},
};

template <size_t kCount>
const Command* FindCommand(const Command (&commands)[kCount], int number) {
  for (const Command& command : commands) {
    if (command.number == number) return &command;
  }
  return nullptr;
}

SysResult<int64_t> Run(Call& call, long syscall, GuestFd fd,
                       const Command& command, uint64_t arg) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  if (command.size != kValue) {
    SLIPWAY_TRY(void* const data,
                call.process.memory.ForKernel({arg}, command.size));
    arg = reinterpret_cast<uint64_t>(data);
  }
  if (command.waits) return WaitInKernel(syscall, file, command.number, arg);
  return CallKernel(syscall, file, command.number, arg);
}

// SIGIO goes to the guest's own process only. To a group it would go whoever is
// in it, and kill: the guest may not even know its members.
bool IsOwnOwner(int pid) { return pid == 0 || pid == ::getpid(); }

SysResult<int64_t> SetOwner(Call& call, GuestFd fd, int pid) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  if (!IsOwnOwner(pid)) return Errno{EPERM};
  return CallKernel(SYS_fcntl, file, F_SETOWN, pid);
}

SysResult<int64_t> SetOwnerEx(Call& call, GuestFd fd, GuestPtr at) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(const f_owner_ex owner, call.process.memory.Load<f_owner_ex>(at));
  const bool thread =
      owner.type == F_OWNER_TID && call.process.threads.Contains(owner.pid);
  const bool process = owner.type == F_OWNER_PID && IsOwnOwner(owner.pid);
  const bool nobody = owner.type == F_OWNER_PGRP && owner.pid == 0;
  if (!thread && !process && !nobody) return Errno{EPERM};
  return CallKernel(SYS_fcntl, file, F_SETOWN_EX, &owner);
}

// The other side of a pseudoterminal, without a path.
SysResult<int64_t> OpenPeer(Call& call, GuestFd fd, uint64_t flags) {
  SLIPWAY_TRY(const int file, call.process.files.Host(fd));
  SLIPWAY_TRY(const int64_t peer, CallKernel(SYS_ioctl, file, TIOCGPTPEER,
                                             static_cast<int>(flags)));
  return call.process.files.Adopt(static_cast<int>(peer),
                                  {host::FdKind::kInherited});
}

}  // namespace

SysResult<int64_t> fcntl(Call& call, GuestFd fd, int32_t op, uint64_t arg) {
  const int value = static_cast<int>(arg);
  switch (op) {
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
      return call.process.files.Duplicate(fd, value, op == F_DUPFD_CLOEXEC);
    case F_SETOWN:
      return SetOwner(call, fd, value);
    case F_SETOWN_EX:
      return SetOwnerEx(call, fd, {arg});
  }
  if (const Command* command = FindCommand(kFcntlCommands, op)) {
    return Run(call, SYS_fcntl, fd, *command, arg);
  }
  SLIPWAY_CHECK_OK(call.process.files.Host(fd));
  return Errno{EINVAL};
}

SysResult<int64_t> ioctl(Call& call, GuestFd fd, uint32_t op, uint64_t arg) {
  // Taking a terminal away from another session (1) is not for guests.
  if (op == TIOCSCTTY) {
    SLIPWAY_TRY(const int file, call.process.files.Host(fd));
    return CallKernel(SYS_ioctl, file, TIOCSCTTY, 0);
  }
  if (op == TIOCGPTPEER) return OpenPeer(call, fd, arg);
  if (const Command* command =
          FindCommand(kIoctlRequests, static_cast<int>(op))) {
    return Run(call, SYS_ioctl, fd, *command, arg);
  }
  if (IsInterfaceRequest(op)) return AskInterface(call, fd, op, {arg});
  SLIPWAY_CHECK_OK(call.process.files.Host(fd));
  return Errno{ENOTTY};
}

}  // namespace slipway::sys
