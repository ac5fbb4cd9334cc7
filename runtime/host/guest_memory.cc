#include "runtime/host/guest_memory.h"

#include <algorithm>
#include <cstring>

#include "runtime/engine/guarded_access.h"

namespace slipway::host {

namespace {

constexpr size_t kPage = 4096;

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

// Page by page, because what follows the NUL need not be mapped.
SysResult<std::string> GuestMemory::LoadString(GuestPtr from,
                                               size_t max) const {
  std::string result;
  while (result.size() < max) {
    char chunk[kPage];
    const size_t to_page_end = kPage - from.address % kPage;
    const size_t size = std::min(to_page_end, max - result.size());
    SLIPWAY_CHECK_OK(CopyIn(chunk, from, size));
    const size_t length = strnlen(chunk, size);
    result.append(chunk, length);
    if (length < size) return result;
    from = from + size;
  }
  return Errno{ENAMETOOLONG};
}

}  // namespace slipway::host
