#include "runtime/host/descriptor_table.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace slipway::host {
namespace {

// CLOSE_RANGE_* of linux/close_range.h, which older headers lack.
constexpr uint32_t kCloseRangeUnshare = 1u << 1;
constexpr uint32_t kCloseRangeCloexec = 1u << 2;

std::atomic<uint32_t>* MapEntries() {
  void* memory = ::mmap(
      nullptr, DescriptorTable::kCapacity * sizeof(std::atomic<uint32_t>),
      PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1,
      0);
  if (memory == MAP_FAILED) std::abort();
  return static_cast<std::atomic<uint32_t>*>(memory);
}

// How many numbers below a limit of `hard` the runtime keeps for itself.
int RuntimeShare(int hard) { return std::clamp(hard / 16, 16, 1024); }

int DuplicateFrom(int fd, int minimum, bool cloexec) {
  return ::fcntl(fd, cloexec ? F_DUPFD_CLOEXEC : F_DUPFD, minimum);
}

}  // namespace

DescriptorTable::DescriptorTable() : entries_(MapEntries()) {
  rlimit limits{};
  ::getrlimit(RLIMIT_NOFILE, &limits);
  const rlim_t wanted = std::min<rlim_t>(limits.rlim_max, kCapacity);
  const rlim_t found = limits.rlim_cur;
  if (found != wanted) {
    limits.rlim_cur = wanted;
    ::setrlimit(RLIMIT_NOFILE, &limits);
  }
  max_limit_ = static_cast<int>(wanted) - RuntimeShare(wanted);
  limit_ = static_cast<int>(std::min<rlim_t>(found, max_limit_));
}

DescriptorTable::~DescriptorTable() {
  ::munmap(entries_, kCapacity * sizeof(*entries_));
}

uint32_t DescriptorTable::Pack(Descriptor descriptor) {
  return static_cast<uint32_t>(descriptor.kind) |
         (descriptor.read_only ? 0x100u : 0u) |
         static_cast<uint32_t>(descriptor.node) << 16;
}

Descriptor DescriptorTable::Unpack(uint32_t word) {
  return {static_cast<FdKind>(word & 0xff), (word & 0x100) != 0,
          static_cast<uint16_t>(word >> 16)};
}

// A number under replacement is the old file until the kernel says otherwise;
// wait for the moment that takes, so that nobody sees a stale kind.
Descriptor DescriptorTable::Load(int fd) const {
  uint32_t word = entries_[fd].load(std::memory_order_acquire);
  while ((word & 0xff) == kBusy) {
    ::sched_yield();
    word = entries_[fd].load(std::memory_order_acquire);
  }
  return Unpack(word);
}

void DescriptorTable::Publish(int fd, Descriptor descriptor) {
  int high = high_water_.load(std::memory_order_relaxed);
  while (high <= fd && !high_water_.compare_exchange_weak(
                           high, fd + 1, std::memory_order_release)) {
  }
  entries_[fd].store(Pack(descriptor), std::memory_order_release);
}

SysResult<int64_t> DescriptorTable::Adopt(int host_fd, Descriptor descriptor) {
  if (!InRange(host_fd) || host_fd >= limit()) {
    ::close(host_fd);
    return Errno{EMFILE};
  }
  Publish(host_fd, descriptor);
  return host_fd;
}

void DescriptorTable::AdoptInherited(int host_fd) {
  if (::fcntl(host_fd, F_GETFD) >= 0) Publish(host_fd, {FdKind::kInherited});
}

SysResult<Descriptor> DescriptorTable::Find(GuestFd fd) const {
  if (!InRange(fd.number)) return Errno{EBADF};
  const Descriptor descriptor = Load(fd.number);
  if (descriptor.kind == FdKind::kFree) return Errno{EBADF};
  return descriptor;
}

SysResult<int> DescriptorTable::Host(GuestFd fd) const {
  SLIPWAY_CHECK_OK(Find(fd));
  return fd.number;
}

SysResult<int> DescriptorTable::Socket(GuestFd fd) const {
  SLIPWAY_TRY(const Descriptor descriptor, Find(fd));
  if (descriptor.kind != FdKind::kSocket &&
      descriptor.kind != FdKind::kInherited) {
    return Errno{ENOTSOCK};
  }
  return fd.number;
}

