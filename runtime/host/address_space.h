// The guest's mappings: mmap(2) and its family on real pages inside the linear
// memory's reservation.
//
// Invariants: no mapping ever leaves the reservation or covers page 0; address
// space without a mapping is PROT_NONE, MAP_NORESERVE; PROT_EXEC never reaches
// the kernel. New mappings are placed top-down from a random ceiling, so that
// addresses differ at every start. A free-range map decides placement; the
// kernel knows all else about a mapping (protection, file, sharing).
// Thread-safe: one lock around every change, held across the kernel's call so
// that the map and the kernel agree.

#ifndef SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
#define SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_

#include <cstdint>
#include <map>
#include <mutex>

#include "runtime/host/guest_memory.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

class AddressSpace {
 public:
  static constexpr uint64_t kPage = 4096;

  explicit AddressSpace(GuestMemory memory);

  struct MapRequest {
    GuestPtr address;     // hint, or the place with MAP_FIXED
    uint64_t length = 0;  // bytes
    uint32_t protection = 0;
    uint32_t flags = 0;  // MAP_*
    int host_fd = -1;    // already checked against the descriptor table
    int64_t offset = 0;
  };
  // mmap(2): EINVAL, ENOMEM, EEXIST, EACCES, ENODEV …
  SysResult<GuestPtr> Map(const MapRequest& request);
  SysStatus Unmap(GuestPtr address, uint64_t length);
  SysStatus Protect(GuestPtr address, uint64_t length, uint32_t protection);
  SysResult<GuestPtr> Remap(GuestPtr old_address, uint64_t old_length,
                            uint64_t new_length, uint32_t flags,
                            GuestPtr new_address);
  SysStatus Advise(GuestPtr address, uint64_t length, int advice);
  // brk(2): the new break, or the old one when it cannot move.
  GuestPtr Break(GuestPtr wanted);
  // Where brk's heap starts: after the program's data. Called once.
  void SetBreakStart(GuestPtr start);

  // Whether [address, address + length) is mapped without a hole.
  bool IsMapped(GuestPtr address, uint64_t length) const;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
