#include "runtime/cache/object_cache.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#include "absl/strings/str_cat.h"

namespace slipway::cache {
namespace {

struct Trailer {
  char magic[8];
  uint64_t size;
  uint8_t digest[32];
};
static_assert(sizeof(Trailer) == 48);
constexpr char kMagic[8] = {'S', 'L', 'P', 'Y', 'O', 'B', 'J', '1'};
constexpr time_t kStaleSeconds = 24 * 60 * 60;

// Makes `path` and its missing parents; what is there already is left alone.
absl::Status MakeDirectories(const std::string& path) {
  for (size_t at = 1; at <= path.size(); ++at) {
    if (at != path.size() && path[at] != '/') continue;
    const std::string prefix = path.substr(0, at);
    if (mkdir(prefix.c_str(), 0700) != 0 && errno != EEXIST) {
      return ErrnoStatus(prefix, errno);
    }
  }
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return ErrnoStatus(path, errno);
  if (!S_ISDIR(info.st_mode)) return ErrnoStatus(path, ENOTDIR);
  return absl::OkStatus();
}

// Hashes the first `size` bytes of `fd` from its start; false when they cannot
// be read.
bool HashPrefix(int fd, uint64_t size, Digest* digest) {
  Sha256 hash;
  std::vector<char> buffer(256 * 1024);
  for (uint64_t at = 0; at < size;) {
    const size_t want = std::min<uint64_t>(buffer.size(), size - at);
    const ssize_t count =
        pread(fd, buffer.data(), want, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    hash.Update({buffer.data(), static_cast<size_t>(count)});
    at += static_cast<uint64_t>(count);
  }
  *digest = hash.Finish();
  return true;
}

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// Relative values are ignored, as the XDG base directory specification says.
absl::StatusOr<std::string> PreferredDirectory() {
  const std::string xdg = Environment("XDG_CACHE_HOME");
  if (xdg.starts_with('/')) return absl::StrCat(xdg, "/slipway");
  const std::string home = Environment("HOME");
  if (home.starts_with('/')) return absl::StrCat(home, "/.cache/slipway");
  return absl::NotFoundError("neither XDG_CACHE_HOME nor HOME is set");
}

// A name that others could have made first: it must be ours alone.
absl::Status CheckPrivate(const std::string& path) {
  struct stat info;
  if (lstat(path.c_str(), &info) != 0) return ErrnoStatus(path, errno);
  if (!S_ISDIR(info.st_mode) || info.st_uid != geteuid() ||
      (info.st_mode & 077) != 0) {
    return absl::PermissionDeniedError(
        absl::StrCat(path, ": is not a directory private to this user"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ObjectCache> ObjectCache::Open(const std::string& directory) {
  for (const char* part : {"/objects", "/partial", "/locks", "/digests"}) {
    const std::string path = directory + part;
    if (absl::Status made = MakeDirectories(path); !made.ok()) return made;
    if (access(path.c_str(), W_OK | X_OK) != 0) {
      return ErrnoStatus(path, errno);
    }
  }
  return ObjectCache(directory);
}

absl::StatusOr<ObjectCache> ObjectCache::OpenDefault() {
  const absl::StatusOr<std::string> preferred = PreferredDirectory();
  absl::Status problem = preferred.status();
  if (preferred.ok()) {
    absl::StatusOr<ObjectCache> cache = Open(*preferred);
    if (cache.ok()) return cache;
    problem = cache.status();
  }
  const std::string tmp = Environment("TMPDIR");
  const std::string fallback =
      absl::StrCat(tmp.empty() ? "/tmp" : tmp, "/slipway-cache-", geteuid());
  if (absl::Status made = MakeDirectories(fallback); !made.ok()) return made;
  if (absl::Status ours = CheckPrivate(fallback); !ours.ok()) return ours;
  std::fprintf(stderr, "slipway: warning: no cache (%s); using %s\n",
               std::string(problem.message()).c_str(), fallback.c_str());
  return Open(fallback);
}

std::string ObjectCache::EntryPath(const Key& key) const {
  const std::string hex = Hex(key);
  return absl::StrCat(directory_, "/objects/", hex.substr(0, 2), "/", hex,
                      ".so");
}

bool ObjectCache::IsIntact(int fd) const {
  const FileState before = FileState::Of(fd);
  if (!before.is_file() || before.size < sizeof(Trailer)) return false;
  const uint64_t size = before.size - sizeof(Trailer);
  Trailer trailer;
  if (pread(fd, &trailer, sizeof(trailer), static_cast<off_t>(size)) !=
      static_cast<ssize_t>(sizeof(trailer))) {
    return false;
  }
  if (std::memcmp(trailer.magic, kMagic, sizeof(kMagic)) != 0) return false;
  if (trailer.size != size) return false;
  std::optional<Digest> digest = digests_.Find(before);
  if (!digest) {
    digest.emplace();
    if (!HashPrefix(fd, size, &*digest)) return false;
    digests_.Remember(before, FileState::Of(fd), *digest);
  }
  return std::memcmp(trailer.digest, digest->data(), digest->size()) == 0;
}

std::optional<std::string> ObjectCache::Find(const Key& key) const {
  std::string path = EntryPath(key);
  const OwnedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.ok()) return std::nullopt;
  if (IsIntact(fd.get())) return path;
  unlink(path.c_str());
  return std::nullopt;
}

std::string ObjectCache::PartialPath(const Key& key) const {
  return absl::StrCat(directory_, "/partial/", Hex(key), ".", getpid(), ".so");
}

absl::StatusOr<std::string> ObjectCache::Publish(
    const Key& key, const std::string& partial) const {
  const OwnedFd fd(open(partial.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd.ok()) return ErrnoStatus(partial, errno);
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return ErrnoStatus(partial, errno);

  Trailer trailer;
  std::memcpy(trailer.magic, kMagic, sizeof(kMagic));
  trailer.size = static_cast<uint64_t>(info.st_size);
  Digest digest;
  if (!HashPrefix(fd.get(), trailer.size, &digest)) {
    return ErrnoStatus(partial, EIO);
  }
  std::memcpy(trailer.digest, digest.data(), digest.size());
  if (pwrite(fd.get(), &trailer, sizeof(trailer), info.st_size) !=
          static_cast<ssize_t>(sizeof(trailer)) ||
      fchmod(fd.get(), 0600) != 0 || fsync(fd.get()) != 0) {
    return ErrnoStatus(partial, errno);
  }
  const std::string path = EntryPath(key);
  const std::string shard = path.substr(0, path.rfind('/'));
  if (absl::Status made = MakeDirectories(shard); !made.ok()) return made;
  if (rename(partial.c_str(), path.c_str()) != 0) {
    return ErrnoStatus(path, errno);
  }
  return path;
}

ObjectCache::KeyLock::~KeyLock() {
  // Unlinked while still held: Lock notices that the name has moved on.
  if (fd_.ok()) unlink(path_.c_str());
}

absl::StatusOr<ObjectCache::KeyLock> ObjectCache::Lock(const Key& key) const {
  const std::string path =
      absl::StrCat(directory_, "/locks/", Hex(key), ".lock");
  for (;;) {
    OwnedFd fd(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd.ok()) return ErrnoStatus(path, errno);
    while (flock(fd.get(), LOCK_EX) != 0) {
      if (errno != EINTR) return ErrnoStatus(path, errno);
    }
    struct stat held, named;
    if (fstat(fd.get(), &held) != 0) return ErrnoStatus(path, errno);
    if (stat(path.c_str(), &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev) {
      return KeyLock(path, std::move(fd));
    }
  }
}

void ObjectCache::RemoveStalePartials() const {
  const std::string partials = directory_ + "/partial";
  DIR* directory = opendir(partials.c_str());
  if (directory == nullptr) return;
  const time_t now = time(nullptr);
  while (const dirent* entry = readdir(directory)) {
    struct stat info;
    if (fstatat(dirfd(directory), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) ==
            0 &&
        S_ISREG(info.st_mode) && now - info.st_mtime > kStaleSeconds) {
      unlinkat(dirfd(directory), entry->d_name, 0);
    }
  }
  closedir(directory);
}

}  // namespace slipway::cache
