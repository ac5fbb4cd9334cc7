// mremap(2). The kernel's own would leave a hole where a mapping was, and one
// where it was to go when that fails. So pages go by way of a place outside of
// the reservation (StagedMapping): the mapping they leave stays until the
// reservation covers it, and the kernel has agreed to all that it may refuse by
// the time that they take their place.

#include <sys/mman.h>

#include <optional>

#include "runtime/host/address_space.h"

namespace slipway::host {

namespace {

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;
constexpr int64_t kMappingsPerMove = 8;

uint64_t PageUp(uint64_t length) { return (length + kPageMask) & ~kPageMask; }

bool IsValid(uint64_t old_address, uint64_t old_length, uint64_t new_length,
             uint32_t flags) {
  constexpr uint32_t kMoves = MREMAP_FIXED | MREMAP_DONTUNMAP;
  if ((flags & ~(kMoves | MREMAP_MAYMOVE)) != 0) return false;
  if ((flags & kMoves) != 0 && (flags & MREMAP_MAYMOVE) == 0) return false;
  if ((flags & MREMAP_DONTUNMAP) != 0 && old_length != new_length) return false;
  return (old_address & kPageMask) == 0 && new_length != 0;
}

}  // namespace

// A change of size: of [from, from + old_size), part of one mapping.
struct AddressSpace::Growth {
  MappingKind kind;
  uint64_t from;
  uint64_t old_size;
  uint64_t new_size;  // not less than old_size
};

SysResult<GuestPtr> AddressSpace::Remap(GuestPtr old_address,
                                        uint64_t old_length,
                                        uint64_t new_length, uint32_t flags,
                                        GuestPtr new_address) {
  const bool fixed = (flags & MREMAP_FIXED) != 0;
  const bool keeps = (flags & MREMAP_DONTUNMAP) != 0;
  const uint64_t from = old_address.address;
  uint64_t to = new_address.address;
  uint64_t old_size = PageUp(old_length);
  const uint64_t new_size = PageUp(new_length);
  if (!IsValid(from, old_length, new_length, flags)) {
    return Errno{EINVAL};
  }
  if (!Fits(from, old_size)) return Errno{EFAULT};
  if (new_size == 0 || new_size > memory_.size()) return Errno{ENOMEM};

  std::lock_guard lock(mutex_);
  const std::optional<Mapping> mapping = table_.Find(from);
  if (!mapping) return Errno{EFAULT};
  if (fixed && ((to & kPageMask) != 0 || !Fits(to, new_size) ||
                (to < from + old_size && from < to + new_size))) {
    return Errno{EINVAL};
  }
  if (old_size == 0 && !mapping->kind.shared) return Errno{EINVAL};
  if (new_size < old_size) {
    budget_.Note(kMappingsPerMove);
    Release(from + new_size, old_size - new_size);
    old_size = new_size;
  }
  const bool stays = !fixed && !keeps && old_size != 0;
  if (stays && new_size == old_size) return old_address;
  if (old_size > mapping->end - from) return Errno{EFAULT};
  SLIPWAY_CHECK_OK(CheckLimits(keeps ? new_size : new_size - old_size,
                               mapping->kind.is_data(), to,
                               fixed ? new_size : 0));
  const Growth growth{mapping->kind, from, old_size, new_size};
  if (stays && GrowInPlace(growth).ok()) return old_address;
  if ((flags & MREMAP_MAYMOVE) == 0) return Errno{ENOMEM};
  if (!fixed) {
    SLIPWAY_TRY(to, Place(MapRequest{}, new_size));
  }
  SLIPWAY_CHECK_OK(MoveTo(to, growth, keeps));
  return GuestPtr{to};
}

// A private mapping of a file cannot: it may have pages of its own, which other
// threads would miss while it is elsewhere.
SysStatus AddressSpace::GrowInPlace(const Growth& growth) {
  const uint64_t end = growth.from + growth.old_size;
  const uint64_t more = growth.new_size - growth.old_size;
  if (!Fits(growth.from, growth.new_size) ||
      table_.Intersects(end, end + more)) {
    return Errno{ENOMEM};
  }
  SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerMove));
  if (growth.kind.is_private_anonymous()) {
    return Extend(end, more, growth.kind);
  }
  if (!growth.kind.shared) return Errno{ENOMEM};
  StagedMapping view;
  SLIPWAY_CHECK_OK(
      view.Duplicate(memory_.base() + growth.from, growth.new_size));
  return Put(view, growth.from, growth.kind);
}

// Private anonymous memory that follows on other such. Precondition: it is
// free.
SysStatus AddressSpace::Extend(uint64_t end, uint64_t more,
                               const MappingKind& kind) {
  if (::mprotect(memory_.base() + end, more, kind.protection) != 0) {
    const Errno error = Errno::Last();
    Reserve(end, more);
    return error;
  }
  table_.Map(end, end + more, kind);
  if (lock_future_ == 0) return Done{};
  return AfterMap(end, more, {.protection = kind.protection});
}

SysStatus AddressSpace::MoveTo(uint64_t to, const Growth& growth, bool keeps) {
  const auto [kind, from, old_size, new_size] = growth;
  uint8_t* const base = memory_.base();
  SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerMove));
  MappingKind moved = kind;
  moved.of_reservation = false;
  if (kind.is_private_anonymous()) {
    if (table_.Intersects(to, to + new_size)) Release(to, new_size);
    if (new_size > old_size) {
      SLIPWAY_CHECK_OK(Extend(to + old_size, new_size - old_size, moved));
    }
    if (const SysStatus done = MovePages(from, to, old_size); !done.ok()) {
      Reserve(to, new_size);
      if (new_size > old_size) table_.Unmap(to + old_size, to + new_size);
      return done.error();
    }
    table_.Map(to, to + old_size, moved);
  } else {
    StagedMapping view;
    SLIPWAY_CHECK_OK(kind.shared ? view.Duplicate(base + from, new_size)
                                 : view.TakePages(base + from, old_size));
    moved.origin = 0;
    SysStatus done = view.length() == new_size ? Done{} : view.Grow(new_size);
    if (done.ok()) done = Put(view, to, moved);
    if (!done.ok()) {
      if (!kind.shared) PutBack(view, from);
      return done.error();
    }
  }
  if (!keeps && old_size != 0) Release(from, old_size);
  return Done{};
}

// Of private anonymous memory. The kernel moves pages of one of its mappings at
// a time, and only it knows where they end: by halves, when there are several.
SysStatus AddressSpace::MovePages(uint64_t from, uint64_t to, uint64_t length) {
  uint8_t* const base = memory_.base();
  StagedMapping staged;
  const SysStatus taken = staged.TakePages(base + from, length);
  if (taken.ok()) {
    const SysStatus moved = staged.MoveTo(base + to);
    if (!moved.ok()) PutBack(staged, from);
    return moved;
  }
  if (taken.error() != Errno{EFAULT} || length == kPage) return taken.error();
  const uint64_t half = (length / 2) & ~kPageMask;
  SLIPWAY_CHECK_OK(MovePages(from, to, half));
  const SysStatus rest = MovePages(from + half, to + half, length - half);
  if (!rest.ok()) (void)MovePages(to, from, half);
  return rest;
}

// Pages that did not reach their place return to where they were.
void AddressSpace::PutBack(StagedMapping& pages, uint64_t from) {
  if (!pages.MoveTo(memory_.base() + from).ok()) DieOfLostMemory();
}

}  // namespace slipway::host
