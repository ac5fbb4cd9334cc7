#include "runtime/cache/known_digests.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <ctime>

#include "absl/strings/str_cat.h"
#include "runtime/cache/file.h"

namespace slipway::cache {
namespace {

// Longer than the tick of any file system's clock.
constexpr int64_t kSettledSeconds = 2;

struct Entry {
  char magic[8];
  FileState file;
  Digest digest;
};
constexpr char kMagic[8] = {'S', 'L', 'P', 'Y', 'S', 'U', 'M', '1'};

FileState StateOf(const struct stat& info, int64_t looked_at) {
  FileState state;
  if (!S_ISREG(info.st_mode)) return state;
  state.device = info.st_dev;
  state.inode = info.st_ino;
  state.size = static_cast<uint64_t>(info.st_size);
  state.content_changed[0] = info.st_mtim.tv_sec;
  state.content_changed[1] = info.st_mtim.tv_nsec;
  state.state_changed[0] = info.st_ctim.tv_sec;
  state.state_changed[1] = info.st_ctim.tv_nsec;
  state.looked_at = looked_at;
  return state;
}

bool WriteWhole(const std::string& path, const Entry& entry) {
  const OwnedFd fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  return fd.ok() && write(fd.get(), &entry, sizeof(entry)) == sizeof(entry);
}

}  // namespace

FileState FileState::Of(int fd) {
  const int64_t now = time(nullptr);
  struct stat info;
  return fstat(fd, &info) == 0 ? StateOf(info, now) : FileState();
}

FileState FileState::Of(const std::string& path) {
  const int64_t now = time(nullptr);
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? StateOf(info, now) : FileState();
}

bool FileState::SameFile(const FileState& other) const {
  return device == other.device && inode == other.inode && size == other.size &&
         std::equal(content_changed, content_changed + 2,
                    other.content_changed) &&
         std::equal(state_changed, state_changed + 2, other.state_changed);
}

std::string KnownDigests::EntryPath(const FileState& file) const {
  return absl::StrCat(directory_, "/", absl::Hex(file.device), "-",
                      absl::Hex(file.inode));
}

std::optional<Digest> KnownDigests::Find(const FileState& file) const {
  if (!file.is_file()) return std::nullopt;
  const OwnedFd fd(open(EntryPath(file).c_str(), O_RDONLY | O_CLOEXEC));
  Entry entry{};
  if (!fd.ok() || read(fd.get(), &entry, sizeof(entry)) != sizeof(entry) ||
      std::memcmp(entry.magic, kMagic, sizeof(kMagic)) != 0 ||
      !entry.file.SameFile(file)) {
    return std::nullopt;
  }
  return entry.digest;
}

void KnownDigests::Remember(const FileState& before, const FileState& after,
                            const Digest& digest) const {
  const int64_t changed =
      std::max(before.content_changed[0], before.state_changed[0]);
  if (!before.is_file() || !before.SameFile(after) ||
      changed + kSettledSeconds > before.looked_at) {
    return;
  }
  Entry entry{};
  std::memcpy(entry.magic, kMagic, sizeof(kMagic));
  entry.file = before;
  entry.digest = digest;
  const std::string path = EntryPath(before);
  const std::string partial = absl::StrCat(path, ".", getpid());
  if (!WriteWhole(partial, entry) ||
      rename(partial.c_str(), path.c_str()) != 0) {
    unlink(partial.c_str());
  }
}

}  // namespace slipway::cache
