#include "runtime/wasi/preopens.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/owned_fd.h"

namespace slipway::wasi {
namespace {

using host::OwnedFd;
using sandbox::AddressGrant;

constexpr FdRights kAllRights = {kFileRights | kPathRights,
                                 kFileRights | kPathRights};

absl::Status Failed(const std::string& option, Errno error) {
  return absl::FailedPreconditionError(
      absl::StrCat(option, ": ", strerror(error.code)));
}

// `option` is what asks for it.
absl::Status OpenDirectory(Guest& guest, const std::string& path,
                           const std::string& name, const std::string& option) {
  SysResult<host::Opened> opened =
      guest.vfs.Open({{AT_FDCWD}, path}, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  if (!opened.ok()) return Failed(option, opened.error());
  // Where nothing is but the way to grants.
  if (opened->descriptor.kind == host::FdKind::kVirtualDirectory) {
    return absl::OkStatus();
  }
  const auto adopted =
      guest.files.host().Adopt(opened->fd.Release(), opened->descriptor);
  if (!adopted.ok()) return Failed(option, adopted.error());
  const auto added =
      guest.files.Add({static_cast<int>(*adopted)}, kAllRights, name);
  if (!added.ok()) return Failed(option, added.error());
  return absl::OkStatus();
}

// WASI has no working directory: C libraries look for relative paths in the
// directory named "." or "/", which they do not tell apart.
absl::Status OpenWorkingDirectory(Guest& guest) {
  const std::string& cwd = guest.policy.cwd;
  bool has_root = cwd == "/";
  for (const sandbox::Mount& mount : guest.policy.mounts) {
    has_root = has_root || mount.guest_path == "/";
  }
  if (has_root) return absl::OkStatus();
  return OpenDirectory(guest, cwd, ".", absl::StrCat("--cwd ", cwd));
}

// A socket address in the form that the kernel takes.
struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
};

// ":PORT" is every address, of both families.
Address AddressOf(const AddressGrant& grant) {
  Address address;
  if (grant.family == AF_INET) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(*grant.port);
    std::memcpy(&in.sin_addr, grant.address.s6_addr + 12, sizeof(in.sin_addr));
    std::memcpy(&address.storage, &in, address.length = sizeof(in));
    return address;
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(*grant.port);
  if (grant.family == AF_INET6) in6.sin6_addr = grant.address;
  std::memcpy(&address.storage, &in6, address.length = sizeof(in6));
  return address;
}

SysResult<OwnedFd> Listen(const AddressGrant& grant) {
  const Address address = AddressOf(grant);
  OwnedFd fd(
      ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return Errno::Last();
  const int yes = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  if (::bind(fd.get(), address.get(), address.length) != 0 ||
      ::listen(fd.get(), SOMAXCONN) != 0) {
    return Errno::Last();
  }
  return fd;
}

absl::Status OpenSocket(Guest& guest, const AddressGrant& grant) {
  constexpr FdRights kRights = {kSocketRights | fd_right::SOCK_ACCEPT};
  if (grant.family == AF_UNIX || !grant.port) {
    return absl::FailedPreconditionError(
        "--listen: a WASI program gets its sockets opened before it starts; "
        "name an IP address and a port, as in --listen 127.0.0.1:8080");
  }
  const std::string option = absl::StrCat("--listen (port ", *grant.port, ")");
  SysResult<OwnedFd> socket = Listen(grant);
  if (!socket.ok()) return Failed(option, socket.error());
  const auto adopted =
      guest.files.host().Adopt(socket->Release(), {host::FdKind::kSocket});
  if (!adopted.ok()) return Failed(option, adopted.error());
  const auto added = guest.files.Add({static_cast<int>(*adopted)}, kRights);
  if (!added.ok()) return Failed(option, added.error());
  return absl::OkStatus();
}

}  // namespace

void OpenStandard(Guest& guest) {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    guest.files.AddStandard(fd);
  }
}

absl::Status OpenDirectories(Guest& guest) {
  for (const sandbox::Mount& mount : guest.policy.mounts) {
    absl::Status status = OpenDirectory(
        guest, mount.guest_path, mount.guest_path,
        absl::StrCat("--dir ", mount.host_path, "::", mount.guest_path));
    if (!status.ok()) return status;
  }
  return OpenWorkingDirectory(guest);
}

absl::Status OpenSockets(Guest& guest) {
  for (const AddressGrant& grant : guest.policy.listen) {
    absl::Status status = OpenSocket(guest, grant);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace slipway::wasi
