// The descriptor sets of poll(2) and select(2): copied from guest memory once,
// with every descriptor the guest does not own made to look closed.

#ifndef SLIPWAY_RUNTIME_HOST_POLL_SET_H_
#define SLIPWAY_RUNTIME_HOST_POLL_SET_H_

#include <poll.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/container/inlined_vector.h"
#include "runtime/host/descriptor_table.h"
#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

// An array of struct pollfd.
class PollSet {
 public:
  // Takes the guest's entries in place of what it has. EINVAL for more of them
  // than the guest may have descriptors; EFAULT. An
  // entry whose descriptor is not owned is given a number that is never open,
  // so that the kernel answers POLLNVAL for it.
  SysStatus Load(const GuestMemory& memory, const DescriptorTable& files,
                 GuestPtr at, uint64_t count);
  // Writes the revents fields, and only those, back.
  SysStatus StoreEvents(const GuestMemory& memory, GuestPtr at) const;

  pollfd* data() { return entries_.data(); }
  size_t size() const { return entries_.size(); }

 private:
  absl::InlinedVector<pollfd, 16> entries_;  // without malloc, as a rule
};

// The three sets of select.
class FdSets {
 public:
  using Pointers = std::array<GuestPtr, 3>;  // read, write, except; may be null
  using Bits = absl::InlinedVector<uint64_t, 16>;  // FD_SETSIZE of them

  // `count` is select's: one above the highest descriptor. EINVAL below 0,
  // EBADF when a bit below count stands for a descriptor the guest does not
  // own, EFAULT.
  static SysResult<FdSets> Load(const GuestMemory& memory,
                                const DescriptorTable& files, int32_t count,
                                const Pointers& pointers);
  // Writes every set that was given back.
  SysStatus Store(const GuestMemory& memory) const;

  // For the kernel in place of the guest's count, which may exceed the sets.
  int32_t count() const { return count_; }
  // For the kernel; null when the guest gave none.
  uint64_t* data(size_t index) {
    return pointers_[index].is_null() ? nullptr : bits_[index].data();
  }

 private:
  Pointers pointers_;
  int32_t count_ = 0;
  std::array<Bits, 3> bits_;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_POLL_SET_H_
