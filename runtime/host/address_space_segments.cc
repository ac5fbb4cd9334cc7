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

// A segment attached where the kernel likes, outside of the guest's memory.
// While it is, the segment cannot go away and its size is certain, whatever
// other processes do with the id.
class Attachment {
 public:
  ~Attachment() {
    if (at_ != nullptr) ::shmdt(at_);
  }
  // Returns the segment's bytes.
  SysResult<uint64_t> Make(int id, int flags) {
    void* const at = ::shmat(id, nullptr, flags);
    if (at == reinterpret_cast<void*>(-1)) return Errno::Last();
    at_ = at;
    shmid_ds segment;
    if (::shmctl(id, IPC_STAT, &segment) != 0) return Errno::Last();
    return uint64_t{segment.shm_segsz};
  }
  // Moves it over whatever is mapped at `to`.
  SysStatus MoveTo(void* to, uint64_t length) {
    if (::mremap(at_, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, to) ==
        MAP_FAILED) {
      return Errno::Last();
    }
    at_ = nullptr;
    return Done{};
  }

 private:
  void* at_ = nullptr;
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

  std::lock_guard lock(mutex_);
  Attachment attachment;
  SLIPWAY_TRY(const uint64_t size,
              attachment.Make(segment, static_cast<int>(flags & SHM_RDONLY)));
  const uint64_t length = (size + kPageMask) & ~kPageMask;
  if (length > memory_.size()) return Errno{ENOMEM};
  MapRequest request{.address = {wanted}};
  if (fixed) request.flags = replaces ? MAP_FIXED : MAP_FIXED_NOREPLACE;
  const SysResult<uint64_t> place = Place(request, length);
  if (!place.ok()) {
    const bool taken = place.error() == Errno{EEXIST};
    return taken ? Errno{EINVAL} : place.error();
  }
  SLIPWAY_CHECK_OK(attachment.MoveTo(memory_.base() + *place, length));
  used_.Add(*place, *place + length);
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
