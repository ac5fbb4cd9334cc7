// Sockets. A program can make none: it has those that --listen opened for it,
// and the connections that it accepts there. See accept(2), recv(2), send(2).

#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <vector>

#include "runtime/host/descriptor_table.h"
#include "runtime/host/interruptible.h"
#include "runtime/wasi/handlers.h"

namespace slipway::wasi {
namespace {

using host::InterruptibleSyscall;

SysResult<File*> FindSocket(Guest& guest, WasiFd fd) {
  SLIPWAY_TRY(File* const file, guest.files.Find(fd));
  if (file->type != FileType::kSocketStream &&
      file->type != FileType::kSocketDatagram) {
    return Errno{ENOTSOCK};
  }
  return file;
}

}  // namespace

SysStatus sock_accept(Guest& guest, WasiFd fd, uint32_t flags,
                      GuestPtr connection) {
  SLIPWAY_TRY(File* const socket, FindSocket(guest, fd));
  if ((flags & ~fdflag::kNonblock) != 0) return Errno{EINVAL};
  SLIPWAY_CHECK_OK(guest.files.host().CheckRoom());
  const int nonblock = (flags & fdflag::kNonblock) != 0 ? SOCK_NONBLOCK : 0;
  SLIPWAY_TRY(const int64_t accepted, host::FromKernel(InterruptibleSyscall(
                                          SYS_accept4, socket->fd(), nullptr,
                                          nullptr, SOCK_CLOEXEC | nonblock)));
  SLIPWAY_TRY(const int64_t adopted,
              guest.files.host().Adopt(static_cast<int>(accepted),
                                       {host::FdKind::kSocket}));
  SLIPWAY_TRY(const WasiFd number,
              guest.files.Add({static_cast<int>(adopted)}, {kSocketRights}));
  const SysStatus stored = guest.memory.Store(connection, number.number);
  if (!stored.ok()) (void)guest.files.Close(number);
  return stored;
}

SysStatus sock_recv(Guest& guest, WasiFd fd, GuestPtr ri_data,
                    uint64_t ri_data_len, uint32_t ri_flags,
                    GuestPtr ro_datalen, GuestPtr ro_flags) {
  SLIPWAY_TRY(File* const socket, FindSocket(guest, fd));
  if ((ri_flags & ~(kReceivePeek | kReceiveWaitAll)) != 0) {
    return Errno{EINVAL};
  }
  SLIPWAY_TRY(std::vector<iovec> vector,
              guest.memory.LoadVector(ri_data, ri_data_len));
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = vector.size();
  const int flags = ((ri_flags & kReceivePeek) != 0 ? MSG_PEEK : 0) |
                    ((ri_flags & kReceiveWaitAll) != 0 ? MSG_WAITALL : 0);
  SLIPWAY_TRY(const int64_t bytes,
              host::FromKernel(InterruptibleSyscall(SYS_recvmsg, socket->fd(),
                                                    &message, flags)));
  const uint16_t out_flags =
      (message.msg_flags & MSG_TRUNC) != 0 ? kReceiveTruncated : 0;
  SLIPWAY_CHECK_OK(
      guest.memory.StoreWord(ro_datalen, static_cast<uint64_t>(bytes)));
  return guest.memory.Store(ro_flags, out_flags);
}

SysStatus sock_send(Guest& guest, WasiFd fd, GuestPtr si_data,
                    uint64_t si_data_len, uint32_t si_flags,
                    GuestPtr so_datalen) {
  SLIPWAY_TRY(File* const socket, FindSocket(guest, fd));
  if (si_flags != 0) return Errno{EINVAL};
  SLIPWAY_TRY(std::vector<iovec> vector,
              guest.memory.LoadVector(si_data, si_data_len));
  msghdr message{};
  message.msg_iov = vector.data();
  message.msg_iovlen = vector.size();
  SLIPWAY_TRY(const int64_t bytes,
              host::FromKernel(InterruptibleSyscall(SYS_sendmsg, socket->fd(),
                                                    &message, MSG_NOSIGNAL)));
  return guest.memory.StoreWord(so_datalen, static_cast<uint64_t>(bytes));
}

SysStatus sock_shutdown(Guest& guest, WasiFd fd, uint32_t how) {
  constexpr int kModes[] = {-1, SHUT_RD, SHUT_WR, SHUT_RDWR};
  SLIPWAY_TRY(File* const socket, FindSocket(guest, fd));
  if (how == 0 || how > (kShutdownRead | kShutdownWrite)) return Errno{EINVAL};
  if (::shutdown(socket->fd(), kModes[how]) != 0) return Errno::Last();
  return Done{};
}

}  // namespace slipway::wasi
