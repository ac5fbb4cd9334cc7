#include "runtime/host/socket_control.h"

#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>

namespace slipway::host {
namespace {

struct ControlType {
  int level, type;
};
constexpr ControlType kSendable[] = {
    {SOL_SOCKET, SCM_RIGHTS},    {SOL_SOCKET, SCM_CREDENTIALS},
    {IPPROTO_IP, IP_PKTINFO},    {IPPROTO_IP, IP_TOS},
    {IPPROTO_IP, IP_TTL},        {IPPROTO_IPV6, IPV6_PKTINFO},
    {IPPROTO_IPV6, IPV6_TCLASS}, {IPPROTO_IPV6, IPV6_HOPLIMIT},
    {IPPROTO_UDP, UDP_SEGMENT}};

bool IsSendable(const cmsghdr& header) {
  for (const ControlType& entry : kSendable) {
    if (entry.level == header.cmsg_level && entry.type == header.cmsg_type) {
      return true;
    }
  }
  return false;
}

bool IsRights(const cmsghdr& header) {
  return header.cmsg_level == SOL_SOCKET && header.cmsg_type == SCM_RIGHTS;
}

// The messages of a buffer as the kernel finds them: CMSG_NXTHDR of the C
// library passes over a last one that has no padding behind it.
cmsghdr* HeaderAt(const msghdr& message, size_t offset) {
  if (offset > message.msg_controllen ||
      message.msg_controllen - offset < sizeof(cmsghdr)) {
    return nullptr;
  }
  return reinterpret_cast<cmsghdr*>(static_cast<uint8_t*>(message.msg_control) +
                                    offset);
}

size_t OffsetOf(const msghdr& message, const cmsghdr* header) {
  return reinterpret_cast<const uint8_t*>(header) -
         static_cast<const uint8_t*>(message.msg_control);
}

cmsghdr* FirstHeader(const msghdr& message) { return HeaderAt(message, 0); }

// Precondition: the header's message lies in the buffer.
cmsghdr* NextHeader(const msghdr& message, const cmsghdr* header) {
  return HeaderAt(message,
                  OffsetOf(message, header) + CMSG_ALIGN(header->cmsg_len));
}

size_t FdCount(const cmsghdr& header) {
  return (header.cmsg_len - CMSG_LEN(0)) / sizeof(int);
}

int FdAt(const cmsghdr* header, size_t index) {
  int fd;
  std::memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof(int));
  return fd;
}

SysStatus CheckRights(const DescriptorTable& files, const cmsghdr* header) {
  for (size_t i = 0; i < FdCount(*header); ++i) {
    SLIPWAY_CHECK_OK(files.Host({FdAt(header, i)}));
  }
  return Done{};
}

// Where it came from is unknown, so its metadata counts as read-only: it may
// be a file of a read-only mount that went through a socket.
SysResult<Descriptor> KindOf(int fd) {
  struct stat st;
  if (fstat(fd, &st) != 0) return Errno::Last();
  switch (st.st_mode & S_IFMT) {
    case S_IFDIR:
      return Errno{EACCES};
    case S_IFSOCK:
      return Descriptor{FdKind::kSocket};
    case S_IFIFO:
      return Descriptor{FdKind::kPipe, /*read_only=*/true};
    default:
      return Descriptor{FdKind::kFile, /*read_only=*/true};
  }
}

SysStatus AdoptOne(DescriptorTable& files, int fd) {
  const auto kind = KindOf(fd);
  if (!kind.ok()) {
    close(fd);
    return kind.error();
  }
  SLIPWAY_CHECK_OK(files.Adopt(fd, *kind));
  return Done{};
}

// Cuts the control data off after the first `kept` descriptors of `header`.
void CutAfter(msghdr& message, cmsghdr* header, size_t kept) {
  const size_t offset = OffsetOf(message, header);
  header->cmsg_len = CMSG_LEN(kept * sizeof(int));
  message.msg_controllen =
      kept == 0 ? offset : offset + CMSG_SPACE(kept * sizeof(int));
  message.msg_flags |= MSG_CTRUNC;
}

// Adopts the descriptors of one message; `refuse` closes them instead. Returns
// how many the guest got.
size_t AdoptRights(DescriptorTable& files, const cmsghdr* header, bool refuse) {
  size_t kept = 0;
  for (size_t i = 0; i < FdCount(*header); ++i) {
    const int fd = FdAt(header, i);
    if (refuse) {
      close(fd);
    } else if (AdoptOne(files, fd).ok()) {
      ++kept;
    } else {
      refuse = true;
    }
  }
  return kept;
}

}  // namespace

SysResult<std::vector<uint8_t>> LoadControl(const GuestMemory& memory,
                                            const DescriptorTable& files,
                                            GuestPtr at, uint64_t length) {
  if (length > kMaxControl) return Errno{ENOBUFS};
  std::vector<uint8_t> control(length);
  SLIPWAY_CHECK_OK(memory.CopyIn(control.data(), at, length));
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = length;
  for (cmsghdr* header = FirstHeader(message); header != nullptr;
       header = NextHeader(message, header)) {
    if (header->cmsg_len < CMSG_LEN(0) ||
        header->cmsg_len > length - OffsetOf(message, header)) {
      return Errno{EINVAL};
    }
    if (!IsSendable(*header)) return Errno{EINVAL};
    if (IsRights(*header)) SLIPWAY_CHECK_OK(CheckRights(files, header));
  }
  return control;
}

void AdoptReceived(DescriptorTable& files, msghdr& message) {
  cmsghdr* cut_at = nullptr;
  size_t kept_before_cut = 0;
  for (cmsghdr* header = FirstHeader(message); header != nullptr;
       header = NextHeader(message, header)) {
    if (!IsRights(*header)) continue;
    const size_t kept = AdoptRights(files, header, cut_at != nullptr);
    if (cut_at == nullptr && kept < FdCount(*header)) {
      cut_at = header;
      kept_before_cut = kept;
    }
  }
  if (cut_at != nullptr) CutAfter(message, cut_at, kept_before_cut);
}

}  // namespace slipway::host
