// mlock(2) and its family. The kernel's mlockall would lock the runtime too, so
// that is a loop; the kernel counts what is locked against RLIMIT_MEMLOCK.

#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/host/address_space.h"
#include "runtime/host/interruptible.h"

namespace slipway::host {

namespace {

constexpr uint64_t kPageMask = AddressSpace::kPage - 1;

// The pages around any address. Precondition: it does not overflow.
struct Pages {
  Pages(GuestPtr address, uint64_t size)
      : at(address.address & ~kPageMask),
        length((size + (address.address - at) + kPageMask) & ~kPageMask) {}
  uint64_t at;
  uint64_t length;
};

// Only in the first user namespace does a capability lift limits.
bool MayLockAnything() {
  constexpr ino_t kFirstNamespace = 0xeffffffd;
  struct stat st;
  if (::stat("/proc/self/ns/user", &st) != 0 || st.st_ino != kFirstNamespace) {
    return false;
  }
  __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3,
                                     .pid = 0};
  __user_cap_data_struct sets[2] = {};
  return ::syscall(SYS_capget, &header, sets) == 0 &&
         (sets[0].effective & CAP_TO_MASK(CAP_IPC_LOCK)) != 0;
}

// EPERM when nothing may be locked, ENOMEM when so much may not.
SysStatus CheckMayLock(uint64_t bytes) {
  rlimit limit;
  if (::getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return Errno::Last();
  if (bytes <= limit.rlim_cur && limit.rlim_cur != 0) return Done{};
  if (MayLockAnything()) return Done{};
  return Errno{limit.rlim_cur == 0 ? EPERM : ENOMEM};
}

}  // namespace

SysStatus AddressSpace::LockMapped(uint64_t at, uint64_t length,
                                   uint32_t flags) {
  const SysResult<int64_t> done = FromKernel(InterruptibleSyscall(
      SYS_mlock2, memory_.base() + at, length, static_cast<int>(flags)));
  if (!done.ok()) return done.error();
  return Done{};
}

SysStatus AddressSpace::Lock(GuestPtr address, uint64_t length,
                             uint32_t flags) {
  if ((flags & ~uint32_t{MLOCK_ONFAULT}) != 0) return Errno{EINVAL};
  SLIPWAY_CHECK_OK(CheckMayLock(0));
  if (address.address + length < length) return Errno{EINVAL};
  const Pages pages(address, length);
  if (pages.length == 0) return Done{};
  if (!Fits(pages.at, pages.length)) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  SLIPWAY_CHECK_OK(budget_.Take(2));
  if (!table_.Covers(pages.at, pages.at + pages.length)) return Errno{ENOMEM};
  return LockMapped(pages.at, pages.length, flags);
}

SysStatus AddressSpace::Unlock(GuestPtr address, uint64_t length) {
  if (address.address + length < length) return Errno{EINVAL};
  const Pages pages(address, length);
  if (pages.length == 0) return Done{};
  if (!Fits(pages.at, pages.length)) return Errno{ENOMEM};
  std::lock_guard lock(mutex_);
  SLIPWAY_CHECK_OK(budget_.Take(2));
  if (!table_.Covers(pages.at, pages.at + pages.length)) return Errno{ENOMEM};
  if (::munlock(memory_.base() + pages.at, pages.length) != 0) {
    return Errno::Last();
  }
  return Done{};
}

// Memory that nobody may touch has no pages to lock. Nor has what is behind a
// file's end, which the kernel's mlockall passes over too.
SysStatus AddressSpace::LockAll(uint32_t flags) {
  constexpr uint32_t kKnown = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT;
  if (flags == 0 || (flags & ~kKnown) != 0 || flags == MCL_ONFAULT) {
    return Errno{EINVAL};
  }
  std::lock_guard lock(mutex_);
  SLIPWAY_CHECK_OK(
      CheckMayLock((flags & MCL_CURRENT) != 0 ? table_.bytes() : 0));
  const bool current = (flags & MCL_CURRENT) != 0;
  const bool future = (flags & MCL_FUTURE) != 0;
  const bool lazily = (flags & MCL_ONFAULT) != 0;
  for (const Mapping& mapping : table_.All()) {
    if (!current || mapping.kind.protection == PROT_NONE) continue;
    (void)LockMapped(mapping.begin, mapping.end - mapping.begin,
                     lazily ? MLOCK_ONFAULT : 0);
  }
  lock_future_ = future ? flags & (MCL_FUTURE | MCL_ONFAULT) : 0;
  return Done{};
}

SysStatus AddressSpace::UnlockAll() {
  std::lock_guard lock(mutex_);
  lock_future_ = 0;
  for (const Mapping& mapping : table_.All()) {
    (void)::munlock(memory_.base() + mapping.begin,
                    mapping.end - mapping.begin);
  }
  return Done{};
}

}  // namespace slipway::host
