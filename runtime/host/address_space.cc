#include "runtime/host/address_space.h"

#include <sys/mman.h>
#include <sys/random.h>

#include <cstdio>
#include <cstdlib>
#include <optional>

namespace slipway::host {

namespace {

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;

// What mmap may ask of the kernel; the rest is ignored, as Linux ignores flags
// that it does not know.
constexpr uint32_t kMapFlags = MAP_TYPE | MAP_ANONYMOUS | MAP_NORESERVE |
                               MAP_LOCKED | MAP_POPULATE | MAP_NONBLOCK |
                               MAP_STACK;

// Bytes; see MapAt. No machine is so small that the heuristic refuses that.
constexpr uint64_t kMaxByProtection = 32 << 20;

// Private anonymous memory without anything that has to happen at once.
bool IsPlain(uint32_t flags) {
  constexpr uint32_t kNotPlain = MAP_LOCKED | MAP_POPULATE;
  return (flags & (MAP_TYPE | MAP_ANONYMOUS | kNotPlain)) ==
         (MAP_PRIVATE | MAP_ANONYMOUS);
}

// Rounds up to whole pages; 0 when that overflows.
uint64_t PageUp(uint64_t length) { return (length + kPageMask) & ~kPageMask; }

bool IsAligned(GuestPtr p) { return (p.address & kPageMask) == 0; }

int HostProtection(uint32_t protection) {
  int result = static_cast<int>(protection & (PROT_READ | PROT_WRITE));
  if ((protection & PROT_EXEC) != 0) result |= PROT_READ;
  return result;
}

uint64_t RandomCeiling(uint64_t size) {
  uint64_t random = 0;
  if (getrandom(&random, sizeof(random), 0) < 0) random = 0;
  return (size - random % (size / 4)) & ~kPageMask;
}

// The state between two kernel calls would leave part of the reservation to
// other users of the process: better to stop than to go on like that.
[[noreturn]] void ReservationLost() {
  std::fputs("slipway: lost part of the guest's address space\n", stderr);
  std::abort();
}

// MADV_DONTFORK would tear a hole into a child's reservation; as a hint to an
// optimisation it may be ignored.
enum class Advice { kRefuse, kIgnore, kPass };

Advice Classify(int advice) {
  switch (advice) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
      return Advice::kPass;
    case MADV_DONTFORK:
    case MADV_DOFORK:
      return Advice::kIgnore;
    default:
      return Advice::kRefuse;
  }
}

}  // namespace

AddressSpace::AddressSpace(GuestMemory memory, uint64_t ceiling)
    : memory_(memory),
      ceiling_(ceiling != 0 ? ceiling : RandomCeiling(memory.size())) {}

bool AddressSpace::Fits(uint64_t at, uint64_t length) const {
  return at >= kPage && length <= memory_.size() &&
         at <= memory_.size() - length;
}

