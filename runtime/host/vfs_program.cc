// Finding what execve(2) executes.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <utility>

#include "runtime/host/vfs.h"

namespace slipway::host {
namespace {

using Kind = SyntheticFile::Kind;

std::string LinkTo(int fd) {
  return "/proc/thread-self/fd/" + std::to_string(fd);
}

// The kernel refuses a read lease on a file that is open for writing. Best
// effort: leases are for the file's owner alone.
bool IsOpenForWriting(int fd) {
  // Should somebody open it just now, the holder is told by a signal that
  // everybody ignores.
  if (::fcntl(fd, F_SETSIG, SIGURG) != 0) return false;
  if (::fcntl(fd, F_SETLEASE, F_RDLCK) != 0) return errno == EAGAIN;
  ::fcntl(fd, F_SETLEASE, F_UNLCK);
  return false;
}

}  // namespace

SysResult<ProgramFile> Vfs::OpenProgram(const PathArg& path, Follow follow) {
  SLIPWAY_TRY(const Located located, Locate(path, follow));
  if (located.link_fd >= 0) return OpenProgram(GuestFd{located.link_fd});
  const Descriptor descriptor = located.descriptor;
  if (!located.is_real()) return ProgramNode(descriptor.node);
  SLIPWAY_TRY(std::string name,
              mounts_.GuestPathOf(located.fd.get(), descriptor.node));
  return ProgramAt(located.fd.get(), std::move(name));
}

SysResult<ProgramFile> Vfs::OpenProgram(GuestFd fd) {
  SLIPWAY_TRY(const PinnedFd pinned, files_.Pin(fd));
  if (pinned.descriptor.kind == FdKind::kVirtualDirectory ||
      pinned.descriptor.kind == FdKind::kSynthetic) {
    return ProgramNode(pinned.descriptor.node);
  }
  return ProgramAt(pinned.fd.get(), "/dev/fd/" + std::to_string(fd.number));
}

SysResult<ProgramFile> Vfs::ProgramAt(int path_fd, std::string path) const {
  struct stat st;
  if (::fstat(path_fd, &st) != 0) return Errno::Last();
  if (S_ISLNK(st.st_mode)) return Errno{ELOOP};
  if (!S_ISREG(st.st_mode)) return Errno{EACCES};
  if (::syscall(SYS_faccessat2, path_fd, "", X_OK,
                AT_EACCESS | AT_EMPTY_PATH) != 0) {
    return Errno::Last();
  }
  ProgramFile program;
  program.file = OwnedFd(::open(LinkTo(path_fd).c_str(), O_RDONLY | O_CLOEXEC));
  if (!program.file.valid()) return Errno::Last();
  if (IsOpenForWriting(program.file.get())) return Errno{ETXTBSY};
  program.path = std::move(path);
  return program;
}

SysResult<ProgramFile> Vfs::ProgramNode(uint16_t node) const {
  if (tree_[node].is_link()) return Errno{ELOOP};
  const SyntheticFile* const file = tree_[node].file;
  if (file == nullptr) return Errno{EACCES};
  ProgramFile program;
  program.path = tree_.PathOf(node);
  if (file->kind == Kind::kProgram) {
    program.host_path = file->text;
    return program;
  }
  if (file->kind != Kind::kHost || !file->executable) return Errno{EACCES};
  program.file = OwnedFd(::open(file->text, O_RDONLY | O_CLOEXEC));
  if (!program.file.valid()) return Errno::Last();
  return program;
}

}  // namespace slipway::host
