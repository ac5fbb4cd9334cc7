// The guest's file system: mounts of host directories, a few synthetic files,
// and nothing else. Turns a guest path into host descriptors, for handlers to
// use with the *at family of calls; a host path string is never used to reach
// a guest's file.
//
//   SLIPWAY_TRY(Opened file, vfs.Open({dirfd, path}, flags, mode));
//   return files.Adopt(file.fd.Release(), file.descriptor);
//
//   SLIPWAY_TRY(Place place, vfs.LocateEntry({dirfd, path}));
//   SLIPWAY_CHECK_OK(vfs.CheckWritable(place));            // EROFS
//   mkdirat(place.directory.get(), place.name.c_str(), mode);
//
// Guarantee: whatever names, symbolic links and renames the guest or anybody
// else produces, no result lies outside the mounts (resolver.h says how).
// Every path is resolved in the guest's terms: an absolute symbolic link starts
// at the guest's root, and `..` leads from a mount's root to the parent of its
// mount point. Refusals are noted in the policy's denial log.
// Thread-safe. fork copies it; the working directory then belongs to each
// process alone, as it must.

#ifndef SLIPWAY_RUNTIME_HOST_VFS_H_
#define SLIPWAY_RUNTIME_HOST_VFS_H_

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/sys_result.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

class Mounts;
class Resolver;
class VirtualTree;
struct StartInfo;

// A path as a call names it: relative to a directory descriptor, or to the
// working directory when that is AT_FDCWD.
struct PathArg {
  GuestFd directory;
  std::string path;
};

enum class Follow : bool { kNo, kYes };  // a symbolic link in last position

// A file just opened for the guest, and what to tell the DescriptorTable.
struct Opened {
  OwnedFd fd;
  Descriptor descriptor;
};

// An existing object.
struct Located {
  // O_PATH, of the object itself; invalid for a synthetic node, and for an
  // object that is the target of /proc/self/fd/N or /dev/fd/N.
  OwnedFd fd;
  Descriptor descriptor;
  // N of /proc/self/fd/N, else -1.
  int link_fd = -1;
  // Whether there is a real file behind it.
  bool is_real() const { return fd.valid(); }
};

// A name in a directory, which may exist or not.
struct Place {
  OwnedFd directory;  // O_PATH
  std::string name;   // one component, never "..", "." or with a slash
  bool trailing_slash = false;  // the path ended in '/': a directory is meant
  bool read_only = false;
  uint16_t mount = 0;
  std::string guest_path;  // as asked, for denials
};

class Vfs {
 public:
  // Opens every mount's host directory. `policy`, `files` and `start` must
  // outlive the Vfs. An error names the mount that cannot be opened.
  static absl::StatusOr<std::unique_ptr<Vfs>> Create(
      const sandbox::Policy& policy, DescriptorTable& files,
      const StartInfo& start, GuestMemory memory);
  ~Vfs();

  // openat(2). flags are the guest's O_* flags, O_CLOEXEC included. May block
  // (a fifo); interruptible.
  SysResult<Opened> Open(const PathArg& path, uint32_t flags, uint32_t mode);

  // Finds an existing object, synthetic ones included. An empty path is
  // ENOENT here; handlers that know AT_EMPTY_PATH check it before.
  SysResult<Located> Locate(const PathArg& path, Follow follow);

  // Finds the directory and name for calls that make, remove or rename an
  // entry, or look at a symbolic link itself. EEXIST for ".", ".." and roots
  // with `creating`, EBUSY otherwise; EROFS in synthetic directories.
  enum class EntryUse : bool { kExisting, kCreate };
  SysResult<Place> LocateEntry(const PathArg& path, EntryUse use);

  // EROFS on a read-only mount, with the denial noted.
  SysStatus CheckWritable(const Place& place) const;
  SysStatus CheckWritable(const Located& object) const;
  // The same through a descriptor, for fchmod and the like.
  SysStatus CheckWritable(Descriptor descriptor) const;

  // chdir(2), fchdir(2), getcwd(2). ENOENT from the last when the working
  // directory was removed.
  SysStatus ChangeDirectory(const PathArg& path);
  SysStatus ChangeDirectory(GuestFd fd);
  SysResult<std::string> WorkingDirectory() const;

  // fstat(2) of a node of kVirtualDirectory or kSynthetic.
  struct stat StatNode(uint16_t node) const;
  // readlink(2): of the object found without following.
  SysResult<std::string> ReadLink(const Located& object) const;
  // The guest's path of an open descriptor, as /proc/self/fd/N shows it.
  SysResult<std::string> PathOf(GuestFd fd) const;

 private:
  Vfs();

  const sandbox::Policy* policy_ = nullptr;
  DescriptorTable* files_ = nullptr;
  std::unique_ptr<Mounts> mounts_;
  std::unique_ptr<VirtualTree> tree_;
  std::unique_ptr<Resolver> resolver_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_VFS_H_