SysResult<uint64_t> AddressSpace::Place(const MapRequest& request,
                                        uint64_t length) const {
  const uint64_t hint = request.address.address & ~kPageMask;
  const bool free =
      Fits(hint, length) && !used_.Intersects(hint, hint + length);
  if ((request.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
    if (!IsAligned(request.address)) return Errno{EINVAL};
    if (hint < kPage) return Errno{EPERM};  // as below vm.mmap_min_addr
    if (!Fits(hint, length)) return Errno{ENOMEM};
    if ((request.flags & MAP_FIXED_NOREPLACE) != 0 && !free) {
      return Errno{EEXIST};
    }
    return hint;
  }
  if (hint != 0 && free) return hint;
  std::optional<uint64_t> gap = used_.FindGapBelow(ceiling_, kPage, length);
  if (!gap) gap = used_.FindGapBelow(memory_.size(), kPage, length);
  if (!gap) return Errno{ENOMEM};
  return *gap;
}

// The reservation is private anonymous memory already, so of the most common
// kind of mapping only the protection is missing. That costs the kernel less
// than a mapping in place of another, which it first has to unmap. Larger ones
// are subject to its overcommit heuristic, which the reservation is not.
SysStatus AddressSpace::MapAt(uint64_t at, uint64_t length,
                              const MapRequest& request) {
  uint8_t* const place = memory_.base() + at + request.guard;
  const uint64_t accessible = length - request.guard;
  const int protection = HostProtection(request.protection);
  if (IsPlain(request.flags) && accessible <= kMaxByProtection &&
      !used_.Intersects(at, at + length)) {
    if (mprotect(place, accessible, protection) != 0) return Errno::Last();
  } else if (mmap(place, accessible, protection,
                  static_cast<int>((request.flags & kMapFlags) | MAP_FIXED),
                  request.host_fd, request.offset) == MAP_FAILED) {
    return Errno::Last();
  }
  used_.Add(at, at + length);
  return Done{};
}

// Gives a range back: what was mapped there is gone, the reservation stays.
void AddressSpace::Release(uint64_t at, uint64_t length) {
  if (mmap(memory_.base() + at, length, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
           0) == MAP_FAILED) {
    ReservationLost();
  }
  used_.Remove(at, at + length);
}

SysResult<GuestPtr> AddressSpace::Map(const MapRequest& request) {
  if (request.length == 0) return Errno{EINVAL};
  const uint64_t length = PageUp(request.length);
  if (length == 0 || length > memory_.size()) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  SLIPWAY_TRY(const uint64_t at, Place(request, length));
  SLIPWAY_CHECK_OK(MapAt(at, length, request));
  return GuestPtr{at};
}

SysResult<GuestPtr> AddressSpace::MapStack(uint64_t length, uint64_t guard) {
  std::lock_guard lock(mutex_);
  const auto at = used_.FindGapBelow(ceiling_, kPage + guard, length);
  if (!at) return Errno{ENOMEM};
  const MapRequest request{
      .protection = PROT_READ | PROT_WRITE,
      .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK};
  SLIPWAY_CHECK_OK(MapAt(*at, length, request));
  ceiling_ = *at - guard;
  return GuestPtr{*at};
}

SysStatus AddressSpace::Unmap(GuestPtr address, uint64_t length) {
  if (length == 0 || !IsAligned(address) || length > memory_.size() ||
      address.address > memory_.size() - length) {
    return Errno{EINVAL};
  }
  std::lock_guard lock(mutex_);
  const uint64_t rounded = PageUp(length);
  if (used_.Intersects(address.address, address.address + rounded)) {
    Release(address.address, rounded);
  }
  return Done{};
}

SysStatus AddressSpace::Protect(GuestPtr address, uint64_t length,
                                uint32_t protection) {
  if (!IsAligned(address)) return Errno{EINVAL};
  constexpr uint32_t kKnown = PROT_READ | PROT_WRITE | PROT_EXEC;
  if ((protection & ~kKnown) != 0) return Errno{EINVAL};
  if (length == 0) return Done{};
  const uint64_t rounded = PageUp(length);
  if (!Fits(address.address, rounded)) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  if (!used_.Covers(address.address, address.address + rounded)) {
    return Errno{ENOMEM};
  }
  if (mprotect(memory_.base() + address.address, rounded,
               HostProtection(protection)) != 0) {
    return Errno::Last();
  }
  return Done{};
}

// The kernel moves the pages; the place they leave is not a mapping any more
// and is taken back at once.
SysResult<GuestPtr> AddressSpace::Move(uint64_t from, uint64_t old_length,
                                       uint64_t new_length, uint64_t to) {
  uint8_t* const base = memory_.base();
  if (mremap(base + from, old_length, new_length, MREMAP_MAYMOVE | MREMAP_FIXED,
             base + to) == MAP_FAILED) {
    return Errno::Last();
  }
  used_.Add(to, to + new_length);
  if (old_length == 0) return GuestPtr{to};  // a second view; nothing moved
  if (mmap(base + from, old_length, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
           -1, 0) != base + from) {
    ReservationLost();
  }
  used_.Remove(from, from + old_length);
  return GuestPtr{to};
}

// For the kernel the neighbour is occupied (by the reservation), so it has to
// go first.
SysStatus AddressSpace::GrowInPlace(uint64_t at, uint64_t old_length,
                                    uint64_t new_length) {
  uint8_t* const base = memory_.base();
  const uint64_t end = at + old_length;
  const uint64_t more = new_length - old_length;
  if (!Fits(at, new_length) || used_.Intersects(end, end + more)) {
    return Errno{ENOMEM};
  }
  if (munmap(base + end, more) != 0) return Errno::Last();
  if (mremap(base + at, old_length, new_length, 0) != MAP_FAILED) {
    used_.Add(end, end + more);
    return Done{};
  }
  const Errno error = Errno::Last();
  if (mmap(base + end, more, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE,
           -1, 0) != base + end) {
    ReservationLost();
  }
  return error;
}

SysResult<GuestPtr> AddressSpace::Remap(GuestPtr old_address,
                                        uint64_t old_length,
                                        uint64_t new_length, uint32_t flags,
                                        GuestPtr new_address) {
  const bool may_move = (flags & MREMAP_MAYMOVE) != 0;
  const bool fixed = (flags & MREMAP_FIXED) != 0;
  if ((flags & ~uint32_t{MREMAP_MAYMOVE | MREMAP_FIXED}) != 0 ||
      (fixed && !may_move) || !IsAligned(old_address) || new_length == 0) {
    return Errno{EINVAL};
  }
  const uint64_t from = old_address.address;
  const uint64_t to = new_address.address;
  const uint64_t old_size = PageUp(old_length);
  const uint64_t new_size = PageUp(new_length);
  if (!Fits(from, old_size)) return Errno{EFAULT};
  if (new_size == 0 || new_size > memory_.size()) return Errno{ENOMEM};

  std::lock_guard lock(mutex_);
  if (!used_.Covers(from, from + (old_size != 0 ? old_size : kPage))) {
    return Errno{EFAULT};
  }
  if (fixed) {
    if (!IsAligned(new_address) || !Fits(to, new_size) ||
        (to < from + old_size && from < to + new_size)) {
      return Errno{EINVAL};
    }
    return Move(from, old_size, new_size, to);
  }
  if (old_size != 0 && new_size <= old_size) {
    if (new_size < old_size) Release(from + new_size, old_size - new_size);
    return old_address;
  }
  if (old_size != 0 && GrowInPlace(from, old_size, new_size).ok()) {
    return old_address;
  }
  if (!may_move) return Errno{ENOMEM};
  SLIPWAY_TRY(const uint64_t place, Place(MapRequest{}, new_size));
  return Move(from, old_size, new_size, place);
}

SysStatus AddressSpace::Advise(GuestPtr address, uint64_t length, int advice) {
  const Advice what = Classify(advice);
  if (!IsAligned(address) || what == Advice::kRefuse) return Errno{EINVAL};
  const uint64_t rounded = PageUp(length);
  if (length != 0 && rounded == 0) return Errno{EINVAL};
  if (rounded == 0) return Done{};
  if (!Fits(address.address, rounded)) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  if (!used_.Covers(address.address, address.address + rounded)) {
    return Errno{ENOMEM};
  }
  if (what == Advice::kIgnore) return Done{};
  if (madvise(memory_.base() + address.address, rounded, advice) != 0) {
    return Errno::Last();
  }
  return Done{};
}

void AddressSpace::SetBreakStart(GuestPtr start) {
  std::lock_guard lock(mutex_);
  break_start_ = break_ = PageUp(start.address);
}

GuestPtr AddressSpace::Break(GuestPtr wanted) {
  std::lock_guard lock(mutex_);
  const uint64_t old_end = PageUp(break_);
  const uint64_t new_end = PageUp(wanted.address);
  if (wanted.address < break_start_ || new_end > memory_.size() ||
      new_end < wanted.address) {
    return {break_};
  }
  if (new_end > old_end) {
    if (used_.Intersects(old_end, new_end)) return {break_};
    const MapRequest request{.protection = PROT_READ | PROT_WRITE,
                             .flags = MAP_PRIVATE | MAP_ANONYMOUS};
    if (!MapAt(old_end, new_end - old_end, request).ok()) return {break_};
  } else if (new_end < old_end) {
    Release(new_end, old_end - new_end);
  }
  break_ = wanted.address;
  return {break_};
}

bool AddressSpace::IsMapped(GuestPtr address, uint64_t length) const {
  if (length == 0) return true;
  if (!Fits(address.address & ~kPageMask, length)) return false;
  std::lock_guard lock(mutex_);
  return used_.Covers(address.address, address.address + length);
}

std::vector<std::pair<uint64_t, uint64_t>> AddressSpace::Mapped() const {
  std::lock_guard lock(mutex_);
  return {used_.ranges().begin(), used_.ranges().end()};
}

}  // namespace slipway::host
