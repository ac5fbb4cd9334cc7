#include "runtime/host/address_space.h"

#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "runtime/host/raw_syscall.h"

namespace slipway::host {

namespace {

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;

// What mmap may ask of the kernel; the rest is ignored, as Linux ignores flags
// that it does not know.
constexpr uint32_t kMapFlags = MAP_TYPE | MAP_ANONYMOUS | MAP_NORESERVE |
                               MAP_LOCKED | MAP_POPULATE | MAP_NONBLOCK |
                               MAP_STACK;

// The most mappings that one change can add for the kernel: splitting those at
// both ends, and one on its way (StagedMapping).
constexpr int64_t kMappingsPerChange = 4;

// Bytes; see MayCommit. No machine is so small that the heuristic refuses that.
constexpr uint64_t kMaxWithoutQuestion = 32 << 20;
// Bytes that one page table maps. Pages are emptied one by one below that, and
// with their page tables above.
constexpr uint64_t kPageTableSpan = 2 << 20;
// Bytes; see Empty.
constexpr uint64_t kFewPages = 16 * AddressSpace::kPage;

bool IsPrivateAnonymous(uint32_t flags) {
  return (flags & (MAP_TYPE | MAP_ANONYMOUS)) == (MAP_PRIVATE | MAP_ANONYMOUS);
}

// Rounds up to whole pages; 0 when that overflows.
uint64_t PageUp(uint64_t length) { return (length + kPageMask) & ~kPageMask; }

bool IsAligned(GuestPtr p) { return (p.address & kPageMask) == 0; }

uint8_t HostProtection(uint32_t protection) {
  uint32_t result = protection & (PROT_READ | PROT_WRITE);
  if ((protection & PROT_EXEC) != 0) result |= PROT_READ;
  return static_cast<uint8_t>(result);
}

uint64_t RandomCeiling(uint64_t size) {
  uint64_t random = 0;
  if (getrandom(&random, sizeof(random), 0) < 0) random = 0;
  return (size - random % (size / 4)) & ~kPageMask;
}

// What the kernel's heuristic says to so much memory. The reservation itself is
// not subject to it.
SysStatus MayCommit(uint64_t length) {
  void* const at = mmap(nullptr, length, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return Errno::Last();
  munmap(at, length);
  return Done{};
}

// mprotect(2) and madvise(2) for what guests do often: see raw_syscall.h.
SysStatus ProtectPages(uint8_t* place, uint64_t length, uint8_t protection) {
  const int64_t result = RawSyscall(SYS_mprotect, place, length, protection);
  if (result < 0) return FromKernel(result).error();
  return Done{};
}
bool DiscardPages(uint8_t* place, uint64_t length) {
  return RawSyscall(SYS_madvise, place, length, MADV_DONTNEED) == 0;
}

// Makes pages of the reservation what they were; false when the kernel refuses.
// `shared`: another thread may be writing to them, so they are emptied once
// nobody can. It costs more to protect pages than to free them, so many are
// freed before that as well.
bool Empty(uint8_t* place, uint64_t length, bool shared) {
  const bool first = !shared || length > kFewPages;
  if (first && !DiscardPages(place, length)) return false;
  if (!ProtectPages(place, length, PROT_NONE).ok()) return false;
  return !shared || DiscardPages(place, length);
}

// kMark passes as well, and what is advised does not return to the reservation
// as if it were untouched.
enum class Advice { kRefuse, kPass, kMark };

Advice Classify(int advice) {
  switch (advice) {
    case MADV_NORMAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
      return Advice::kPass;
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_MERGEABLE:
    case MADV_UNMERGEABLE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
    case MADV_DONTFORK:
    case MADV_DOFORK:
      return Advice::kMark;
    default:
      return Advice::kRefuse;
  }
}

rlimit ProcessLimit(__rlimit_resource resource) {
  rlimit limit = {.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  (void)::getrlimit(resource, &limit);
  return limit;
}

bool FitsIn(const rlimit& limit, uint64_t used, uint64_t more) {
  return used <= limit.rlim_cur && more <= limit.rlim_cur - used;
}

// Flags for the kernel when something is mapped elsewhere first.
int StagedFlags(uint32_t flags) {
  constexpr uint32_t kPlaces = MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT;
  const bool validated = (flags & MAP_TYPE) == MAP_SHARED_VALIDATE;
  return static_cast<int>(flags & (validated ? ~kPlaces : kMapFlags));
}

// As Linux checks them; of a file's mapping the kernel checks the rest.
SysStatus CheckRequest(const AddressSpace::MapRequest& request) {
  if ((request.offset & kPageMask) != 0 || request.length == 0) {
    return Errno{EINVAL};
  }
  const uint32_t type = request.flags & MAP_TYPE;
  const bool anonymous = (request.flags & MAP_ANONYMOUS) != 0;
  if (type != MAP_SHARED && type != MAP_PRIVATE &&
      (anonymous || type != MAP_SHARED_VALIDATE)) {
    return Errno{EINVAL};
  }
  return Done{};
}

}  // namespace

AddressSpace::AddressSpace(GuestMemory memory, uint64_t ceiling,
                           int64_t max_mappings)
    : memory_(memory),
      ceiling_(ceiling != 0 ? ceiling : RandomCeiling(memory.size())),
      budget_(max_mappings),
      address_limit_(ProcessLimit(RLIMIT_AS)),
      data_limit_(ProcessLimit(RLIMIT_DATA)) {}

void AddressSpace::DieOfLostMemory() {
  std::fputs("slipway: lost part of the guest's address space\n", stderr);
  std::abort();
}

bool AddressSpace::Fits(uint64_t at, uint64_t length) const {
  return at >= kPage && length <= memory_.size() &&
         at <= memory_.size() - length;
}

SysResult<uint64_t> AddressSpace::Place(const MapRequest& request,
                                        uint64_t length) const {
  const uint64_t hint = request.address.address & ~kPageMask;
  if ((request.flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0) {
    if (!IsAligned(request.address)) return Errno{EINVAL};
    if (hint < kPage) return Errno{EPERM};  // as below vm.mmap_min_addr
    if (!Fits(hint, length)) return Errno{ENOMEM};
    if ((request.flags & MAP_FIXED_NOREPLACE) != 0 &&
        table_.Intersects(hint, hint + length)) {
      return Errno{EEXIST};
    }
    return hint;
  }
  if (hint != 0 && Fits(hint, length) &&
      !table_.Intersects(hint, hint + length)) {
    return hint;
  }
  std::optional<uint64_t> gap = table_.FindGapBelow(ceiling_, kPage, length);
  if (!gap) gap = table_.FindGapBelow(memory_.size(), kPage, length);
  if (!gap) return Errno{ENOMEM};
  return *gap;
}

// ENOMEM when `more` bytes are too many, those that are replaced deducted.
SysStatus AddressSpace::CheckLimits(uint64_t more, bool data,
                                    uint64_t replaced_at,
                                    uint64_t replaced_length) const {
  uint64_t bytes = table_.bytes(), data_bytes = table_.data_bytes();
  const auto fits = [&] {
    return FitsIn(address_limit_, bytes, more) &&
           (!data || FitsIn(data_limit_, data_bytes, more));
  };
  if (fits()) [[likely]]
    return Done{};
  if (replaced_length == 0) return Errno{ENOMEM};
  for (const Mapping& old :
       table_.Within(replaced_at, replaced_at + replaced_length)) {
    bytes -= old.end - old.begin;
    if (old.kind.is_data()) data_bytes -= old.end - old.begin;
  }
  return fits() ? SysStatus(Done{}) : Errno{ENOMEM};
}

SysStatus AddressSpace::MapAt(uint64_t at, uint64_t length,
                              const MapRequest& request) {
  const bool data = (request.protection & PROT_WRITE) != 0 &&
                    (request.flags & MAP_TYPE) == MAP_PRIVATE;
  SLIPWAY_CHECK_OK(CheckLimits(length, data, at, length));
  SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerChange));
  if (IsPrivateAnonymous(request.flags)) {
    SLIPWAY_CHECK_OK(MapReserved(at, length, request));
  } else {
    SLIPWAY_CHECK_OK(MapStaged(at, length, request));
  }
  constexpr uint32_t kAtOnce = MAP_LOCKED | MAP_POPULATE;
  if (lock_future_ == 0 && (request.flags & kAtOnce) == 0) [[likely]] {
    return Done{};
  }
  return AfterMap(at, length, request);
}

// The reservation is private anonymous memory already, so of such a mapping
// only the protection is missing. That also costs the kernel less than a
// mapping in place of another, which it first has to unmap.
SysStatus AddressSpace::MapReserved(uint64_t at, uint64_t length,
                                    const MapRequest& request) {
  const uint64_t accessible = length - request.guard;
  const uint8_t protection = HostProtection(request.protection);
  if (accessible > kMaxWithoutQuestion && (protection & PROT_WRITE) != 0 &&
      (request.flags & MAP_NORESERVE) == 0) {
    SLIPWAY_CHECK_OK(MayCommit(accessible));
  }
  if (table_.Intersects(at, at + length)) Release(at, length);
  if (protection != PROT_NONE) {
    const SysStatus status = ProtectPages(memory_.base() + at + request.guard,
                                          accessible, protection);
    if (!status.ok()) {
      Reserve(at, length);
      return status;
    }
  }
  MappingKind kind{.stack = request.guard != 0, .of_reservation = true};
  if (request.guard != 0) table_.Map(at, at + request.guard, kind);
  kind.protection = protection;
  table_.Map(at + request.guard, at + length, kind);
  return Done{};
}

SysStatus AddressSpace::MapStaged(uint64_t at, uint64_t length,
                                  const MapRequest& request) {
  StagedMapping staged;
  const uint8_t protection = HostProtection(request.protection);
  SLIPWAY_CHECK_OK(staged.Map(length, protection, StagedFlags(request.flags),
                              request.host_fd, request.offset));
  return Put(staged, at,
             {.protection = protection,
              .shared = (request.flags & MAP_TYPE) != MAP_PRIVATE});
}

// Moves it to its place, as a mapping that is one with no other.
SysStatus AddressSpace::Put(StagedMapping& staged, uint64_t at,
                            MappingKind kind) {
  if (kind.origin == 0) kind.origin = ++last_origin_;
  const uint64_t length = staged.length();
  if (const SysStatus moved = staged.MoveTo(memory_.base() + at); !moved.ok()) {
    Reserve(at, length);
    if (table_.Intersects(at, at + length)) table_.Unmap(at, at + length);
    return moved.error();
  }
  table_.Map(at, at + length, kind);
  return Done{};
}

// MAP_POPULATE is a wish; memory that cannot be locked is none.
SysStatus AddressSpace::AfterMap(uint64_t at, uint64_t length,
                                 const MapRequest& request) {
  const uint8_t protection = HostProtection(request.protection);
  uint8_t* const place = memory_.base() + at + request.guard;
  const uint64_t accessible = length - request.guard;
  if (protection == PROT_NONE) return Done{};
  const bool locks = lock_future_ != 0 || (request.flags & MAP_LOCKED) != 0;
  if (locks) {
    const bool lazily = (lock_future_ & MCL_ONFAULT) != 0;
    if (::mlock2(place, accessible, lazily ? MLOCK_ONFAULT : 0) != 0) {
      const bool may_not = errno == EPERM;
      Release(at, length);
      return Errno{may_not ? EPERM : EAGAIN};
    }
  } else if (IsPrivateAnonymous(request.flags)) {
    const bool writes = (protection & PROT_WRITE) != 0;
    (void)::madvise(place, accessible,
                    writes ? MADV_POPULATE_WRITE : MADV_POPULATE_READ);
  }
  return Done{};
}

// Puts the reservation over a range.
void AddressSpace::Reserve(uint64_t at, uint64_t length) {
  if (mmap(memory_.base() + at, length, PROT_NONE,
           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1,
           0) == MAP_FAILED) {
    DieOfLostMemory();
  }
}

// Gives a range back: what was mapped there is gone, the reservation stays.
void AddressSpace::Release(uint64_t at, uint64_t length) {
  const std::optional<Mapping> mapping = table_.Find(at);
  const bool simple = length < kPageTableSpan && mapping &&
                      mapping->kind.of_reservation &&
                      mapping->end >= at + length;
  if (!simple || !Empty(memory_.base() + at, length, shared_)) {
    Reserve(at, length);
  }
  table_.Unmap(at, at + length);
}

SysResult<GuestPtr> AddressSpace::Map(const MapRequest& request) {
  SLIPWAY_CHECK_OK(CheckRequest(request));
  const uint64_t length = PageUp(request.length);
  if (length == 0 || length > memory_.size()) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  SLIPWAY_TRY(const uint64_t at, Place(request, length));
  SLIPWAY_CHECK_OK(MapAt(at, length, request));
  return GuestPtr{at};
}

SysResult<GuestPtr> AddressSpace::MapStack(uint64_t length, uint64_t guard) {
  std::lock_guard lock(mutex_);
  const auto at = table_.FindGapBelow(ceiling_, kPage + guard, length);
  if (!at) return Errno{ENOMEM};
  const MapRequest request{
      .protection = PROT_READ | PROT_WRITE,
      .flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE};
  SLIPWAY_CHECK_OK(MapReserved(*at, length, request));
  table_.Map(*at, *at + length,
             {.protection = PROT_READ | PROT_WRITE,
              .stack = true,
              .of_reservation = true});
  ceiling_ = *at - guard;
  return GuestPtr{*at};
}

SysStatus AddressSpace::Unmap(GuestPtr address, uint64_t length) {
  if (length == 0 || !IsAligned(address) || length > memory_.size() ||
      address.address > memory_.size() - length) {
    return Errno{EINVAL};
  }
  const uint64_t begin = address.address;
  const uint64_t end = begin + PageUp(length);
  std::lock_guard lock(mutex_);
  const std::optional<Mapping> mapping = table_.Find(begin);
  if (!mapping && !table_.Intersects(begin, end)) return Done{};
  if (mapping && mapping->begin < begin && mapping->end > end) {
    SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerChange));
  } else {
    budget_.Note(kMappingsPerChange);
  }
  Release(begin, end - begin);
  return Done{};
}

