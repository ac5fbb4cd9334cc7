#include "runtime/wasi/memory_layout.h"

#include <linux/limits.h>

#include <algorithm>
#include <cstring>

namespace slipway::wasi {

using host::Done;
using host::Errno;
using host::GuestPtr;
using host::SysResult;
using host::SysStatus;

namespace {

constexpr uint64_t kMaxVector = 1024;  // UIO_MAXIOV

}  // namespace

// The low bytes of a little-endian number.
uint64_t MemoryLayout::LoadWord(const uint8_t* from) const {
  uint64_t value = 0;
  std::memcpy(&value, from, word());
  return value;
}

SysStatus MemoryLayout::StoreWord(GuestPtr to, uint64_t value) const {
  if (width_ == Width::k32 && value > UINT32_MAX) return Errno{EOVERFLOW};
  return CopyOut(to, &value, word());
}

SysResult<std::string> MemoryLayout::LoadPath(GuestPtr from,
                                              uint64_t length) const {
  if (length >= PATH_MAX) return Errno{ENAMETOOLONG};
  std::string path(length, '\0');
  SLIPWAY_CHECK_OK(CopyIn(path.data(), from, length));
  if (path.empty()) return Errno{ENOENT};
  if (path.find('\0') != path.npos) return Errno{EINVAL};
  return path;
}

SysResult<std::vector<iovec>> MemoryLayout::LoadVector(GuestPtr from,
                                                       uint64_t count) const {
  const uint64_t entry = 2 * word();
  const uint64_t used = std::min(count, kMaxVector);
  std::vector<uint8_t> bytes(used * entry);
  SLIPWAY_CHECK_OK(CopyIn(bytes.data(), from, bytes.size()));
  std::vector<iovec> vector(used);
  for (uint64_t i = 0; i < used; ++i) {
    const uint8_t* const at = bytes.data() + i * entry;
    const uint64_t size = LoadWord(at + word());
    SLIPWAY_TRY(vector[i].iov_base, ForKernel({LoadWord(at)}, size));
    vector[i].iov_len = size;
  }
  return vector;
}

SysStatus MemoryLayout::StorePrestat(GuestPtr to, uint64_t name_length) const {
  const uint64_t prestat[2] = {0, 0};  // the tag: a directory
  SLIPWAY_CHECK_OK(CopyOut(to, prestat, 2 * word()));
  return StoreWord(to + word(), name_length);
}

}  // namespace slipway::wasi
