// Sending and receiving on sockets. Data goes between guest memory and the
// kernel directly; addresses and control data through a checked copy.
// See send(2), recv(2), sendmmsg(2), recvmmsg(2).

#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/host/iovec.h"
#include "runtime/host/socket_access.h"
#include "runtime/host/socket_address.h"
#include "runtime/host/socket_control.h"
#include "runtime/host/socket_names.h"
#include "runtime/host/vfs.h"
#include "runtime/syscalls/handlers.h"
#include "runtime/syscalls/socket_wait.h"

namespace slipway::sys {
namespace {

using host::HostAddress;
using host::InterruptibleSyscall;
using host::SocketAddress;
using host::SocketNames;

constexpr uint32_t kMaxMessages = 1024;  // UIO_MAXIOV, as Linux cuts it

// struct msghdr and mmsghdr with the guest's pointers.
struct GuestMessage {
  GuestPtr name;
  int32_t name_length;
  int32_t padding1;
  GuestPtr iov;
  uint64_t iov_count;
  GuestPtr control;
  uint64_t control_length;
  int32_t flags;
  int32_t padding2;
};
static_assert(sizeof(GuestMessage) == sizeof(msghdr));
struct GuestMessageEntry {
  GuestMessage header;
  uint32_t length;
  uint32_t padding;
};
static_assert(sizeof(GuestMessageEntry) == sizeof(mmsghdr));

// A destination, checked and translated. A null pointer gives an address of no
// length, which is "none" for the kernel.
SysResult<HostAddress> LoadDestination(Call& call, GuestPtr at,
                                       int64_t length) {
  if (at.is_null() || length == 0) return HostAddress{};
  host::Process& process = call.process;
  SLIPWAY_TRY(const SocketAddress wanted,
              SocketAddress::Load(process.memory, at, length));
  SLIPWAY_CHECK_OK(host::CheckSend(process.policy, wanted));
  // The kernel's own address is where a netlink socket sends anyway; named, it
  // would have the kernel ask for the runtime's capabilities alone
  // (netlink_socket.h).
  if (wanted.family() == AF_NETLINK) return HostAddress{};
  return SocketNames::Get().ForConnect(process.vfs, wanted);
}

const sockaddr* NameOrNull(const HostAddress& name) {
  return name.address.length() == 0 ? nullptr : name.address.get();
}

SysResult<int64_t> SendMessage(Call& call, int socket, GuestPtr at,
                               uint32_t flags) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const GuestMessage guest, memory.Load<GuestMessage>(at));
  SLIPWAY_TRY(const HostAddress name,
              LoadDestination(call, guest.name, guest.name_length));
  SLIPWAY_TRY(auto data,
              host::IoVector::Load(memory, guest.iov, guest.iov_count));
  SLIPWAY_TRY(std::vector<uint8_t> control,
              host::LoadControl(memory, call.process.files, guest.control,
                                guest.control_length));
  msghdr message{};
  message.msg_name = const_cast<sockaddr*>(NameOrNull(name));
  message.msg_namelen = name.address.length();
  message.msg_iov = data.data();
  message.msg_iovlen = data.size();
  message.msg_control = control.empty() ? nullptr : control.data();
  message.msg_controllen = control.size();
  return WaitOnSocket(
      call, socket, SO_SNDTIMEO,
      InterruptibleSyscall(SYS_sendmsg, socket, &message, flags));
}

// What recvmsg reports besides the data.
SysStatus StoreReceived(const GuestMemory& memory, GuestPtr at,
                        const GuestMessage& guest, const msghdr& message) {
  GuestMessage result = guest;
  result.flags = message.msg_flags & ~MSG_CMSG_CLOEXEC;
  result.control_length = message.msg_controllen;
  SLIPWAY_CHECK_OK(memory.CopyOut(guest.control, message.msg_control,
                                  message.msg_controllen));
  if (!guest.name.is_null()) {
    const SocketAddress peer = SocketNames::Get().ToGuest(
        SocketAddress(message.msg_name, message.msg_namelen));
    const size_t room = std::max(guest.name_length, 0);
    SLIPWAY_CHECK_OK(memory.CopyOut(guest.name, peer.get(),
                                    std::min<size_t>(room, peer.length())));
    result.name_length = peer.length();
  }
  return memory.Store(at, result);
}

SysResult<int64_t> ReceiveMessage(Call& call, int socket, GuestPtr at,
                                  uint32_t flags) {
  const GuestMemory& memory = call.process.memory;
  SLIPWAY_TRY(const GuestMessage guest, memory.Load<GuestMessage>(at));
  SLIPWAY_TRY(auto data,
              host::IoVector::Load(memory, guest.iov, guest.iov_count));
  std::vector<uint8_t> control(
      std::min(guest.control_length, host::kMaxControl));
  sockaddr_storage name{};
  msghdr message{};
  message.msg_name = guest.name.is_null() ? nullptr : &name;
  message.msg_namelen = sizeof(name);
  message.msg_iov = data.data();
  message.msg_iovlen = data.size();
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  SLIPWAY_TRY(
      const int64_t count,
      WaitOnSocket(call, socket, SO_RCVTIMEO,
                   InterruptibleSyscall(SYS_recvmsg, socket, &message, flags)));
  host::AdoptReceived(call.process.files, message);
  SLIPWAY_CHECK_OK(StoreReceived(memory, at, guest, message));
  return count;
}