SysStatus AddressSpace::Protect(GuestPtr address, uint64_t length,
                                uint32_t protection) {
  constexpr uint32_t kSemaphores = 0x8;  // PROT_SEM, without effect
  constexpr uint32_t kKnown = PROT_READ | PROT_WRITE | PROT_EXEC | kSemaphores;
  if (!IsAligned(address)) return Errno{EINVAL};
  if (length == 0) return Done{};
  const uint64_t rounded = PageUp(length);
  if (!Fits(address.address, rounded) || rounded == 0) return Errno{ENOMEM};
  if ((protection & ~kKnown) != 0) return Errno{EINVAL};
  const uint64_t end = address.address + rounded;
  std::lock_guard lock(mutex_);
  SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerChange));
  return ProtectUpTo(address.address, end, HostProtection(protection));
}

// ENOMEM at the first hole.
SysStatus AddressSpace::ProtectUpTo(uint64_t at, uint64_t end,
                                    uint8_t protection) {
  while (at < end) {
    const std::optional<Mapping> mapping = table_.Find(at);
    if (!mapping) return Errno{ENOMEM};
    const uint64_t size = std::min(mapping->end, end) - at;
    MappingKind kind = mapping->kind;
    kind.protection = protection;
    // Memory that becomes writable becomes data.
    if (kind.is_data() && !mapping->kind.is_data() &&
        !FitsIn(data_limit_, table_.data_bytes(), size)) {
      return Errno{ENOMEM};
    }
    SLIPWAY_CHECK_OK(ProtectPages(memory_.base() + at, size, protection));
    table_.Map(at, at + size, kind);
    at += size;
  }
  return Done{};
}

