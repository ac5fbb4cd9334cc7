#include "runtime/host/private_tmpfs.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <memory>
#include <string>

namespace slipway::host {
namespace {

bool Configure(int context, unsigned command, const char* key,
               const char* value) {
  return ::syscall(SYS_fsconfig, context, command, key, value, 0) == 0;
}

// fsopen(2), fsconfig(2), fsmount(2).
SysResult<OwnedFd> Mount() {
  const OwnedFd context(
      static_cast<int>(::syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC)));
  if (!context.valid()) return Errno::Last();
  const int fd = context.get();
  if (!Configure(fd, FSCONFIG_SET_STRING, "mode", "1777") ||
      !Configure(fd, FSCONFIG_SET_STRING, "size", "50%") ||
      !Configure(fd, FSCONFIG_CMD_CREATE, nullptr, nullptr)) {
    return Errno::Last();
  }
  constexpr unsigned kAttributes =
      MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
  OwnedFd mount(static_cast<int>(
      ::syscall(SYS_fsmount, fd, FSMOUNT_CLOEXEC, kAttributes)));
  if (!mount.valid()) return Errno::Last();
  return mount;
}

bool WriteFile(const char* path, const std::string& text) {
  const OwnedFd fd(::open(path, O_WRONLY | O_CLOEXEC));
  return fd.valid() && ::write(fd.get(), text.data(), text.size()) ==
                           static_cast<ssize_t>(text.size());
}

// What the child is to do and has done; it shares this memory.
struct Errand {
  uid_t user;
  gid_t group;
  SysResult<OwnedFd> mount = Errno{EPERM};
};

std::string OnlyItself(unsigned id) {
  return std::to_string(id) + " " + std::to_string(id) + " 1";
}

// In the new namespaces, with the parent's memory and descriptors. The caller's
// ids must mean something there, or it could not make files.
int MountInNamespace(void* argument) {
  Errand& errand = *static_cast<Errand*>(argument);
  WriteFile("/proc/self/setgroups", "deny");
  if (WriteFile("/proc/self/uid_map", OnlyItself(errand.user)) &&
      WriteFile("/proc/self/gid_map", OnlyItself(errand.group))) {
    errand.mount = Mount();
  } else {
    errand.mount = Errno::Last();
  }
  return 0;
}

SysResult<OwnedFd> MountInChild() {
  constexpr size_t kStack = 256 << 10;
  constexpr int kFlags =
      CLONE_VM | CLONE_VFORK | CLONE_FILES | CLONE_NEWUSER | CLONE_NEWNS;
  Errand errand{.user = ::geteuid(), .group = ::getegid()};
  const auto stack = std::make_unique<char[]>(kStack);
  // Without a signal at its end, which would be the guest's to see.
  const pid_t child =
      ::clone(MountInNamespace, stack.get() + kStack, kFlags, &errand);
  if (child < 0) return Errno::Last();
  while (::waitpid(child, nullptr, __WCLONE) < 0 && errno == EINTR) continue;
  return std::move(errand.mount);
}

}  // namespace

SysResult<OwnedFd> MakePrivateTmpfs() {
  SysResult<OwnedFd> mount = Mount();
  return mount.ok() ? std::move(mount) : MountInChild();
}

}  // namespace slipway::host