// Calls `transfer(entry, is_first)` for each message of an array until one
// fails, and stores the lengths. The result is the number of messages, or the
// first one's error.
template <typename Transfer>
SysResult<int64_t> ForEachMessage(Call& call, GuestPtr messages, uint32_t count,
                                  Transfer transfer) {
  const GuestMemory& memory = call.process.memory;
  int64_t done = 0;
  for (; done < std::min(count, kMaxMessages); ++done) {
    const GuestPtr entry = messages + done * sizeof(GuestMessageEntry);
    const SysResult<int64_t> result = transfer(entry, done == 0);
    if (!result.ok()) {
      if (done == 0) return result.error();
      break;
    }
    SLIPWAY_CHECK_OK(memory.Store(entry + offsetof(GuestMessageEntry, length),
                                  static_cast<uint32_t>(*result)));
  }
  return done;
}

timespec Now() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return now;
}

// EINVAL. A time too far away to be told is the end of all times.
SysResult<timespec> DeadlineAfter(const timespec& wait) {
  constexpr int64_t kSecond = 1'000'000'000;
  if (wait.tv_sec < 0 || wait.tv_nsec < 0 || wait.tv_nsec >= kSecond) {
    return Errno{EINVAL};
  }
  const timespec now = Now();
  const int64_t nanoseconds = now.tv_nsec + wait.tv_nsec;
  timespec deadline{0, nanoseconds % kSecond};
  if (__builtin_add_overflow(now.tv_sec + nanoseconds / kSecond, wait.tv_sec,
                             &deadline.tv_sec)) {
    deadline.tv_sec = INT64_MAX;
  }
  return deadline;
}

bool IsPast(const timespec& deadline) {
  const timespec now = Now();
  return now.tv_sec > deadline.tv_sec ||
         (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

}  // namespace

SysResult<int64_t> sendto(Call& call, GuestFd fd, GuestPtr buf, uint64_t count,
                          uint32_t flags, GuestPtr addr, uint32_t addrlen) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  SLIPWAY_TRY(const HostAddress name, LoadDestination(call, addr, addrlen));
  return WaitOnSocket(
      call, socket, SO_SNDTIMEO,
      InterruptibleSyscall(SYS_sendto, socket, data, count, flags,
                           NameOrNull(name), name.address.length()));
}

SysResult<int64_t> recvfrom(Call& call, GuestFd fd, GuestPtr buf,
                            uint64_t count, uint32_t flags, GuestPtr addr,
                            GuestPtr addrlen) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  SLIPWAY_TRY(void* const data, call.process.memory.ForKernel(buf, count));
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  sockaddr_storage* const name_or_null = addr.is_null() ? nullptr : &name;
  SLIPWAY_TRY(
      const int64_t received,
      WaitOnSocket(call, socket, SO_RCVTIMEO,
                   InterruptibleSyscall(SYS_recvfrom, socket, data, count,
                                        flags, name_or_null, &length)));
  if (addr.is_null()) return received;
  const SocketAddress peer =
      SocketNames::Get().ToGuest(SocketAddress(&name, length));
  SLIPWAY_CHECK_OK(peer.Store(call.process.memory, addr, addrlen));
  return received;
}

SysResult<int64_t> sendmsg(Call& call, GuestFd fd, GuestPtr msg,
                           uint32_t flags) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  return SendMessage(call, socket, msg, flags);
}

SysResult<int64_t> recvmsg(Call& call, GuestFd fd, GuestPtr msg,
                           uint32_t flags) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  return ReceiveMessage(call, socket, msg, flags);
}

SysResult<int64_t> sendmmsg(Call& call, GuestFd fd, GuestPtr messages,
                            uint32_t count, uint32_t flags) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  return ForEachMessage(call, messages, count, [&](GuestPtr entry, bool) {
    return SendMessage(call, socket, entry, flags);
  });
}

// As Linux: the timeout is looked at after each message only.
SysResult<int64_t> recvmmsg(Call& call, GuestFd fd, GuestPtr messages,
                            uint32_t count, uint32_t flags, GuestPtr timeout) {
  SLIPWAY_TRY(const int socket, call.process.files.Socket(fd));
  timespec deadline{};
  if (!timeout.is_null()) {
    SLIPWAY_TRY(const timespec wait,
                call.process.memory.Load<timespec>(timeout));
    SLIPWAY_TRY(deadline, DeadlineAfter(wait));
  }
  return ForEachMessage(
      call, messages, count,
      [&](GuestPtr entry, bool is_first) -> SysResult<int64_t> {
        if (!is_first && !timeout.is_null() && IsPast(deadline)) {
          return Errno{EAGAIN};
        }
        const bool no_wait = !is_first && (flags & MSG_WAITFORONE) != 0;
        return ReceiveMessage(
            call, socket, entry,
            (flags & ~MSG_WAITFORONE) | (no_wait ? MSG_DONTWAIT : 0));
      });
}

}  // namespace slipway::sys