SysStatus DescriptorTable::Close(GuestFd fd) {
  if (!InRange(fd.number)) return Errno{EBADF};
  // Released first: once the kernel has closed it, the number may be somebody
  // else's at once.
  uint32_t word = Pack(Load(fd.number));
  do {
    if (Unpack(word).kind == FdKind::kFree) return Errno{EBADF};
    if ((word & 0xff) == kBusy) word = Pack(Load(fd.number));
  } while (!entries_[fd.number].compare_exchange_weak(
      word, 0, std::memory_order_acq_rel));
  if (::close(fd.number) != 0) return Errno::Last();
  return Done{};
}

SysStatus DescriptorTable::CloseRange(uint32_t first, uint32_t last,
                                      uint32_t flags) {
  if (first > last || (flags & ~(kCloseRangeUnshare | kCloseRangeCloexec))) {
    return Errno{EINVAL};
  }
  // Nothing to unshare: no two guest processes share a table.
  const bool cloexec = (flags & kCloseRangeCloexec) != 0;
  const uint32_t end = high_water_.load(std::memory_order_acquire);
  for (uint32_t fd = first; fd <= last && fd < end; ++fd) {
    const GuestFd guest{static_cast<int>(fd)};
    if (!Find(guest).ok()) continue;
    if (cloexec) {
      ::fcntl(guest.number, F_SETFD, FD_CLOEXEC);
    } else {
      (void)Close(guest).ok();
    }
  }
  return Done{};
}

SysResult<int64_t> DescriptorTable::Duplicate(GuestFd fd, int64_t minimum,
                                              bool cloexec) {
  SLIPWAY_TRY(const Descriptor descriptor, Find(fd));
  if (minimum < 0 || minimum >= limit()) return Errno{EINVAL};
  const int copy =
      DuplicateFrom(fd.number, static_cast<int>(minimum), cloexec);
  if (copy < 0) return Errno::Last();
  return Adopt(copy, descriptor);
}

SysResult<int64_t> DescriptorTable::DuplicateTo(GuestFd fd, GuestFd target,
                                                bool cloexec) {
  SLIPWAY_CHECK_OK(Find(fd));
  if (target.number < 0 || target.number >= limit()) return Errno{EBADF};
  // Free or owned may change between our look and the attempt; a number that
  // the runtime uses for a moment comes back soon, one that a slow open holds
  // is EBUSY.
  constexpr int kAttempts = 1000;
  for (int i = 0; i < kAttempts; ++i) {
    const bool owned = Find(target).ok();
    auto result = owned ? ReplaceOwned(fd.number, target.number, cloexec)
                        : ClaimFree(fd.number, target.number, cloexec);
    if (result) return *result;
    ::sched_yield();
  }
  return Errno{EBUSY};
}

std::optional<SysResult<int64_t>> DescriptorTable::ReplaceOwned(int from,
                                                                int target,
                                                                bool cloexec) {
  uint32_t old = Pack(Load(target));
  if (Unpack(old).kind == FdKind::kFree ||
      !entries_[target].compare_exchange_strong(old, kBusy,
                                                std::memory_order_acq_rel)) {
    return std::nullopt;
  }
  const uint32_t source = entries_[from].load(std::memory_order_acquire);
  const bool usable = (source & 0xff) != kBusy && source != 0;
  if (!usable || ::dup3(from, target, cloexec ? O_CLOEXEC : 0) < 0) {
    const Errno error = usable ? Errno::Last() : Errno{EBADF};
    entries_[target].store(old, std::memory_order_release);
    return SysResult<int64_t>(error);
  }
  Publish(target, Unpack(source));
  return SysResult<int64_t>(target);
}

std::optional<SysResult<int64_t>> DescriptorTable::ClaimFree(int from,
                                                             int target,
                                                             bool cloexec) {
  const SysResult<Descriptor> source = Find(GuestFd{from});
  if (!source.ok()) return SysResult<int64_t>(source.error());
  const int copy = DuplicateFrom(from, target, cloexec);
  if (copy < 0) return SysResult<int64_t>(Errno::Last());
  if (copy != target) {
    ::close(copy);
    return std::nullopt;
  }
  return Adopt(copy, *source);
}

int DescriptorTable::MoveHigh(int host_fd) const {
  if (host_fd < 0 || host_fd >= max_limit_) return host_fd;
  const int high = ::fcntl(host_fd, F_DUPFD_CLOEXEC, max_limit_);
  if (high < 0) return host_fd;
  ::close(host_fd);
  return high;
}

}  // namespace slipway::host
