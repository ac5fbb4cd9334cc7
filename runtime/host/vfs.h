// The guest's file system: mounts of host directories, a few synthetic files,
// and nothing else. Turns a guest path into host descriptors, for handlers to
// use with the *at family of calls; a host path string is never used to reach
// a guest's file.
//
//   SLIPWAY_TRY(Opened file, vfs.Open({dirfd, path}, flags, mode));
//   return files.Adopt(file.fd.Release(), file.descriptor);
//
//   SLIPWAY_TRY(Place place, vfs.LocateEntry({dirfd, path}, kCreate));
//   SLIPWAY_CHECK_OK(vfs.CheckCreatable(place));           // EROFS
//   mkdirat(place.directory.get(), place.entry().c_str(), mode);
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

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/mounts.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/path_arg.h"
#include "runtime/host/process.h"
#include "runtime/host/resolver.h"
#include "runtime/host/synthetic_files.h"
#include "runtime/host/sys_result.h"
#include "runtime/host/virtual_tree.h"
#include "runtime/host/working_directory.h"
#include "runtime/sandbox/policy.h"

namespace slipway::host {

// A file just opened for the guest, and what to tell the DescriptorTable.
struct Opened {
  OwnedFd fd;
  Descriptor descriptor;
};

// A file to execute.
struct ProgramFile {
  OwnedFd file;           // open for reading; invalid for a program of the host
  std::string path;       // the guest's
  std::string host_path;  // not empty for a program of the host
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

// A directory's descriptor: its own, or one that lasts as long as the Vfs.
class DirectoryFd {
 public:
  DirectoryFd() = default;
  DirectoryFd(OwnedFd owned) : fd_(owned.get()), owned_(std::move(owned)) {}
  static DirectoryFd Lasting(int fd) {
    DirectoryFd directory;
    directory.fd_ = fd;
    return directory;
  }
  int get() const { return fd_; }
  bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
  OwnedFd owned_;
};

// A name in a directory, which may exist or not.
struct Place {
  DirectoryFd directory;
  std::string name;  // one component, never "..", "." or with a slash
  bool trailing_slash = false;  // the path ended in '/': a directory is meant
  uint16_t mount = 0;

  // The name as asked, for calls that make, rename or remove an entry. They
  // never follow it; others must use `name` alone, since a slash makes the
  // kernel follow a symbolic link.
  std::string entry() const { return trailing_slash ? name + "/" : name; }
};

// A path that leads nowhere but down from a directory of a mount: the kernel
// can do what is asked for, as long as it follows no symbolic link. What turns
// out to have one in it is resolved after all.
struct Downward {
  DirectoryFd directory;
  const char* path;       // the end of the path as it was asked for
  Descriptor descriptor;  // for what is opened there
  // Without a slash, and not ".": nothing in it has to be resolved.
  bool is_one_name;
};

class Vfs {
 public:
  // Opens every mount's host directory and enters the policy's working
  // directory. `policy`, `files` and `start` must outlive the Vfs. An error
  // names the option that cannot be fulfilled.
  static absl::StatusOr<std::unique_ptr<Vfs>> Create(
      const sandbox::Policy& policy, DescriptorTable& files,
      const StartInfo& start, GuestMemory memory,
      const AddressSpace* address_space = nullptr,
      PidRegistry* processes = nullptr);

  // openat(2). flags are the guest's O_* flags, O_CLOEXEC included. May block
  // (a fifo); interruptible. `resolve`: RESOLVE_* of openat2(2), already known
  // to be valid.
  SysResult<Opened> Open(const PathArg& path, uint32_t flags, uint32_t mode,
                         uint64_t resolve = 0);

  // What is read again from its start, of a kSynthetic or kVirtualDirectory
  // descriptor, is made anew, as the kernel's /proc does.
  SysStatus Refresh(GuestFd fd, Descriptor descriptor) const;

  // Nothing for all other paths, and for those that are not right.
  std::optional<Downward> FindDownward(const PathArg& path) const;
  std::optional<Downward> FindOneName(const PathArg& path) const;
  // The same for openat(2) with these flags.
  std::optional<Downward> FindToOpen(const PathArg& path, uint32_t flags) const;

  // Finds an existing object, synthetic ones included. An empty path is
  // ENOENT here; handlers that know AT_EMPTY_PATH check it before.
  SysResult<Located> Locate(const PathArg& path, Follow follow);

