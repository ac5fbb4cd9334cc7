#include "runtime/host/private_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace slipway::host {
namespace {

constexpr char kPrefix[] = "slipway-";

OwnedFd OpenDirectory(const std::string& path) {
  return OwnedFd(
      ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Removes a directory of the caller's that nobody has locked.
void RemoveIfUnused(const std::string& path) {
  const OwnedFd directory = OpenDirectory(path);
  struct stat st;
  if (!directory.valid() || ::fstat(directory.get(), &st) != 0 ||
      st.st_uid != ::geteuid() ||
      ::flock(directory.get(), LOCK_EX | LOCK_NB) != 0) {
    return;
  }
  std::error_code ignored;  // somebody else removes it
  std::filesystem::remove_all(path, ignored);
}

void RemoveUnused(const std::string& parent) {
  std::error_code error;
  std::filesystem::directory_iterator entry(parent, error);
  for (; !error && entry != std::filesystem::end(entry);
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix)) RemoveIfUnused(entry->path().string());
  }
}

}  // namespace

SysResult<PrivateDirectory> MakePrivateDirectory(const std::string& parent) {
  constexpr int kAttempts = 100;
  RemoveUnused(parent);
  for (int i = 0; i < kAttempts; ++i) {
    std::string outer = parent + "/" + kPrefix + "XXXXXX";
    if (::mkdtemp(outer.data()) == nullptr) return Errno::Last();
    PrivateDirectory made;
    made.path = outer + "/shm";
    made.lock = OpenDirectory(outer);
    struct stat st;
    // Somebody may have taken it for an abandoned one, before the lock.
    if (made.lock.valid() && ::flock(made.lock.get(), LOCK_SH | LOCK_NB) == 0 &&
        ::fstat(made.lock.get(), &st) == 0 && st.st_nlink != 0) {
      if (::mkdir(made.path.c_str(), 0777) != 0 ||
          ::chmod(made.path.c_str(), 01777) != 0) {
        return Errno::Last();
      }
      return made;
    }
  }
  return Errno{EAGAIN};
}

}  // namespace slipway::host
