// Guest memory with what depends on the width of an address: sizes, pointers
// and the structs that hold them. One implementation serves memory32, as WASI
// defines it, and memory64, where the same structs have 64-bit addresses and
// sizes. Nothing needs to be aligned.

#ifndef SLIPWAY_RUNTIME_WASI_MEMORY_LAYOUT_H_
#define SLIPWAY_RUNTIME_WASI_MEMORY_LAYOUT_H_

#include <sys/uio.h>

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::wasi {

enum class Width : uint8_t { k32 = 4, k64 = 8 };

class MemoryLayout : public host::GuestMemory {
 public:
  MemoryLayout() = default;
  MemoryLayout(host::GuestMemory memory, Width width)
      : GuestMemory(memory), width_(width) {}

  Width width() const { return width_; }
  // Bytes of an address or a size.
  uint64_t word() const { return static_cast<uint64_t>(width_); }

  // A size or an address. EFAULT; EOVERFLOW when it does not fit.
  host::SysStatus StoreWord(host::GuestPtr to, uint64_t value) const;

  // A string of `length` bytes, of a path: EINVAL when it contains a NUL,
  // ENAMETOOLONG when it is longer than Linux takes, ENOENT when it is empty.
  host::SysResult<std::string> LoadPath(host::GuestPtr from,
                                        uint64_t length) const;

  // An array of (address, size) pairs, for the kernel: EFAULT when the array
  // cannot be read or a buffer leaves the memory. Of more entries than the
  // kernel takes, the first ones: a call may transfer less than asked for.
  host::SysResult<std::vector<iovec>> LoadVector(host::GuestPtr from,
                                                 uint64_t count) const;

  // struct prestat of a directory whose name has that length.
  host::SysStatus StorePrestat(host::GuestPtr to, uint64_t name_length) const;

 private:
  uint64_t LoadWord(const uint8_t* from) const;

  Width width_ = Width::k32;
};

}  // namespace slipway::wasi

#endif  // SLIPWAY_RUNTIME_WASI_MEMORY_LAYOUT_H_
