// The only door from host code into guest memory. A GuestPtr is a number with
// a type; GuestMemory turns it into bytes after a range check, and copies so
// that an unmapped page is EFAULT and never a crash. Memory is shared with
// running guest threads: copy once, then validate the copy.
// Thread-safe: it holds no state but the reservation's address and size.

#ifndef SLIPWAY_RUNTIME_HOST_GUEST_MEMORY_H_
#define SLIPWAY_RUNTIME_HOST_GUEST_MEMORY_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include "runtime/host/sys_result.h"

namespace slipway::host {

// An address in the guest's linear memory, unchecked. No operator*.
struct GuestPtr {
  uint64_t address = 0;
  bool is_null() const { return address == 0; }
  GuestPtr operator+(uint64_t bytes) const { return {address + bytes}; }
};

// A descriptor number as the guest passed it, unchecked.
struct GuestFd {
  int number = -1;
};

class GuestMemory {
 public:
  GuestMemory() = default;
  GuestMemory(uint8_t* base, uint64_t size) : base_(base), size_(size) {}

  uint8_t* base() const { return base_; }
  uint64_t size() const { return size_; }  // bytes of the reservation

  // EFAULT when the range leaves the reservation or touches a page that is not
  // readable (writable). A faulting copy may have copied a prefix.
  SysStatus CopyIn(void* to, GuestPtr from, size_t size) const;
  SysStatus CopyOut(GuestPtr to, const void* from, size_t size) const;

  template <typename T>
  SysResult<T> Load(GuestPtr from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    SLIPWAY_CHECK_OK(CopyIn(&value, from, sizeof(T)));
    return value;
  }
  template <typename T>
  SysStatus Store(GuestPtr to, const T& value) const {
    static_assert(std::is_trivially_copyable_v<T>);
    return CopyOut(to, &value, sizeof(T));
  }

  // A NUL-terminated string of at most `max` bytes with its NUL: ENAMETOOLONG
  // beyond that, EFAULT as above.
  SysResult<std::string> LoadString(GuestPtr from, size_t max = 4096) const;
  // The same into `to`, of `size` bytes: the string's length. What is behind
  // the NUL in `to` is undefined.
  SysResult<size_t> LoadString(GuestPtr from, char* to, size_t size) const;

  // The host address of a range inside the reservation, to hand to the kernel
  // (which answers EFAULT itself) or to code that runs in engine::GuardedCall,
  // and for nothing else: other host code must not dereference it. EFAULT when
  // the range leaves the reservation. A null pointer of size 0 gives a pointer
  // into the unmapped first page.
  SysResult<void*> ForKernel(GuestPtr at, uint64_t size) const {
    if (size > size_ || at.address > size_ - size) return Errno{EFAULT};
    return static_cast<void*>(base_ + at.address);
  }

  // Whether a host address lies in the reservation, and where.
  bool Contains(const void* host) const {
    const auto* p = static_cast<const uint8_t*>(host);
    return p >= base_ && p < base_ + size_;
  }
  bool ContainsAddress(uint64_t host) const {
    return Contains(reinterpret_cast<const void*>(host));
  }
  // Precondition: Contains(host).
  GuestPtr ToGuest(const void* host) const {
    return {static_cast<uint64_t>(static_cast<const uint8_t*>(host) - base_)};
  }

 private:
  // The first `size` bytes of a string, or all of it: then its NUL as well.
  bool LoadPiece(char* to, GuestPtr from, size_t size, size_t& length) const;

  uint8_t* base_ = nullptr;
  uint64_t size_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_GUEST_MEMORY_H_
