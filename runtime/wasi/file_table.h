// The program's descriptors. WASI numbers them by itself: preopened directories
// must have consecutive numbers from 3, whatever the process has open, and
// fd_renumber moves a descriptor without making another. So a number stands for
// an entry here, which names the host's descriptor (host::DescriptorTable owns
// that) and the rights that the guest holds on it.
//
// Not thread-safe: a WASI program has one thread.

#ifndef SLIPWAY_RUNTIME_WASI_FILE_TABLE_H_
#define SLIPWAY_RUNTIME_WASI_FILE_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/sys_result.h"
#include "runtime/wasi/abi.h"

namespace slipway::wasi {

// A descriptor number as the guest passed it, unchecked.
struct WasiFd {
  uint32_t number = UINT32_MAX;
};

struct FdRights {
  uint64_t base = 0;
  uint64_t inheriting = 0;
};

struct File {
  host::GuestFd host;  // its number in the DescriptorTable and the kernel
  host::Descriptor descriptor;
  FileType type = FileType::kUnknown;
  // What the object and its access mode allow at all.
  uint64_t possible = 0;
  FdRights rights;      // never more than possible
  std::string preopen;  // the guest's name of a preopened directory, or empty
  // Of a directory that has been listed: the kernel's position after each
  // entry. Position n stands for the cookie n + 1.
  std::vector<int64_t> listed;

  int fd() const { return host.number; }
};

class FileTable {
 public:
  explicit FileTable(host::DescriptorTable& host) : host_(host) {}

  host::DescriptorTable& host() const { return host_; }

  // Enters a descriptor of the DescriptorTable at the lowest free number, with
  // those of `wanted` that apply to what it is.
  host::SysResult<WasiFd> Add(host::GuestFd fd, FdRights wanted,
                              std::string preopen = "");
  // The same under its own number, for what the process was started with;
  // nothing happens when that is not open.
  void AddStandard(int number);

  // EBADF. The pointer is valid until the table changes.
  host::SysResult<File*> Find(WasiFd fd);
  // The same, and what is wrong when it lacks one of `rights`: kNotCapable when
  // the guest could have had it, else what Linux says of such an object.
  host::SysResult<File*> Find(WasiFd fd, uint64_t rights);

  // EBADF, and what close(2) reports; the number is free in any case.
  host::SysStatus Close(WasiFd fd);
  // fd_renumber: closes `to`, which must be open, and moves `from` there.
  host::SysStatus Renumber(WasiFd from, WasiFd to);

 private:
  host::SysResult<File> Examine(host::GuestFd fd) const;

  host::DescriptorTable& host_;
  std::vector<std::optional<File>> files_;
};

// What may be done with an object of that type, opened with the access mode of
// `status` (F_GETFL).
uint64_t PossibleRights(int fd, FileType type, int status);

// What path_open may give, and so the most that a preopened directory has.
inline constexpr uint64_t kFileRights =
    fd_right::FD_DATASYNC | fd_right::FD_READ | fd_right::FD_SEEK |
    fd_right::FD_FDSTAT_SET_FLAGS | fd_right::FD_SYNC | fd_right::FD_TELL |
    fd_right::FD_WRITE | fd_right::FD_ADVISE | fd_right::FD_ALLOCATE |
    fd_right::FD_FILESTAT_GET | fd_right::FD_FILESTAT_SET_SIZE |
    fd_right::FD_FILESTAT_SET_TIMES | fd_right::POLL_FD_READWRITE;
inline constexpr uint64_t kPathRights =
    fd_right::PATH_CREATE_DIRECTORY | fd_right::PATH_CREATE_FILE |
    fd_right::PATH_LINK_SOURCE | fd_right::PATH_LINK_TARGET |
    fd_right::PATH_OPEN | fd_right::FD_READDIR | fd_right::PATH_READLINK |
    fd_right::PATH_RENAME_SOURCE | fd_right::PATH_RENAME_TARGET |
    fd_right::PATH_FILESTAT_GET | fd_right::PATH_FILESTAT_SET_SIZE |
    fd_right::PATH_FILESTAT_SET_TIMES | fd_right::PATH_SYMLINK |
    fd_right::PATH_REMOVE_DIRECTORY | fd_right::PATH_UNLINK_FILE;
inline constexpr uint64_t kDirectoryRights =
    kPathRights | fd_right::FD_DATASYNC | fd_right::FD_FDSTAT_SET_FLAGS |
    fd_right::FD_SYNC | fd_right::FD_ADVISE | fd_right::FD_FILESTAT_GET |
    fd_right::FD_FILESTAT_SET_TIMES | fd_right::POLL_FD_READWRITE;
inline constexpr uint64_t kSocketRights =
    fd_right::FD_READ | fd_right::FD_WRITE | fd_right::FD_FDSTAT_SET_FLAGS |
    fd_right::FD_FILESTAT_GET | fd_right::POLL_FD_READWRITE |
    fd_right::SOCK_SHUTDOWN;

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_FILE_TABLE_H_
