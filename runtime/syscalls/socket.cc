// Making, naming and connecting sockets, and their options. Who may do what:
// runtime/host/socket_access.h. See socket(2), bind(2), accept(2), unix(7) …

#include <linux/netlink.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/multicast.h"
#include "runtime/host/netlink_socket.h"
#include "runtime/host/owned_fd.h"
#include "runtime/host/socket_access.h"
#include "runtime/host/socket_address.h"
#include "runtime/host/socket_names.h"
#include "runtime/host/socket_options.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/socket_wait.h"

namespace slipway::sys {
namespace {

using host::FdKind;
using host::HostAddress;
using host::OwnedFd;
using host::SocketAddress;
using host::SocketNames;

constexpr uint32_t kNewFdFlags = SOCK_NONBLOCK | SOCK_CLOEXEC;

// getsockname and getpeername.
SysResult<int64_t> ReportName(Call& call, GuestFd fd, GuestPtr addr,
                              GuestPtr addrlen,
                              int (*query)(int, sockaddr*, socklen_t*)) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  if (query(socket, reinterpret_cast<sockaddr*>(&name), &length) != 0) {
    return Errno::Last();
  }
  const SocketAddress guest =
      SocketNames::Get().ToGuest(SocketAddress(&name, length));
  if (addr.is_null()) return Errno{EFAULT};
  SLIPWAY_CHECK_OK(guest.Store(call.process.memory, addr, addrlen));
  return 0;
}

// Joins a multicast group, as checked in a copy.
SysResult<int64_t> Join(Call& call, int socket,
                        const host::SocketOption& option, GuestPtr value,
                        size_t size) {
  std::array<uint8_t, host::kMaxMembership> copy;
  SLIPWAY_CHECK_OK(call.process.memory.CopyIn(copy.data(), value, size));
  SLIPWAY_CHECK_OK(host::CheckJoin(call.process.policy, socket, option,
                                   {copy.data(), size}));
  if (::setsockopt(socket, option.level, option.option, copy.data(), size) !=
      0) {
    return Errno::Last();
  }
  return 0;
}

}  // namespace

SysResult<int64_t> socket(Call& call, int32_t domain, int32_t type,
                          int32_t protocol) {
  SLIPWAY_CHECK_OK(
      host::CheckSocket(call.process.policy, domain, type, protocol));
  const int fd = host::IsNotificationSocket(call.process.policy, domain)
                     ? ::socket(domain, type, NETLINK_USERSOCK)
                 : domain == AF_NETLINK
                     ? host::OpenNetlinkSocket(type, protocol)
                     : ::socket(domain, type, protocol);
  if (fd < 0) return Errno::Last();
  return call.process.files.Adopt(fd, {FdKind::kSocket});
}

SysResult<int64_t> socketpair(Call& call, int32_t domain, int32_t type,
                              int32_t protocol, GuestPtr fds) {
  if (domain != AF_UNIX) {
    SLIPWAY_CHECK_OK(
        host::CheckSocket(call.process.policy, domain, type, protocol));
  }
  int pair[2];
  if (::socketpair(domain, type, protocol, pair) != 0) return Errno::Last();
  OwnedFd second(pair[1]);
  host::DescriptorTable& files = call.process.files;
  SLIPWAY_TRY(const int64_t left, files.Adopt(pair[0], {FdKind::kSocket}));
  const GuestFd left_fd{static_cast<int>(left)};
  const auto right = files.Adopt(second.Release(), {FdKind::kSocket});
  if (!right.ok()) {
    (void)files.Close(left_fd);
    return right.error();
  }
  const int32_t numbers[2] = {left_fd.number, static_cast<int32_t>(*right)};
  const SysStatus stored = call.process.memory.Store(fds, numbers);
  if (stored.ok()) return 0;
  (void)files.Close(left_fd);
  (void)files.Close(GuestFd{numbers[1]});
  return stored.error();
}

SysResult<int64_t> bind(Call& call, GuestFd fd, GuestPtr addr,
                        uint32_t addrlen) {
  host::Process& process = call.process;
  SLIPWAY_TRY(const int socket, process.files.Socket(fd));
  SLIPWAY_TRY(const SocketAddress wanted,
              SocketAddress::Load(process.memory, addr, addrlen));
  SLIPWAY_CHECK_OK(host::CheckBind(process.policy, wanted));
  SLIPWAY_TRY(const HostAddress name,
              SocketNames::Get().ForBind(process.vfs, process.files, wanted));
  if (::bind(socket, name.address.get(), name.address.length()) != 0) {
    return Errno::Last();
  }
  return 0;
}