SysStatus AddressSpace::Advise(GuestPtr address, uint64_t length, int advice) {
  const Advice what = Classify(advice);
  if (!IsAligned(address) || what == Advice::kRefuse) return Errno{EINVAL};
  const uint64_t rounded = PageUp(length);
  if (length != 0 && rounded == 0) return Errno{EINVAL};
  if (rounded == 0) return Done{};
  if (!Fits(address.address, rounded)) return Errno{ENOMEM};
  const uint64_t end = address.address + rounded;
  std::lock_guard lock(mutex_);
  SLIPWAY_CHECK_OK(budget_.Take(kMappingsPerChange));
  for (const Mapping& mapping : table_.Within(address.address, end)) {
    if (madvise(memory_.base() + mapping.begin, mapping.end - mapping.begin,
                advice) != 0) {
      return Errno::Last();
    }
    if (what == Advice::kMark) AdviseMapping(mapping, advice);
  }
  return table_.Covers(address.address, end) ? SysStatus(Done{})
                                             : Errno{ENOMEM};
}

void AddressSpace::AdviseMapping(const Mapping& mapping, int advice) {
  MappingKind kind = mapping.kind;
  kind.of_reservation = false;
  if (advice == MADV_DONTFORK) kind.dont_fork = true;
  if (advice == MADV_DOFORK) kind.dont_fork = false;
  table_.Map(mapping.begin, mapping.end, kind);
}

