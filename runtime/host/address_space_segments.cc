// System V shared memory in the guest's memory: shmat(2) and shmdt(2).

#include <sys/mman.h>
#include <sys/shm.h>

#include <vector>

#include "runtime/host/address_space.h"
#include "runtime/host/host_maps.h"

namespace slipway::host {
namespace {

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;

struct Part {
  uint64_t start;
  uint64_t end;
  uint64_t inode;
};

// What is left of the segment that was attached at `at`, which may have been
// unmapped in part: like the kernel's shmdt, by the mapping's file and by where
// the file would begin.
std::vector<Part> PartsOfSegment(uint64_t at, uint64_t end) {
  std::vector<Part> parts;
  ForEachHostMapping([&parts, at, end](const HostMapping& mapping) {
    const bool is_part = mapping.start >= at && mapping.end <= end &&
                         mapping.start - at == mapping.offset &&
                         mapping.name.starts_with("/SYSV") &&
                         (parts.empty() || parts[0].inode == mapping.inode);
    if (is_part) {
      parts.push_back({mapping.start, mapping.end, mapping.inode});
    }
  });
  return parts;
}

}  // namespace

SysResult<GuestPtr> AddressSpace::Attach(int segment, GuestPtr address,
                                         uint32_t flags) {
  const bool fixed = !address.is_null();
  const bool replaces = (flags & SHM_REMAP) != 0;
  if ((address.address & kPageMask) != 0 && (flags & SHM_RND) == 0)
    return Errno{EINVAL};
  const uint64_t wanted = address.address & ~kPageMask;
  if (replaces && wanted == 0) return Errno{EINVAL};

  const bool read_only = (flags & SHM_RDONLY) != 0;
  std::lock_guard lock(mutex_);
  StagedMapping staged;
  SLIPWAY_CHECK_OK(staged.Attach(segment, read_only ? SHM_RDONLY : 0));
  const uint64_t length = staged.length();
  if (length > memory_.size()) return Errno{ENOMEM};
  MapRequest request{.address = {wanted}};
  if (fixed) request.flags = replaces ? MAP_FIXED : MAP_FIXED_NOREPLACE;
  const SysResult<uint64_t> place = Place(request, length);
  if (!place.ok()) {
    const bool taken = place.error() == Errno{EEXIST};
    return taken ? Errno{EINVAL} : place.error();
  }
  SLIPWAY_CHECK_OK(CheckLimits(length, false, *place, length));
  SLIPWAY_CHECK_OK(budget_.Take(4));
  const uint8_t protection = read_only ? PROT_READ : PROT_READ | PROT_WRITE;
  SLIPWAY_CHECK_OK(
      Put(staged, *place, {.protection = protection, .shared = true}));
  return GuestPtr{*place};
}

// Mapping the reservation over a segment detaches it just as shmdt does, and
// leaves no moment in which the place is anybody's.
SysStatus AddressSpace::Detach(GuestPtr address) {
  if ((address.address & kPageMask) != 0 || !Fits(address.address, kPage)) {
    return Errno{EINVAL};
  }
  std::lock_guard lock(mutex_);
  const auto base = reinterpret_cast<uint64_t>(memory_.base());
  const std::vector<Part> parts =
      PartsOfSegment(base + address.address, base + memory_.size());
  if (parts.empty()) return Errno{EINVAL};
  for (const Part& part : parts) {
    Release(part.start - base, part.end - part.start);
  }
  return Done{};
}

}  // namespace slipway::host