SysResult<int64_t> listen(Call& call, GuestFd fd, int32_t backlog) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  SLIPWAY_CHECK_OK(host::CheckListen(call.process.policy, socket));
  if (::listen(socket, backlog) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> accept(Call& call, GuestFd fd, GuestPtr addr,
                          GuestPtr addrlen) {
  return accept4(call, fd, addr, addrlen, 0);
}

SysResult<int64_t> accept4(Call& call, GuestFd fd, GuestPtr addr,
                           GuestPtr addrlen, uint32_t flags) {
  if ((flags & ~kNewFdFlags) != 0) return Errno{EINVAL};
  host::DescriptorTable& files = call.process.files;
  SLIPWAY_TRY(const int socket, files.Socket(fd));
  SLIPWAY_CHECK_OK(files.CheckRoom());  // else the connection stays queued
  sockaddr_storage peer{};
  socklen_t length = sizeof(peer);
  SLIPWAY_TRY(const int64_t accepted,
              WaitOnSocket(call, socket, SO_RCVTIMEO,
                           host::InterruptibleSyscall(SYS_accept4, socket,
                                                      &peer, &length, flags)));
  SLIPWAY_TRY(const int64_t number,
              files.Adopt(static_cast<int>(accepted), {FdKind::kSocket}));
  const SysStatus stored = SocketNames::Get()
                               .ToGuest(SocketAddress(&peer, length))
                               .Store(call.process.memory, addr, addrlen);
  if (stored.ok()) return number;
  (void)files.Close(GuestFd{static_cast<int>(number)});
  return stored.error();
}

SysResult<int64_t> connect(Call& call, GuestFd fd, GuestPtr addr,
                           uint32_t addrlen) {
  host::Process& process = call.process;
  SLIPWAY_TRY(const int socket, process.files.Socket(fd));
  SLIPWAY_TRY(const SocketAddress wanted,
              SocketAddress::Load(process.memory, addr, addrlen));
  SLIPWAY_CHECK_OK(host::CheckConnect(process.policy, wanted));
  SLIPWAY_TRY(const HostAddress name,
              SocketNames::Get().ForConnect(process.vfs, wanted));
  return WaitOnSocket(
      call, socket, SO_SNDTIMEO,
      host::InterruptibleSyscall(SYS_connect, socket, name.address.get(),
                                 name.address.length()));
}

SysResult<int64_t> shutdown(Call& call, GuestFd fd, int32_t how) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  if (::shutdown(socket, how) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> getsockname(Call& call, GuestFd fd, GuestPtr addr,
                               GuestPtr addrlen) {
  return ReportName(call, fd, addr, addrlen,
                    [](int socket, sockaddr* name, socklen_t* length) {
                      return ::getsockname(socket, name, length);
                    });
}

SysResult<int64_t> getpeername(Call& call, GuestFd fd, GuestPtr addr,
                               GuestPtr addrlen) {
  return ReportName(call, fd, addr, addrlen,
                    [](int socket, sockaddr* name, socklen_t* length) {
                      return ::getpeername(socket, name, length);
                    });
}

SysResult<int64_t> setsockopt(Call& call, GuestFd fd, int32_t level,
                              int32_t option, GuestPtr value, uint32_t length) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  const host::SocketOption* allowed = host::FindSocketOption(level, option);
  if (allowed == nullptr || !allowed->settable) return Errno{ENOPROTOOPT};
  if (static_cast<int32_t>(length) < 0) return Errno{EINVAL};
  // Linux ignores what follows the value.
  const size_t size = std::min<size_t>(length, allowed->max_size);
  if (allowed->joins) return Join(call, socket, *allowed, value, size);
  SLIPWAY_TRY(void* const in, call.process.memory.ForKernel(value, size));
  if (::setsockopt(socket, level, option, in, size) != 0) return Errno::Last();
  return 0;
}

SysResult<int64_t> getsockopt(Call& call, GuestFd fd, int32_t level,
                              int32_t option, GuestPtr value, GuestPtr length) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  const host::SocketOption* allowed = host::FindSocketOption(level, option);
  if (allowed == nullptr) return Errno{ENOPROTOOPT};
  SLIPWAY_TRY(const int32_t room, memory.Load<int32_t>(length));
  if (room < 0) return Errno{EINVAL};
  socklen_t size = std::min<size_t>(room, allowed->max_size);
  SLIPWAY_TRY(void* const out, memory.ForKernel(value, size));
  if (::getsockopt(socket, level, option, out, &size) != 0) {
    return Errno::Last();
  }
  SLIPWAY_CHECK_OK(memory.Store<int32_t>(length, size));
  return 0;
}

}  // namespace slipway::sys
