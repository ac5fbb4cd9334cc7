#include "runtime/host/guest_memory.h"

#include <algorithm>

#include "runtime/engine/guarded_access.h"

namespace slipway::host {

namespace {

constexpr size_t kPiece = 256;

}  // namespace

SysStatus GuestMemory::CopyIn(void* to, GuestPtr from, size_t size) const {
  if (size > size_ || from.address > size_ - size) return Errno{EFAULT};
  if (size == 0) return Done{};
  if (!engine::GuardedCopy(to, base_ + from.address, size))
    return Errno{EFAULT};
  return Done{};
}

SysStatus GuestMemory::CopyOut(GuestPtr to, const void* from,
                               size_t size) const {
  if (size > size_ || to.address > size_ - size) return Errno{EFAULT};
  if (size == 0) return Done{};
  if (!engine::GuardedCopy(base_ + to.address, from, size))
    return Errno{EFAULT};
  return Done{};
}

// Most strings are short: the first piece is on the stack.
SysResult<std::string> GuestMemory::LoadString(GuestPtr from,
                                               size_t max) const {
  std::string result;
  while (result.size() < max) {
    char piece[kPiece];
    const size_t size = std::min(kPiece, max - result.size());
    size_t length = 0;
    if (!LoadPiece(piece, from, size, length)) return Errno{EFAULT};
    result.append(piece, length);
    if (length < size) return result;
    from = from + size;
  }
  return Errno{ENAMETOOLONG};
}

SysResult<size_t> GuestMemory::LoadString(GuestPtr from, char* to,
                                          size_t size) const {
  size_t length = 0;
  if (!LoadPiece(to, from, size, length)) return Errno{EFAULT};
  if (length == size) return Errno{ENAMETOOLONG};
  return length;
}

bool GuestMemory::LoadPiece(char* to, GuestPtr from, size_t size,
                            size_t& length) const {
  if (from.address >= size_) return false;
  const size_t room = std::min<uint64_t>(size, size_ - from.address);
  return engine::GuardedString(to, base_ + from.address, room, length) &&
         (length < room || room == size);
}

}  // namespace slipway::host
