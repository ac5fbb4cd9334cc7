// The content-addressed store of compiled objects, $XDG_CACHE_HOME/slipway.
//
//   DIRECTORY/objects/ab/ab12….so   an object, then its trailer
//   DIRECTORY/partial/…             objects being written
//   DIRECTORY/locks/ab12….lock      held while an object is being made
//   DIRECTORY/digests/…             of modules and objects (known_digests.h)
//
// An entry is an ELF file followed by a trailer (which ELF loaders ignore):
//   8 bytes   magic "SLPYOBJ1"
//   8 bytes   size of the object, little endian
//   32 bytes  SHA-256 of the object
// Find checks all of it, so a truncated or corrupt entry is a miss, never a
// crash; an entry that it has checked and that has not changed since, it does
// not read again. Entries appear by rename(2): a reader sees a whole file or
// none, and whoever has one open keeps it when it is replaced. Any number of
// processes may use one directory at once.

#ifndef SLIPWAY_RUNTIME_CACHE_OBJECT_CACHE_H_
#define SLIPWAY_RUNTIME_CACHE_OBJECT_CACHE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "runtime/cache/file.h"
#include "runtime/cache/known_digests.h"
#include "runtime/cache/sha256.h"

namespace slipway::cache {

// What an object is made from; see compile_service.h for how it is computed.
using Key = Digest;

class ObjectCache {
 public:
  // Uses `directory`, making it (mode 0700) where it is missing. Fails when it
  // cannot be written.
  static absl::StatusOr<ObjectCache> Open(const std::string& directory);

  // Opens $XDG_CACHE_HOME/slipway (~/.cache/slipway); when that cannot be
  // written, a directory of this user's under $TMPDIR, with a warning on
  // stderr.
  static absl::StatusOr<ObjectCache> OpenDefault();

  const std::string& directory() const { return directory_; }
  const KnownDigests& digests() const { return digests_; }

  // The path of the object, verified, or nothing. A damaged entry is removed.
  std::optional<std::string> Find(const Key& key) const;

  // A path to write the object to before Publish; unique to this process.
  std::string PartialPath(const Key& key) const;

  // Makes the file at `partial` (on this file system) the entry of `key`, and
  // returns the entry's path. `partial` is consumed.
  absl::StatusOr<std::string> Publish(const Key& key,
                                      const std::string& partial) const;

  // Holds the key against other processes until it is destroyed; waits for
  // them first.
  class KeyLock {
   public:
    ~KeyLock();
    KeyLock(KeyLock&&) = default;

   private:
    friend class ObjectCache;
    KeyLock(std::string path, OwnedFd fd)
        : path_(std::move(path)), fd_(std::move(fd)) {}
    std::string path_;
    OwnedFd fd_;
  };
  absl::StatusOr<KeyLock> Lock(const Key& key) const;

  // Removes what killed processes left in partial/ more than a day ago.
  void RemoveStalePartials() const;

 private:
  explicit ObjectCache(std::string directory)
      : directory_(std::move(directory)), digests_(directory_ + "/digests") {}
  std::string EntryPath(const Key& key) const;
  bool IsIntact(int fd) const;

  std::string directory_;
  KnownDigests digests_;
};

}  // namespace slipway::cache

#endif  // SLIPWAY_RUNTIME_CACHE_OBJECT_CACHE_H_
