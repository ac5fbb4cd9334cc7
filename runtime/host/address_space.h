// The guest's mappings: mmap(2) and its family on real pages inside the linear
// memory's reservation.
//
// Invariants: no mapping ever leaves the reservation or covers page 0; address
// space without a mapping is PROT_NONE, MAP_NORESERVE; PROT_EXEC never reaches
// the kernel (alone it means readable, as on x86-64). New mappings are placed
// top-down from a random ceiling, so that addresses differ at every start. The
// set of used ranges decides placement; the kernel knows all else about a
// mapping (protection, file, sharing).
// Thread-safe: one lock around every change, held across the kernel's call so
// that the set and the kernel agree. Never called from a signal handler.

#ifndef SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
#define SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_

#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "runtime/host/guest_memory.h"
#include "runtime/host/interval_set.h"
#include "runtime/host/sys_result.h"

namespace slipway::host {

class AddressSpace {
 public:
  static constexpr uint64_t kPage = 4096;

  // `ceiling`: mappings without an address go below it; 0 chooses at random in
  // the top quarter of the reservation.
  explicit AddressSpace(GuestMemory memory, uint64_t ceiling = 0);

  struct MapRequest {
    GuestPtr address{};   // hint, or the place with MAP_FIXED
    uint64_t length = 0;  // bytes
    uint32_t protection = 0;
    uint32_t flags = 0;  // MAP_*
    int host_fd = -1;    // already checked against the descriptor table
    int64_t offset = 0;
    uint64_t guard = 0;  // bytes at the start that stay inaccessible
  };
  // mmap(2): EINVAL, ENOMEM, EEXIST, EACCES, ENODEV … MAP_32BIT, MAP_GROWSDOWN
  // and MAP_HUGETLB are ignored.
  SysResult<GuestPtr> Map(const MapRequest& request);
  // munmap(2): EINVAL.
  SysStatus Unmap(GuestPtr address, uint64_t length);
  // mprotect(2): ENOMEM when there is a hole (nothing is changed then), EINVAL,
  // EACCES.
  SysStatus Protect(GuestPtr address, uint64_t length, uint32_t protection);
  // mremap(2): EFAULT, EINVAL, ENOMEM. MREMAP_DONTUNMAP is EINVAL.
  SysResult<GuestPtr> Remap(GuestPtr old_address, uint64_t old_length,
                            uint64_t new_length, uint32_t flags,
                            GuestPtr new_address);
  // madvise(2): ENOMEM when there is a hole, EINVAL for advice that is unknown
  // or for the machine's administrator.
  SysStatus Advise(GuestPtr address, uint64_t length, int advice);
  // brk(2): the new break, or the old one when it cannot move.
  GuestPtr Break(GuestPtr wanted);
  // shmat(2) and shmdt(2) of a System V segment; segments of huge pages are
  // EINVAL (address_space_segments.cc).
  SysResult<GuestPtr> Attach(int segment, GuestPtr address, uint32_t flags);
  SysStatus Detach(GuestPtr address);
  // Maps a program's main stack as the highest mapping so far, readable and
  // writable, and keeps `guard` bytes below it free of mappings that ask for no
  // address. Returns its lowest address. ENOMEM.
  SysResult<GuestPtr> MapStack(uint64_t length, uint64_t guard);
  // Where brk's heap starts: after the program's data. Called once.
  void SetBreakStart(GuestPtr start);

  // Whether [address, address + length) is mapped without a hole. False when it
  // leaves the reservation; true when empty.
  bool IsMapped(GuestPtr address, uint64_t length) const;
  // All mapped ranges [begin, end), ascending and merged.
  std::vector<std::pair<uint64_t, uint64_t>> Mapped() const;

  // fork(2) and whatever else must not run beside a change. Lock order: this
  // lock is taken last.
  std::mutex& mutex() const { return mutex_; }

 private:
  SysResult<uint64_t> Place(const MapRequest& request, uint64_t length) const;
  SysStatus MapAt(uint64_t at, uint64_t length, const MapRequest& request);
  void Release(uint64_t at, uint64_t length);
  SysResult<GuestPtr> Move(uint64_t from, uint64_t old_length,
                           uint64_t new_length, uint64_t to);
  SysStatus GrowInPlace(uint64_t at, uint64_t old_length, uint64_t new_length);
  bool Fits(uint64_t at, uint64_t length) const;

  const GuestMemory memory_;
  uint64_t ceiling_;
  mutable std::mutex mutex_;
  IntervalSet used_;
  uint64_t break_start_ = 0;
  uint64_t break_ = 0;
};

}  // namespace slipway::host

#endif  // SLIPWAY_RUNTIME_HOST_ADDRESS_SPACE_H_
