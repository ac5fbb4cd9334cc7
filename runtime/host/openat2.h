// openat2(2), which the C library does not wrap yet.

#ifndef SLIPWAY_RUNTIME_HOST_OPENAT2_H_
#define SLIPWAY_RUNTIME_HOST_OPENAT2_H_

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <cstdint>

#include "runtime/host/interruptible.h"

namespace slipway::host {

// The flags that openat2 accepts, of those a guest may pass: openat ignores
// the rest, and a mode that has no use.
inline open_how OpenHow(uint32_t flags, uint32_t mode) {
  constexpr uint32_t kWithPath = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  constexpr uint32_t kLargeFile = 0100000;  // glibc calls it 0
  constexpr uint32_t kKnown =
      O_ACCMODE | O_CREAT | O_EXCL | O_NOCTTY | O_TRUNC | O_APPEND |
      O_NONBLOCK | O_SYNC | O_DSYNC | O_ASYNC | O_DIRECT | O_DIRECTORY |
      O_NOFOLLOW | O_NOATIME | O_CLOEXEC | O_TMPFILE | kLargeFile;
  open_how how{};
  how.flags = flags & ((flags & O_PATH) ? kWithPath : kKnown);
  const bool creates =
      (how.flags & O_CREAT) || (how.flags & O_TMPFILE) == O_TMPFILE;
  how.mode = creates ? mode & 07777 : 0;
  return how;
}

// Resolves a path that leads nowhere but down: -ELOOP for one with a symbolic
// link that would be followed. Such a path cannot leave the directory, and the
// kernel need not check at the end, under a lock, that it has not (200 ns).
// Preconditions: it is relative, and no name in it is "..".
inline int64_t OpenDownward(int directory, const char* path, open_how how) {
  how.resolve = RESOLVE_NO_SYMLINKS;
  return InterruptibleSyscall(SYS_openat2, directory, path, &how, sizeof(how));
}

// Resolves beneath `directory`: -EXDEV when the path would leave it. Returns a
// descriptor or -errno; may block, interruptibly.
inline int64_t OpenBeneath(int directory, const char* path, open_how how) {
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  return InterruptibleSyscall(SYS_openat2, directory, path, &how, sizeof(how));
}

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_OPENAT2_H_
