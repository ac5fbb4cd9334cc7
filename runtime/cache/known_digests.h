// SHA-256 of whole files, remembered, so that a program starts without reading
// all of its module and its object first.
//
//   const FileState before = FileState::Of(fd);
//   if (auto known = digests.Find(before)) return *known;
//   … compute `digest` from what is in the file …
//   digests.Remember(before, FileState::Of(fd), digest);
//
// A file is the same when its device, inode, size, and the times of its last
// change of content and of state are: the kernel sets the latter at every
// change, and no program can set it. A change within the clock's tick of the
// look at the file would not show, so a file that has just been changed is not
// remembered. (Not seen either: what a process writes through a mapping
// after the kernel has noted that it does.)
//
// Each file has an entry of its own, written whole and renamed into place. One
// that cannot be read or written is none. Any number of processes may share the
// directory.

#ifndef SLIPWAY_RUNTIME_CACHE_KNOWN_DIGESTS_H_
#define SLIPWAY_RUNTIME_CACHE_KNOWN_DIGESTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "runtime/cache/sha256.h"

namespace slipway::cache {

// What tells that a regular file has not changed. Default: of no file.
struct FileState {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  int64_t content_changed[2] = {};  // seconds, nanoseconds
  int64_t state_changed[2] = {};
  int64_t looked_at = 0;  // seconds since the epoch; before the rest was read

  static FileState Of(int fd);
  static FileState Of(const std::string& path);
  bool is_file() const { return inode != 0; }
  // Whether both are of the same file in the same state.
  bool SameFile(const FileState& other) const;
};

class KnownDigests {
 public:
  // `directory` exists and is nobody else's.
  explicit KnownDigests(std::string directory)
      : directory_(std::move(directory)) {}

  std::optional<Digest> Find(const FileState& file) const;
  // `digest` is that of what was read from the file between the two looks.
  void Remember(const FileState& before, const FileState& after,
                const Digest& digest) const;

 private:
  std::string EntryPath(const FileState& file) const;

  std::string directory_;
};

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_KNOWN_DIGESTS_H_