void AddressSpace::AfterForkInChild() {
  lock_future_ = 0;
  shared_ = false;
  for (const Mapping& mapping : table_.All()) {
    if (!mapping.kind.dont_fork) continue;
    Reserve(mapping.begin, mapping.end - mapping.begin);
    table_.Unmap(mapping.begin, mapping.end);
  }
}

void AddressSpace::SetShared() {
  std::lock_guard lock(mutex_);
  shared_ = true;
}

void AddressSpace::NoteHostMappings(int64_t mappings) {
  std::lock_guard lock(mutex_);
  budget_.Note(mappings);
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
    if (table_.Intersects(old_end, new_end)) return {break_};
    const MapRequest request{.protection = PROT_READ | PROT_WRITE,
                             .flags = MAP_PRIVATE | MAP_ANONYMOUS};
    if (!MapAt(old_end, new_end - old_end, request).ok()) return {break_};
  } else if (new_end < old_end) {
    Release(new_end, old_end - new_end);
  }
  break_ = wanted.address;
  return {break_};
}

rlimit AddressSpace::Limit(int resource) const {
  std::lock_guard lock(mutex_);
  return resource == RLIMIT_AS ? address_limit_ : data_limit_;
}

void AddressSpace::SetLimit(int resource, const rlimit& limit) {
  std::lock_guard lock(mutex_);
  (resource == RLIMIT_AS ? address_limit_ : data_limit_) = limit;
}

bool AddressSpace::IsMapped(GuestPtr address, uint64_t length) const {
  if (length == 0) return true;
  if (!Fits(address.address & ~kPageMask, length)) return false;
  std::lock_guard lock(mutex_);
  return table_.Covers(address.address, address.address + length);
}

std::vector<Mapping> AddressSpace::Mapped() const {
  std::lock_guard lock(mutex_);
  return table_.All();
}

}  // namespace slipway::host