  // Finds the directory and name for calls that make, remove or rename an
  // entry. EEXIST with kCreate for what certainly exists (".", roots, synthetic
  // files), else EBUSY or EACCES for those; EACCES for making an entry where
  // nothing is mounted.
  enum class EntryUse : bool { kExisting, kCreate };
  SysResult<Place> LocateEntry(const PathArg& path, EntryUse use);

  // EROFS on a read-only mount, with the denial noted. CheckCreatable prefers
  // EEXIST when the entry exists, as Linux does.
  SysStatus CheckWritable(const Place& place) const;
  SysStatus CheckCreatable(const Place& place) const;
  SysStatus CheckWritable(Descriptor descriptor) const;

  // chdir(2), fchdir(2), getcwd(2). ENOENT from the last when the working
  // directory was removed.
  SysStatus ChangeDirectory(const PathArg& path);
  SysStatus ChangeDirectory(GuestFd fd);
  SysResult<std::string> CurrentDirectory() const;

  // The file that execve(2) would execute, permissions checked; what is in it
  // is not looked at. EACCES, ETXTBSY and what Locate reports.
  SysResult<ProgramFile> OpenProgram(const PathArg& path, Follow follow);
  SysResult<ProgramFile> OpenProgram(GuestFd fd);

  const Mounts& mounts() const { return mounts_; }
  WorkingDirectory::Place working_directory() const { return cwd_.Get(); }
  // Makes it what working_directory() was in a process with the same policy;
  // place.fd is any descriptor of that directory.
  SysStatus RestoreDirectory(const WorkingDirectory::Place& place);

  // stat(2) of a node of kVirtualDirectory or kSynthetic.
  struct stat StatNode(uint16_t node) const;
  // readlink(2) of an object located without following. EINVAL.
  SysResult<std::string> ReadLink(const Located& object) const;

 private:
  struct Base;
  struct Direct;

  Vfs(const sandbox::Policy& policy, DescriptorTable& files,
      const StartInfo& start, GuestMemory memory, Mounts mounts,
      const AddressSpace* address_space, PidRegistry* processes);

  SysResult<Base> FindBase(const PathArg& path) const;
  SysResult<Base> DirectoryBase(GuestFd directory) const;
  SysResult<Target> Walk(const Base& base, std::string_view path,
                         Resolution how) const;
  // How the kernel can resolve the path by itself, if it can.
  std::optional<Direct> FindDirect(const Base& base,
                                   const PathText& path) const;
  static DirectoryFd DirectoryOf(Base base, const Direct& direct);
  SysResult<Located> FromTarget(Target target) const;
  SysResult<Place> EntryAt(Target target, Place place, EntryUse use) const;
  SysStatus EnterDirectory(int fd, uint16_t mount);
  SysResult<ProgramFile> ProgramAt(int path_fd, std::string path) const;
  SysResult<ProgramFile> ProgramNode(uint16_t node) const;
  std::optional<SysResult<Opened>> OpenDirect(const Base& base,
                                              const PathText& path,
                                              uint32_t flags,
                                              uint32_t mode) const;
  SysResult<Opened> OpenTarget(Target target, uint32_t flags, uint32_t mode);
  SysResult<Opened> OpenReal(Target target, uint32_t flags, uint32_t mode);
  SysResult<Opened> OpenReadOnly(Target target, uint32_t flags);
  SysResult<Opened> OpenNode(uint16_t node, uint32_t flags, int number = 0);
  SysResult<Opened> Reopen(GuestFd fd, uint32_t flags);
  SysResult<Opened> OpenTerminal(int number, uint32_t flags);
  Opened FromMount(OwnedFd fd, uint16_t mount, uint32_t flags) const;
  Descriptor DescriptorIn(uint16_t mount, FdKind kind) const;
  std::string ListNode(uint16_t node) const;
  std::vector<int> NumbersOf(uint16_t node) const;
  Errno NoteUnmounted(const std::string& path, int error) const;
  Errno NoteReadOnly(uint16_t mount) const;

  const sandbox::Policy& policy_;
  DescriptorTable& files_;
  const SyntheticContext context_;
  const Mounts mounts_;
  const std::vector<SyntheticFile> own_files_;
  const VirtualTree tree_;
  const Resolver resolver_;
  WorkingDirectory cwd_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_VFS_H_
