#include "runtime/host/mounts.h"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace slipway::host {

absl::StatusOr<Mounts> Mounts::Open(const sandbox::Policy& policy,
                                    const DescriptorTable& files) {
  Mounts mounts;
  for (const sandbox::Mount& mount : policy.mounts) {
    const int fd =
        ::open(mount.host_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) {
      return absl::ErrnoToStatus(
          errno, absl::StrCat("--dir ", mount.host_path, "::", mount.guest_path,
                              ": cannot open the host directory"));
    }
    mounts.entries_.push_back(
        {OwnedFd(files.MoveHigh(fd)), mount.guest_path, mount.read_only});
  }
  return mounts;
}

SysResult<std::string> Mounts::GuestPathOf(int host_fd, uint16_t mount) const {
  const Entry& entry = entries_[mount];
  SLIPWAY_TRY(std::string root, ReadFdLink(entry.root.get()));
  SLIPWAY_TRY(const std::string path, ReadFdLink(host_fd));
  if (root == "/") root.clear();
  if (path.compare(0, root.size(), root) != 0) return Errno{ENOENT};
  const std::string rest = path.substr(root.size());
  if (rest.empty() || rest == "/") return entry.guest_path;
  if (rest[0] != '/') return Errno{ENOENT};
  // The kernel marks a removed file with a suffix; a file may also really be
  // called so, and then has a link left.
  constexpr std::string_view kDeleted = " (deleted)";
  struct stat st;
  if (rest.size() > kDeleted.size() &&
      rest.compare(rest.size() - kDeleted.size(), kDeleted.size(), kDeleted) ==
          0 &&
      ::fstat(host_fd, &st) == 0 && st.st_nlink == 0) {
    return Errno{ENOENT};
  }
  return entry.guest_path == "/" ? rest : entry.guest_path + rest;
}

SysResult<std::string> ReadFdLink(int host_fd) {
  char path[PATH_MAX];
  const std::string link = "/proc/thread-self/fd/" + std::to_string(host_fd);
  const ssize_t size = ::readlink(link.c_str(), path, sizeof(path));
  if (size < 0) return Errno::Last();
  return std::string(path, static_cast<size_t>(size));
}

}  // namespace slipway::host
