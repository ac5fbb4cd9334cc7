#include "runtime/host/socket_names.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <utility>

namespace slipway::host {
namespace {

constexpr std::string_view kLinks = "/proc/self/fd/";

std::string LinkTo(int fd) { return std::string(kLinks) + std::to_string(fd); }

bool HasPath(const SocketAddress& address) {
  return address.unix_kind() == SocketAddress::UnixKind::kPath;
}

SocketAddress Unnamed() {
  const sa_family_t family = AF_UNIX;
  return SocketAddress(&family, sizeof(family));
}

}  // namespace

SocketNames& SocketNames::Get() {
  static constinit SocketNames names;
  return names;
}

SysResult<HostAddress> SocketNames::ForConnect(Vfs& vfs,
                                               const SocketAddress& guest) {
  if (!HasPath(guest)) return HostAddress{guest, OwnedFd()};
  const std::string path(guest.unix_name());
  SLIPWAY_TRY(Located object, vfs.Locate({{AT_FDCWD}, path}, Follow::kYes));
  if (!object.is_real()) return Errno{ECONNREFUSED};
  SLIPWAY_TRY(SocketAddress address,
              SocketAddress::UnixPath(LinkTo(object.fd.get())));
  return HostAddress{address, std::move(object.fd)};
}

SysResult<HostAddress> SocketNames::ForBind(Vfs& vfs,
                                            const DescriptorTable& files,
                                            const SocketAddress& guest) {
  if (!HasPath(guest)) return HostAddress{guest, OwnedFd()};
  const std::string path(guest.unix_name());
  auto place = vfs.LocateEntry({{AT_FDCWD}, path}, Vfs::EntryUse::kCreate);
  if (!place.ok()) {
    const bool exists = place.error() == Errno{EEXIST};
    return exists ? Errno{EADDRINUSE} : place.error();
  }
  if (place->trailing_slash) return Errno{ENOENT};
  SLIPWAY_CHECK_OK(vfs.CheckWritable(*place));
  const size_t slash = path.rfind('/');
  const size_t prefix = slash == path.npos ? 0 : slash + 1;
  OwnedFd kept(::fcntl(place->directory.get(), F_DUPFD_CLOEXEC, 0));
  if (!kept.valid()) return Errno::Last();
  SLIPWAY_TRY(const int directory,
              Pin(files, std::move(kept), path.substr(0, prefix)));
  SLIPWAY_TRY(SocketAddress address,
              SocketAddress::UnixPath(LinkTo(directory) + "/" + place->name));
  return HostAddress{address, OwnedFd()};
}

SocketAddress SocketNames::ToGuest(const SocketAddress& host) const {
  if (!HasPath(host)) return host;
  const std::string_view path = host.unix_name();
  if (path.substr(0, kLinks.size()) != kLinks) return Unnamed();
  const char* const end = path.data() + path.size();
  int directory = -1;
  const auto number =
      std::from_chars(path.data() + kLinks.size(), end, directory);
  const Slot* slot = Find(directory);
  if (slot == nullptr || number.ptr == end || *number.ptr != '/') {
    return Unnamed();
  }
  const std::string_view name(number.ptr + 1, end - number.ptr - 1);
  const auto guest =
      SocketAddress::UnixPath(std::string(slot->prefix) + std::string(name));
  return guest.ok() ? *guest : Unnamed();
}

SysResult<int> SocketNames::Pin(const DescriptorTable& files, OwnedFd directory,
                                std::string_view prefix) {
  struct stat st;
  if (fstat(directory.get(), &st) != 0) return Errno::Last();
  const int used = std::min(claimed_.load(std::memory_order_acquire), kSlots);
  for (int i = 0; i < used; ++i) {
    const Slot& slot = slots_[i];
    if (slot.ready.load(std::memory_order_acquire) &&
        slot.device == st.st_dev && slot.inode == st.st_ino &&
        slot.prefix == prefix) {
      return slot.directory;
    }
  }
  const int index = claimed_.fetch_add(1, std::memory_order_acq_rel);
  if (index >= kSlots) {
    claimed_.store(kSlots, std::memory_order_release);
    return Errno{ENOMEM};
  }
  Slot& slot = slots_[index];
  slot.directory = files.MoveHigh(directory.Release());
  slot.device = st.st_dev;
  slot.inode = st.st_ino;
  std::memcpy(slot.prefix, prefix.data(), prefix.size());
  slot.prefix[prefix.size()] = '\0';
  slot.ready.store(true, std::memory_order_release);
  return slot.directory;
}

const SocketNames::Slot* SocketNames::Find(int directory) const {
  const int used = std::min(claimed_.load(std::memory_order_acquire), kSlots);
  for (int i = 0; i < used; ++i) {
    const Slot& slot = slots_[i];
    if (slot.ready.load(std::memory_order_acquire) &&
        slot.directory == directory) {
      return &slot;
    }
  }
  return nullptr;
}

}  // namespace slipway::host
